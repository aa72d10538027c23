"""Device alerts: strap, battery, charging, position, as the device reports them.

None of it is a possible breach of a condition, and none of it says where anybody was. A state that
lasts is an incident of its own. One that clears itself within a moment is reported with the others
of its day, so that a loose contact fills no list, and is never left out.

A state ends at the latest when the device is handed back. A call is momentary and is reported at
once, by itself: somebody calls for help, a strap was cut.
The apps of a pilot say no more than that; the battery level that they report obliges nobody to act.

Signs are taken in the order of the log, which is the order in which each device said them.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from mesure.devices.assignment import Spans
from mesure.devices.calls import Call, CallEvent
from mesure.devices.health import PrecisionReport
from mesure.devices.message.uplink import UplinkEvent, UplinkEventKind
from mesure.evaluation.policy import Policy
from mesure.instants import MAX_US, US_PER_DAY, US_PER_S, to_datetime

CONDITION: Final = "device"
"""What stands in place of a condition: the duty to keep a device in order."""

CALL: Final = "call"  # Tells the name of a call from that of a state that began then.

PERCENT: Final = 100

DAYS_TOLD: Final = 10
"""A day's moments are gathered this long: what comes later than this begins a new gathering."""


NEVER_RETURNED: Final[Spans] = {}


class DeviceProblemKind(StrEnum):
    """What is amiss with a device."""

    STRAP = "strap"
    BATTERY = "battery"
    CHARGING = "charging"
    LOCATING = "locating"
    APPROXIMATE = "approximate"
    SWITCHED_OFF = "switched_off"
    HELP = "help"
    TAMPERING = "tampering"
    POWER = "power"


_CALLS: Final = {
    Call.HELP: DeviceProblemKind.HELP,
    Call.TAMPERED: DeviceProblemKind.TAMPERING,
    Call.RUNS_LOW: DeviceProblemKind.BATTERY,
    Call.POWER_CUT: DeviceProblemKind.POWER,
    Call.GOES_OFF: DeviceProblemKind.SWITCHED_OFF,
}


ORDINARY: Final = frozenset({DeviceProblemKind.CHARGING, DeviceProblemKind.APPROXIMATE})
"""A battery may be low for a while, and a position approximate: then nothing is amiss."""

_POWER: Final = (UplinkEventKind.BATTERY, UplinkEventKind.CHARGING)


class DeviceSignal(NamedTuple):
    """One thing a device reported of itself, and when it was received."""

    device: str
    event: UplinkEvent | CallEvent | PrecisionReport
    received_us: int


class LastingState(NamedTuple):
    """A state that lasts."""

    since_us: int
    known_us: int  # When its report was received.


class DayMoments(NamedTuple):
    """Moments of one day, of one kind."""

    times: int
    total_us: int
    first_us: int
    last_us: int
    known_us: int


@dataclass(frozen=True, slots=True)
class LastDeviceState:
    """The last report of a device."""

    percent: int | None = None
    is_charging: bool = False
    begun: Mapping[DeviceProblemKind, LastingState] = field(default_factory=dict)
    # The last call of each kind.
    called_us: Mapping[DeviceProblemKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceProblemState:
    """What is known of a person's devices, and the moments of the last days."""

    devices: Mapping[str, LastDeviceState] = field(default_factory=dict)
    # By day.
    moments: Mapping[tuple[str, DeviceProblemKind, int], DayMoments] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceNotice:
    """Something to report about a device: one state, or the moments of a day."""

    id: str
    device: str
    kind: DeviceProblemKind
    opened_us: int
    start_us: int
    end_us: int | None  # None: it lasts.
    count: int = 1  # How many moments; of a state that lasted, one.
    total_us: int = 0
    day: date | None = None  # Of moments.


# --- Hearing -------------------------------------------------------------------------------------


def hear(
    health: DeviceProblemState,
    signs: Iterable[DeviceSignal],
    policy: Policy,
    zone: ZoneInfo,
    order: str,
    shown: Container[str] = (),
    carried: Spans = NEVER_RETURNED,
) -> tuple[DeviceProblemState, tuple[DeviceNotice, ...]]:
    """Return what is known after some signs, with every state that ended by them, and calls.

    `shown`: names of states that were reported while they seemed to last. Such a state ends under
    its name, even if its end, which came late, makes it a moment. `carried`: when each device was.
    """
    devices, moments = dict(health.devices), dict(health.moments)
    ended: list[DeviceNotice] = []
    for sign in signs:
        before = devices.get(sign.device, LastDeviceState())
        event = sign.event
        if isinstance(event, CallEvent):
            devices[sign.device], call = _called(before, sign, event, policy, order)
            ended += call
            continue
        after, begun = _told(before, event), dict(before.begun)
        states = _states(after, event, policy)
        for kind, state in before.begun.items():
            end_us = min(event.observed_us, _returned_us(carried, sign.device, state))
            if states.get(kind) is False or end_us < event.observed_us:
                span = _Span(sign.device, kind, begun.pop(kind), end_us, sign.received_us)
                ended += _ended(span, policy, zone, order, moments, shown)
        for kind in (kind for kind, holds in states.items() if holds):
            begun.setdefault(kind, LastingState(event.observed_us, sign.received_us))
        devices[sign.device] = replace(after, begun=begun)
    last_us = max((one.last_us for one in moments.values()), default=0)
    recent_moments = {
        key: moment
        for key, moment in moments.items()
        if moment.last_us > last_us - DAYS_TOLD * US_PER_DAY
    }
    return DeviceProblemState(devices, recent_moments), tuple(ended)


def _called(
    before: LastDeviceState, sign: DeviceSignal, event: CallEvent, policy: Policy, order: str
) -> tuple[LastDeviceState, tuple[DeviceNotice, ...]]:
    """Return what is known after a call, with its notice; one repeated in a moment is the same."""
    kind, at_us = _CALLS[event.call], event.observed_us
    last_us = before.called_us.get(kind)
    known = replace(before, called_us={**before.called_us, kind: max(at_us, last_us or at_us)})
    if last_us is not None and abs(at_us - last_us) < round(policy.device_brief_s * US_PER_S):
        return known, ()
    name = _name(order, sign.device, kind, f"{CALL} {at_us}")
    opened_us = max(at_us, sign.received_us)
    return known, (DeviceNotice(name, sign.device, kind, opened_us, at_us, at_us),)


class _Span(NamedTuple):
    """A state that has ended."""

    device: str
    kind: DeviceProblemKind
    begun: LastingState
    end_us: int
    received_us: int

    @property
    def length_us(self) -> int:
        """Return how long it lasted; a clock that was set back makes it nothing."""
        return max(0, self.end_us - self.begun.since_us)


def _told(device: LastDeviceState, event: UplinkEvent | PrecisionReport) -> LastDeviceState:
    if isinstance(event, PrecisionReport):
        return device
    if event.what is UplinkEventKind.BATTERY:
        return replace(device, percent=int(event.value))
    if event.what is UplinkEventKind.CHARGING:
        return replace(device, is_charging=bool(event.value))
    return device


def _states(
    device: LastDeviceState, event: UplinkEvent | PrecisionReport, policy: Policy
) -> dict[DeviceProblemKind, bool]:
    """Return which states hold, of those that a sign speaks of."""
    if isinstance(event, PrecisionReport):
        return {DeviceProblemKind.APPROXIMATE: event.is_approximate}
    states = {DeviceProblemKind.SWITCHED_OFF: False}  # A device that speaks is on.
    if event.what is UplinkEventKind.STRAP:
        states[DeviceProblemKind.STRAP] = not event.value
    elif event.what is UplinkEventKind.LOCATING:
        states[DeviceProblemKind.LOCATING] = not event.value
    elif event.what is UplinkEventKind.STARTED:
        states[DeviceProblemKind.SWITCHED_OFF] = not event.value
    elif event.what in _POWER and device.percent is not None:
        left_ratio, is_alone = device.percent / PERCENT, not device.is_charging
        states[DeviceProblemKind.BATTERY] = is_alone and left_ratio <= policy.battery_empty_ratio
        states[DeviceProblemKind.CHARGING] = is_alone and left_ratio <= policy.battery_low_ratio
    return states


def _ended(
    span: _Span,
    policy: Policy,
    zone: ZoneInfo,
    order: str,
    moments: dict[tuple[str, DeviceProblemKind, int], DayMoments],
    shown: Container[str],
) -> Iterator[DeviceNotice]:
    """Yield the notice of a state that has ended; a moment is put with those of its day."""
    start_us = span.begun.since_us
    name = _name(order, span.device, span.kind, str(start_us))
    if span.length_us >= _least_us(span.kind, policy) or name in shown:
        end_us = max(start_us, span.end_us)
        yield _lasted(span.device, span.kind, span.begun, end_us, policy, order)
    elif span.kind not in ORDINARY:
        day = to_datetime(start_us).astimezone(zone).date()
        key = span.device, span.kind, day.toordinal()
        moment = moments.get(key, DayMoments(0, 0, start_us, start_us, span.received_us))
        moments[key] = DayMoments(
            moment.times + 1,
            moment.total_us + span.length_us,
            min(moment.first_us, start_us),
            max(moment.last_us, span.end_us, start_us),
            moment.known_us,
        )
        yield _gathered(key, moments[key], order)


def _least_us(kind: DeviceProblemKind, policy: Policy) -> int:
    """Return how long a state lasts before it is reported by itself."""
    least_s = {
        DeviceProblemKind.CHARGING: policy.not_charging_s,
        DeviceProblemKind.APPROXIMATE: policy.approximate_s,
    }.get(kind, policy.device_brief_s)
    return round(least_s * US_PER_S)


def is_approximate(health: DeviceProblemState) -> bool:
    """Return whether a device gave only approximate positions last."""
    return any(DeviceProblemKind.APPROXIMATE in one.begun for one in health.devices.values())


# --- Telling -------------------------------------------------------------------------------------


def state_notices(
    health: DeviceProblemState,
    policy: Policy,
    order: str,
    until_us: int,
    carried: Spans = NEVER_RETURNED,
    shown: Container[str] = (),
) -> tuple[DeviceNotice, ...]:
    """Return the notices of all states that last, or did when the device was handed back.

    Long enough to be reported, or they were; `carried` and `shown` are as in `hear`.
    """
    notices = []
    for device, state in sorted(health.devices.items()):
        for kind, begun in sorted(state.begun.items()):
            returned_us = _returned_us(carried, device, begun)
            end_us = None if until_us < returned_us else returned_us
            notice = _lasted(device, kind, begun, end_us, policy, order)
            is_long = begun.since_us + _least_us(kind, policy) <= min(until_us, returned_us)
            if is_long or (notice.id in shown and end_us is not None):
                notices.append(notice)
    return tuple(notices)


def due_us(
    health: DeviceProblemState, policy: Policy, until_us: int, carried: Spans = NEVER_RETURNED
) -> int | None:
    """Return when the next state will have lasted long enough; None: none is under way."""
    moments = (
        at_us
        for device, state in health.devices.items()
        for kind, begun in state.begun.items()
        if (at_us := begun.since_us + _least_us(kind, policy)) > until_us
        and at_us <= _returned_us(carried, device, begun)
    )
    return min(moments, default=None)


def _returned_us(carried: Spans, device: str, begun: LastingState) -> int:
    """Return when a device was handed back by whom it was carried as a state began."""
    spans = carried.get(device, ())
    return next((end for start, end in spans if start <= begun.since_us < end), MAX_US)


def _lasted(
    device: str,
    kind: DeviceProblemKind,
    begun: LastingState,
    end_us: int | None,
    policy: Policy,
    order: str,
) -> DeviceNotice:
    opened_us = max(begun.since_us + _least_us(kind, policy), begun.known_us)
    name = _name(order, device, kind, str(begun.since_us))
    total_us = 0 if end_us is None else end_us - begun.since_us
    return DeviceNotice(name, device, kind, opened_us, begun.since_us, end_us, 1, total_us)


def _gathered(
    key: tuple[str, DeviceProblemKind, int], moment: DayMoments, order: str
) -> DeviceNotice:
    device, kind, ordinal = key
    day = date.fromordinal(ordinal)
    name = _name(order, device, kind, day.isoformat())
    times_us = moment.known_us, moment.first_us, moment.last_us
    return DeviceNotice(name, device, kind, *times_us, moment.times, moment.total_us, day)


def _name(order: str, device: str, kind: DeviceProblemKind, when: str) -> str:
    words = (order, CONDITION, device, kind.value, when)
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
