"""Court papers: what the court wrote, beside the order as it was entered from it.

A paper belongs to a draft, and becomes that of the version as which the draft is entered; or it is
attached to a version afterwards. It is kept as it came, sealed, and never read by the program.
What a second officer confirms covers the papers that were there to be compared.
Decision: docs/decisions/0056-the-courts-paper-is-confirmed-with-the-order.md
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from mesure.actions.documents import document_types, kept_documents
from mesure.actions.documents.kept_documents import Document
from mesure.actions.framework.action import ActionContext, ReadRequest, action, look
from mesure.actions.records.record_types import RecordType, Register, RegisterReader, Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, NotAllowedError, NotFoundError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role

PAPERS_MAX: Final = 10  # Of one draft or one version.


class CourtPaperRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A paper of the court as it is kept, without its bytes."""

    draft: str  # Empty: it belongs to a version.
    order: str  # Empty: it belongs to a draft.
    number: int  # Of the version; 0: it belongs to a draft.
    name: str
    media_type: str
    size: int
    parts: int
    sha256: str
    attached_at: datetime
    attached_by: str
    is_compared: bool = True  # It was there when the version was confirmed, or will be.
    taken_back_at: datetime | None = None  # Then neither its bytes nor its name are kept.
    taken_back_by: str = ""


def _keys(paper: CourtPaperRecord) -> list[tuple[str, str]]:
    return [("draft", paper.draft)] if paper.draft else [("order", paper.order)]


COURT_PAPER: Final = RecordType("court_paper", CourtPaperRecord, _keys)


class PaperPlace(NamedTuple):
    """Whose a paper is: that of a draft, or of a version, and whether it is compared with it."""

    draft: str = ""
    order: str = ""
    number: int = 0
    is_compared: bool = True


class AttachPaper(msgspec.Struct, frozen=True):
    """A paper of the court for a version that was entered: PDF, JPEG or PNG."""

    order: str
    number: int
    name: str
    content: bytes


class CourtPaperRef(msgspec.Struct, frozen=True):
    """Which paper of the court."""

    paper: str


class CourtPaperRequest(ReadRequest, frozen=True, kw_only=True):
    """Which paper of the court."""

    paper: str


class CourtPapersRequest(ReadRequest, frozen=True, kw_only=True):
    """Whose papers."""

    person: str


class CourtPaperView(msgspec.Struct, frozen=True):
    """A paper of the court, without its content."""

    paper: str
    order: str
    number: int
    name: str
    media_type: str
    size: int
    sha256: str
    attached_at: datetime
    attached_by: str
    taken_back_at: datetime | None
    taken_back_by: str


# --- Attaching and taking back -----------------------------------------------------------------


@action("orders.attach_paper", CASEWORK)
def attach(doing: ActionContext, request: AttachPaper) -> str:
    """Attach the court's paper to a version of an order: PDF, JPEG or PNG, of at most 10 MB."""
    order, person = doing.open_case_of(doing.work.order(request.order))
    doing.note(order=order.id, version=request.number)
    is_compared = not _is_confirmed(doing, order.id, request.number)
    place = PaperPlace(order=order.id, number=request.number, is_compared=is_compared)
    return keep(doing, person, place, request.name, request.content)


def _is_confirmed(doing: ActionContext, order: str, number: int) -> bool:
    """Tell whether a version was confirmed; refuse where there is none."""
    for version in doing.work.versions(order):
        if version.number == number:
            return version.confirmed_by is not None
    raise NotFoundError(ActionRefusal.NOT_HERE)


def keep(doing: ActionContext, person: str, place: PaperPlace, name: str, content: bytes) -> str:
    """Keep a paper where it belongs and return its id; the same paper is kept once."""
    media_type = kept_documents.media_type(name, content)
    digest = sha256(content).hexdigest()
    beside = (
        of_draft(doing.rows, place.draft)
        if place.draft
        else of_version(doing.rows, place.order, place.number)
    )
    same = next((paper for paper in beside if paper.value.sha256 == digest), None)
    if same is not None:
        doing.note(paper=same.id, sha256=digest)
        return same.id
    if len(beside) >= PAPERS_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    theirs = (paper.value for paper in doing.rows.about(COURT_PAPER, person))
    # Papers of the court take nothing of the person's own room.
    if not kept_documents.has_room(theirs, len(content), doing.procedure.documents_bytes_max):
        raise ActionConflictError(ActionRefusal.PAPERS_FULL)
    record = CourtPaperRecord(
        **place._asdict(),
        name=document_types.download_name(name, media_type),
        media_type=media_type,
        size=len(content),
        parts=kept_documents.part_count(len(content)),
        sha256=digest,
        attached_at=doing.now,
        attached_by=doing.actor.account,
    )
    paper = doing.rows.add(COURT_PAPER, doing.new_id("Q"), record, person)
    kept_documents.keep(doing.rows, paper.id, content, person)
    doing.note(paper=paper.id, sha256=digest)
    return paper.id


@action("orders.take_back_paper", CASEWORK)
def take_back(doing: ActionContext, request: CourtPaperRef) -> None:
    """Take back a paper that does not belong there; only its hash is kept with the version."""
    paper = doing.need(COURT_PAPER, request.paper)
    value = paper.value
    doing.note(paper=paper.id, order=value.order, version=value.number, sha256=value.sha256)
    if doing.actor.role is not Role.SUPERVISOR and value.attached_by != doing.actor.account:
        raise NotAllowedError(AccessRefusal.NOT_YOURS, paper.person)
    if value.taken_back_at is not None:
        raise NotFoundError(ActionRefusal.ERASED)
    kept_documents.drop(doing.rows, paper.id, value.parts)
    if value.draft:
        doing.rows.drop(COURT_PAPER, paper.id)
        return
    left = {
        "name": "",
        "is_compared": value.is_compared and _is_confirmed(doing, value.order, value.number),
        "taken_back_at": doing.now,
        "taken_back_by": doing.actor.account,
    }
    doing.rows.change(paper, msgspec.structs.replace(value, **left))


# --- With a draft, and with what it is entered as ----------------------------------------------


def of_draft(rows: RegisterReader, draft: str) -> tuple[Stored[CourtPaperRecord], ...]:
    """Return the papers of a draft, the first attached first."""
    return _in_order(rows.find(COURT_PAPER, "draft", draft))


def of_version(
    rows: RegisterReader, order: str, number: int
) -> tuple[Stored[CourtPaperRecord], ...]:
    """Return the papers of a version that were not taken back, the first attached first."""
    return tuple(
        paper for paper in all_of_version(rows, order, number) if paper.value.taken_back_at is None
    )


def all_of_version(
    rows: RegisterReader, order: str, number: int
) -> tuple[Stored[CourtPaperRecord], ...]:
    """Return the papers of a version with those that were taken back."""
    papers = rows.find(COURT_PAPER, "order", order)
    return _in_order(paper for paper in papers if paper.value.number == number)


def move(rows: Register, draft: str, order: str, number: int) -> None:
    """Make the papers of a draft those of the version which it was entered as."""
    for paper in of_draft(rows, draft):
        place = PaperPlace(order=order, number=number)
        rows.change(paper, msgspec.structs.replace(paper.value, **place._asdict()))


def drop(rows: Register, draft: str) -> None:
    """Let the papers of a draft go with it."""
    for paper in of_draft(rows, draft):
        kept_documents.drop(rows, paper.id, paper.value.parts)
        rows.drop(COURT_PAPER, paper.id)


def hashes_to_compare(papers: Iterable[Stored[CourtPaperRecord]]) -> tuple[str, ...]:
    """Return the hashes of the papers that a second officer compares, or had before them."""
    return tuple(paper.value.sha256 for paper in papers if paper.value.is_compared)


# --- Looks -------------------------------------------------------------------------------------


@look("orders.paper", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def show(doing: ActionContext, request: CourtPaperRequest) -> Document:
    """See a paper of the court as it came."""
    paper = doing.need(COURT_PAPER, request.paper)
    value = paper.value
    if value.draft and doing.actor.role not in CASEWORK:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    data = kept_documents.content(doing.rows, paper.id, value.parts)
    if data is None:
        raise NotFoundError(ActionRefusal.ERASED)
    doing.note(paper=paper.id, sha256=value.sha256)
    return Document(value.name, value.media_type, data)


@look("orders.papers", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def list_papers(doing: ActionContext, request: CourtPapersRequest) -> tuple[CourtPaperView, ...]:
    """List the papers of the court behind a person's orders, with their hashes."""
    doing.case(request.person)
    papers = _in_order(doing.rows.about(COURT_PAPER, request.person))
    return tuple(view(paper) for paper in papers if not paper.value.draft)


def view(paper: Stored[CourtPaperRecord]) -> CourtPaperView:
    """Return a paper without its content."""
    value = paper.value
    return CourtPaperView(
        paper=paper.id,
        order=value.order,
        number=value.number,
        name=value.name,
        media_type=value.media_type,
        size=value.size,
        sha256=value.sha256,
        attached_at=value.attached_at,
        attached_by=value.attached_by,
        taken_back_at=value.taken_back_at,
        taken_back_by=value.taken_back_by,
    )


def _in_order(papers: Iterable[Stored[CourtPaperRecord]]) -> tuple[Stored[CourtPaperRecord], ...]:
    return tuple(sorted(papers, key=lambda paper: (paper.value.attached_at, paper.id)))
