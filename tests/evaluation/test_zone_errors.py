"""Closed forms of false incidents and delays: worked by hand, and never rising with room."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.feasibility import errors_at_rest, zone_errors
from mesure.evaluation.feasibility.errors_at_rest import BUILDINGS, ERRORS, BuildingKind
from mesure.evaluation.policy import DeviceClass
from tests.evaluation.scenes import default_policy

PHONE, TAG = DeviceClass.PHONE, DeviceClass.GNSS_TAG
# The thresholds of the judge may change; what is worked by hand here is worked with these.
POLICIES = {
    kind: replace(
        default_policy(kind),
        p_not_met=0.95,
        certainty_max_odds=1000.0,
        evidence_max_llr=6.0,
        correlation_s=correlation_s,
        correlation_away_s=1200.0,
        error_wide_ratio=0.08,
        error_wild_ratio=0.02,
        error_wide_scale_ratio=3.0,
        error_wild_scale_ratio=12.0,
        error_floor_m=4.0,
    )
    for kind, correlation_s in ((PHONE, 600.0), (TAG, 300.0))
}
POLICY, TAG_POLICY = POLICIES[PHONE], POLICIES[TAG]
CLASSES = st.sampled_from(list(DeviceClass))
HOUSE, BASEMENT = BuildingKind.HOUSE_OR_FLAT, BuildingKind.BASEMENT
KINDS = st.sampled_from(list(BuildingKind))


def _false_per_day(
    kind: DeviceClass,
    room_m: float,
    depth_m: float = math.inf,
    building: BuildingKind = HOUSE,
    hours: float = 8.0,
    *,
    is_home: bool = False,
) -> float:
    [rate] = zone_errors.false_per_day(
        POLICIES[kind], kind, building, np.array([room_m]), depth_m, hours, is_home=is_home
    )
    return float(rate)


def _p_beyond(away_m: float, error_ratio: float = 1.0) -> float:
    [row] = ERRORS[TAG].at_rest
    [probability] = errors_at_rest.p_beyond(row, np.array([away_m]), error_ratio)
    return float(probability)


def test_the_judge_turns_from_surest_to_sure() -> None:
    assert zone_errors.reversal_llr(POLICY) == pytest.approx(math.log(1000.0 * 19.0))


@pytest.mark.parametrize("building", BuildingKind)
def test_false_incidents_of_a_tag_by_hand(building: BuildingKind) -> None:
    # An error of the logger must lead to where a fix says all it may, and stay for as long as the
    # judge takes with such fixes; each error lasts 300 s, and longer behind thick walls.
    [row] = ERRORS[TAG].at_rest
    over_m = zone_errors.reach_m(TAG_POLICY, row.radius95_m, TAG_POLICY.evidence_max_llr)
    assert over_m == pytest.approx(50.0, abs=1.5)
    needed_s = math.log(19_000.0) * 300.0 / 6.0
    larger, memory_s = {
        HOUSE: (1.0, 300.0),
        BuildingKind.TOWER: (1.8, 420.0),
        BASEMENT: (2.2, 540.0),
    }[building]
    p_beyond = _p_beyond(100.0 + over_m - 7.0, larger)
    expected = 8.0 * 3600.0 / memory_s * p_beyond * math.exp(-needed_s / memory_s)
    assert _false_per_day(TAG, 100.0, building=building) == pytest.approx(expected, rel=1e-9)


def test_what_leads_away_from_home_lasts_and_is_believed_more_slowly() -> None:
    """A tag's spells last 2,600 s there, and the judge of this policy takes four times as long."""
    away_m = 100.0 + zone_errors.reach_m(TAG_POLICY, 24.2, 6.0) - 7.0
    needed_s = math.log(19_000.0) * 1200.0 / 6.0
    expected = 8.0 * 3600.0 / 2600.0 * _p_beyond(away_m) * math.exp(-needed_s / 2600.0)
    assert _false_per_day(TAG, 100.0, is_home=True) == pytest.approx(expected, rel=1e-9)


@given(CLASSES, st.floats(0.0, 900.0), st.floats(1.0, 500.0))
def test_thicker_walls_make_more_false_incidents(
    kind: DeviceClass, room_m: float, depth_m: float
) -> None:
    rates = [_false_per_day(kind, room_m, depth_m, building) for building in BuildingKind]
    assert rates == sorted(rates)
    assert [BUILDINGS[one].error_ratio for one in BuildingKind] == sorted(
        walls.error_ratio for walls in BUILDINGS.values()
    )


@given(CLASSES, KINDS, st.floats(0.0, 900.0), st.floats(0.0, 100.0), st.floats(1.0, 500.0))
def test_more_room_never_makes_more_false_incidents(
    kind: DeviceClass, building: BuildingKind, room_m: float, more_m: float, depth_m: float
) -> None:
    rates = [_false_per_day(kind, one, depth_m, building) for one in (room_m, room_m + more_m)]
    assert rates[1] <= rates[0]
    at_m = np.array([room_m, room_m + more_m])
    near, far = zone_errors.p_slot_missed(kind, building, at_m, 60.0).tolist()
    assert far <= near


@given(CLASSES, st.floats(5.0, 400.0), st.floats(0.0, 8.0))
def test_longer_watch_makes_more_in_proportion(
    kind: DeviceClass, room_m: float, hours: float
) -> None:
    rate = _false_per_day(kind, room_m, hours=hours)
    assert rate == pytest.approx(_false_per_day(kind, room_m) * hours / 8.0)


@pytest.mark.parametrize("kind", DeviceClass)
def test_a_shallow_zone_takes_errors_that_last_longer(kind: DeviceClass) -> None:
    rates = [_false_per_day(kind, 60.0, depth_m) for depth_m in (0.0, 15.0, 25.0, 200.0)]
    assert rates[0] == 0.0
    assert rates == sorted(rates)


def test_a_stay_is_hidden_for_the_time_to_spare() -> None:
    at_m = np.array([80.0])
    p_hidden, p_long, p_behind = (
        float(zone_errors.p_slot_missed(TAG, building, at_m, spare_s)[0])
        for building, spare_s in ((HOUSE, 0.0), (HOUSE, 300.0), (BASEMENT, 540.0))
    )
    assert p_hidden == pytest.approx(_p_beyond(73.0))
    assert p_long == pytest.approx(p_hidden / math.e)
    assert p_behind == pytest.approx(_p_beyond(73.0, 2.2) / math.e)


@pytest.mark.parametrize("kind", DeviceClass)
def test_a_departure_is_told_after_the_first_clear_report_and_one_more(kind: DeviceClass) -> None:
    policy = POLICIES[kind]
    assert zone_errors.delay_s(policy, kind, 0.0) == 30.0 + 60.0
    clear_m = zone_errors.reach_m(policy, ERRORS[kind].walking_radius95_m, 6.0)
    assert zone_errors.delay_s(policy, kind, math.inf) == pytest.approx(clear_m / 1.3 + 60.0)
    slow = replace(policy, correlation_s=1200.0)
    assert zone_errors.delay_s(slow, kind, 0.0) == 30.0 + 120.0
    surer = replace(policy, look_again_ratio=0.5)
    assert zone_errors.delay_s(surer, kind, 0.0) == 30.0 + 0.5 * policy.correlation_s


def test_without_a_way_fix_upon_fix_must_turn_the_judge() -> None:
    assert zone_errors.slow_s(POLICY) == pytest.approx(math.log(19_000.0) * 1200.0 / 6.0)
    assert zone_errors.slow_s(replace(POLICY, evidence_max_llr=3.0)) == pytest.approx(
        2.0 * zone_errors.slow_s(POLICY)
    )


def test_what_is_too_near_to_be_told_follows_the_judge() -> None:
    near_m = zone_errors.detection_depth_m(POLICY, PHONE)
    assert 20.0 < near_m < 35.0
    # A judge that forgets errors sooner is sooner sure; one that needs all there is can do no more.
    assert zone_errors.detection_depth_m(replace(POLICY, correlation_s=300.0), PHONE) < near_m
    most_m = zone_errors.reach_m(POLICY, 25.4, POLICY.evidence_max_llr)
    assert zone_errors.detection_depth_m(replace(POLICY, correlation_s=6000.0), PHONE) == most_m


def test_an_ordinary_fix_lies_within_its_95_percent_point_of_a_home_that_is_a_little_off() -> None:
    assert zone_errors.ordinary_m(PHONE) == 7.0 + 27.0
    assert zone_errors.ordinary_m(TAG) == 7.0 + 30.0
