"""What holds of a device that lies still, and of one that has just come."""

from dataclasses import replace

import pytest

from mesure.evaluation.evidence import sampling
from tests.evaluation.scenes import fix, fixes, stay
from tests.evaluation.test_sampling import POLICY, pace

TAG = replace(POLICY, correlation_away_s=3600.0, rest_rate_ratio=1.0 / 6.0, arrival_s_max=300.0)


def test_who_has_just_come_errs_anew_for_five_minutes() -> None:
    """A step longer than the circles of both ends, however often the device reports."""
    for every_s in (10, 60):
        home = stay("10T12:00", "10T12:10", every_s=every_s)
        found = pace(home, stay("10T12:10", "10T12:20", 60.0, every_s=every_s), policy=TAG)
        came = len(home)
        ended = came + 300 // every_s + (5 if every_s == 10 else 0)
        assert found.arrived_ratio[:came] == pytest.approx([0.0] * came)
        anew = min(every_s / 41, 1.0)
        assert found.arrived_ratio[came:ended] == pytest.approx([anew] * (ended - came))
        assert found.arrived_ratio[ended + 1 :].max() == 0.0
        assert found.weight_ratio[came] == pytest.approx(every_s / 600)
    near = pace(
        stay("10T12:00", "10T12:10"),
        stay("10T12:10", "10T12:20", 20.0, radius95_m=15.0),
        policy=TAG,
    )
    assert near.arrived_ratio.max() == 0.0
    usual = pace(stay("10T12:00", "10T12:10"), stay("10T12:10", "10T12:20", 2_000.0))
    assert usual.arrived_ratio.max() == 0.0  # Nobody asked for it.


def test_a_device_is_at_rest_until_it_moves_or_is_silent() -> None:
    told = [*stay("10T12:00", "10T12:10"), *stay("10T12:10", "10T12:20", 200.0)]
    found = pace(told, [fix("10T13:00", 200.0)], policy=TAG)
    assert found.at_rest.tolist() == [False, *[True] * 9, *[False] * 3, *[True] * 7, False]


def test_of_a_tag_at_rest_what_says_away_counts_for_an_hour() -> None:
    found = pace(stay("10T12:00", "10T12:10"), policy=TAG)
    assert found.still_ratio[1:] == pytest.approx([60 / 600] * 9)
    assert found.away_ratio[1:] == pytest.approx([60 / 3600] * 9)
    assert found.away_still_ratio[1:] == pytest.approx([60 / 3600] * 9)
    fast = pace([fix("10T12:00", 0.0), fix("10T12:01", 0.0, speed_mps=2.0)], policy=TAG)
    assert fast.away_ratio[1] == 1.0
    assert fast.away_still_ratio[1] == pytest.approx(60 / 3600)


def test_nobody_who_lies_still_changes_sides_as_often() -> None:
    """As much less often as less is said of it."""
    told = fixes(stay("10T12:00", "10T12:10"))
    slow = sampling.drift(sampling.measure(told, TAG), slice(None), TAG)
    usual = sampling.drift(
        sampling.measure(told, TAG), slice(None), replace(TAG, rest_rate_ratio=1.0)
    )
    assert slow.p_return[1:] * 6 == pytest.approx(usual.p_return[1:], rel=0.02)
    assert slow.p_leave[1:] * 6 == pytest.approx(usual.p_leave[1:], rel=0.02)
