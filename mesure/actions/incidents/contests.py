"""Contests: the person's account of an incident, documents, and a contest with its clock.

A document is kept sealed and shown as it came; nothing in it is ever analysed
(`actions/documents/kept_documents.py`).
Decision: docs/decisions/0002-what-we-will-never-build.md
"""

from collections.abc import Collection
from hashlib import sha256
from typing import Final, TypeVar

import msgspec

from mesure.actions.documents import document_types, kept_documents
from mesure.actions.documents.kept_documents import Document
from mesure.actions.framework.action import ActionContext, ReadRequest, action, look
from mesure.actions.framework.case_opening import open_incident
from mesure.actions.records.incident_records import (
    ATTACHMENT,
    CONTEST,
    REVIEW,
    STATEMENT,
    AttachmentRecord,
    ContestRecord,
    StatementRecord,
)
from mesure.actions.records.record_types import RecordType, RegisterReader, Stored
from mesure.actions.refusals import refusals
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, NotAllowedError, NotFoundError
from mesure.incidents import contest as steps
from mesure.incidents.contest import Contest
from mesure.incidents.finding import Review
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role

T = TypeVar("T")

TEXT_CHARS_MAX: Final = 10_000
ATTACHMENTS_MAX: Final = 20  # Of one incident.
STATEMENTS_MAX: Final = 50


class IncidentRequest(ReadRequest, frozen=True, kw_only=True):
    """Which incident."""

    incident: str


class IncidentStatement(msgspec.Struct, frozen=True):
    """What the person says about an incident."""

    incident: str
    text: str


class AttachDocument(msgspec.Struct, frozen=True):
    """A document for an incident: PDF, JPEG or PNG."""

    incident: str
    name: str
    content: bytes


class ContestRef(msgspec.Struct, frozen=True):
    """Which contest."""

    contest: str


class DocumentRef(msgspec.Struct, frozen=True):
    """Which document."""

    attachment: str


class DocumentRequest(ReadRequest, frozen=True, kw_only=True):
    """Which document."""

    attachment: str


class ContestView(msgspec.Struct, frozen=True):
    """A contest, as officers and the person read it."""

    contest: str
    kept: ContestRecord
    is_open: bool
    is_overdue: bool


class AttachmentView(msgspec.Struct, frozen=True):
    """A document, without its content."""

    attachment: str
    kept: AttachmentRecord


class PersonSubmissions(msgspec.Struct, frozen=True):
    """What the person's side has said about an incident."""

    statements: tuple[StatementRecord, ...]
    contests: tuple[ContestView, ...]
    attachments: tuple[AttachmentView, ...]


# --- Saying and attaching ----------------------------------------------------------------------


@action("contests.say", {Role.PERSON} | CASEWORK)
def say(doing: ActionContext, request: IncidentStatement) -> str:
    """Say what happened; an officer may write down what the person told them."""
    incident = open_incident(doing, request.incident)
    refusals.check_texts(request.text, chars_max=TEXT_CHARS_MAX)
    if len(_of(doing.rows, STATEMENT, request.incident)) >= STATEMENTS_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    value = StatementRecord(request.incident, request.text, doing.now, doing.actor.account)
    return doing.rows.add(STATEMENT, doing.new_id("T"), value, incident.person).id


@action("contests.attach", {Role.PERSON} | CASEWORK)
def attach(doing: ActionContext, request: AttachDocument) -> str:
    """Attach a document to an incident: PDF, JPEG or PNG, of at most 10 MB."""
    incident = open_incident(doing, request.incident)
    media_type = kept_documents.media_type(request.name, request.content)
    if len(_of(doing.rows, ATTACHMENT, request.incident)) >= ATTACHMENTS_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    theirs = (one.value for one in doing.rows.about(ATTACHMENT, incident.person))
    bytes_max = doing.procedure.documents_bytes_max
    if not kept_documents.has_room(theirs, len(request.content), bytes_max):
        raise ActionConflictError(ActionRefusal.DOCUMENTS_FULL)
    value = AttachmentRecord(
        incident=request.incident,
        name=document_types.download_name(request.name, media_type),
        media_type=media_type,
        size=len(request.content),
        parts=kept_documents.part_count(len(request.content)),
        attached_at=doing.now,
        attached_by=doing.actor.account,
        sha256=sha256(request.content).hexdigest(),
    )
    attachment = doing.rows.add(ATTACHMENT, doing.new_id("D"), value, incident.person)
    kept_documents.keep(doing.rows, attachment.id, request.content, incident.person)
    doing.note(attachment=attachment.id)
    return attachment.id


@action("contests.take_back_document", {Role.PERSON})
def take_back_document(doing: ActionContext, request: DocumentRef) -> None:
    """Take back a document on which no decision is based yet; only its hash is kept."""
    attachment = doing.need(ATTACHMENT, request.attachment)
    value = attachment.value
    if value.attached_by != doing.actor.account:
        raise NotAllowedError(AccessRefusal.NOT_YOURS, attachment.person)
    data = content(doing.rows, attachment)
    if data is None:
        raise NotFoundError(ActionRefusal.ERASED)
    review = review_of(doing.rows, value.incident)
    findings = (*review.former, *([review.finding] if review.finding else []))
    if any(one.decided_at >= value.attached_at for one in findings):
        raise ActionConflictError(ActionRefusal.DECIDED_WITH)
    kept_documents.drop(doing.rows, attachment.id, value.parts)
    left = {"name": "", "taken_back_at": doing.now, "sha256": sha256(data).hexdigest()}
    doing.rows.change(attachment, msgspec.structs.replace(value, **left))
    doing.note(attachment=attachment.id, incident=value.incident)


@look("contests.document", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def document(doing: ActionContext, request: DocumentRequest) -> Document:
    """See a document that the person attached."""
    attachment = doing.need(ATTACHMENT, request.attachment)
    data = content(doing.rows, attachment)
    if data is None:
        raise NotFoundError(ActionRefusal.ERASED)
    doing.note(attachment=attachment.id, incident=attachment.value.incident)
    # Those of before were kept under whatever name they came.
    name = document_types.download_name(attachment.value.name, attachment.value.media_type)
    return Document(name, attachment.value.media_type, data)


def content(rows: RegisterReader, attachment: Stored[AttachmentRecord]) -> bytes | None:
    """Return a document as it came; None where a part of it is kept no more."""
    return kept_documents.content(rows, attachment.id, attachment.value.parts)


# --- Contesting --------------------------------------------------------------------------------


@action("contests.make", {Role.PERSON})
def make(doing: ActionContext, request: IncidentStatement) -> str:
    """Contest an incident, or the finding about it; nothing is closed until it is answered."""
    incident = open_incident(doing, request.incident)
    refusals.check_texts(request.text, chars_max=TEXT_CHARS_MAX)
    earlier = [kept.value.contest for kept in contests_of(doing.rows, request.incident)]
    review = review_of(doing.rows, request.incident)
    new_contest = steps.make(review, earlier, doing.now, doing.procedure.answer_contest_within)
    if isinstance(new_contest, ReviewRefusal):
        raise ActionConflictError(new_contest)
    value = ContestRecord(request.incident, new_contest, request.text)
    return doing.rows.add(CONTEST, doing.new_id("K"), value, incident.person).id


@action("contests.withdraw", {Role.PERSON})
def withdraw(doing: ActionContext, request: ContestRef) -> None:
    """Take back a contest before it is answered."""
    contest = doing.need(CONTEST, request.contest)
    withdrawn = steps.withdraw(contest.value.contest, doing.now)
    if isinstance(withdrawn, ReviewRefusal):
        raise ActionConflictError(withdrawn)
    doing.rows.change(contest, msgspec.structs.replace(contest.value, contest=withdrawn))
    doing.note(incident=contest.value.incident)


@look("contests.show", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def show(doing: ActionContext, request: IncidentRequest) -> PersonSubmissions:
    """See what the person said about an incident, attached to it, or contested."""
    open_incident(doing, request.incident)
    contests = (
        ContestView(
            contest.id,
            contest.value,
            contest.value.contest.is_open,
            contest.value.contest.is_overdue(doing.now),
        )
        for contest in contests_of(doing.rows, request.incident)
    )
    attachments = _of(doing.rows, ATTACHMENT, request.incident)
    return PersonSubmissions(
        statements=tuple(one.value for one in _of(doing.rows, STATEMENT, request.incident)),
        contests=tuple(contests),
        attachments=tuple(AttachmentView(kept.id, kept.value) for kept in attachments),
    )


# --- What the review shares --------------------------------------------------------------------


def review_of(rows: RegisterReader, incident: str) -> Review:
    """Return the review of an incident; one that nobody began is a review too."""
    review = rows.get(REVIEW, incident)
    return Review() if review is None else review.value


def reviews_of(rows: RegisterReader, incidents: Collection[str]) -> dict[str, Review]:
    """Return the reviews of several incidents, read at once."""
    reviews = rows.get_many(REVIEW, incidents)
    return {one: reviews[one].value if one in reviews else Review() for one in incidents}


def all_contests(rows: RegisterReader, person: str) -> dict[str, list[Contest]]:
    """Return by incident what was contested about a person's incidents, in order of time."""
    contests_by_incident: dict[str, list[Contest]] = {}
    for contest in sorted(rows.about(CONTEST, person), key=lambda row: row.value.contest.made_at):
        contests_by_incident.setdefault(contest.value.incident, []).append(contest.value.contest)
    return contests_by_incident


def contests_of(rows: RegisterReader, incident: str) -> tuple[Stored[ContestRecord], ...]:
    """Return what was contested about an incident, in order of time."""
    contests = _of(rows, CONTEST, incident)
    return tuple(sorted(contests, key=lambda contest: contest.value.contest.made_at))


def _of(rows: RegisterReader, kind: RecordType[T], incident: str) -> list[Stored[T]]:
    return list(rows.find(kind, "incident", incident))
