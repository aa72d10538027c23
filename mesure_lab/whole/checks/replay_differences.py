"""Replay differences: where what the service kept of a person is not what one replay says.

The replay judges everything that is held at the last moment at which the person was judged, from
the empty state.
Decision: docs/decisions/0048-one-evaluator.md
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from mesure.actions.judging import judge_store
from mesure.evaluation import late_evidence, pipeline
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.rules import Rules
from mesure.formats.stored import stored_messages
from mesure.formats.stored.stored_messages import MessageEvidence
from mesure.incidents import raising
from mesure.incidents.device_problems import CONDITION
from mesure.instants import MAX_US, MIN_US, to_us, to_us_or_none
from mesure.live.load_person import EvaluationConfig
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import JudgingProgress

Rows = list[tuple[object, ...]]


class ReplayDifference(NamedTuple):
    """What is kept of a person, and what a replay says; where they differ."""

    person: str
    what: str
    stored_rows: Rows
    said: Rows


def differences(
    reading: ReadTransaction, config: EvaluationConfig, judged: JudgingProgress, *, is_varied: bool
) -> Iterator[ReplayDifference]:
    """Yield where what is kept of a person is not what a replay says.

    `is_varied`: what binds was changed on the way. A replay knows the last of it from the start, so
    what was withdrawn and superseded on the way is not its to say.
    """
    person = judged.person
    rules, evidence = hear_all(reading, config, judged, judged.until_us)
    statement = pipeline.replay(rules, evidence.to_judge, judged.until_us)
    rests_on = reading.assessments(person, judged.until_us - 1, judged.until_us)
    marks: Rows = [(row.condition, row.unsigned) for row in rests_on]
    if evidence.unsigned and not all(mark for _, mark in (*marks, (person, judged.unsigned))):
        yield ReplayDifference(person, "unsigned", marks, [(person, evidence.unsigned)])
    stored_rows, replayed_rows = _assessed(reading, person), _assessments(statement)
    if stored_rows != replayed_rows:
        yield _difference(person, "assessments", stored_rows, replayed_rows)
    stored_rows, replayed_rows = incidents_of(reading, person), incidents_said(statement)
    if standing(stored_rows) != standing(replayed_rows):
        yield _difference(person, "incidents", standing(stored_rows), standing(replayed_rows))
    if not is_varied:
        if not set(replayed_rows) - set(standing(replayed_rows)) <= set(stored_rows):
            yield _difference(person, "withdrawn", stored_rows, replayed_rows)
        stored_rows, replayed_rows = (
            replaced(reading, person),
            superseded(statement, judged.until_us),
        )
        if stored_rows != replayed_rows:
            yield _difference(person, "superseded", stored_rows, replayed_rows)


def replay(
    reading: ReadTransaction,
    config: EvaluationConfig,
    judged: JudgingProgress,
    until_us: int | None = None,
) -> Statement:
    """Return what judging everything that was kept says: at the last look at a person, or later."""
    at_us = judged.until_us if until_us is None else until_us
    rules, evidence = hear_all(reading, config, judged, at_us)
    return pipeline.replay(rules, evidence.to_judge, at_us)


def hear_all(
    reading: ReadTransaction, config: EvaluationConfig, judged: JudgingProgress, at_us: int
) -> tuple[Rules, MessageEvidence]:
    """Return what binds a person at an instant, and all that was kept of them, heard again."""
    [duty] = judge_store.duties(reading, config.keyring, judged.person)
    rules = config.rules_of(duty, at_us)
    logs = (
        log
        for log in reading.messages(duty.person, MIN_US, MAX_US)
        if log.device in duty.classes and log.place.sequence <= judged.sequence
    )
    opened = sorted(config.open_messages(duty.person, logs), key=lambda message: message.sequence)
    return rules, stored_messages.hear(opened, duty.spans, duty.classes, rules.policy, at_us)


def _difference(person: str, what: str, stored_rows: Rows, replayed_rows: Rows) -> ReplayDifference:
    """Return what is only kept, and what is only said."""
    only_kept = [row for row in stored_rows if row not in replayed_rows]
    return ReplayDifference(
        person, what, only_kept, [row for row in replayed_rows if row not in stored_rows]
    )


def standing(rows: Rows) -> Rows:
    """Return the incidents that are not withdrawn."""
    return [row for row in rows if row[-1] is None]


def _assessed(reading: ReadTransaction, person: str) -> Rows:
    rows = reading.assessments(person, MIN_US, MAX_US)
    return sorted((row.condition, row.start_us, row.end_us, row.status) for row in rows)


def _assessments(statement: Statement) -> Rows:
    return sorted(
        (row.condition, to_us(row.span.start), to_us(row.span.end), row.status.value)
        for row in statement.assessments
    )


def incidents_of(reading: ReadTransaction, person: str) -> Rows:
    """Return the incidents that are kept of a person, in the order of their values."""
    rows = (
        (row.condition, row.kind, row.opened_us, row.start_us, row.end_us or 0, row.withdrawn_us)
        for row in reading.incidents_of(person)
        if row.condition != CONDITION
    )
    return sorted(rows, key=_withdrawn_last)


def incidents_said(statement: Statement) -> Rows:
    """Return the incidents that a replay raises, in the order of their values."""
    raised = raising.incidents(statement.rules, statement, {}, unsigned=False)
    rows = (
        (
            row.condition,
            row.kind.value,
            to_us(row.opened_at),
            to_us(row.start),
            to_us_or_none(row.end) or 0,
            to_us_or_none(row.withdrawn_at),
        )
        for row in raised
    )
    return sorted(rows, key=_withdrawn_last)


def judged_sha256(reading: ReadTransaction, persons: Iterable[str]) -> str:
    """Return the digest of the assessments and the incidents of some persons."""
    digest = sha256()
    for person in persons:
        rows = reading.assessments(person, MIN_US, MAX_US)
        digest.update(str(sorted(map(str, rows))).encode())
        digest.update(str(incidents_of(reading, person)).encode())
    return digest.hexdigest()


def _withdrawn_last(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what incidents are put in order by: one may hold where just such a one did not."""
    *others, withdrawn_us = row
    return (*others, withdrawn_us is not None, withdrawn_us or 0)


def replaced(reading: ReadTransaction, person: str) -> Rows:
    """Return what is kept of a person as superseded."""
    return sorted(
        (row.assessment.condition, row.assessment.start_us, row.assessment.end_us,
         row.assessment.status, row.stood_from_us, row.stood_until_us)
        for row in reading.assessments_superseded(person, MIN_US, MAX_US)
    )  # fmt: skip


def superseded(statement: Statement, until_us: int) -> Rows:
    """Return what was superseded by deliveries that are complete."""
    policy = statement.rules.policy
    return sorted(
        (row.assessment.condition, to_us(row.assessment.span.start),
         to_us(row.assessment.span.end), row.assessment.status.value,
         to_us(row.stood_from), to_us(row.stood_until))
        for row in statement.superseded
        if late_evidence.complete_us(policy, to_us(row.stood_until)) <= until_us
    )  # fmt: skip
