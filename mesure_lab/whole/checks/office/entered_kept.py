"""Entered is kept: what somebody wrote or decided is on the record in their words, and of its day.

What is expected follows from what was asked for and confirmed, and from nothing that the service
keeps.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import IncidentStatement
from mesure.actions.incidents.incident_review import FindingReversal, RecordFinding
from mesure.actions.orders import absences
from mesure.actions.orders.absences import (
    AbsenceRef,
    AbsenceStage,
    AnswerAbsence,
    RequestAbsence,
    RevokeAbsence,
    SuspendOrder,
)
from mesure.actions.orders.binding_order import ABSENCE, AbsenceRecord
from mesure.actions.records.incident_records import (
    CONTEST,
    REVIEW,
    STATEMENT,
    ContestRecord,
    StatementRecord,
)
from mesure.actions.records.record_types import RegisterReader
from mesure.instants import to_us
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.office_people import DoneAct
from mesure_lab.whole.world import World

NEAR_US: Final = 10 * M  # An act that was struck is tried again.
ANSWERS: Final = {absences.withdraw.name, absences.answer.name, absences.revoke.name}
AT_ONCE: Final = {absences.give.name, absences.suspend.name}


@invariant("kept_as_entered", "decisions 0005 and 0006")
def kept_as_entered(world: World) -> Iterator[str]:
    """Yield words and decisions that are not on the record, or not as they were entered."""
    absences_entered: dict[str, dict[str, Any]] = {}
    with world.read_register() as rows:
        for act in world.people.acts:
            if act.outcome == "refused" or act.person not in world.names:
                continue
            if act.outcome == "done":
                yield from _statements(rows, act)
                yield from _findings(rows, act)
            _follow(absences_entered, act)
        for name, expected in absences_entered.items():
            row = rows.get(ABSENCE, name)
            if row is None:
                yield f"{name} is not there, and {expected} was entered"
            elif expected:
                yield from _differences(name, row.value, expected)
                start_us, request_act = to_us(row.value.start_at), expected["asked_at"]
                if request_act.at_us + NEAR_US < start_us < to_us(row.value.due_at):
                    yield f"{name} begins before it is to be answered, at {row.value.due_at}"


def _statements(rows: RegisterReader, act: DoneAct) -> Iterator[str]:
    """Yield what a person said, or contested with, that does not stand there."""
    if not isinstance(act.request, IncidentStatement):
        return
    if act.action == contests.say.name:
        statement = rows.need(STATEMENT, act.made).value
        if statement.made_by != act.actor.account or _is_other(statement, act):
            yield f"{act.actor.account} said {act.request}, and {statement} stands there"
    elif act.action == contests.make.name:
        contest = rows.need(CONTEST, act.made).value
        if _is_other(contest, act):
            yield f"{act.request} was contested, and {contest} stands there"


def _is_other(record: StatementRecord | ContestRecord, act: DoneAct) -> bool:
    return IncidentStatement(record.incident, record.text) != act.request


def _findings(rows: RegisterReader, act: DoneAct) -> Iterator[str]:
    """Yield findings, or ends of findings, that are not among those of their incident."""
    request, by = act.request, act.actor.account
    if not isinstance(request, RecordFinding | FindingReversal):
        return
    review = rows.need(REVIEW, request.incident).value
    findings = [*review.former, *filter(None, [review.finding])]
    words: list[tuple[datetime, object]] = [
        (row.decided_at, (row.outcome, row.reason)) for row in findings if row.decided_by == by
    ]
    wanted: object = request.reason
    if isinstance(request, RecordFinding):
        wanted = request.outcome, request.reason
    else:
        words = [(row.end.at, row.end.reason) for row in findings if row.end and row.end.by == by]
    if not any(what == wanted and _is_near(at, act) for at, what in words):
        yield f"{by} entered {request}, and {findings} stand there"


def _follow(entered: dict[str, dict[str, Any]], act: DoneAct) -> None:
    """Have an absence be what an act makes of it; nothing is known of it where nobody answered."""
    request = act.request
    if isinstance(request, RequestAbsence | SuspendOrder) and act.outcome == "done":
        fields = {name: getattr(request, name) for name in request.__struct_fields__}
        stage = AbsenceStage.GRANTED if act.action in AT_ONCE else AbsenceStage.ASKED
        by = act.actor.account
        entered[act.made] = {**fields, "asked_by": by, "asked_at": act, "stage": stage}
    elif act.action in ANSWERS:
        assert isinstance(request, AbsenceRef | AnswerAbsence | RevokeAbsence), "they take no other"
        absence = entered.get(request.absence, {})
        change = _change(request, absence, act) if absence and act.outcome == "done" else {}
        absence |= change
        if not change:
            absence.clear()


def _change(
    request: AbsenceRef | AnswerAbsence | RevokeAbsence, absence: Mapping[str, Any], act: DoneAct
) -> dict[str, Any]:
    """Return what is another about an absence after an act; nothing: that cannot be known."""
    stage, until, reason = AbsenceStage.WITHDRAWN, {}, ""
    if isinstance(request, AnswerAbsence):
        stage = AbsenceStage.GRANTED if request.grants else AbsenceStage.REFUSED
        reason = request.reason
    elif isinstance(request, RevokeAbsence):
        if _is_near(absence["start_at"], act):
            return {}  # Whether it had begun is between the two clocks.
        has_begun = to_us(absence["start_at"]) <= act.at_us
        stage = AbsenceStage.GRANTED if has_begun else AbsenceStage.REVOKED
        until, reason = {"until_at": act} if has_begun else {}, request.reason
    by = {"answered_by": act.actor.account, "answered_at": act}
    return {**until, **by, "stage": stage, "answer": reason}


def _differences(name: str, record: AbsenceRecord, expected: dict[str, Any]) -> Iterator[str]:
    for field, value in expected.items():
        stored = getattr(record, field)
        is_same = _is_near(stored, value) if isinstance(value, DoneAct) else stored == value
        if not is_same:
            yield f"{field} of {name} is {stored}, and {value} was entered"


def _is_near(at: datetime | None, act: DoneAct) -> bool:
    """Tell whether something is of the time of an act."""
    return at is not None and abs(to_us(at) - act.at_us) <= NEAR_US
