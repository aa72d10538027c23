"""When a Doppler speed shows a device on its way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.evidence import sampling
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.geo.fixes import Provider
from tests.evaluation.scenes import Fix, S, default_policy, fix, fixes, us, way

POLICY = default_policy()
TAG = default_policy(DeviceClass.GNSS_TAG)


def pace(*parts: list[Fix], policy: Policy = POLICY) -> sampling.FixSampling:
    return sampling.measure(fixes(*parts), policy)


@pytest.mark.parametrize(("speed_mps", "moves"), [(1.09, False), (1.1, True)])
def test_a_tag_at_rest_reports_higher_speeds(speed_mps: float, moves: bool) -> None:
    cadence = pace(way(0, 0, speed_mps=speed_mps), policy=TAG)
    assert cadence.moving.tolist() == [moves, moves]
    assert cadence.fast.tolist() == [False, moves]


def fast(*speeds_mps: float, every_s: float = 60) -> list[bool]:
    """Return where speed shows a device on its way, of fixes on the spot with these speeds."""
    track = way(*[0.0] * len(speeds_mps), every_s=every_s)
    return [
        bool(flag)
        for flag in pace(
            [one._replace(speed_mps=mps) for one, mps in zip(track, speeds_mps, strict=True)]
        ).fast
    ]


def test_a_speed_is_believed_when_it_is_said_twice_running() -> None:
    """Why: receivers at rest report a speed now and then."""
    assert fast(9.0) == [False]
    assert fast(9.0, 1.0, 1.0) == [False, True, True]
    assert fast(9.0, 0.99, 9.0, 9.0) == [False, False, False, True]
    assert fast(9.0, np.nan, 9.0) == [False] * 3
    # Of the first of the two no more and no less is asked than of the second.
    from_masts = way(0, 0, speed_mps=9.0)
    from_masts[0] = from_masts[0]._replace(provider=Provider.CELL)
    assert pace(from_masts).fast.tolist() == [False, False]


def fast_once(*speeds_mps: float, every_s: float = 10) -> list[bool]:
    """Return where speed shows a device on its way now, of fixes on the spot with these speeds."""
    track = way(*[0.0] * len(speeds_mps), every_s=every_s)
    track = [one._replace(speed_mps=mps) for one, mps in zip(track, speeds_mps, strict=True)]
    return [bool(flag) for flag in pace(track).fast_once]


def test_of_what_a_device_says_of_its_speed_most_must_say_so() -> None:
    """Why: who reports six times a minute says a wrong speed six times as often."""
    assert fast_once(9.0) == [True]
    assert fast_once(0.0, 9.0) == [False, False]
    assert fast_once(0.0, 9.0, 9.0, 0.0, 9.0) == [False, False, True, False, True]
    # Only of the last 41 s, and the other way round of what was said then.
    assert fast_once(0.0, 9.0, every_s=40.9) == [False, False]
    assert fast_once(0.0, 9.0, every_s=41.0) == [False, True]
    # What says nothing of a speed speaks for neither.
    assert fast_once(np.nan, 9.0, np.nan, 9.0) == [False, True, False, True]


def test_masts_say_nothing_of_a_speed() -> None:
    track = [fix("10T12:00", 0, speed_mps=0.0, provider=Provider.CELL)]
    assert pace(track, [fix("10T12:00:10", 0, speed_mps=9.0)]).fast_once.tolist() == [False, True]


@given(
    st.lists(
        st.tuples(st.sampled_from([1, 10, 40, 41, 60]), st.sampled_from([np.nan, 0.0, 1.0])),
        min_size=1,
        max_size=25,
    )
)
def test_speed_is_what_somebody_would_count(reports: list[tuple[int, float]]) -> None:
    at_us = [us("10T12:00") + int(at) * S for at in np.cumsum([since for since, _ in reports])]
    flags = pace(
        [Fix(at, at, 0.0, speed_mps=mps) for at, (_, mps) in zip(at_us, reports, strict=True)]
    ).fast_once.tolist()
    for number, now_us in enumerate(at_us):
        lately = [
            mps
            for before_us, (_, mps) in zip(at_us[: number + 1], reports, strict=False)
            if before_us > now_us - 41 * S
        ]
        fast = [mps == 1.0 for mps in lately if not np.isnan(mps)]
        assert flags[number] == (reports[number][1] == 1.0 and 2 * sum(fast) > len(fast))


def test_no_more_than_ten_minutes_lie_between_the_two() -> None:
    assert fast(9.0, 9.0, every_s=600) == [False, True]
    assert fast(9.0, 9.0, every_s=600.000001) == [False, False]


def test_what_bears_on_a_speed_reaches_back_as_far_as_it_counts() -> None:
    """And two fixes at least, which may begin a path."""
    track = fixes(way(*[0.0] * 9, every_s=10))
    bears = [sampling.first_that_bears(track, number, POLICY) for number in range(9)]
    assert bears == [0, 0, 0, 0, 0, 1, 2, 3, 4]
    by_the_minute = fixes(way(*[0.0] * 5))
    bears = [sampling.first_that_bears(by_the_minute, number, POLICY) for number in range(5)]
    assert bears == [0, 0, 0, 1, 2]
