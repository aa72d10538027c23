"""Closed forms of false incidents and delays: worked by hand, and never rising with room."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.compliance import zone_errors
from mesure.compliance.policy import DeviceClass
from mesure.compliance.zone_errors import ERRORS, AtRest
from tests.compliance.scenes import default_policy
from tests.house import ROOT

PHONE, TAG = DeviceClass.PHONE, DeviceClass.GNSS_TAG
# The thresholds of the judge may change; what is worked by hand here is worked with these.
POLICIES = {
    kind: replace(
        default_policy(kind),
        p_not_met=0.95,
        certainty_max_odds=1000.0,
        evidence_max_llr=6.0,
        correlation_s=correlation_s,
        error_wide_ratio=0.08,
        error_wild_ratio=0.02,
        error_wide_scale_ratio=3.0,
        error_wild_scale_ratio=12.0,
        error_floor_m=4.0,
    )
    for kind, correlation_s in ((PHONE, 600.0), (TAG, 300.0))
}
POLICY, TAG_POLICY = POLICIES[PHONE], POLICIES[TAG]
ROW = AtRest("by hand", 5.0, 20.0, 2.0, 25.0)
CLASSES = st.sampled_from(list(DeviceClass))


def _false_per_day(kind: DeviceClass, room_m: float, depth_m: float = math.inf) -> float:
    [found] = zone_errors.false_per_day(POLICIES[kind], kind, np.array([room_m]), depth_m, 8.0)
    return float(found)


def test_errors_fall_as_power_laws_through_the_quantiles() -> None:
    # In four homes of five 20 m is the 95 % point, in the fifth 40 m.
    at_m = np.array([0.0, 5.0, 10.0, 40.0, 80.0])
    fall = math.log(10.0) / math.log(4.0)
    one_home = [0.5, 0.5, 0.5 * 0.5**fall, 0.05 / 4.0, 0.05 / 16.0]
    large = [0.5, 0.5, 0.5, 0.05, 0.05 / 4.0]
    expected = [0.8 * one + 0.2 * other for one, other in zip(one_home, large, strict=True)]
    assert zone_errors.p_beyond(ROW, at_m).tolist() == pytest.approx(expected, rel=1e-12)


def test_the_judge_turns_from_surest_to_sure() -> None:
    assert zone_errors.needed_llr(POLICY) == pytest.approx(math.log(1000.0 * 19.0))


def test_false_incidents_of_a_tag_by_hand() -> None:
    # An error of the logger must lead to where a fix says all it may, and stay for as long as the
    # judge takes with such fixes; each error lasts 300 s.
    [row] = ERRORS[TAG].at_rest
    over_m = zone_errors.reach_m(TAG_POLICY, row.radius95_m, TAG_POLICY.evidence_max_llr)
    assert over_m == pytest.approx(50.0, abs=1.5)
    lasts_s = math.log(19_000.0) * 300.0 / 6.0
    beyond_m = 100.0 + over_m - 7.0
    p_one = 0.05 * (30.0 / beyond_m) ** 1.6
    p_beyond = 0.8 * p_one + 0.2 * p_one * 2.0**1.6
    expected = 8.0 * 3600.0 / 300.0 * p_beyond * math.exp(-lasts_s / 300.0)
    assert _false_per_day(TAG, 100.0) == pytest.approx(expected, rel=1e-9)


@given(CLASSES, st.floats(0.0, 900.0), st.floats(0.0, 100.0), st.floats(1.0, 500.0))
def test_more_room_never_makes_more_false_incidents(
    kind: DeviceClass, room_m: float, more_m: float, depth_m: float
) -> None:
    assert _false_per_day(kind, room_m + more_m, depth_m) <= _false_per_day(kind, room_m, depth_m)
    at_m = np.array([room_m, room_m + more_m])
    near, far = zone_errors.p_slot_missed(kind, at_m, 60.0).tolist()
    assert far <= near


@given(CLASSES, st.floats(5.0, 400.0), st.floats(0.0, 8.0))
def test_longer_watch_makes_more_in_proportion(
    kind: DeviceClass, room_m: float, hours: float
) -> None:
    [found] = zone_errors.false_per_day(POLICIES[kind], kind, np.array([room_m]), math.inf, hours)
    assert found == pytest.approx(_false_per_day(kind, room_m) * hours / 8.0)


@pytest.mark.parametrize("kind", DeviceClass)
def test_a_shallow_zone_takes_errors_that_last_longer(kind: DeviceClass) -> None:
    rates = [_false_per_day(kind, 60.0, depth_m) for depth_m in (0.0, 15.0, 25.0, 200.0)]
    assert rates[0] == 0.0
    assert rates == sorted(rates)


def test_a_stay_is_hidden_for_the_time_to_spare() -> None:
    p_hidden, p_long = (
        float(zone_errors.p_slot_missed(TAG, np.array([80.0]), spare_s)[0])
        for spare_s in (0.0, 300.0)
    )
    p_one = 0.05 * (30.0 / 73.0) ** 1.6
    assert p_hidden == pytest.approx(0.8 * p_one + 0.2 * p_one * 2.0**1.6)
    assert p_long == pytest.approx(p_hidden / math.e)


@pytest.mark.parametrize("kind", DeviceClass)
def test_a_departure_is_told_after_the_first_clear_report_and_one_more(kind: DeviceClass) -> None:
    policy = POLICIES[kind]
    assert zone_errors.delay_s(policy, kind, 0.0) == 30.0 + 60.0
    clear_m = zone_errors.reach_m(policy, ERRORS[kind].walking_radius95_m, 6.0)
    assert zone_errors.delay_s(policy, kind, math.inf) == pytest.approx(clear_m / 1.3 + 60.0)
    slow = replace(policy, correlation_s=1200.0)
    assert zone_errors.delay_s(slow, kind, 0.0) == 30.0 + 120.0


def test_what_is_too_near_to_be_told_follows_the_judge() -> None:
    near_m = zone_errors.told_m(POLICY, PHONE)
    assert 20.0 < near_m < 35.0
    # A judge that forgets errors sooner is sooner sure; one that needs all there is can do no more.
    assert zone_errors.told_m(replace(POLICY, correlation_s=300.0), PHONE) < near_m
    most_m = zone_errors.reach_m(POLICY, 25.4, POLICY.evidence_max_llr)
    assert zone_errors.told_m(replace(POLICY, correlation_s=6000.0), PHONE) == most_m


def test_an_ordinary_fix_lies_within_its_95_percent_point_of_a_home_that_is_a_little_off() -> None:
    assert zone_errors.ordinary_m(PHONE) == 7.0 + 27.0
    assert zone_errors.ordinary_m(TAG) == 7.0 + 30.0


ROWS = [row for errors in ERRORS.values() for row in errors.at_rest]


def _cells(page: str, row: AtRest) -> list[str]:
    """Return the cells of the row of a page that has this name, marks taken out."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8").replace("\\*", "")
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    [found] = [cells for cells in rows if row.row in cells]
    return found[found.index(row.row) + 1 :]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row)
def test_the_table_is_the_published_one(row: AtRest) -> None:
    _, q50, q95, _, _, tail, *_ = _cells("error_model.md", row)
    assert [float(q50), float(q95), float(tail)] == [row.q50_m, row.q95_m, row.tail_factor]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row)
def test_the_page_on_zones_has_the_same_table(row: AtRest) -> None:
    said = [float(re.sub(" m$", "", cell)) for cell in _cells("zone_check.md", row)[:4]]
    assert said == [row.q50_m, row.q95_m, row.tail_factor, round(row.radius95_m)]
