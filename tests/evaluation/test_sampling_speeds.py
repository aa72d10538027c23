"""When a Doppler speed shows a device on its way."""

from dataclasses import replace

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
BELIEVED = replace(POLICY, speed_stray_ratio=0.0)
"""Every speed is believed, wherever it led."""


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
            [one._replace(speed_mps=mps) for one, mps in zip(track, speeds_mps, strict=True)],
            policy=BELIEVED,
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
    return [bool(flag) for flag in pace(track, policy=BELIEVED).fast_once]


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
        [Fix(at, at, 0.0, speed_mps=mps) for at, (_, mps) in zip(at_us, reports, strict=True)],
        policy=BELIEVED,
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
    """And as far as the device strayed, twenty minutes; two fixes at least may begin a path."""
    by_the_minute = fixes(way(*[0.0] * 26))
    bears = [sampling.first_that_bears(by_the_minute, number, POLICY) for number in range(26)]
    assert bears == [0] * 22 + [1, 2, 3, 4]
    by_the_hour = fixes(way(*[0.0] * 5, every_s=3600))
    bears = [sampling.first_that_bears(by_the_hour, number, POLICY) for number in range(5)]
    assert bears == [0, 0, 0, 1, 2]


# --- Where they led ------------------------------------------------------------------------------


def stray(metres: float, count: int = 12, every_s: float = 60) -> list[Fix]:
    """Return fixes at rest, each so far from the middle between its neighbours, at home."""
    return way(*[metres * (number % 2) for number in range(count)], every_s=every_s)


def then(track: list[Fix], after_s: float, *steps: tuple[float, float]) -> list[Fix]:
    """Return what follows a track: places and speeds, one after the other."""
    at_us = [track[-1].observed_us + round(after_s * S) * (n + 1) for n in range(len(steps))]
    return [
        Fix(at, at, east_m, speed_mps=mps) for at, (east_m, mps) in zip(at_us, steps, strict=True)
    ]


def led(*parts: list[Fix], policy: Policy = POLICY) -> list[bool]:
    return [bool(flag) for flag in pace(*parts, policy=policy).moving]


def test_a_speed_that_leads_nowhere_shows_nothing() -> None:
    rest = stray(4.0)
    said = then(rest, 60, (0.0, 1.3), (2.0, 0.0))
    assert not any(led(rest, said))
    assert led(rest, said, policy=BELIEVED) == [False] * 12 + [True, False]
    assert not pace(rest, said).fast_once.any()


def test_a_speed_counts_with_the_step_before_it_or_after_it() -> None:
    rest = stray(4.0)
    before, after = then(rest, 60, (30.0, 1.3)), then(rest, 60, (2.0, 1.3), (32.0, 0.0))
    assert led(rest, before) == [False] * 12 + [True]
    assert led(rest, after) == [False] * 13 + [True]
    # What was said before the step is not what this fix says of itself.
    assert pace(rest, before).fast_once.tolist() == [False] * 12 + [True]
    assert not pace(rest, after).fast_once.any()


@pytest.mark.parametrize(("strays_m", "leads"), [(4.0, True), (6.0, True), (7.0, False)])
def test_a_step_is_five_times_as_long_as_the_device_strays(strays_m: float, leads: bool) -> None:
    rest = stray(strays_m)
    assert led(rest, then(rest, 60, (rest[-1].east_m + 32.0, 1.3)))[-1] == leads


def test_a_step_nearly_as_long_as_its_speed_says_needs_nothing_else() -> None:
    """Why: on a way of many turns a device seems to stray."""
    rest = stray(40.0)
    for step_m, leads in ((0.0, False), (51.9, False), (52.1, True)):
        assert led(rest, then(rest, 60, (rest[-1].east_m - step_m, 1.3)))[-1] == leads


@pytest.mark.parametrize(
    ("count", "every_s", "leads"), [(4, 60, True), (6, 60, False), (6, 600, True)]
)
def test_how_far_a_device_strays_is_known_of_three_fixes_of_twenty_minutes(
    count: int, every_s: float, leads: bool
) -> None:
    rest = stray(40.0, count, every_s)
    assert led(rest, then(rest, 60, (rest[-1].east_m - 40.0, 1.3)))[-1] == leads


def test_what_a_speed_led_to_is_not_known_after_ten_minutes() -> None:
    rest = stray(4.0)
    for after_s, believed in ((600, False), (601, True)):
        assert led(rest, then(rest, after_s, (rest[-1].east_m, 1.3)))[-1] == believed


def test_a_tag_is_believed_wherever_its_speed_led() -> None:
    """Why: no speeds of tags at rest were measured."""
    rest = stray(4.0)
    assert led(rest, then(rest, 60, (rest[-1].east_m, 1.3)), policy=TAG)[-1]


def test_where_a_walk_led_errors_are_new_for_ten_minutes() -> None:
    rest = stray(4.0)
    there = then(rest, 60, (60.0, 1.3), *((61.0 - number % 2, 0.0) for number in range(12)))
    weights = pace(rest, there).weight_ratio[12:]
    assert weights == pytest.approx([1.0] * 11 + [0.1] * 2)


def test_what_is_said_of_a_speed_hangs_on_twenty_minutes_alone() -> None:
    """Why: what is judged from a checkpoint on is what the whole record says."""
    dice = np.random.default_rng(3600)
    track = way(*(6.0 * dice.standard_normal(90)).tolist())
    track = [
        one._replace(speed_mps=float(mps))
        for one, mps in zip(track, dice.exponential(0.7, 90), strict=True)
    ]
    whole = led(track)
    assert 3 < sum(whole) < 40
    for first in range(1, 60):
        assert led(track[first:])[24:] == whole[first + 24 :]


def test_what_repeats_the_last_position_is_the_same_measurement() -> None:
    """Why: nobody on the way stands where they stood, to the digit; a wrong place may."""
    gone = [fix("10T12:00", 0), fix("10T12:01", 150, speed_mps=2.5)]
    again, a_hair_off = (
        pace(gone, [fix("10T12:02", east_m, speed_mps=2.5)]).weight_ratio[-1]
        for east_m in (150, 150.01)
    )
    assert again == pytest.approx(60 / 600)
    assert a_hair_off == 1.0
