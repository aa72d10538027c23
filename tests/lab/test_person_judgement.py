"""One person through the judge and through a baseline: what is kept of it."""

import dataclasses

import numpy as np
import pytest

from mesure.evaluation.policy import PolicyFile
from mesure.geo.fixes import Fixes
from mesure.record.policy_loading import read_policy
from mesure_lab.carrying.carried import Kit
from mesure_lab.ground import days
from mesure_lab.ground.town_order import CURFEW, EXCLUSION, RESIDENCE
from mesure_lab.rules import baseline
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.rules.score import Breach
from mesure_lab.simulation import person_judgement, towns
from mesure_lab.simulation.person_judgement import PersonJudgement
from mesure_lab.simulation.towns import Town, TownPerson

PLAN = Town(2, persons=4, days=5, kits=(Kit.PLAIN,))


@pytest.fixture(scope="module")
def policy() -> PolicyFile:
    return read_policy(None)[0]


@pytest.fixture(scope="module")
def people() -> list[TownPerson]:
    return list(towns.people(PLAN))


def _judged(person: TownPerson, policy: PolicyFile) -> tuple[Fixes, PersonJudgement]:
    fixes = person_judgement.ingest_person(PLAN, person, policy)
    return fixes, person_judgement.judge(PLAN, person, fixes, policy)


def test_what_is_kept_adds_up(people: list[TownPerson], policy: PolicyFile) -> None:
    for person in people:
        fixes, judgement = _judged(person, policy)
        assert judgement.fixes == len(fixes) > 4000
        assert sum(sum(one.fixes) for one in judgement.chances.values()) == len(fixes)
        assert set(judgement.unknown_s) == {CURFEW, RESIDENCE, EXCLUSION}
        assert all(0.0 <= s <= PLAN.days * days.DAY_S for s in judgement.unknown_s.values())
        for counts in judgement.chances.values():
            assert all(
                out <= count for out, count in zip(counts.outside, counts.fixes, strict=True)
            )


def test_met_once_more_in_mid_absence_is_not_what_had_been_met_before_it(
    people: list[TownPerson], policy: PolicyFile
) -> None:
    [_, judgement] = _judged(people[0], policy)
    away = Breach("P-0001", CURFEW, 1_000.4, 9_000.0, "walk")
    met_away = ((1_000, 1_300), (2_000, 2_060), (3_000, 3_059), (8_990, 9_000))
    truth = judgement.truth._replace(breaches=(away,))
    judgement = dataclasses.replace(judgement, truth=truth, met_away=met_away)
    assert judgement.count_met_again() == 1


def test_breaches_are_told_in_the_order_of_their_opening(
    people: list[TownPerson], policy: PolicyFile
) -> None:
    breaches_by_person = [_judged(person, policy)[1].said for person in people]
    assert any(breaches_by_person)
    for breaches in breaches_by_person:
        opened_s = [each.raised.opened_s for each in breaches]
        assert opened_s == sorted(opened_s)
        assert all(each.start_s <= each.end_s for each in breaches)


def test_the_sure_are_mostly_right(people: list[TownPerson], policy: PolicyFile) -> None:
    gnss = [_judged(person, policy)[1].chances["gnss"] for person in people]
    sure = [(one.outside[-1], one.fixes[-1]) for one in gnss]
    calm = [(one.outside[0], one.fixes[0]) for one in gnss]
    assert sum(out for out, _ in sure) > 0.9 * sum(count for _, count in sure)
    assert sum(out for out, _ in calm) < 0.01 * sum(count for _, count in calm)


def test_a_baseline_sees_the_nights_and_two_hours_before(
    people: list[TownPerson], policy: PolicyFile
) -> None:
    person = people[1]
    fixes, _ = _judged(person, policy)
    around = person_judgement.curfew_readings(PLAN, person, fixes)
    hour = (around.time_s - PLAN.start_s) % days.DAY_S / days.H_S
    assert ((hour < 6.0) | (hour >= 20.0)).all()
    assert (around.is_bound == ((hour < 6.0) | (hour >= 22.0))).all()
    assert (np.diff(around.time_s) > 0.0).all()
    assert around.radius_m == person.ground.radius_m
    assert baseline.point_state(around)


def test_a_baseline_is_given_the_accuracy_as_the_device_wrote_it(
    people: list[TownPerson], policy: PolicyFile
) -> None:
    fixes, _ = _judged(people[0], policy)
    around = person_judgement.curfew_readings(PLAN, people[0], fixes)
    assert set(around.accuracy_m.tolist()) <= set(
        people[0].received_reports.reports.accuracy_m.tolist()
    )


def test_openings_of_one_stay_are_one() -> None:
    openings = [
        RuleOpening(0.0, 5.0, 100.0),
        RuleOpening(400.0, 405.0, 500.0),
        RuleOpening(9e4, 9e4, 9.1e4),
    ]
    breaches = person_judgement.openings_said("P", openings)
    assert [one.raised.opened_s for one in breaches] == [5.0, 9e4]
    assert dataclasses.astuple(breaches[0].raised)[:2] == ("P", CURFEW)
