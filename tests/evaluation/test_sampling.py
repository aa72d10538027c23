"""How much each fix may say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.evidence import sampling, step_lengths
from mesure.evaluation.filter import two_state_filter
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.geo.fixes import NOT_KNOWN, Provider
from tests.evaluation.scenes import (
    SILENCE_INCIDENT_M,
    SILENCE_M,
    Fix,
    M,
    S,
    default_policy,
    fix,
    fixes,
    stay,
    us,
    walk,
    way,
)

POLICY = default_policy()
TAG = default_policy(DeviceClass.GNSS_TAG)
BELIEVED = replace(POLICY, speed_stray_ratio=0.0)
"""Every speed is believed, wherever it led."""


def pace(*parts: list[Fix], policy: Policy = POLICY) -> sampling.FixSampling:
    return sampling.measure(fixes(*parts), policy)


def drift(*parts: list[Fix], policy: Policy = POLICY) -> two_state_filter.Transition:
    return sampling.drift(pace(*parts, policy=policy), slice(None), policy)


def after(*minutes: float) -> list[Fix]:
    """Return fixes at home after these minutes each."""
    start = us("10T12:00")
    at = [start + round(total * M) for total in np.cumsum([0.0, *minutes])]
    return [Fix(instant, instant, 0.0) for instant in at]


def test_a_fix_counts_for_the_share_of_its_correlation_time() -> None:
    weights = pace(after(1, 5, 10, 60)).weight_ratio
    assert weights == pytest.approx([1.0, 0.1, 0.5, 1.0, 1.0])


@given(st.sampled_from([1, 10, 60, 300]))
def test_however_often_a_device_reports_an_hour_weighs_the_same(every_s: int) -> None:
    weights = pace(stay("10T12:00", "10T13:00", every_s=every_s)).weight_ratio
    assert weights[1:].sum() == pytest.approx((3600 - every_s) / 600)


def test_fixes_of_one_instant_weigh_nothing_after_the_first() -> None:
    assert pace(after(5, 0, 0)).weight_ratio.tolist()[2:] == [0.0, 0.0]


def test_a_moving_device_sees_another_sky_sooner() -> None:
    still, slow, moved = (
        pace(after(1, 0.5), [fix("10T12:01:40", 1, speed_mps=speed_mps)], policy=BELIEVED)
        for speed_mps in (0.0, 0.99, 1.0)
    )
    assert still.weight_ratio[-1] == slow.weight_ratio[-1] == pytest.approx(10 / 600)
    assert moved.weight_ratio[-1] == pytest.approx(10 / 41)
    assert moved.still_ratio[-1] == still.weight_ratio[-1]


def test_the_motion_flag_makes_no_error_new() -> None:
    """Why: a person who walks about the flat moves, and errs as before."""
    cadences = [pace(after(1), [fix("10T12:02", 0, motion=flag)]) for flag in (NOT_KNOWN, 0, 1)]
    assert [found.weight_ratio[-1] for found in cadences] == pytest.approx([0.1] * 3)


def test_who_moved_a_moment_ago_errs_anew_where_they_stand() -> None:
    fast = [fix("10T12:00", 0, speed_mps=2.0)]
    still = stay("10T12:00:10", "10T12:02:50", every_s=10)
    still = [one._replace(east_m=1.0 + number % 2) for number, one in enumerate(still)]
    cadence = pace(fast, still, policy=BELIEVED)
    assert cadence.moving.tolist() == [True, *[False] * 16]
    assert not cadence.fast.any()  # Yet a speed said once shows nobody on the way.
    anew, as_before = 10 / 41, 10 / 600
    assert cadence.weight_ratio[1:] == pytest.approx([anew] * 15 + [as_before])
    assert cadence.still_ratio[1:] == pytest.approx([as_before] * 16)
    at_the_limit, beyond = (
        pace(fast, [fix(f"10T12:02:{second}", 1)], policy=BELIEVED).weight_ratio[-1]
        for second in (30, 31)
    )
    assert at_the_limit == 1.0
    assert beyond == pytest.approx(151 / 600)


def test_masts_take_nothing_from_the_fixes_of_satellites_and_networks() -> None:
    masts = [fix("10T12:01", 0, provider=Provider.CELL), fix("10T12:03", 0, provider=Provider.CELL)]
    finer = [fix("10T12:00", 0), fix("10T12:02", 0, provider=Provider.WIFI), fix("10T12:04", 0)]
    cadence = pace(masts, finer)
    # The finer ones for the time since the last finer one, the masts not at all.
    assert cadence.weight_ratio == pytest.approx([1.0, 0.0, 0.2, 0.0, 0.2])
    assert cadence.still_ratio == pytest.approx(cadence.weight_ratio)
    assert cadence.since_s.tolist()[1:] == [60.0] * 4
    assert pace(masts, [fix("10T12:04", 0)]).weight_ratio == pytest.approx([1.0, 0.2, 1.0])
    # Those that contradict, for the time since any.
    masts = [one._replace(east_m=9_000.0) for one in masts]
    assert pace(masts, finer).weight_ratio == pytest.approx([1.0, 0.1, 0.2, 0.1, 0.2])


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 30, 600]), st.sampled_from(Provider)), max_size=12),
    st.booleans(),
)
def test_with_or_without_masts_finer_fixes_weigh_the_same(
    reports: list[tuple[int, Provider]], moves: bool
) -> None:
    at_us = [us("10T12:00") + int(at) * S for at in np.cumsum([since for since, _ in reports])]
    track = [
        Fix(at, at, 0.0, provider=provider, speed_mps=2.0 if moves else 0.0)
        for at, (_, provider) in zip(at_us, reports, strict=True)
    ]
    finer = [one for one in track if one.provider != Provider.CELL]
    is_finer = fixes(track).provider != Provider.CELL
    assert np.array_equal(pace(track).weight_ratio[is_finer], pace(finer).weight_ratio)


def test_a_beacon_has_correlation_times_of_its_own() -> None:
    heard_weights, missed = (
        pace([one._replace(beacon=flag) for one in after(1, 5)]).beacon_weight_ratio
        for flag in (1, 0)
    )
    assert heard_weights == pytest.approx([1.0, 0.5, 1.0])
    assert missed == pytest.approx([1.0, 60 / 21_600, 300 / 21_600])


# --- Moving, and sensors ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "moving"),
    [
        ({"speed_mps": 0.99}, False),
        ({"speed_mps": 1.0}, True),
        ({"speed_mps": 9.0, "radius95_m": 100.0}, True),
        ({"speed_mps": 9.0, "radius95_m": 101.0}, False),  # It is not from satellites.
        ({"speed_mps": 9.0, "radius95_m": np.nan}, True),
        ({"speed_mps": 9.0, "motion": 0}, True),
        ({"speed_mps": 9.0, "provider": Provider.CELL}, False),  # Nor is this, however narrow.
        ({"speed_mps": 9.0, "provider": Provider.UNKNOWN}, True),
        ({"motion": 1}, False),  # One who walks about the flat moves too.
        ({"motion": 0}, False),
        ({"motion": NOT_KNOWN}, False),
        ({"beacon": 0}, False),
    ],
)
def test_what_shows_that_a_device_moves(fields: dict[str, float], moving: bool) -> None:
    said_twice = [fix("10T12:03", 0, **fields), fix("10T12:04", 0, **fields)]
    cadence = pace(stay("10T12:00", "10T12:03"), said_twice, policy=BELIEVED)
    assert cadence.moving.tolist() == [False] * 3 + [moving] * 2
    assert cadence.fast.tolist() == [False] * 4 + [moving]
    assert not cadence.on_path.any()


def test_after_a_long_silence_it_begins_anew() -> None:
    hours = after(SILENCE_INCIDENT_M, 1, SILENCE_INCIDENT_M + 0.1, 1)
    assert pace(hours).begun.tolist() == [0, 0, 0, 3, 3]


@pytest.mark.parametrize(("silent_min", "lost"), [(1, True), (5, True), (6, False)])
def test_a_beacon_is_lost_when_it_was_heard_shortly_before(silent_min: int, lost: bool) -> None:
    beacon_fix = [fix("10T12:00", 0, beacon=1)]
    gone = [fix(f"10T12:0{silent_min}", 0, beacon=0)]
    assert pace(beacon_fix, gone).beacon_lost.tolist() == [False, lost]
    assert pace(gone).beacon_lost.tolist() == [False]


def flag_moving(*parts: list[Fix], policy: Policy = POLICY) -> list[bool]:
    cadence = pace(*parts, policy=policy)
    assert cadence.moving.tolist() == cadence.on_path.tolist()
    return [bool(flag) for flag in cadence.moving]


def with_circles(track: list[Fix], *radii95_m: float) -> list[Fix]:
    return [
        fix._replace(radius95_m=radius95_m)
        for fix, radius95_m in zip(track, radii95_m, strict=True)
    ]


def test_two_steps_that_lead_on_are_a_path() -> None:
    assert flag_moving([fix("10T12:00", 0), *walk("10T12:00", 0, 270)]) == [
        False,
        False,
        True,
        True,
    ]
    assert flag_moving(way(0, 90)) == [False, False]


def test_a_jump_to_a_wrong_place_and_back_is_no_path() -> None:
    assert not any(flag_moving(after(1, 1), [fix("10T12:03", 500), fix("10T12:04", 0)]))


def test_a_way_no_longer_than_the_circles_of_its_ends_is_no_path() -> None:
    track = way(0, 90, 180)
    assert not any(flag_moving(with_circles(track, 91, 10, 91)))
    assert flag_moving(with_circles(track, 89, 10, 89))[-1]
    assert not any(flag_moving(with_circles(track, 10, 10, 171)))
    assert flag_moving(with_circles(track, 10, 10, 169))[-1]
    # Where nothing is said, 65 m are assumed at each end.
    assert not any(flag_moving(way(0, 64, 128, radius95_m=np.nan)))
    assert flag_moving(way(0, 66, 132, radius95_m=np.nan))[-1]


def test_each_step_is_a_part_of_the_circles_of_its_ends() -> None:
    """Why: a phone says honestly how wrong it may be; a tag's wild fixes claim to be good."""
    track = way(0, 90, 180)
    assert not any(flag_moving(with_circles(track, 10, 355, 10)))  # A quarter of them is 91 m.
    assert flag_moving(with_circles(track, 10, 345, 10))[-1]
    assert not any(flag_moving(way(0, 90, 180, radius95_m=46), policy=TAG))
    assert flag_moving(way(0, 90, 180, radius95_m=44), policy=TAG)[-1]
    # Of each step its own circles count.
    assert flag_moving(with_circles(way(0, 150, 250), 100, 45, 45), policy=TAG)[-1]
    assert not any(flag_moving(with_circles(way(0, 100, 250), 100, 45, 45), policy=TAG))
    assert flag_moving(with_circles(way(0, 100, 250), 45, 45, 100), policy=TAG)[-1]
    assert not any(flag_moving(with_circles(way(0, 150, 250), 45, 45, 100), policy=TAG))


@pytest.mark.parametrize("middle_m", [22, 78])
def test_each_step_does_a_fifth_of_the_way(middle_m: float) -> None:
    assert flag_moving(way(0, middle_m, 100, radius95_m=5))[-1]


@pytest.mark.parametrize("middle_m", [0, 18, 82, 100])
def test_a_jump_after_a_step_on_the_spot_is_no_path(middle_m: float) -> None:
    assert not any(flag_moving(way(0, middle_m, 100, radius95_m=5)))


def test_a_way_that_turns_back_is_no_path() -> None:
    """Two steps of 100 m lead 164 m away, or 156 m: 0.8 of their length is 160 m."""
    first, corner = fix("10T12:00", 0), fix("10T12:01", 100)
    onwards = fix("10T12:02", 100 + 34.5, north_m=93.86)
    aside = fix("10T12:02", 100 + 21.7, north_m=97.62)
    assert flag_moving([first, corner, onwards])[-1]
    assert not any(flag_moving([first, corner, aside]))


def test_slow_or_long_steps_are_no_path() -> None:
    """Slower than 0.6 m/s is drift: in ten minutes 360 m."""
    assert not any(flag_moving(way(0, 178, 356, every_s=300)))
    assert flag_moving(way(0, 182, 364, every_s=300))[-1]
    first, middle, last = way(0, 900, 1800, every_s=600)
    assert flag_moving([first, middle, last]) == [False, False, True]
    early, late = (first.observed_us - S, last.observed_us + S)
    assert not any(flag_moving([first._replace(observed_us=early), middle, last]))
    assert not any(flag_moving([first, middle, last._replace(observed_us=late)]))


def test_steps_that_nobody_could_go_are_no_path() -> None:
    """Faster than 40 m/s: in a minute 2,400 m."""
    assert flag_moving(way(0, 2_380, 4_760))[-1]
    assert not any(flag_moving(way(0, 2_420, 4_760)))
    assert not any(flag_moving(way(0, 2_340, 4_760)))
    # Two places of the same moment lie on no path, whichever step it is.
    first, middle, last = way(0, 90, 180)
    at_once = middle._replace(observed_us=first.observed_us)
    assert not any(flag_moving([first, at_once, last]))
    assert not any(flag_moving([first, middle, last._replace(observed_us=middle.observed_us)]))


def test_of_masts_that_name_no_circle_a_wide_one_is_assumed() -> None:
    """It is 2 km at each end, and stays 65 m where the fix is of satellites or a network."""

    def on_path(provider: Provider, *east_m: float, **fields: float) -> bool:
        track = way(*east_m, every_s=300, radius95_m=np.nan, **fields)
        return any(flag_moving([one._replace(provider=provider) for one in track]))

    assert not on_path(Provider.CELL, 0, 1_980, 3_960)
    assert on_path(Provider.CELL, 0, 2_020, 4_040)
    assert on_path(Provider.UNKNOWN, 0, 200, 400)
    mixed = way(0, 100, 200, radius95_m=np.nan)
    mixed[1] = mixed[1]._replace(provider=Provider.CELL)
    named = way(0, 100, 200, radius95_m=10.0)
    named[1] = named[1]._replace(provider=Provider.CELL)
    ends = np.array([0, 1]), np.array([1, 2])
    assert step_lengths.circles_m(fixes(mixed), *ends, POLICY).tolist() == [2_065.0, 2_065.0]
    assert step_lengths.circles_m(fixes(named), *ends, POLICY).tolist() == [20.0, 20.0]


def test_fixes_are_measured_pair_by_pair() -> None:
    track = with_circles(way(0, 300, 700), 10, np.nan, 40)
    first, second = np.array([0, 0, 2, 1]), np.array([1, 2, 1, 1])
    apart_m = step_lengths.apart_m(fixes(track), first, second)
    assert apart_m == pytest.approx([300.0, 700.0, 400.0, 0.0], rel=0.01)
    circles_m = step_lengths.circles_m(fixes(track), first, second, POLICY)
    assert circles_m.tolist() == [75.0, 50.0, 105.0, 130.0]


def test_steps_are_measured() -> None:
    cadence = pace([fix("10T12:00", 0), fix("10T12:01", 300), fix("10T12:02", 300, north_m=400)])
    assert cadence.step_m == pytest.approx([0.0, 300.0, 400.0], rel=0.01)
    assert cadence.since_s.tolist()[1:] == [60.0, 60.0]
    longer = sampling.longer_than_errors(fixes(after(1)), np.array([0.0, 31.0]), POLICY)
    assert longer.tolist() == [False, True]


# --- Drift -----------------------------------------------------------------------------------


def odds_after(odds: float, drift: two_state_filter.Transition, row: int) -> float:
    return float(
        (odds * drift.p_stay[row] + drift.p_leave[row])
        / (odds * drift.p_return[row] + drift.p_keep[row])
    )


def test_silences_are_told_apart() -> None:
    limits = [SILENCE_M, SILENCE_M + 0.1, SILENCE_INCIDENT_M, SILENCE_INCIDENT_M + 0.1]
    assert drift(after(*limits)).silence.tolist() == [
        two_state_filter.LONG,
        0,
        1,
        1,
        two_state_filter.LONG,
    ]


def test_the_odds_drift_towards_what_is_usual_and_never_past_it() -> None:
    transition = drift(after(1, 60, 239))
    for odds in (0.001, 1000.0):
        drifted = [odds_after(odds, transition, row) for row in (1, 2, 3)]
        assert drifted == sorted(drifted, reverse=odds > 1)
        assert all(min(odds, 0.02) < one < max(odds, 0.05) for one in drifted)


def test_after_a_long_silence_and_before_the_first_fix_nobody_knows() -> None:
    transition = drift(after(241))
    for odds in (0.001, 1.0, 1000.0):
        assert [odds_after(odds, transition, row) for row in (0, 1)] == pytest.approx([1.0, 1.0])


def test_who_is_on_the_way_leaves_more_often_but_not_for_hours() -> None:
    still, way, hours = (
        odds_after(0.001, transition, -1)
        for transition in (
            drift(after(2), [fix("10T12:04", 0, motion=1)]),
            drift(after(2), [fix("10T12:04", 0, speed_mps=1.0)], policy=BELIEVED),
            drift(after(2), [fix("10T13:00", 0, speed_mps=1.0)], policy=BELIEVED),
        )
    )
    assert still < 0.01 < way
    assert hours == pytest.approx(way)


@given(st.lists(st.sampled_from([0, 1, 60, 1799, 1801, 14_399, 14_401]), max_size=8))
def test_chances_are_chances(since_s: list[int]) -> None:
    start = us("10T12:00")
    at = [start + int(total) * S for total in np.cumsum([0, *since_s])]
    cadence = pace([Fix(instant, instant, 0.0, speed_mps=n % 2) for n, instant in enumerate(at)])
    weights = (cadence.weight_ratio, cadence.still_ratio, cadence.beacon_weight_ratio)
    for column in (*sampling.drift(cadence, slice(None), POLICY)[:4], *weights):
        assert ((column >= 0.0) & (column <= 1.0)).all()


def test_no_fixes_have_no_cadence() -> None:
    assert [len(column) for column in pace([])] == [0] * 19
    assert [len(column) for column in drift([])] == [0] * 5


def test_fixes_in_hand_in_small_blocks_have_the_cadence_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scattered = np.random.default_rng(3).normal(0.0, 300.0, 50).tolist()
    track = [
        Fix(us("10T12:00") + n * M, us("10T12:00") + n * M, m) for n, m in enumerate(scattered)
    ]
    whole = pace(track)
    assert whole.on_path.any()
    monkeypatch.setattr(sampling, "BLOCK_FIXES", 1)
    for column, other in zip(whole, pace(track), strict=True):
        assert column.tobytes() == other.tobytes()
    assert sampling.is_moving(fixes(track), POLICY).tobytes() == whole.moving.tobytes()
