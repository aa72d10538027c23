from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from bench.evaluation import made_up_people, per_fix, whole_columns
from bench.evaluation.made_up_people import BenchPerson
from bench.evaluation.per_fix import Spell
from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.assessment import Status
from mesure.evaluation.policy import DeviceClass
from mesure.instants import to_datetime, to_us
from mesure.record import policy_loading

FIXES = 3_000
SECOND_US = 1_000_000
APART_US = 600 * SECOND_US
"""A judge that asks for more evidence may change its mind some minutes later."""

EVALUATORS: dict[str, Callable[[BenchPerson], list[Spell]]] = {
    "side": lambda someone: per_fix.evaluate(someone, per_fix.side),
    "chance": lambda someone: per_fix.evaluate(someone, per_fix.chance),
    "columns": whole_columns.evaluate,
}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fixes without errors, nobody near an edge for long, and many nights away."""
    monkeypatch.setattr(made_up_people, "ERROR_M", 0.0)
    monkeypatch.setattr(made_up_people, "EDGE_M", 500.0)
    monkeypatch.setattr(made_up_people, "P_HOME_BY_NIGHT", 0.5)


def judge_person(someone: BenchPerson) -> list[Spell]:
    policy = policy_loading.read_policy(None)[0].at(
        made_up_people.START.date(), DeviceClass.GNSS_TAG
    )
    rules = rules_.prepare([someone.order], policy, to_datetime(someone.until_us))
    statement = pipeline.replay(rules, someone.fixes, someone.until_us)
    return [
        Spell(
            assessment.condition,
            assessment.status,
            to_us(assessment.span.start),
            to_us(assessment.span.end),
        )
        for assessment in statement.assessments
    ]


def status_at(spells: Sequence[Spell], condition: str, at_us: int) -> Status | None:
    statuses = [
        spell.status
        for spell in spells
        if spell.condition == condition and spell.start_us <= at_us < spell.end_us
    ]
    assert len(statuses) <= 1, f"{condition} has two statuses at {to_datetime(at_us)}"
    return statuses[0] if statuses else None


def compare_spells(
    someone: BenchPerson, theirs: list[Spell]
) -> Iterator[tuple[Status | None, Status | None]]:
    ours = judge_person(someone)
    for condition in (condition.id for condition in someone.order.conditions):
        edges = {
            edge_us
            for spell in theirs
            if spell.condition == condition
            for edge_us in (spell.start_us, spell.end_us)
        }
        for at_us in range(to_us(made_up_people.START), someone.until_us, APART_US):
            if all(abs(edge_us - at_us) > APART_US for edge_us in edges):
                yield status_at(ours, condition, at_us), status_at(theirs, condition, at_us)


@pytest.mark.parametrize("name", EVALUATORS)
@pytest.mark.parametrize("seed", [1, 2])
def test_on_clean_fixes_the_plain_evaluator_says_what_the_judge_says(name: str, seed: int) -> None:
    [someone] = made_up_people.people(1, FIXES, seed)
    pairs = list(compare_spells(someone, EVALUATORS[name](someone)))
    differ = [pair for pair in pairs if pair[0] is not pair[1]]
    assert {theirs for _, theirs in pairs} == {Status.MET, Status.NOT_MET, None}
    # Between two fixes the judge sees a way that leads through a zone; a plain rule never does.
    assert all(ours is Status.UNKNOWN for ours, _ in differ)
    assert len(differ) <= len(pairs) // 500


@pytest.mark.parametrize("name", EVALUATORS)
def test_a_silence_is_unknown(name: str) -> None:
    [someone] = made_up_people.people(1, FIXES)
    rows = [row for row in range(FIXES) if not 1_000 <= row < 1_100]
    before_us, after_us = (int(someone.fixes.observed_us[row]) for row in (999, 1_100))
    fixes = someone.fixes.rows(np.array(rows))
    spells = EVALUATORS[name](BenchPerson(someone.order, fixes))
    for condition in ("C2", "C3"):
        silent = [
            spell for spell in spells if spell.condition == condition and spell.end_us == after_us
        ]
        assert [(s.status, s.start_us) for s in silent] == [
            (Status.UNKNOWN, before_us + per_fix.SILENCE_US)
        ]
