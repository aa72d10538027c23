"""Message counters of a device: each is accepted once, and a gap is reported.

A message that comes twice is the same message, however often it is sent. A counter that is jumped
over is missing until it comes; late is not wrong. What comes under a used counter with other bytes,
or what was kept once and is no longer here, is refused.
"""

from enum import Enum
from typing import Final, NamedTuple

from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason

GAPS_MAX: Final = 256


class CounterGap(NamedTuple):
    """Counters that have not come, from `first` to `last`, both included."""

    first: int
    last: int


class Counters(NamedTuple):
    """Messages received of one device: all up to `last`, except in the gaps.

    Invariant: gaps are sorted, apart, and below `last`; none begins up to `given_up`, since from
    there back they are no longer remembered.
    """

    last: int = 1  # Counter 1 introduced the device.
    gaps: tuple[CounterGap, ...] = ()
    given_up: int = 0


class CounterTurn(Enum):
    """When a message came, by its counter."""

    NEXT = "next"
    AFTER_A_GAP = "after_a_gap"
    LATE = "late"  # It fills a gap.
    AGAIN = "again"  # The same bytes are kept already.


class CounterUpdate(NamedTuple):
    """Counters after a message, and when that message came."""

    counters: Counters
    turn: CounterTurn


def count(
    counters: Counters, counter: int, digest: bytes, stored: bytes | None
) -> CounterUpdate | DeviceRefusal:
    """Return the counters with one more; `stored` is the digest of what is kept under it, if any.

    >>> count(Counters(), 4, b"digest", None).counters.gaps
    (CounterGap(first=2, last=3),)
    """
    if stored is not None:
        if stored == digest:
            return CounterUpdate(counters, CounterTurn.AGAIN)
        detail = f"other bytes are kept under counter {counter}"
        return DeviceRefusal(DeviceRefusalReason.COUNTER_REUSED, detail)
    if counter > counters.last:
        return _onward(counters, counter)
    for at, gap in enumerate(counters.gaps):
        if gap.first <= counter <= gap.last:
            left = _without(gap, counter)
            gaps = counters.gaps[:at] + left + counters.gaps[at + 1 :]
            return CounterUpdate(_bounded(counters.last, gaps, counters.given_up), CounterTurn.LATE)
    if counter <= counters.given_up:
        detail = f"what had not come up to counter {counters.given_up} is no longer waited for"
        return DeviceRefusal(DeviceRefusalReason.COUNTER_GIVEN_UP, detail)
    return DeviceRefusal(
        DeviceRefusalReason.COUNTER_SPENT, f"counter {counter} came before and is no longer kept"
    )


def _onward(counters: Counters, counter: int) -> CounterUpdate:
    missing = (CounterGap(counters.last + 1, counter - 1),) if counter > counters.last + 1 else ()
    new_counters = _bounded(counter, counters.gaps + missing, counters.given_up)
    return CounterUpdate(new_counters, CounterTurn.AFTER_A_GAP if missing else CounterTurn.NEXT)


def _without(gap: CounterGap, counter: int) -> tuple[CounterGap, ...]:
    pieces = CounterGap(gap.first, counter - 1), CounterGap(counter + 1, gap.last)
    return tuple(piece for piece in pieces if piece.first <= piece.last)


def _bounded(last: int, gaps: tuple[CounterGap, ...], given_up: int) -> Counters:
    """Return counters with no more gaps than are remembered: the oldest go; `given_up` says so."""
    if len(gaps) <= GAPS_MAX:
        return Counters(last, gaps, given_up)
    over = gaps[: len(gaps) - GAPS_MAX]
    return Counters(last, gaps[len(over) :], over[-1].last)
