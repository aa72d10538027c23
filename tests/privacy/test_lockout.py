from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mesure.privacy import lockout
from mesure.privacy.lockout import FORGOTTEN_AFTER, FREE_TRIES, WAIT_MAX, FailureCount

EIGHT = datetime(2026, 2, 10, 8, 0, tzinfo=UTC)


def test_the_first_tries_cost_nothing() -> None:
    assert not lockout.is_waiting(None, FREE_TRIES, EIGHT)
    assert not lockout.is_waiting(FailureCount(FREE_TRIES, EIGHT), FREE_TRIES, EIGHT)
    assert lockout.is_waiting(FailureCount(FREE_TRIES + 1, EIGHT), FREE_TRIES, EIGHT)


def test_a_count_is_forgotten_after_a_day() -> None:
    many = FailureCount(50, EIGHT)
    assert lockout.add_failure(many, EIGHT + FORGOTTEN_AFTER) == FailureCount(
        1, EIGHT + FORGOTTEN_AFTER
    )
    assert lockout.add_failure(many, EIGHT).count == 51
    assert lockout.add_failure(None, EIGHT) == FailureCount(1, EIGHT)


@given(st.integers(1, 10**6))
def test_waits_grow_and_end(count: int) -> None:
    until = lockout.waits_until(FailureCount(count, EIGHT), FREE_TRIES) or EIGHT
    more = lockout.waits_until(FailureCount(count + 1, EIGHT), FREE_TRIES) or EIGHT
    assert until <= more <= EIGHT + WAIT_MAX
    assert not lockout.is_waiting(FailureCount(count, EIGHT), FREE_TRIES, EIGHT + WAIT_MAX)


def test_whoever_guesses_gets_few_tries_a_day() -> None:
    now, failures, tries = EIGHT, None, 0
    while now < EIGHT + timedelta(hours=23):
        if lockout.is_waiting(failures, FREE_TRIES, now):
            now += timedelta(seconds=1)
        else:
            failures, tries = lockout.add_failure(failures, now), tries + 1
    assert tries <= 110


def test_nobody_waits_for_a_clock_that_was_set_back() -> None:
    many = FailureCount(50, EIGHT + timedelta(days=365))
    assert not lockout.is_waiting(many, FREE_TRIES, EIGHT)
    again = lockout.add_failure(many, EIGHT)
    assert lockout.is_waiting(again, FREE_TRIES, EIGHT)
    assert not lockout.is_waiting(again, FREE_TRIES, EIGHT + WAIT_MAX)
