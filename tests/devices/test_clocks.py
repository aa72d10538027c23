"""How far a clock is off: the smallest difference of the last day or two; oddities are noted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure import instants
from mesure.devices import clocks
from mesure.devices.clocks import ClockLimits, ClockNote, DeviceClock, MessageTimes, Oddity
from mesure.instants import CREDIBLE_FROM_US, CREDIBLE_UNTIL_US, US_PER_DAY
from tests.devices.times import SENT_US

LIMITS = ClockLimits(future_us=120_000_000, late_us=172_800_000_000)
SECOND = 1_000_000


def _timed(
    counter: int, received_us: int, sent_us: int, observed_us: int | None = None
) -> MessageTimes:
    return MessageTimes(counter, received_us, sent_us, observed_us)


def _notes(timed: MessageTimes, clock: DeviceClock | None = None) -> tuple[ClockNote, ...]:
    return clocks.read(clock or DeviceClock(), timed, LIMITS)[1]


def test_a_clock_that_was_never_heard_is_not_known() -> None:
    assert DeviceClock().offset_us is None


@given(st.lists(st.integers(0, 3_600), min_size=1, max_size=20), st.integers(-(10**6), 10**6))
def test_the_offset_is_never_more_than_the_quickest_message(
    delays_s: list[int], offset_s: int
) -> None:
    clock = DeviceClock()
    for counter, delay_s in enumerate(delays_s, 2):
        sent_us = SENT_US + counter * 60 * SECOND
        received_us = sent_us + (delay_s + offset_s) * SECOND
        clock, _ = clocks.read(clock, _timed(counter, received_us, sent_us), LIMITS)
    assert clock.offset_us == (offset_s + min(delays_s)) * SECOND


def test_what_was_a_day_ago_fades() -> None:
    clock = DeviceClock()
    for day, offset_us in enumerate([5, 9, 9, 9]):
        received_us = SENT_US + day * US_PER_DAY
        clock, _ = clocks.read(clock, _timed(day + 2, received_us, received_us - offset_us), LIMITS)
        assert clock.offset_us == (5 if day < 2 else 9)


def test_after_a_long_pause_nothing_is_left_of_before() -> None:
    clock, _ = clocks.read(DeviceClock(), _timed(2, SENT_US + 5, SENT_US), LIMITS)
    later_us = SENT_US + 10 * US_PER_DAY
    clock, _ = clocks.read(clock, _timed(3, later_us + 9, later_us), LIMITS)
    assert clock.offset_us == 9


@pytest.mark.parametrize("sent_us", [0, CREDIBLE_FROM_US - 1, CREDIBLE_UNTIL_US])
def test_a_device_without_a_clock_is_noted_and_not_reckoned_with(sent_us: int) -> None:
    clock, notes = clocks.read(DeviceClock(), _timed(2, SENT_US, sent_us), LIMITS)
    assert notes == (ClockNote(Oddity.NO_CLOCK, SENT_US - sent_us),)
    assert clock == DeviceClock()


def test_a_clock_ahead_is_noted_beyond_the_limit() -> None:
    assert not _notes(_timed(2, SENT_US - 120 * SECOND, SENT_US))
    ahead = _notes(_timed(2, SENT_US - 121 * SECOND, SENT_US))
    assert ahead == (ClockNote(Oddity.AHEAD, 121 * SECOND),)


def test_a_message_that_was_long_on_the_way_is_noted() -> None:
    assert not _notes(_timed(2, SENT_US + 2 * US_PER_DAY, SENT_US))
    late = _notes(_timed(2, SENT_US + 2 * US_PER_DAY + 1, SENT_US))
    assert late == (ClockNote(Oddity.LONG_ON_THE_WAY, 2 * US_PER_DAY + 1),)


def test_a_clock_that_was_set_back_is_noted_also_when_messages_come_out_of_order() -> None:
    clock, _ = clocks.read(DeviceClock(), _timed(5, SENT_US, SENT_US), LIMITS)
    back = _timed(6, SENT_US + SECOND, SENT_US - 7 * SECOND)
    assert _notes(back, clock) == (ClockNote(Oddity.WENT_BACK, 7 * SECOND),)
    late = _timed(4, SENT_US + SECOND, SENT_US - 7 * SECOND)
    after, notes = clocks.read(clock, late, LIMITS)
    assert not notes
    assert (after.last_counter, after.last_sent_us) == (5, SENT_US)


def test_telling_of_what_has_not_been_yet_is_noted() -> None:
    early = _timed(2, SENT_US, SENT_US, SENT_US + 121 * SECOND)
    assert _notes(early) == (ClockNote(Oddity.OBSERVED_AFTER_SENT, 121 * SECOND),)
    assert not _notes(_timed(2, SENT_US, SENT_US, SENT_US + 120 * SECOND))


# --- By how much a clock is ahead --------------------------------------------------------------

MINUTE_US = 60_000_000
ONE = clocks.ClockLimits(future_us=2 * MINUTE_US, late_us=instants.US_PER_DAY)


@pytest.mark.parametrize(
    ("known_min", "this_min", "ahead_min"),
    [
        (None, 5, 0),  # One receipt says nothing of what is the same in all.
        (0, 5, 0),  # It was right before.
        (5, 5, 5),
        (4, 5, 5),  # The one before was longer on the way.
        (5, 4, 5),  # This one was.
        (5, 3, 5),
        (9, 5, 0),  # It was set, or this one waited.
        (5, 2, 0),  # No more than any clock may be.
        (1, 1, 0),  # The same, twice.
        (5, -1, 0),  # It was set right, or this one waited for long.
    ],
)
def test_a_clock_is_ahead_by_what_two_receipts_agree_on(
    known_min: int | None, this_min: int, ahead_min: int
) -> None:
    before = clocks.DeviceClock(today_us=None if known_min is None else -known_min * MINUTE_US)
    at_us = instants.CREDIBLE_FROM_US + instants.US_PER_DAY
    timed = clocks.MessageTimes(2, at_us, at_us + this_min * MINUTE_US, None)
    assert clocks.ahead_us(before, timed, ONE) == ahead_min * MINUTE_US


def test_a_clock_that_was_set_back_is_known_from_then_on() -> None:
    """One message an hour ahead is no reason to take a device's word for nothing for two days."""
    clock, corrected_min = DeviceClock(), []
    for counter, ahead_min in enumerate([5, 5, 65, 5, 5, 5], 2):
        received_us = SENT_US + counter * MINUTE_US
        timed = _timed(counter, received_us, received_us + ahead_min * MINUTE_US)
        corrected_min.append(clocks.ahead_us(clock, timed, ONE) // MINUTE_US)
        clock, _ = clocks.read(clock, timed, ONE)
    assert corrected_min == [0, 5, 0, 0, 5, 5]


def test_a_clock_that_was_set_right_is_ahead_no_longer() -> None:
    clock, _ = clocks.read(DeviceClock(), _timed(2, SENT_US, SENT_US + 5 * MINUTE_US), ONE)
    later_us = SENT_US + MINUTE_US
    clock, notes = clocks.read(clock, _timed(3, later_us, later_us), ONE)
    assert clock.offset_us == 0
    assert [note.oddity for note in notes] == [Oddity.WENT_BACK]


def test_messages_that_come_out_of_order_set_no_clock_back() -> None:
    clock, _ = clocks.read(DeviceClock(), _timed(5, SENT_US, SENT_US), ONE)
    late = _timed(4, SENT_US + SECOND, SENT_US - 7 * MINUTE_US)
    assert clocks.read(clock, late, ONE)[0].offset_us == 0
