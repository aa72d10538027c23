"""The clock: right, unless a demo lets it catch up, and then right again."""

from hypothesis import given
from hypothesis import strategies as st

from mesure.machine import clock
from mesure.machine.clock import CatchUpClock

HOUR = 3_600_000_000


@given(st.lists(st.integers(0, 3 * HOUR), max_size=30))
def test_a_clock_that_catches_up_never_goes_back_nor_ahead(moments: list[int]) -> None:
    shown = CatchUpClock(start_us=HOUR, behind_us=12 * HOUR, takes_us=HOUR // 60)
    instants_us = [shown.at(now_us) for now_us in sorted(moments)]
    assert instants_us == sorted(instants_us)
    assert all(at <= now_us for at, now_us in zip(instants_us, sorted(moments), strict=True))


def test_afterwards_it_is_right_again() -> None:
    shown = CatchUpClock(start_us=0, behind_us=12 * HOUR, takes_us=60)
    assert shown.at(0) == -12 * HOUR
    assert shown.at(60) == 60


def test_both_ways_of_asking_agree() -> None:
    first = clock.now_us()
    assert abs(int(clock.now().timestamp() * 1_000_000) - first) < 10_000_000
