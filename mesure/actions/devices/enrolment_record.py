"""Enrolment record: what was decided, explained, and signed, and in which language.

The person who carries a device was told what it does, what is kept of it, and how to contest it, in
a language that they understand; so were those who live with them. Who these are is not recorded.
Law: Recommendation CM/Rec(2014)4 of the Council of Europe, on informing the person
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext, action, look
from mesure.actions.records.account_records import LANGUAGES
from mesure.actions.records.record_types import RecordType
from mesure.actions.refusals import refusals
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role

TEXT_CHARS_MAX: Final = 500


class EnrolmentTopic(StrEnum):
    """What is to be explained before a device is given out."""

    CONDITIONS = "conditions"
    DEVICE = "device"  # How it is worn, charged, and what it tells.
    ERRORS = "errors"  # That positions can be wrong, and what is done about it.
    DATA_KEPT = "data_kept"  # What is kept, until when, and who looks.
    ABSENCES = "absences"
    CONTEST = "contest"
    CONSEQUENCES = "consequences"
    HELP = "help"  # Whom to call.


class SignatureOutcome(StrEnum):
    """What became of the signature."""

    SIGNED = "signed"
    DECLINED = "declined"  # The person was told all the same; nobody can be made to sign.


class RecordEnrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, explained and signed."""

    order: str
    decision: str
    decided_on: date
    language: str
    interpreter: bool
    explained: tuple[EnrolmentTopic, ...]
    household_told: bool
    signature: SignatureOutcome
    paper: str  # Where the signed paper lies.
    explained_at: datetime


class EnrolmentRecord(RecordEnrolment, frozen=True, kw_only=True):
    """An enrolment as it was carried out."""

    entered_at: datetime
    entered_by: str


RECORD: Final = RecordType(
    "enrolment_record", EnrolmentRecord, lambda record: [("order", record.order)]
)


class EnrolmentsRequest(msgspec.Struct, frozen=True):
    """Whose enrolments."""

    person: str


class EnrolmentView(msgspec.Struct, frozen=True):
    """An enrolment record, with what was left unexplained."""

    record: str
    kept: EnrolmentRecord
    unexplained: tuple[EnrolmentTopic, ...]


@action("enrolment.record", CASEWORK)
def record(doing: ActionContext, request: RecordEnrolment) -> str:
    """Record what was decided, explained and signed when a device was given out."""
    _, person = doing.open_case_of(doing.work.order(request.order))
    if request.language not in LANGUAGES and not request.interpreter:
        raise InvalidInputError(ActionRefusal.LANGUAGE)
    if request.explained_at > doing.now:
        raise InvalidInputError(ActionRefusal.FUTURE)
    refusals.check_texts(request.decision, request.paper, chars_max=TEXT_CHARS_MAX)
    fields = msgspec.structs.asdict(request)
    fields["explained"] = tuple(sorted(set(request.explained)))
    value = EnrolmentRecord(**fields, entered_at=doing.now, entered_by=doing.actor.account)
    stored_record = doing.rows.add(RECORD, doing.new_id("E"), value, person)
    doing.note(order=request.order, enrolment_record=stored_record.id)
    return stored_record.id


@look("enrolment.list", CASEWORK | OWN_SIDE | {Role.INSPECTOR}, purpose=Purpose.SUPERVISION)
def list_enrolments(doing: ActionContext, request: EnrolmentsRequest) -> tuple[EnrolmentView, ...]:
    """List the records of a person's enrolments."""
    doing.case(request.person)
    return tuple(
        EnrolmentView(
            stored_record.id,
            stored_record.value,
            tuple(sorted(set(EnrolmentTopic) - set(stored_record.value.explained))),
        )
        for stored_record in doing.rows.about(RECORD, request.person)
    )
