"""The clock: jumps are seen against the steady count, and a wrong clock is told."""

from hypothesis import given
from hypothesis import strategies as st

from mesure.service.monitoring import clock_watch
from mesure.service.monitoring.clock_watch import ClockJump, ClockSync, ClockWatch

S = 1_000_000
NOW = 1_800_000_000 * S


def test_a_jump_back_and_a_jump_forward_are_told_once() -> None:
    watch = ClockWatch(2.0, now_us=NOW, steady_us=0)
    assert watch.look(now_us=NOW + 12 * S, steady_us=10 * S) is None  # Two seconds: drift.
    assert watch.look(now_us=NOW - 3_600 * S, steady_us=20 * S) == ClockJump(-3_622 * S)
    assert watch.look(now_us=NOW - 3_590 * S, steady_us=30 * S) is None
    assert watch.look(now_us=NOW + 40 * S, steady_us=40 * S) == ClockJump(3_620 * S)
    assert watch.jumps == 2


@given(st.lists(st.integers(0, 10**12), max_size=20))
def test_time_that_only_passes_is_no_jump(passed: list[int]) -> None:
    watch, steady_us = ClockWatch(0.1, now_us=NOW, steady_us=0), 0
    for us in passed:
        steady_us += us
        assert watch.look(now_us=NOW + steady_us, steady_us=steady_us) is None


def test_the_machine_is_asked() -> None:
    assert clock_watch.clock_sync() in ClockSync
    assert ClockWatch(2.0).look() is None


def test_what_whoever_starts_should_know() -> None:
    assert clock_watch.warnings(NOW, ClockSync.YES) == []
    assert clock_watch.warnings(NOW, ClockSync.NOT_KNOWN) == []
    assert ["NTP" in line for line in clock_watch.warnings(0, ClockSync.NO)] == [False, True]
