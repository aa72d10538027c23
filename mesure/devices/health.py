"""Device health: battery, strap, charging, and how long nothing has been received.

Each part is the last that was said of it, by the device's clock, so that what arrives late never
replaces what is newer; by a clock that is ahead nothing is newer than its receipt. What was never
said is not known. None of this says anything about a place.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

from mesure.devices.message.batch import FixBatch
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Heartbeat, UplinkEvent, UplinkEventKind, UplinkEvents


class HealthReading(NamedTuple):
    """The last that a device said of one thing, and when it was so."""

    value: int | bool
    observed_us: int
    counter: int  # Of the message; of one instant, the later message counts.


class DeviceHealth(NamedTuple):
    """What is known of a device; None: it never said."""

    battery: HealthReading | None = None
    charging: HealthReading | None = None
    strap: HealthReading | None = None  # True: closed.
    motion: HealthReading | None = None
    beacon: HealthReading | None = None
    locating: HealthReading | None = None
    started: HealthReading | None = None
    heard_us: int | None = None  # The last receipt of anything from it.
    fix_us: int | None = None  # The latest fix, by the device's clock.


class PrecisionReport(NamedTuple):
    """How near the fixes of a message are, at best: the device does not say so by itself."""

    observed_us: int
    is_approximate: bool


Known: TypeAlias = tuple[UplinkEventKind, int | bool | None]

_PARTS: Final = {
    UplinkEventKind.BATTERY: "battery",
    UplinkEventKind.CHARGING: "charging",
    UplinkEventKind.STRAP: "strap",
    UplinkEventKind.MOTION: "motion",
    UplinkEventKind.BEACON: "beacon",
    UplinkEventKind.LOCATING: "locating",
    UplinkEventKind.STARTED: "started",
}


def hear(health: DeviceHealth, message: UplinkMessage, received_us: int) -> DeviceHealth:
    """Return the health after a message that is believed."""
    heard_us = received_us if health.heard_us is None else max(health.heard_us, received_us)
    what = message.what
    match what:
        case UplinkEvents():
            health = _after(health, what.events, message.counter, received_us)
        case Heartbeat():
            health = _after(health, events(what, message.sent_us), message.counter, received_us)
        case FixBatch():
            fix_us = min(received_us, max(int(what.observed_us[-1]), health.fix_us or 0))
            return health._replace(heard_us=heard_us, fix_us=fix_us)
    return health._replace(heard_us=heard_us)


def hear_unsigned(
    health: DeviceHealth, events: Iterable[UplinkEvent], fix_us: int | None, received_us: int
) -> DeviceHealth:
    """Return the health after something from a phone, which neither counts nor signs its messages.

    `fix_us` None: it has no fix.
    """
    heard_us = received_us if health.heard_us is None else max(health.heard_us, received_us)
    if fix_us is not None:
        health = health._replace(fix_us=min(received_us, max(fix_us, health.fix_us or 0)))
    return _after(health, events, 0, received_us)._replace(heard_us=heard_us)


def events(beat: Heartbeat, sent_us: int) -> list[UplinkEvent]:
    """Return what a heartbeat says as events of the moment at which it was sent."""
    moves = False if beat.still_since_us is not None else beat.is_moving
    parts: tuple[Known, ...] = (
        (UplinkEventKind.BATTERY, beat.battery_percent),
        (UplinkEventKind.CHARGING, beat.is_charging),
        (UplinkEventKind.STRAP, beat.is_strap_closed),
        (UplinkEventKind.MOTION, moves),
        (UplinkEventKind.LOCATING, beat.may_locate),
    )
    return [UplinkEvent(what, sent_us, value) for what, value in parts if value is not None]


def _after(
    health: DeviceHealth, events: Iterable[UplinkEvent], counter: int, received_us: int
) -> DeviceHealth:
    changed: dict[str, Any] = {}
    for event in events:
        name = _PARTS[event.what]
        part: HealthReading | None = changed.get(name) or getattr(health, name)
        at_us = min(event.observed_us, received_us)
        if part is None or (min(part.observed_us, received_us), part.counter) <= (at_us, counter):
            changed[name] = HealthReading(event.value, at_us, counter)
    return health._replace(**changed)
