"""Order drafts: orders while they are being entered, which bind nobody and can be given up.

A draft is the text of an order file, finished or not, with the maps that it names. It is kept like
everything about a person: sealed under their key, gone when it is. Each step keeps the text before
it, so a step can be taken back. Of two people who change one draft at once, the later is refused.
Decision: docs/decisions/0037-orders-are-entered-as-their-file.md
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final, TypeVar

import msgspec

from mesure.actions.framework import case_access, case_opening
from mesure.actions.framework.action import (
    ActionContext,
    EmptyRequest,
    ReadRequest,
    action,
    look,
    two_step_action,
)
from mesure.actions.framework.context import Context
from mesure.actions.orders import court_orders, court_papers
from mesure.actions.orders.court_orders import (
    FILES_BYTES_MAX,
    WAITING,
    EnterVersion,
    VersionEntryResult,
)
from mesure.actions.orders.court_papers import CourtPaperView
from mesure.actions.records.record_types import Key, RecordType, Stored
from mesure.actions.refusals import lost_keys
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotFoundError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK
from mesure.store.values.bounds import check_names

T = TypeVar("T")

PIECE_BYTES: Final = 700_000  # A row takes a mebibyte, and bytes grow by a third in JSON.
EARLIER_MAX: Final = 30  # Steps that can be taken back.
DRAFTS_MAX: Final = 20  # About one person.
FILES_MAX: Final = 100


class DraftRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as it is kept: hashes, by which its text and its maps are found."""

    text: str
    files: dict[str, str]  # By the path that the text writes.
    earlier: tuple[str, ...]  # Texts before, the oldest first.
    varies: int | None  # The version from which it was begun; None: none.
    begun_by: str
    begun_at: datetime


class DraftPiece(msgspec.Struct, frozen=True):
    """A piece of a text or a map."""

    body: bytes


DRAFT: Final = RecordType("order_draft", DraftRecord, lambda draft: [("by", draft.begun_by)])
PIECE: Final = RecordType("order_draft_piece", DraftPiece)


class BeginDraft(msgspec.Struct, frozen=True):
    """About whom, and what is known already."""

    person: str
    text: bytes
    files: dict[str, bytes] = {}
    varies: int | None = None


class SaveDraft(msgspec.Struct, frozen=True):
    """The next step of a draft, by an officer who read it at this revision."""

    draft: str
    revision: int
    text: bytes
    files: dict[str, bytes] = {}  # Those that are new.


class DraftRef(msgspec.Struct, frozen=True):
    """A draft, as it was read."""

    draft: str
    revision: int


class EnterDraft(msgspec.Struct, frozen=True):
    """A draft that is finished, with everything that was read of it."""

    draft: str
    revision: int
    text: bytes
    files: dict[str, bytes] = {}


class DraftRequest(ReadRequest, frozen=True, kw_only=True):
    """Which draft."""

    draft: str


class DraftView(msgspec.Struct, frozen=True):
    """A draft with its text and its maps."""

    draft: str
    revision: int
    person: str
    text: bytes
    files: dict[str, bytes]
    varies: int | None
    steps_back: int
    begun_by: str
    begun_at: datetime
    changed_at: datetime
    papers: tuple[CourtPaperView, ...] = ()


class DraftSummary(msgspec.Struct, frozen=True):
    """A draft, as a list has it."""

    draft: str
    person: str
    varies: int | None
    begun_by: str
    begun_at: datetime
    changed_at: datetime


class PendingVersionSummary(msgspec.Struct, frozen=True):
    """A version that waits for a second officer, as a list has it."""

    order: str
    person: str
    number: int
    entered_at: datetime
    entered_by: str
    is_own: bool  # The caller entered it, so somebody else confirms it.


class UnfinishedOrders(msgspec.Struct, frozen=True):
    """What is unfinished: one's own drafts, and versions that wait for a second officer."""

    drafts: tuple[DraftSummary, ...]
    waiting: tuple[PendingVersionSummary, ...]


class DraftsRequest(msgspec.Struct, frozen=True):
    """Whose drafts."""

    person: str


# --- Step by step ------------------------------------------------------------------------------


@action("orders.begin_draft", CASEWORK)
def begin(doing: ActionContext, request: BeginDraft) -> str:
    """Begin to enter an order, or a variation of one; nothing binds by it."""
    doing.case(request.person)
    _check(request.text, request.files)
    if len(doing.rows.about(DRAFT, request.person)) >= DRAFTS_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    draft = doing.new_id("D")
    new_draft = DraftRecord(
        text=_keep(doing, draft, request.person, request.text),
        files={p: _keep(doing, draft, request.person, data) for p, data in request.files.items()},
        earlier=(),
        varies=request.varies,
        begun_by=doing.actor.account,
        begun_at=doing.now,
    )
    doing.rows.add(DRAFT, draft, new_draft, request.person)
    doing.note(draft=draft)
    return draft


@action("orders.keep_draft", CASEWORK)
def keep(doing: ActionContext, request: SaveDraft) -> int:
    """Keep the next step of a draft."""
    draft, person = _read_at(doing, request.draft, request.revision)
    value = draft.value
    files = _texts(doing, request.draft, value.files) | request.files
    _check(request.text, files)
    new = {path: _keep(doing, request.draft, person, data) for path, data in request.files.items()}
    text = _keep(doing, request.draft, person, request.text)
    earlier = value.earlier if text == value.text else (*value.earlier, value.text)
    changed = msgspec.structs.replace(
        value, text=text, files={**value.files, **new}, earlier=earlier[-EARLIER_MAX:]
    )
    return _changed(doing, draft, changed)


@action("orders.undo_draft", CASEWORK)
def undo(doing: ActionContext, request: DraftRef) -> int:
    """Take back the last step of a draft."""
    draft, _ = _read_at(doing, request.draft, request.revision)
    if not draft.value.earlier:
        raise ActionConflictError(ActionRefusal.NOT_HERE)
    *earlier, last = draft.value.earlier
    changed = msgspec.structs.replace(draft.value, text=last, earlier=tuple(earlier))
    return _changed(doing, draft, changed)


@action("orders.drop_draft", CASEWORK)
def drop(doing: ActionContext, request: DraftRef) -> None:
    """Give up a draft."""
    draft, person = _read_at(doing, request.draft, request.revision)
    _drop(doing, draft, person)


def _reads(context: Context, request: EnterDraft) -> Callable[[ActionContext], VersionEntryResult]:
    """Read the draft as an order; what is wrong with it comes back in sentences."""
    return court_orders.enter.begin(context, EnterVersion(request.text, request.files))


@two_step_action("orders.enter_draft", CASEWORK, _reads)
def enter(
    doing: ActionContext,
    request: EnterDraft,
    entered: Callable[[ActionContext], VersionEntryResult],
) -> VersionEntryResult:
    """Enter what was drafted as an order, or as the next version of one."""
    draft, person = _read_at(doing, request.draft, request.revision)
    if sha256(request.text).hexdigest() != draft.value.text:
        raise ActionConflictError(ActionRefusal.OTHER_TEXT)
    version = entered(doing)
    if version.person != person:
        raise InvalidInputError(ActionRefusal.ANOTHER_PERSON)
    court_papers.move(doing.rows, request.draft, version.order, version.number)
    _drop(doing, draft, person)
    versions = {stored.number: stored for stored in doing.work.versions(version.order)}
    whole = court_orders.whole_sha256(doing, versions[version.number], person)
    return msgspec.structs.replace(version, whole_sha256=whole)


# --- Looks -------------------------------------------------------------------------------------


@look("orders.show_draft", CASEWORK)
def show(doing: ActionContext, request: DraftRequest) -> DraftView:
    """See a draft with its maps."""
    draft = doing.need(DRAFT, request.draft)
    assert draft.person is not None, "a draft is about somebody"
    doing.note(draft=request.draft)
    return DraftView(
        draft=draft.id,
        revision=draft.revision,
        person=draft.person,
        text=_text(doing, draft.id, draft.value.text),
        files=_texts(doing, draft.id, draft.value.files),
        varies=draft.value.varies,
        steps_back=len(draft.value.earlier),
        begun_by=draft.value.begun_by,
        begun_at=draft.value.begun_at,
        changed_at=draft.changed_at,
        papers=tuple(map(court_papers.view, court_papers.of_draft(doing.rows, request.draft))),
    )


@look("orders.drafts", CASEWORK, purpose=Purpose.SUPERVISION)
def of_person(doing: ActionContext, request: DraftsRequest) -> tuple[DraftSummary, ...]:
    """List the drafts about a person, by all who began one."""
    doing.case(request.person)
    return tuple(_line(kept, request.person) for kept in doing.rows.about(DRAFT, request.person))


@look("orders.pending", CASEWORK, purpose=Purpose.SUPERVISION)
def list_unfinished(doing: ActionContext, _: EmptyRequest) -> UnfinishedOrders:
    """List one's own drafts, and the versions of one's cases that wait for a second officer."""
    account = doing.actor.account
    drafts = [_line(draft, str(draft.person)) for draft in _readable(doing, DRAFT, ("by", account))]
    waiting = [
        PendingVersionSummary(
            pending.order, person, pending.number, pending.at, pending.by, pending.by == account
        )
        for stored in _readable(doing, WAITING, court_orders.WAITS)
        for pending, person in [(stored.value, str(stored.person))]
    ]
    return UnfinishedOrders(tuple(drafts), tuple(waiting))


def _readable(doing: ActionContext, kind: RecordType[T], key: Key) -> Iterator[Stored[T]]:
    """Yield rows about cases that may be opened, as far as they can be; others stay closed."""
    for row in doing.rows.entries(kind, key):
        assert row.person is not None, "both kinds are about somebody"
        if case_opening.may_open(doing, case_access.file_of(doing.rows, row.person)):
            with lost_keys.skip_unopened():
                yield doing.rows.need(kind, row.id)


def _line(draft: Stored[DraftRecord], person: str) -> DraftSummary:
    value = draft.value
    return DraftSummary(
        draft.id, person, value.varies, value.begun_by, value.begun_at, draft.changed_at
    )


# --- What all of them share --------------------------------------------------------------------


def _check(text: bytes, files: dict[str, bytes]) -> None:
    if len(text) + sum(map(len, files.values())) > FILES_BYTES_MAX or len(files) > FILES_MAX:
        raise InvalidInputError(ActionRefusal.TOO_LARGE)
    try:
        check_names(*files)
    except ValueError:
        raise InvalidInputError(ActionRefusal.NAME) from None


def _read_at(doing: ActionContext, draft: str, revision: int) -> tuple[Stored[DraftRecord], str]:
    """Return a draft with whom it is about; refuse where it is no longer what was read."""
    stored_draft = doing.need(DRAFT, draft)
    assert stored_draft.person is not None, "a draft is about somebody"
    doing.note(draft=draft)
    if stored_draft.revision != revision:
        raise ActionConflictError(ActionRefusal.CHANGED)
    return stored_draft, stored_draft.person


def _changed(doing: ActionContext, draft: Stored[DraftRecord], value: DraftRecord) -> int:
    """Keep a draft as it is now, and let go of texts that no step leads back to."""
    for text in _blobs(draft.value) - _blobs(value):
        _forget(doing, draft.id, text)
    return doing.rows.change(draft, value).revision


def _drop(doing: ActionContext, draft: Stored[DraftRecord], person: str) -> None:
    doing.case(person)
    court_papers.drop(doing.rows, draft.id)
    for text in _blobs(draft.value):
        _forget(doing, draft.id, text)
    doing.rows.drop(DRAFT, draft.id)


def _blobs(value: DraftRecord) -> set[str]:
    return {value.text, *value.earlier, *value.files.values()}


# --- Texts and maps, piece by piece ------------------------------------------------------------


def _keep(doing: ActionContext, draft: str, person: str, data: bytes) -> str:
    """Keep a text under its hash, unless it is there; return the hash."""
    name = sha256(data).hexdigest()
    if doing.work.entry(PIECE.name, _piece(draft, name, 0)) is None:
        for number, start in enumerate(range(0, max(len(data), 1), PIECE_BYTES)):
            piece = DraftPiece(data[start : start + PIECE_BYTES])
            doing.rows.add(PIECE, _piece(draft, name, number), piece, person)
    return name


def _texts(doing: ActionContext, draft: str, names: dict[str, str]) -> dict[str, bytes]:
    return {path: _text(doing, draft, name) for path, name in names.items()}


def _text(doing: ActionContext, draft: str, name: str) -> bytes:
    data = b"".join(piece.value.body for piece in _pieces(doing, draft, name))
    if sha256(data).hexdigest() != name:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    return data


def _pieces(doing: ActionContext, draft: str, name: str) -> Iterator[Stored[DraftPiece]]:
    number = 0
    while (piece := doing.rows.get(PIECE, _piece(draft, name, number))) is not None:
        yield piece
        number += 1


def _forget(doing: ActionContext, draft: str, name: str) -> None:
    for piece in tuple(_pieces(doing, draft, name)):
        doing.rows.drop(PIECE, piece.id)


def _piece(draft: str, name: str, number: int) -> str:
    return f"{draft}.{name}.{number:03}"
