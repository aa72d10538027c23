"""Visits to small places on real traces: a stay made by hand, and the figures where the data is."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mesure.evaluation.feasibility import small_zones
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.record.policy_loading import read_policy
from mesure_lab.rules import score
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.scoring import score_rules
from mesure_lab.tables import visit_tables
from mesure_lab.traces import real_traces
from mesure_lab.trials import place_visits
from mesure_lab.trials.place_visits import PhoneStay
from tests.lab.folders import LAT_DEG, NOON, NORTH_M, about, row, walk_folder, write

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real traces are not here")

ARRIVAL_S = NOON - 3600
WALK_S = 900  # The last quarter of an hour of the way there, northwards at a metre a second.


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(None)[0].at(score_rules.DAY, DeviceClass.PHONE)


@pytest.fixture
def stay(tmp_path: Path, policy: Policy) -> PhoneStay:
    """A phone that walks a kilometre northwards to a place, and stays for an hour."""
    walk_folder(tmp_path)
    reports = [
        row("t", at_s, min(0.0, at_s - ARRIVAL_S), accuracy_m=6.0)
        for at_s in np.arange(ARRIVAL_S - WALK_S, NOON, 30.0).tolist()
    ]
    write(tmp_path, real_traces.TRIPS, reports)
    way = [
        {
            "group": "mn-town-1",
            "time": row("", at_s, 0.0)["time"],
            "lat": LAT_DEG + (at_s - ARRIVAL_S) / NORTH_M,
            "lon": 76.0,
        }
        for at_s in np.arange(ARRIVAL_S - WALK_S, ARRIVAL_S + 1.0).tolist()
    ]
    write(tmp_path, "mobilitynet_reference", way)
    about(tmp_path, {"t": "mn-town-1"})
    [visit] = place_visits.stays(tmp_path, policy)
    return visit


def test_a_stay_is_from_the_end_of_a_trip_to_the_next_and_lies_where_the_phone_says(
    stay: PhoneStay,
) -> None:
    assert (stay.arrival_s, stay.until_s, stay.unit) == (ARRIVAL_S, NOON, "mn-town-1")
    assert stay.lat_deg == pytest.approx(LAT_DEG)
    assert stay.reported == 30
    assert np.diff(stay.reports.time_s).min() == 60.0


def test_a_visit_begins_when_the_way_last_leads_into_the_circle(stay: PhoneStay) -> None:
    assert stay.entry_span_s(50.5) == (ARRIVAL_S - 50, ARRIVAL_S - 50)


def test_where_the_way_was_not_noted_to_its_end_the_visit_begins_by_the_arrival(
    stay: PhoneStay,
) -> None:
    cut = 600
    short = PhoneStay(
        **{
            **{name: getattr(stay, name) for name in PhoneStay.__dataclass_fields__},
            "way_s": stay.way_s[:cut],
            "way_east_m": stay.way_east_m[:cut],
            "way_north_m": stay.way_north_m[:cut],
        }
    )
    assert short.entry_span_s(50.0) == (ARRIVAL_S - WALK_S + cut - 1, ARRIVAL_S)


@pytest.mark.parametrize("rule", visit_tables.ENTRY_RULES)
def test_every_rule_tells_of_the_visit_and_of_nothing_far_away(
    stay: PhoneStay, policy: Policy, rule: str
) -> None:
    entries = place_visits.entries(rule, stay, 0.0, 0.0, 50.0, policy)
    assert 0.0 <= place_visits.entry_delay_s(stay, entries, 50.0) <= 120.0
    assert place_visits.entries(rule, stay, 500.0, 0.0, 50.0, policy) == []


@pytest.mark.parametrize("rule", visit_tables.RETURN_RULES)
def test_every_rule_ends_outside_with_the_return(
    stay: PhoneStay, policy: Policy, rule: str
) -> None:
    openings = place_visits.absences(rule, stay, 100.0, policy)
    assert openings
    # It comes by the minute, and its circle is a few seconds later inside than its middle.
    assert place_visits.home_after_s(stay, openings, 100.0) <= (126.0 if "twice" in rule else 66.0)
    forever = [openings[0].__class__(NOON - 5000, NOON - 5000, math.inf)]
    assert math.isinf(place_visits.home_after_s(stay, forever, 100.0))


def test_a_rule_that_must_see_somebody_inside_is_slower_by_the_circle_and_by_the_second_fix(
    stay: PhoneStay, policy: Policy
) -> None:
    wide = replace(stay, reports=replace(stay.reports, accuracy_m=stay.reports.accuracy_m + 60.0))
    rules = (
        "point_state",
        f"{place_visits.INSIDE}accuracy_once",
        f"{place_visits.INSIDE}accuracy_twice",
    )
    after_s = [
        place_visits.home_after_s(wide, place_visits.absences(rule, wide, 100.0, policy), 100.0)
        for rule in rules
    ]
    assert [later - sooner for sooner, later in pairwise(after_s)] == [60.0, 60.0]
    assert place_visits.absences(f"{place_visits.INSIDE}accuracy_twice", wide, 50.0, policy) == [
        RuleOpening(-math.inf, -math.inf, math.inf)
    ]


def test_points_lie_on_the_way_clear_of_its_ends_and_beside_it_to_the_left(stay: PhoneStay) -> None:
    points = list(place_visits.points(stay))
    assert points
    assert all(-650.0 < point.north_m < -250.0 for point in points)
    beside = points[0].beside(30.0)
    assert (beside.east_m, beside.north_m) == pytest.approx((-30.0, points[0].north_m), abs=0.01)
    assert stay.passes_clear(beside, 30.0)
    assert not stay.passes_clear(points[0].beside(10.0), 30.0)


@needs_data
def test_what_is_said_of_small_zones_is_what_was_measured(policy: Policy) -> None:
    stays = visit_tables.select_reported_stays(place_visits.stays(DATA, policy))
    assert len(stays) == small_zones.VISITS
    for row_ in small_zones.SEEN:
        after_s = visit_tables.entry_delays_s(score_rules.OURS, stays, row_.radius_m, policy)
        delays_s = sorted(one for one in after_s if math.isfinite(one))
        assert len(delays_s) == row_.seen
        assert score.quantile(delays_s, 0.5) == pytest.approx(row_.median_s, abs=0.5)


def test_how_long_a_circle_beside_a_stay_is_said_to_be_met(stay: PhoneStay, policy: Policy) -> None:
    """The way comes from the south, so that it leads through a circle there, and no other."""
    assert stay.nearest_m(0.0, -80.0) == pytest.approx(0.0, abs=1.0)
    assert stay.nearest_m(0.0, 80.0) == pytest.approx(80.0, abs=1.0)
    stayed_s = stay.until_s - stay.arrival_s
    assert place_visits.stay_met_s(stay, 0.0, 0.0, 50.0, policy) == pytest.approx(
        stayed_s, abs=60.0
    )
    assert place_visits.stay_met_s(stay, 0.0, 80.0, 50.0, policy) == 0.0
    assert place_visits.stay_met_s(stay, 0.0, -80.0, 50.0, policy) <= 120.0


@needs_data
def test_nobody_who_stays_beside_a_home_without_having_come_through_it_is_at_home(
    policy: Policy,
) -> None:
    """Why: what lets a wide circle end an absence must not make an absence met (decision 0064)."""
    for radius_m in (50.0, 100.0):
        clear = [
            place_visits.stay_met_s(visit, east * off_m, north * off_m, radius_m, policy)
            for visit in place_visits.stays(DATA, policy)
            for off_m in (radius_m + 20.0,)
            for east, north in visit_tables.AROUND
            if visit.nearest_m(east * off_m, north * off_m) > radius_m
        ]
        assert len(clear) >= 70
        assert sum(one > 0.0 for one in clear) <= 4


@needs_data
def test_whoever_comes_home_is_no_longer_outside_within_half_an_hour(policy: Policy) -> None:
    """One phone reported once, and nothing shows that it came (decision 0064)."""
    stays = place_visits.stays(DATA, policy)
    for radius_m in (50.0, 100.0):
        home_s = visit_tables.home_s(score_rules.OURS, stays, radius_m, policy)
        heard_s = [at for at, one in zip(home_s, stays, strict=True) if one.reported >= 3]
        assert sum(math.isinf(one) for one in home_s) <= 1
        assert not any(map(math.isinf, heard_s))
        assert score.quantile(heard_s, 0.5) <= 60.0
