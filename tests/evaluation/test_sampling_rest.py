"""What holds of a device that lies still, and of one that has just come."""

from dataclasses import replace

import numpy as np
import pytest

from mesure.evaluation.evidence import sampling
from mesure.geo import earth
from mesure.geo.fixes import F64
from tests.evaluation.scenes import fix, fixes, stay, walk
from tests.evaluation.test_sampling import TAG, pace


@pytest.mark.parametrize("every_s", [10, 60])
def test_who_has_just_come_errs_anew_for_ten_minutes(every_s: int) -> None:
    """From the last fix that is far from where it was minutes ago, not only a step."""
    home = stay("10T12:00", "10T12:10", every_s=every_s)
    cadence = pace(home, stay("10T12:10", "10T12:40", 200.0, every_s=every_s))
    came = len(home)
    assert not cadence.came[:came].any()
    assert cadence.came[came]
    # For five minutes the device is not where it was five minutes ago; of one that reports more
    # often it is asked once in 41 seconds.
    last = int(np.flatnonzero(cadence.came)[-1])
    assert 300 - 41 <= (last - came + 1) * every_s <= 300
    ended = last + 1 + 600 // every_s
    assert cadence.arrived_ratio[:came] == pytest.approx([0.0] * came)
    anew = min(every_s / 41, 1.0)
    assert cadence.arrived_ratio[came:ended] == pytest.approx([anew] * (ended - came))
    assert cadence.arrived_ratio[ended:].max() == 0.0
    assert cadence.weight_ratio[came] == pytest.approx(every_s / 600)


def test_whoever_comes_by_steps_that_errors_explain_has_come() -> None:
    """Each step is shorter than two circles, and five minutes lead farther than they do."""
    steps = [fix(f"10T12:{at:02d}", 35.0 * at, radius95_m=20.0) for at in range(6)]
    cadence = pace(stay("10T11:50", "10T12:00"), steps)
    assert cadence.came.tolist() == [False] * 15 + [True]
    for next_door_m, radius95_m in ((20.0, 15.0), (140.0, 15.0), (300.0, 160.0)):
        there = stay("10T12:10", "10T12:20", next_door_m, radius95_m=radius95_m)
        assert not pace(stay("10T12:00", "10T12:10", radius95_m=radius95_m), there).came.any()
    silent = pace(stay("10T12:00", "10T12:05"), stay("10T13:00", "10T13:10", radius95_m=15.0))
    assert not silent.came.any()


def test_a_device_is_at_rest_until_it_moves_or_is_silent() -> None:
    track = [*stay("10T12:00", "10T12:10"), *stay("10T12:10", "10T12:20", 200.0)]
    cadence = pace(track, [fix("10T13:00", 200.0)])
    assert cadence.at_rest.tolist() == [False, *[True] * 9, *[False] * 3, *[True] * 7, False]


def test_of_a_tag_at_rest_what_says_away_counts_for_an_hour() -> None:
    cadence = pace(stay("10T12:00", "10T12:10"), policy=TAG)
    assert cadence.still_ratio[1:] == pytest.approx([60 / 600] * 9)
    assert cadence.away_ratio[1:] == pytest.approx([60 / 3600] * 9)
    assert cadence.away_still_ratio[1:] == pytest.approx([60 / 3600] * 9)
    fast = pace([fix("10T12:00", 0.0), fix("10T12:01", 1.0, speed_mps=2.0)], policy=TAG)
    assert fast.away_ratio[1] == 1.0
    assert fast.away_still_ratio[1] == pytest.approx(60 / 3600)


def test_nobody_who_lies_still_changes_sides_as_often() -> None:
    """As much less often as less is said of it."""
    track = fixes(stay("10T12:00", "10T12:10"))
    slow = sampling.drift(sampling.measure(track, TAG), slice(None), TAG)
    usual = sampling.drift(
        sampling.measure(track, TAG), slice(None), replace(TAG, rest_rate_ratio=1.0)
    )
    assert slow.p_return[1:] * 6 == pytest.approx(usual.p_return[1:], rel=0.02)
    assert slow.p_leave[1:] * 6 == pytest.approx(usual.p_leave[1:], rel=0.02)


@pytest.mark.parametrize("speed_mps", [0.0, 1.5])
def test_each_fix_is_placed_in_space_once_however_far_one_looks_back(
    monkeypatch: pytest.MonkeyPatch, speed_mps: float
) -> None:
    placed: list[int] = []
    ecef_m = earth.ecef_m

    def count(lat_deg: F64, lon_deg: F64) -> tuple[F64, F64, F64]:
        placed.append(len(lat_deg))
        return ecef_m(lat_deg, lon_deg)

    monkeypatch.setattr(earth, "ecef_m", count)
    track = walk("10T12:00", 0, 1_500, every_s=10, speed_mps=speed_mps)
    assert pace(track).came.any()
    assert sum(placed) == len(track)
