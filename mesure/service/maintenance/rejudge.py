"""Rejudging: judge what was stored again, from nothing, and compare it with what is stored.

What is kept was judged message by message as it came, through restarts and changes. Here everything
is judged at once, by the judge of `mesure replay`. Both must say the same: what an officer reads is
what anybody gets who repeats it. Nothing is changed.

When somebody is to be judged next is worked out anew too. Someone who can write in the database
could prevent all judging: by a mark that says that nothing is ever due, or that messages were read
that were not. So each person is held against how far the service came with anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mesure.actions.judging import judge_store
from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.evaluation import next_wakeup
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.rules import Rules
from mesure.instants import MAX_US, MIN_US, US_PER_S, to_us
from mesure.live.load_person import HORIZON_US, EvaluationConfig, messages_of
from mesure.machine.progress import ProgressStages
from mesure.machine.service_error import ServiceError
from mesure.record.policy_loading import read_policy
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import comparison
from mesure.service.maintenance.comparison import ComparisonRows
from mesure.store.interface.store import ReadTransaction
from mesure.store.values import partitions
from mesure.store.values.effects import JudgingProgress
from mesure.store.values.faults import LostKeyError
from mesure.version import VERSION

_ALL: Final = range(partitions.PARTITIONS)
_instant: Final = comparison.instant_text
SHOWN_MAX: Final = 20
LATE_US: Final = 600 * US_PER_S
"""A service far behind reaches everybody within minutes; a person who waits longer is forgotten."""


@dataclass(slots=True)
class RejudgeResult:
    """What came of judging everybody again."""

    persons: int = 0
    assessments: int = 0
    newest_us: int | None = None  # When anybody was judged, or anything was received, last.
    others: list[str] = field(default_factory=list)  # Judged by another version or policy.
    different: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)  # Are not judged when they are to be.
    unreadable: list[str] = field(default_factory=list)  # Of them something cannot be opened.
    shown: list[str] = field(default_factory=list)  # Of the first of them, what differs.

    @property
    def holds(self) -> bool:
        """Tell whether what is kept is what comes of what was stored, for everybody, in time."""
        return not (self.different or self.forgotten or self.unreadable)


def rejudge(
    installation: Installation, stages: ProgressStages, persons: "list[str] | None" = None
) -> RejudgeResult:
    """Judge everybody again, or these persons; raises `ServiceError` where one is not there."""
    policy, _ = read_policy(installation.settings.policy)
    config, outcome = EvaluationConfig(installation.keyring, policy), RejudgeResult()
    with installation.store.read() as reading:
        names = list(reading.persons_in(_ALL)) if persons is None else persons
        for person in persons or ():
            if reading.person(person) is None:
                what, why = f"nobody is kept under the id {person!r}", "nothing was judged again"
                raise ServiceError("--person", what, why, "write the id as the order does")
        outcome.newest_us = _newest_us(reading)
    for number, person in enumerate(names, 1):
        stages.reach(f"judging person {number:,} of {len(names):,} again")
        with installation.store.read() as reading:
            try:
                _one(reading, config, person, outcome)
            except LostKeyError as error:  # The others are judged all the same.
                _name(outcome, outcome.unreadable, person, f"{person}: {error}")
    return outcome


def _newest_us(reading: ReadTransaction) -> int | None:
    """Return the newest moment that is known of; a clock tells nothing about a stopped service."""
    judged = (one.until_us for one in reading.progress_in(_ALL))
    received = (row[2] for row in reading.rows("log_end"))
    return max((*judged, *received), default=None)


def _one(
    reading: ReadTransaction, config: EvaluationConfig, person: str, outcome: RejudgeResult
) -> None:
    judged = reading.progress_of(person)
    duties = judge_store.duties(reading, config.keyring, person)
    newest_us = outcome.newest_us or 0
    if judged is None:
        if any(_is_over(to_us(one.versions[0].in_force.start), newest_us) for one in duties):
            _forgotten(outcome, person, "was never judged")
        return
    outcome.persons += 1
    kept_rows, again = comparison.rows_in_store(reading, person), ComparisonRows(set(), set())
    next_us = MAX_US
    for duty in duties:
        rules = config.rules_of(duty, judged.until_us + HORIZON_US)
        kept = messages_of(reading, config, duty, (MIN_US, MAX_US), (0, judged.sequence))
        rows = comparison.read_rows(duty, kept)
        statement = comparison.statement_of(rules, rows, judged.until_us)
        again.stands.update(comparison.rows_of_statement(duty, statement))
        again.past.update(comparison.past_rows(duty, statement, judged.until_us))
        next_us = min(next_us, _next_us(duty, rules, statement))
    for mark in _marks(reading, duties, judged, next_us, newest_us):
        _forgotten(outcome, person, mark)
    assessments = comparison.assessments_of(reading, person)
    outcome.assessments += len(assessments)
    if kept_rows.stands == again.stands and again.past <= kept_rows.past:
        return
    versions = {(one.policy_version, one.engine_version) for one in assessments}
    if versions - {(config.policy.version, VERSION)}:
        outcome.others.append(person)
        return
    outcome.different.append(person)
    if len(outcome.different) == 1:
        outcome.shown += comparison.lines_of_rows("kept ", kept_rows.stands - again.stands)
        outcome.shown += comparison.lines_of_rows("again", again.stands - kept_rows.stands)
        outcome.shown += comparison.lines_of_rows("again", again.past - kept_rows.past)


# --- When somebody is to be judged ----------------------------------------------------------------


def _next_us(duty: EvaluationBasis, rules: Rules, statement: Statement) -> int:
    """Return when something changes though nothing comes, at the latest."""
    until_us = statement.judgement.until_us
    if until_us >= to_us(duty.versions[-1].in_force.end):
        return next_wakeup.next_us(rules, statement) or MAX_US
    return min(next_wakeup.next_us(rules, statement) or MAX_US, until_us + HORIZON_US)


def _is_over(at_us: int, newest_us: int) -> bool:
    return at_us < newest_us - LATE_US


def _marks(
    reading: ReadTransaction,
    duties: tuple[EvaluationBasis, ...],
    judged: JudgingProgress,
    next_us: int,
    newest_us: int,
) -> Iterator[str]:
    """Yield why somebody is not judged when they are to be."""
    due_us = MAX_US if judged.due_us is None else judged.due_us
    if due_us > next_us:
        due_text = "never" if judged.due_us is None else f"at {_instant(due_us)} only"
        yield f"is to be judged at {_instant(next_us)}, and is marked to be judged {due_text}"
    if _is_over(min(due_us, next_us), newest_us):
        yield f"was to be judged at {_instant(min(due_us, next_us))}, and was not"
    if judged.sequence > reading.last(partitions.partition_of(judged.person)):
        yield "is marked as if messages were judged that are not there"
    devices = {device for duty in duties for device in duty.classes}
    for message in reading.messages(judged.person, MIN_US, MAX_US):
        is_new = message.place.sequence > judged.sequence and message.device in devices
        if is_new and _is_over(message.received_us, newest_us):
            yield f"was not judged by what was received at {_instant(message.received_us)}"
            return


def _forgotten(outcome: RejudgeResult, person: str, reason: str) -> None:
    _name(outcome, outcome.forgotten, person, f"{person} {reason}")


def _name(outcome: RejudgeResult, names: list[str], person: str, sentence: str) -> None:
    """Name a person among others; of the first of them it is shown why."""
    if person not in names:
        names.append(person)
    if len(names) <= SHOWN_MAX:
        outcome.shown.append(sentence)


def result_text(outcome: RejudgeResult) -> str:
    """Return what came of it, in sentences."""
    lines = [f"{outcome.persons} persons were judged again: {outcome.assessments} assessments."]
    if outcome.others:
        lines.append(
            f"{len(outcome.others)} of them were judged by another version or policy, and would be "
            f"judged otherwise now: {', '.join(outcome.others[:SHOWN_MAX])}."
        )
    if outcome.newest_us is not None:
        lines.append(
            f"Anybody was judged, or anything received, last at {_instant(outcome.newest_us)}."
        )
    for names, what in (
        (outcome.different, "differ from what is kept"),
        (outcome.forgotten, "are not judged when they are to be"),
        (outcome.unreadable, "cannot be judged again (`mesure verify-store` names the rows)"),
    ):
        if names:
            lines.append(f"{len(names)} {what}: {', '.join(names[:SHOWN_MAX])}.")
    lines += outcome.shown
    if outcome.holds:
        lines.append("What is kept is what comes of what was stored.")
    return "\n".join(lines) + "\n"
