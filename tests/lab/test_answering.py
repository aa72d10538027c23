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
from mesure_lab.ground.streets import Streets
from mesure_lab.simulation import answering, judging, simulate, simulate_text, towns
from mesure_lab.simulation.answering import AskingRun
from mesure_lab.simulation.towns import TICK_S, Sensed, Town, TownPerson
from tests.evaluation.scenes import asks_now

S_US = 1_000_000
PLAN = Town(3, persons=4, days=4, interval_s=300)
POLICY: PolicyFile = read_policy(None)[0]


@cache
def told(awake: bool, is_asked: bool) -> tuple[AskingRun, ...]:
    plan = replace(PLAN, awake=awake)
    return tuple(answering.people(plan, POLICY, is_asked=is_asked))


def sensed() -> Iterator[tuple[TownPerson, Sensed]]:
    streets = Streets(PLAN.seed)
    for number in range(PLAN.persons):
        yield towns.sensed(PLAN, streets, number)


def ticks(one: AskingRun, senses: Sensed) -> set[int]:
    taken_s = one.person.heard.reports.taken_ms / 1000.0
    return {int(tick) for tick in (taken_s - senses.clock.start_s) // senses.clock.step_s}


@pytest.mark.parametrize("awake", [True, False])
def test_asking_adds_fixes_and_changes_nothing_else(awake: bool) -> None:
    for without, asked in zip(told(awake, False), told(awake, True), strict=True):
        assert (without.asks, without.extra) == (0, 0)
        assert asked.person.truth == without.person.truth
        before, after = (set(rows(one)) for one in (without, asked))
        assert before <= after
        assert len(after) - len(before) <= asked.extra  # Some are lost on the way.
    assert sum(one.extra for one in told(awake, True)) > 0


def rows(one: AskingRun) -> Iterator[tuple[float, ...]]:
    reports = one.person.heard.reports
    columns = (reports.taken_ms, reports.lat_deg, reports.lon_deg, reports.accuracy_m)
    return zip(*(column.tolist() for column in columns), one.person.heard.heard_ms, strict=True)


def test_one_seed_gives_the_same_answers() -> None:
    again = tuple(answering.people(replace(PLAN, awake=False), POLICY))
    for one, other in zip(told(False, True), again, strict=True):
        assert (one.asks, one.extra, list(rows(one))) == (
            other.asks,
            other.extra,
            list(rows(other)),
        )


def test_played_to_the_end_it_is_what_would_have_happened_live() -> None:
    """Ask by ask: each rests on what was heard before it, answers and all."""
    plan = replace(PLAN, awake=True)
    [one] = [one for one in told(True, True) if one.extra][:1]
    rules = rules_.prepare(
        [one.person.order],
        POLICY.at(one.person.order.in_force.start.date(), one.person.device_class),
        to_datetime(plan.end_s * S_US),
    )
    fixes = judging.ingested(plan, one.person, POLICY)
    made = pipeline.replay(rules, fixes, plan.end_s * S_US).ask_for_fixes
    assert len({ask.asked_at for ask in made}) == one.asks
    for ask in made:
        moment_us = to_us(ask.asked_at) + 1
        heard = fixes.rows(np.flatnonzero(fixes.received_us < moment_us))
        now = asks_now(pipeline.replay(rules, heard, moment_us))
        assert (ask.condition, ask.asked_at) in [(live.condition, live.asked_at) for live in now]


def test_what_is_sent_beyond_the_usual_was_asked_for() -> None:
    plan = replace(PLAN, awake=True)
    for (person, senses), one in zip(sensed(), told(True, True), strict=True):
        usual = range(0, senses.clock.ticks, PLAN.interval_s // TICK_S)
        extra = sorted(ticks(one, senses) - set(usual))
        asks = answering._asks(plan, one.person, answering._rules(plan, person, POLICY), POLICY)
        for tick in extra:
            at_s = senses.clock.start_s + tick * senses.clock.step_s
            assert any(
                to_us(ask.asked_at) / S_US < at_s < to_us(ask.span.end) / S_US + 60.0
                for ask in asks
            )


def test_a_device_that_is_deaf_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "P_DEAF", 1.1)
    deaf = list(answering.people(replace(PLAN, awake=True), POLICY))
    assert sum(one.extra for one in deaf) == 0
    assert sum(one.asks for one in deaf) > 0


def test_a_phone_that_dozes_may_be_woken_and_a_tag_in_a_gap_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answering, "P_DEAF", 0.0)
    monkeypatch.setattr(answering, "P_WAKES", 1.0)
    for kind, wakes in ((DeviceClass.PHONE, True), (DeviceClass.GNSS_TAG, False)):
        plan = replace(PLAN, classes=(kind,), persons=3)
        streets = Streets(plan.seed)
        woken = 0
        for number in range(plan.persons):
            person, senses = towns.sensed(plan, streets, number)
            one = answering.answered(plan, person, senses, POLICY)
            woken += sum(bool(senses.silent[tick]) for tick in ticks(one, senses))
        assert (woken > 0) is wakes


def test_silences_are_asked_about() -> None:
    one = told(False, True)[0]
    rules = answering._rules(PLAN, one.person, POLICY)
    asks = answering._asks(PLAN, one.person, rules, POLICY)
    assert FixRequestReason.SILENCE in {ask.because for ask in asks}


def test_a_town_tells_how_often_it_asked() -> None:
    plan = replace(PLAN, persons=2, days=2)
    quiet, asked = (simulate.simulate(plan, is_asked=is_asked) for is_asked in (False, True))
    assert "Devices were asked" in simulate_text.text(asked)
    assert '"asks_per_day"' in simulate_text.to_json(asked)
    assert "asked" not in simulate_text.text(quiet)
    assert "asks_per_day" not in simulate_text.to_json(quiet)
