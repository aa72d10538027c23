"""Comparison: the assessments of a person, as stored and as judged again, as equal rows.

All that judge again what was stored use it: the service's own check, and a whole country.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.evaluation import late_evidence, pipeline
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.rules import Rules
from mesure.formats.stored import stored_messages
from mesure.formats.stored.stored_messages import PersonRows, StoredMessage
from mesure.incidents import raising
from mesure.incidents.incident import IncidentKind
from mesure.instants import MAX_US, MIN_US, to_datetime, to_us
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import StoredAssessment

_KINDS: Final = frozenset(kind.value for kind in IncidentKind)


class ComparisonRow(NamedTuple):
    """An assessment, one that was superseded, or an incident, as far as it must be the same."""

    order: str
    condition: str
    said: str
    start_us: int
    end_us: int | None
    others_us: tuple[int | None, ...] = ()  # From and until when it was current; when opened.


class ComparisonRows(NamedTuple):
    """What is said of a person."""

    stands: set[ComparisonRow]  # Must be the same.
    # What was superseded or withdrawn: what is judged again is among what is kept.
    past: set[ComparisonRow]


def read_rows(duty: EvaluationBasis, messages: Sequence[StoredMessage]) -> list[PersonRows]:
    """Return the rows of messages, in the order of their numbers, of devices carried under it."""
    return stored_messages.read(messages, duty.spans, duty.classes, [])


def statement_of(rules: Rules, rows: Sequence[PersonRows], until_us: int) -> Statement:
    """Judge the rows of messages from nothing, as `mesure replay` does."""
    evidence = stored_messages.evidence_of(rows, (), rules.policy, until_us)
    return pipeline.replay(rules, evidence.to_judge, until_us)


def assessments_of(reading: ReadTransaction, person: str) -> tuple[StoredAssessment, ...]:
    """Return all current assessments of a person."""
    return reading.assessments(person, MIN_US, MAX_US)


def rows_in_store(reading: ReadTransaction, person: str) -> ComparisonRows:
    """Return what is kept."""
    stands = {
        ComparisonRow(
            assessment.order,
            assessment.condition,
            assessment.status,
            assessment.start_us,
            assessment.end_us,
        )
        for assessment in assessments_of(reading, person)
    }
    past = {
        ComparisonRow(
            *_facts(superseded.assessment), (superseded.stood_from_us, superseded.stood_until_us)
        )
        for superseded in reading.assessments_superseded(person, MIN_US, MAX_US)
    }
    for incident in reading.incidents_of(person):
        if incident.kind in _KINDS:
            times_us = incident.opened_us, incident.withdrawn_us
            what = incident.order, incident.condition, incident.kind
            row = ComparisonRow(*what, incident.start_us, incident.end_us, times_us)
            (stands if incident.withdrawn_us is None else past).add(row)
    return ComparisonRows(stands, past)


def _facts(assessment: StoredAssessment) -> tuple[str, str, str, int, int]:
    what = assessment.order, assessment.condition, assessment.status
    return *what, assessment.start_us, assessment.end_us


def rows_of_statement(duty: EvaluationBasis, statement: Statement) -> Iterator[ComparisonRow]:
    """Yield what holds at the moment of looking."""
    for assessment in statement.assessments:
        start_us, end_us = to_us(assessment.span.start), to_us(assessment.span.end)
        yield ComparisonRow(
            duty.order, assessment.condition, assessment.status.value, start_us, end_us
        )
    for episode in statement.episodes:
        times_us = episode.opened_us, None
        what = duty.order, episode.condition, episode.breach
        yield ComparisonRow(*what, episode.start_us, episode.end_us, times_us)


def past_rows(
    duty: EvaluationBasis, statement: Statement, until_us: int
) -> Iterator[ComparisonRow]:
    """Yield what late evidence changed that was complete at the last look."""
    policy = statement.rules.policy
    for superseded in statement.superseded:
        stood_us = to_us(superseded.stood_from), to_us(superseded.stood_until)
        if late_evidence.complete_us(policy, stood_us[1]) <= until_us:
            assessment = superseded.assessment
            start_us, end_us = to_us(assessment.span.start), to_us(assessment.span.end)
            what = duty.order, assessment.condition, assessment.status.value
            yield ComparisonRow(*what, start_us, end_us, stood_us)
    for gone in raising.withdrawn(statement):
        if late_evidence.complete_us(policy, gone.at_us) <= until_us:
            episode, times_us = gone.episode, (gone.episode.opened_us, gone.at_us)
            what = duty.order, episode.condition, episode.breach
            yield ComparisonRow(*what, episode.start_us, episode.end_us, times_us)


# --- As lines ------------------------------------------------------------------------------------


def lines_of_rows(sign: str, rows: "set[ComparisonRow]") -> Iterator[str]:
    """Yield a line for each row, with a sign in front."""
    for row in sorted(rows, key=lambda row: (row.start_us, row.condition, row.said)):
        times = (row.start_us, row.end_us, *row.others_us)
        times_text = " ".join("-" if us is None else instant_text(us) for us in times)
        yield f"{sign} {row.order} {row.condition} {row.said} {times_text}"


def instant_text(at_us: int) -> str:
    """Return an instant as lines write it."""
    return f"{to_datetime(at_us):%Y-%m-%dT%H:%M:%S.%fZ}"
