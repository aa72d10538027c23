"""The figures: what is false, what is late or early, and what a slip is, worked by hand."""

import math
from dataclasses import replace

import pytest

from mesure.evaluation.policy import DeviceClass
from mesure_lab.ground.days import BreachKind
from mesure_lab.ground.town_order import CURFEW, RESIDENCE
from mesure_lab.rules.score import Breach, Exposure, ScoredIncident
from mesure_lab.simulation import results
from mesure_lab.simulation.person_judgement import P_EDGES, Chances, PersonJudgement, PlaceBreach
from mesure_lab.simulation.towns import Town
from mesure_lab.simulation.truth import BreachTruth

WALK = Breach("P", CURFEW, 1000.0, 3000.0, BreachKind.WALK.value)
NEAR = Breach("P", CURFEW, 90_000.0, 92_000.0, BreachKind.NEXT_DOOR_NEAR.value)
SLIP = Breach("P", CURFEW, 50_000.0, 50_100.0, BreachKind.SHORT.value)


def _said(opened_s: float, start_s: float, end_s: float, condition: str = CURFEW) -> PlaceBreach:
    return PlaceBreach(ScoredIncident("P", condition, opened_s), start_s, end_s)


def _judged(
    *incidents: PlaceBreach, breaches: tuple[Breach, ...] = (WALK, NEAR)
) -> PersonJudgement:
    return PersonJudgement(
        id="P",
        device_class=DeviceClass.PHONE,
        platform="android",
        kit="positions only",
        building="flat",
        radius_m=60.0,
        days=2.0,
        truth=BreachTruth(breaches, (SLIP,)),
        fixes=100,
        said=incidents,
        silences=3,
        unknown_s={CURFEW: 7200.0},
        chances={},
    )


def test_an_incident_in_its_breach_is_a_find_and_another_a_duplicate() -> None:
    outcome = results.outcome(_judged(_said(1060.0, 1000.0, 1500.0), _said(2000.0, 1900.0, 3000.0)))
    assert outcome.delays_s == (60.0, math.inf)
    assert (outcome.duplicates, len(outcome.false)) == (1, 0)


def test_an_incident_without_a_breach_is_false() -> None:
    outcome = results.outcome(_judged(_said(20_000.0, 19_900.0, 20_500.0)))
    assert (len(outcome.false), outcome.late, outcome.early, outcome.slips) == (1, 0, 0, 0)


def test_one_about_a_slip_is_not_false() -> None:
    outcome = results.outcome(_judged(_said(50_060.0, 50_000.0, 50_200.0)))
    assert (len(outcome.false), outcome.slips) == (0, 1)


def test_one_that_speaks_of_a_breach_long_after_is_late() -> None:
    outcome = results.outcome(_judged(_said(9000.0, 1010.0, 2900.0)))
    assert (len(outcome.false), outcome.late, outcome.early) == (1, 1, 0)
    assert outcome.delays_s[0] == math.inf


def test_one_shortly_before_a_breach_is_early() -> None:
    outcome = results.outcome(_judged(_said(800.0, 750.0, 3000.0)))
    assert (len(outcome.false), outcome.late, outcome.early) == (1, 0, 1)


def test_conditions_can_be_told_apart() -> None:
    judged = _judged(_said(1060.0, 1000.0, 1500.0, RESIDENCE))
    assert len(results.outcome(judged).false) == 1
    assert not results.outcome(judged, CURFEW).false
    assert not results.outcome(judged, RESIDENCE).breaches


def test_figures_are_those_of_all_persons() -> None:
    good = _judged(_said(1060.0, 1000.0, 1500.0))
    bad = _judged(_said(20_000.0, 19_900.0, 20_500.0))
    figures = results.figures([results.outcome(good), results.outcome(bad)])
    assert (figures.persons, figures.days, figures.false.count) == (2, 4.0, 1)
    assert figures.false.per_day == 0.25
    assert figures.worst_tenth == 1.0
    assert figures.silences_per_day == 1.5
    assert figures.unknown_h_per_day == ((CURFEW, 1.0),)
    rest = figures.all_but_near
    assert (rest.delays.count, rest.delays.missed, rest.long, rest.long_missed) == (2, 1, 2, 1)
    assert [one.kind for one in figures.kinds] == [
        BreachKind.WALK.value,
        BreachKind.NEXT_DOOR_NEAR.value,
    ]
    assert figures.kinds[1].delays.missed == 2


def test_the_figures_of_a_town_stand_by_class_of_device() -> None:
    tag = replace(_judged(), device_class=DeviceClass.GNSS_TAG)
    town = results.Simulation(Town(1), "today", (_judged(), tag, tag))
    assert [(name, one.persons) for name, one in town.figures()] == [("phone", 1), ("gnss_tag", 2)]
    phones = results.Simulation(Town(1), "today", (_judged(),))
    assert [name for name, _ in phones.figures()] == ["phone"]


def test_chances_are_set_against_what_was_so() -> None:
    bins = len(P_EDGES) - 1
    empty = (0,) * (bins - 1)
    chances = Chances((*empty, 4), (*empty, 3), (*(0.0,) * (bins - 1), 3.9))
    judged = replace(_judged(), chances={"gnss": chances})
    reliability = results.reliability([judged, judged, _judged()])
    [band] = reliability["gnss"]
    assert (band.low, band.count, band.outside_ratio) == (0.95, 8, 0.75)
    assert band.p_mean == pytest.approx(0.975)


def test_a_ratio_of_rates_has_an_interval_around_it() -> None:
    first = [Exposure(number % 3, 1.0) for number in range(60)]
    second = [Exposure(2 * one.false, 1.0) for one in first]
    assert results.rate_ratio(first, second) == (2.0, 2.0, 2.0)
    mixed = [Exposure((number // 3) % 3, 1.0) for number in range(60)]
    ratio, low, high = results.rate_ratio(first, mixed)
    assert low < ratio < high


def test_a_ratio_to_nothing_is_infinite_or_one() -> None:
    none, nonzero = [Exposure(0, 1.0)] * 3, [Exposure(1, 1.0)] * 3
    assert results.rate_ratio(none, nonzero)[0] == math.inf
    assert results.rate_ratio(none, none)[0] == 1.0
