"""Device state: what is known of one device from its messages, and its form as bytes.

One short string of bytes for each device, with a version word in front, so that a store keeps it
without knowing what is in it, in the transaction that keeps the message.
"""

from typing import Final, NamedTuple

from mesure.devices.clocks import DeviceClock
from mesure.devices.counters import GAPS_MAX, CounterGap, Counters
from mesure.devices.health import DeviceHealth, HealthReading
from mesure.devices.message import cbor, message_fields
from mesure.devices.message.cbor import Item

LAYOUT: Final = 2
REMEMBERED_MAX: Final = 50_000  # Some 50 MB; a country has as many devices.
REMEMBERED_BYTES_MAX: Final = 256  # With some gaps; one with hundreds is read again.
PARTS: Final = 7  # Of a device's health, before when it was heard, and its latest fix.
_FAR: Final = 2**63


class DeviceState(NamedTuple):
    """What is known of one device from the messages before, and how much was sent to it."""

    counters: Counters = Counters()
    clock: DeviceClock = DeviceClock()
    health: DeviceHealth = DeviceHealth()
    told: int = 0  # The last counter of what was sent to it.


# What was packed last, by its bytes: where these very bytes are kept, they need not be read again.
# Another process may have kept others since, and then they are read.
_remembered: Final[dict[bytes, DeviceState]] = {}


def pack(standing: DeviceState) -> bytes:
    """Return the bytes in which a standing is kept; the same standing gives the same bytes."""
    data = _written(standing)
    if len(data) <= REMEMBERED_BYTES_MAX:
        if len(_remembered) >= REMEMBERED_MAX:
            _remembered.clear()
        _remembered[data] = standing
    return data


def _written(standing: DeviceState) -> bytes:
    counters, clock, health = standing.counters, standing.clock, standing.health
    gaps: list[Item] = [edge for gap in counters.gaps for edge in (gap.first, gap.last)]
    parts: list[Item] = [
        None if part is None else [part.value, part.observed_us, part.counter]
        for part in health[:PARTS]
    ]
    return cbor.encode(
        [
            LAYOUT,
            [counters.last, counters.given_up, gaps],
            [clock.day_us, clock.today_us, clock.before_us, clock.last_sent_us, clock.last_counter],
            [*parts, health.heard_us, health.fix_us],
            standing.told,
        ]
    )


def unpack(data: bytes) -> DeviceState:
    """Return the standing that is kept in these bytes.

    Raises `ValueError` for bytes that `pack` of this version did not write: they come from our own
    store, and nothing can be believed on top of them.
    """
    # The next message packs anew, so these bytes are hardly asked for twice.
    state = _remembered.pop(data, None)
    return _read(data) if state is None else state


def _read(data: bytes) -> DeviceState:
    item = cbor.decode(data)
    layout, counters, clock, health, command_counter = message_fields.row(
        None if isinstance(item, cbor.CborFault) else item, "a standing", 5
    )
    message_fields.whole(layout, "its layout", LAYOUT, LAYOUT)
    last, given_up, gaps = message_fields.row(counters, "its counters", 3)
    edges = [_whole(one) for one in message_fields.rows(gaps, "its gaps", 2 * GAPS_MAX)]
    day_us, today_us, before_us, sent_us, counter = message_fields.row(clock, "its clock", 5)
    return DeviceState(
        Counters(
            _whole(last),
            tuple(CounterGap(*pair) for pair in zip(edges[::2], edges[1::2], strict=True)),
            _whole(given_up),
        ),
        DeviceClock(
            _whole(day_us), _maybe(today_us), _maybe(before_us), _whole(sent_us), _whole(counter)
        ),
        _health(health),
        _whole(command_counter),
    )


def _health(item: Item) -> DeviceHealth:
    *parts, heard_us, fix_us = message_fields.row(item, "its health", 9)
    return DeviceHealth._make([*map(_part, parts), _maybe(heard_us), _maybe(fix_us)])


def _part(item: Item) -> HealthReading | None:
    if item is None:
        return None
    value, observed_us, counter = message_fields.row(item, "a part", 3)
    checked_value = value if isinstance(value, bool) else _whole(value)
    return HealthReading(checked_value, _whole(observed_us), _whole(counter))


def _whole(item: Item) -> int:
    return message_fields.whole(item, "a number of a standing", -_FAR, _FAR)


def _maybe(item: Item) -> int | None:
    return None if item is None else _whole(item)
