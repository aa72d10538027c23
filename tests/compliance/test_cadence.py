"""How much each fix may say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.compliance import cadence, lanes
from mesure.positions.fixes import NOT_KNOWN
from tests.compliance.scenes import (
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
)

POLICY = default_policy()


def pace(*parts: list[Fix]) -> cadence.Cadence:
    return cadence.measure(fixes(*parts), POLICY)


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
    still, moved = (pace(after(1), [fix("10T12:02", 0, motion=flag)]) for flag in (0, 1))
    assert still.weight_ratio[-1] == pytest.approx(0.1)
    assert moved.weight_ratio[-1] == 1.0


def test_a_beacon_has_correlation_times_of_its_own() -> None:
    heard, missed = (
        pace([one._replace(beacon=flag) for one in after(1, 5)]).beacon_weight_ratio
        for flag in (1, 0)
    )
    assert heard == pytest.approx([1.0, 0.5, 1.0])
    assert missed == pytest.approx([1.0, 60 / 21_600, 300 / 21_600])


# --- Moving, and sensors ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "moving"),
    [
        ({"speed_mps": 0.69}, False),
        ({"speed_mps": 0.7}, True),
        ({"speed_mps": 9.0, "radius95_m": 100.0}, True),
        ({"speed_mps": 9.0, "radius95_m": 101.0}, False),  # It is not from satellites.
        ({"speed_mps": 9.0, "radius95_m": np.nan}, True),
        ({"motion": 1}, True),
        ({"motion": 0}, False),
        ({"motion": NOT_KNOWN}, False),
        ({"beacon": 0}, False),
    ],
)
def test_what_shows_that_a_device_moves(said: dict[str, float], moving: bool) -> None:
    found = pace(stay("10T12:00", "10T12:03"), [fix("10T12:03", 0, **said)])
    assert (bool(found.moving[-1]), bool(found.on_path[-1])) == (moving, False)


@pytest.mark.parametrize(("silent_min", "lost"), [(1, True), (5, True), (6, False)])
def test_a_beacon_is_lost_when_it_was_heard_shortly_before(silent_min: int, lost: bool) -> None:
    heard = [fix("10T12:00", 0, beacon=1)]
    gone = [fix(f"10T12:0{silent_min}", 0, beacon=0)]
    assert pace(heard, gone).beacon_lost.tolist() == [False, lost]
    assert pace(gone).beacon_lost.tolist() == [False]


def moving(*parts: list[Fix]) -> list[bool]:
    return [bool(flag) for flag in pace(*parts).moving]


def test_two_clear_steps_that_lead_on_are_a_path() -> None:
    way = [fix("10T12:00", 0), *walk("10T12:00", 0, 270)]
    assert moving(way) == [False, False, True, True]


def test_a_jump_to_a_wrong_place_and_back_is_no_path() -> None:
    assert not any(moving(after(1, 1), [fix("10T12:03", 500), fix("10T12:04", 0)]))


def test_steps_that_the_circles_explain_are_no_path() -> None:
    way = [fix("10T12:00", 0), *walk("10T12:00", 0, 270)]
    assert not any(moving([one._replace(radius95_m=46) for one in way]))
    assert any(moving([one._replace(radius95_m=44) for one in way]))
    assert not any(moving([one._replace(radius95_m=np.nan) for one in way]))  # 65 m are assumed.


def test_slow_or_long_steps_are_no_path() -> None:
    slow = [fix("10T12:00", 0), fix("10T12:05", 200), fix("10T12:10", 400)]
    assert not any(moving(slow))
    far_apart = [fix("10T12:00", 0), fix("10T12:10", 900), fix("10T12:20:01", 1800)]
    assert not any(moving(far_apart))
    near = [fix("10T12:00", 0), fix("10T12:10", 900), fix("10T12:20", 1800)]
    assert moving(near) == [False, False, True]


def test_steps_are_measured() -> None:
    found = pace([fix("10T12:00", 0), fix("10T12:01", 300), fix("10T12:02", 300, north_m=400)])
    assert found.step_m == pytest.approx([0.0, 300.0, 400.0], rel=0.01)
    assert found.since_s.tolist()[1:] == [60.0, 60.0]
    longer = cadence.longer_than_errors(fixes(after(1)), np.array([0.0, 31.0]), POLICY)
    assert longer.tolist() == [False, True]


# --- Drift -----------------------------------------------------------------------------------


def odds_after(odds: float, drift: lanes.Drift, row: int) -> float:
    return float(
        (odds * drift.p_stay[row] + drift.p_leave[row])
        / (odds * drift.p_return[row] + drift.p_keep[row])
    )


def test_silences_are_told_apart() -> None:
    limits = [SILENCE_M, SILENCE_M + 0.1, SILENCE_INCIDENT_M, SILENCE_INCIDENT_M + 0.1]
    assert pace(after(*limits)).drift.silence.tolist() == [lanes.LONG, 0, 1, 1, lanes.LONG]


def test_the_odds_drift_towards_what_is_usual_and_never_past_it() -> None:
    drift = pace(after(1, 60, 239)).drift
    for odds in (0.001, 1000.0):
        drifted = [odds_after(odds, drift, row) for row in (1, 2, 3)]
        assert drifted == sorted(drifted, reverse=odds > 1)
        assert all(min(odds, 0.02) < one < max(odds, 0.05) for one in drifted)


def test_after_a_long_silence_and_before_the_first_fix_nobody_knows() -> None:
    drift = pace(after(241)).drift
    for odds in (0.001, 1.0, 1000.0):
        assert [odds_after(odds, drift, row) for row in (0, 1)] == pytest.approx([1.0, 1.0])


def test_who_is_on_the_way_leaves_more_often_but_not_for_hours() -> None:
    still, way, hours = (
        odds_after(0.001, found.drift, -1)
        for found in (
            pace(after(2), [fix("10T12:04", 0, motion=0)]),
            pace(after(2), [fix("10T12:04", 0, motion=1)]),
            pace(after(2), [fix("10T13:00", 0, motion=1)]),
        )
    )
    assert still < 0.01 < way
    assert hours == pytest.approx(way)


@given(st.lists(st.sampled_from([0, 1, 60, 1799, 1801, 14_399, 14_401]), max_size=8))
def test_chances_are_chances(since_s: list[int]) -> None:
    start = us("10T12:00")
    at = [start + int(total) * S for total in np.cumsum([0, *since_s])]
    found = pace([Fix(instant, instant, 0.0, motion=n % 2) for n, instant in enumerate(at)])
    for column in (*found.drift[:4], found.weight_ratio, found.beacon_weight_ratio):
        assert ((column >= 0.0) & (column <= 1.0)).all()


def test_no_fixes_have_no_cadence() -> None:
    assert [len(column) for column in pace([])[1:]] == [0] * 7
