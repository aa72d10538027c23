"""A device that is asked: played to the end it is what would have happened ask by ask."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.fix_requests import FixRequestReason
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.instants import to_datetime, to_us
from mesure.record.policy_loading import read_policy
from mesure_lab.ground.street_grid import Streets
from mesure_lab.simulation import fix_answers, person_judgement, simulate, simulate_text, towns
from mesure_lab.simulation.fix_answers import AskingRun
from mesure_lab.simulation.towns import TICK_S, Sensed, Town, TownPerson
from tests.evaluation.scenes import asks_now

S_US = 1_000_000
PLAN = Town(3, persons=4, days=4, interval_s=300)
POLICY: PolicyFile = read_policy(None)[0]


@cache
def run_asking(awake: bool, is_asked: bool) -> tuple[AskingRun, ...]:
    plan = replace(PLAN, awake=awake)
    return tuple(fix_answers.people(plan, POLICY, is_asked=is_asked))


def sense_persons() -> Iterator[tuple[TownPerson, Sensed]]:
    streets = Streets(PLAN.seed)
    for number in range(PLAN.persons):
        yield towns.sense_person(PLAN, streets, number)


def ticks(run: AskingRun, senses: Sensed) -> set[int]:
    taken_s = run.person.received_reports.reports.taken_ms / 1000.0
    return {int(tick) for tick in (taken_s - senses.clock.start_s) // senses.clock.step_s}


@pytest.mark.parametrize("awake", [True, False])
def test_asking_adds_fixes_and_changes_nothing_else(awake: bool) -> None:
    for without, asking in zip(run_asking(awake, False), run_asking(awake, True), strict=True):
        assert (without.asks, without.extra) == (0, 0)
        assert asking.person.truth == without.person.truth
        before, after = (set(rows(one)) for one in (without, asking))
        assert before <= after
        assert len(after) - len(before) <= asking.extra  # Some are lost on the way.
    assert sum(one.extra for one in run_asking(awake, True)) > 0


def rows(run: AskingRun) -> Iterator[tuple[float, ...]]:
    reports = run.person.received_reports.reports
    columns = (reports.taken_ms, reports.lat_deg, reports.lon_deg, reports.accuracy_m)
    return zip(
        *(column.tolist() for column in columns), run.person.received_reports.heard_ms, strict=True
    )


def test_one_seed_gives_the_same_answers() -> None:
    again = tuple(fix_answers.people(replace(PLAN, awake=False), POLICY))
    for run, other in zip(run_asking(False, True), again, strict=True):
        assert (run.asks, run.extra, list(rows(run))) == (
            other.asks,
            other.extra,
            list(rows(other)),
        )


def test_played_to_the_end_it_is_what_would_have_happened_live() -> None:
    """Ask by ask: each rests on what was heard before it, answers and all."""
    plan = replace(PLAN, awake=True)
    [run] = [one for one in run_asking(True, True) if one.extra][:1]
    rules = rules_.prepare(
        [run.person.order],
        POLICY.at(run.person.order.in_force.start.date(), run.person.device_class),
        to_datetime(plan.end_s * S_US),
    )
    fixes = person_judgement.ingest_person(plan, run.person, POLICY)
    asks = pipeline.replay(rules, fixes, plan.end_s * S_US).ask_for_fixes
    assert len({ask.asked_at for ask in asks}) == run.asks
    for ask in asks:
        moment_us = to_us(ask.asked_at) + 1
        earlier_fixes = fixes.rows(np.flatnonzero(fixes.received_us < moment_us))
        now = asks_now(pipeline.replay(rules, earlier_fixes, moment_us))
        assert (ask.condition, ask.asked_at) in [(live.condition, live.asked_at) for live in now]


def test_what_is_sent_beyond_the_usual_was_asked_for() -> None:
    plan = replace(PLAN, awake=True)
    for (person, senses), run in zip(sense_persons(), run_asking(True, True), strict=True):
        usual = range(0, senses.clock.ticks, PLAN.interval_s // TICK_S)
        extra = sorted(ticks(run, senses) - set(usual))
        asks = fix_answers._asks(plan, run.person, fix_answers._rules(plan, person, POLICY), POLICY)
        for tick in extra:
            at_s = senses.clock.start_s + tick * senses.clock.step_s
            assert any(
                to_us(ask.asked_at) / S_US < at_s < to_us(ask.span.end) / S_US + 60.0
                for ask in asks
            )


def test_a_device_that_is_deaf_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fix_answers, "P_DEAF", 1.1)
    deaf = list(fix_answers.people(replace(PLAN, awake=True), POLICY))
    assert sum(one.extra for one in deaf) == 0
    assert sum(one.asks for one in deaf) > 0


def test_a_phone_that_dozes_may_be_woken_and_a_tag_in_a_gap_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fix_answers, "P_DEAF", 0.0)
    monkeypatch.setattr(fix_answers, "P_WAKES", 1.0)
    for kind, wakes in ((DeviceClass.PHONE, True), (DeviceClass.GNSS_TAG, False)):
        plan = replace(PLAN, classes=(kind,), persons=3)
        streets = Streets(plan.seed)
        woken = 0
        for number in range(plan.persons):
            person, senses = towns.sense_person(plan, streets, number)
            run = fix_answers.run_person(plan, person, senses, POLICY)
            woken += sum(bool(senses.silent[tick]) for tick in ticks(run, senses))
        assert (woken > 0) is wakes


def test_silences_are_asked_about() -> None:
    run = run_asking(False, True)[0]
    rules = fix_answers._rules(PLAN, run.person, POLICY)
    asks = fix_answers._asks(PLAN, run.person, rules, POLICY)
    assert FixRequestReason.SILENCE in {ask.because for ask in asks}


def test_a_town_tells_how_often_it_asked() -> None:
    plan = replace(PLAN, persons=2, days=2)
    quiet, asking = (simulate.simulate(plan, is_asked=is_asked) for is_asked in (False, True))
    assert "Devices were asked" in simulate_text.text(asking)
    assert '"asks_per_day"' in simulate_text.to_json(asking)
    assert "asked" not in simulate_text.text(quiet)
    assert "asks_per_day" not in simulate_text.to_json(quiet)
