"""Device clocks: how far one is off, and what is odd about the time of a message.

A message takes some time to arrive, never less than none. So receipt minus sending is never less
than what the device's clock is behind, and the smallest of many is the best estimate of it. The
minimum runs over the last one to two days, for clocks drift; and begins anew where a clock was set
back by more than any may be ahead, as a later message that was sent earlier shows.

No message is refused for its time. What is odd is noted with it, and each fix is judged by its own
times. Where two receipts and more agree that a clock is ahead by the same, its times are corrected
by that; one receipt alone may have been long on the way, and then says too little.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from mesure.instants import CREDIBLE_FROM_US, CREDIBLE_UNTIL_US, US_PER_DAY


class DeviceClock(NamedTuple):
    """What is known of a device's clock; offsets are server minus device, at most so much."""

    day_us: int = 0  # When the running day of receipts began.
    today_us: int | None = None  # Smallest difference of that day; None: nothing came.
    before_us: int | None = None  # Of the day before it.
    last_sent_us: int = 0  # By the device, in the message with the highest counter.
    last_counter: int = 0

    @property
    def offset_us(self) -> int | None:
        """Return how far the device's clock is behind, negative if ahead; None: not known."""
        known = [one for one in (self.today_us, self.before_us) if one is not None]
        return min(known) if known else None


class Oddity(StrEnum):
    """What is odd about the time of a message."""

    NO_CLOCK = "no_clock"  # Before satellite navigation, or beyond belief.
    AHEAD = "ahead"  # Sent later than it was received.
    LONG_ON_THE_WAY = "long_on_the_way"  # It waited, or the clock is far behind.
    WENT_BACK = "went_back"  # A later message was sent earlier: the clock was set.
    OBSERVED_AFTER_SENT = "observed_after_sent"  # It reports what had not happened yet.


class ClockNote(NamedTuple):
    """One oddity, and by how much."""

    oddity: Oddity
    by_us: int


class ClockLimits(NamedTuple):
    """From when on a time is odd; the programme's policy has the values."""

    future_us: int
    late_us: int


class MessageTimes(NamedTuple):
    """When one message was received and sent, and when the last thing that it reports was."""

    counter: int
    received_us: int
    sent_us: int
    observed_us: int | None  # None: it tells of nothing that has a time.


def read(
    clock: DeviceClock, timed: MessageTimes, limits: ClockLimits
) -> tuple[DeviceClock, tuple[ClockNote, ...]]:
    """Return the clock as it is known now, and what is odd about these times.

    >>> sent_us, limits = 1_767_632_400_000_000, ClockLimits(120_000_000, 172_800_000_000)
    >>> times = MessageTimes(1, sent_us + 2_000_000, sent_us, None)
    >>> clock, odd = read(DeviceClock(), times, limits)
    >>> clock.offset_us, odd
    (2000000, ())
    """
    if not CREDIBLE_FROM_US <= timed.sent_us < CREDIBLE_UNTIL_US:
        return clock, (ClockNote(Oddity.NO_CLOCK, timed.received_us - timed.sent_us),)
    return _advanced(clock, timed, limits), tuple(_odd(clock, timed, limits))


def ahead_us(before: DeviceClock, timed: MessageTimes, limits: ClockLimits) -> int:
    """Return by how much a device's clock is ahead, where that was known and this bears it out.

    0: it is not ahead by more than any clock may be, or it is not known by how much. A clock that
    was set meanwhile, and a message that waited, differ from what was known by more than that.

    >>> minute_us, limits = 60_000_000, ClockLimits(120_000_000, 172_800_000_000)
    >>> known = DeviceClock(today_us=-5 * minute_us)
    >>> for on_the_way in (0, 1, 4, 9):
    ...     received_us = CREDIBLE_FROM_US + on_the_way * minute_us
    ...     timed = MessageTimes(2, received_us, CREDIBLE_FROM_US + 5 * minute_us, None)
    ...     ahead_us(known, timed, limits) // minute_us
    5
    5
    0
    0
    """
    this_us = timed.sent_us - timed.received_us
    if before.offset_us is None or this_us <= limits.future_us:
        return 0
    known_us = -before.offset_us
    return max(known_us, this_us) if abs(known_us - this_us) <= limits.future_us else 0


def _odd(clock: DeviceClock, timed: MessageTimes, limits: ClockLimits) -> Iterator[ClockNote]:
    """Yield each oddity that goes further than it may, in the order in which they are reported."""
    sent_us = timed.sent_us
    observed_us = sent_us if timed.observed_us is None else timed.observed_us
    late_us = timed.received_us - sent_us
    if -late_us > limits.future_us:
        yield ClockNote(Oddity.AHEAD, -late_us)
    if late_us > limits.late_us:
        yield ClockNote(Oddity.LONG_ON_THE_WAY, late_us)
    if timed.counter > clock.last_counter and sent_us < clock.last_sent_us:
        yield ClockNote(Oddity.WENT_BACK, clock.last_sent_us - sent_us)
    if observed_us - sent_us > limits.future_us:
        yield ClockNote(Oddity.OBSERVED_AFTER_SENT, observed_us - sent_us)


def _advanced(clock: DeviceClock, timed: MessageTimes, limits: ClockLimits) -> DeviceClock:
    difference_us = timed.received_us - timed.sent_us
    day_us, today_us, before_us = clock.day_us, clock.today_us, clock.before_us
    is_later = timed.counter > clock.last_counter
    if is_later and clock.last_sent_us - timed.sent_us > limits.future_us:
        today_us = before_us = None
    if timed.received_us >= day_us + US_PER_DAY:
        is_next = timed.received_us < day_us + 2 * US_PER_DAY
        day_us, today_us, before_us = timed.received_us, None, today_us if is_next else None
    today_us = difference_us if today_us is None else min(today_us, difference_us)
    if is_later:
        return DeviceClock(day_us, today_us, before_us, timed.sent_us, timed.counter)
    return DeviceClock(day_us, today_us, before_us, clock.last_sent_us, clock.last_counter)
