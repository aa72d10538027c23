"""Orders while they are being entered: drafts, which bind nobody and can be given up.

A draft is the text of an order file, finished or not, with the maps that it names. It is kept like
everything about a person: sealed under their key, gone when it is. Each step keeps the text that
was before, so a step can be taken back. Two people who change one draft at once are told so.
Decision: docs/decisions/0037-orders-are-entered-as-their-file.md
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from mesure.actions.framework import case_access, case_opening
from mesure.actions.framework.action import Doing, Look, Nothing, action, look, prepared
from mesure.actions.framework.context import Context
from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import (
    FILES_BYTES_MAX,
    WAITING,
    EnterVersion,
    VersionEntered,
)
from mesure.actions.records.record_types import PAGE_MAX, Kept, Kind
from mesure.actions.refusals.refusal_reasons import Why
from mesure.actions.refusals.refusals import FaultyError, NotNowError, UnknownError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK
from mesure.store.values.bounds import check_names

PIECE_BYTES: Final = 700_000  # A row takes a mebibyte, and bytes grow by a third in JSON.
EARLIER_MAX: Final = 30  # Steps that can be taken back.
DRAFTS_MAX: Final = 20  # About one person.
FILES_MAX: Final = 100


class DraftKept(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as it is kept: hashes, by which its text and its maps are found."""

    text: str
    files: dict[str, str]  # By the path that the text writes.
    earlier: tuple[str, ...]  # Texts before, the oldest first.
    varies: int | None  # The version from which it was begun; None: none.
    begun_by: str
    begun_at: datetime


class Piece(msgspec.Struct, frozen=True):
    """A piece of a text or a map."""

    body: bytes


DRAFT: Final = Kind("order_draft", DraftKept, lambda kept: [("by", kept.begun_by)])
PIECE: Final = Kind("order_draft_piece", Piece)


class BeginDraft(msgspec.Struct, frozen=True):
    """About whom, and what is known already."""

    person: str
    text: bytes
    files: dict[str, bytes] = {}
    varies: int | None = None


class KeepDraft(msgspec.Struct, frozen=True):
    """The next step of a draft, by whoever read it at this revision."""

    draft: str
    revision: int
    text: bytes
    files: dict[str, bytes] = {}  # Those that are new.


class OfDraft(msgspec.Struct, frozen=True):
    """A draft, as it was read."""

    draft: str
    revision: int


class EnterDraft(msgspec.Struct, frozen=True):
    """A draft that is finished, with everything that was read of it."""

    draft: str
    revision: int
    text: bytes
    files: dict[str, bytes] = {}


class DraftAsked(Look, frozen=True, kw_only=True):
    """Which draft."""

    draft: str


class DraftShown(msgspec.Struct, frozen=True):
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


class DraftLine(msgspec.Struct, frozen=True):
    """A draft, as a list has it."""

    draft: str
    person: str
    varies: int | None
    begun_by: str
    begun_at: datetime
    changed_at: datetime


class WaitingLine(msgspec.Struct, frozen=True):
    """A version that waits for a second officer, as a list has it."""

    order: str
    person: str
    number: int
    entered_at: datetime
    entered_by: str
    is_own: bool  # Whoever asks entered it, so somebody else confirms it.


class Pending(msgspec.Struct, frozen=True):
    """What is unfinished: one's own drafts, and versions that wait for a second officer."""

    drafts: tuple[DraftLine, ...]
    waiting: tuple[WaitingLine, ...]


class OfPerson(msgspec.Struct, frozen=True):
    """Whose drafts."""

    person: str


# --- Step by step ------------------------------------------------------------------------------


@action("orders.begin_draft", CASEWORK)
def begin(doing: Doing, asked: BeginDraft) -> str:
    """Begin to enter an order, or a variation of one; nothing binds by it."""
    doing.case(asked.person)
    _check(asked.text, asked.files)
    if len(doing.rows.about(DRAFT, asked.person)) >= DRAFTS_MAX:
        raise NotNowError(Why.ENOUGH_SAID)
    draft = doing.new_id("D")
    kept = DraftKept(
        text=_keep(doing, draft, asked.person, asked.text),
        files={p: _keep(doing, draft, asked.person, data) for p, data in asked.files.items()},
        earlier=(),
        varies=asked.varies,
        begun_by=doing.actor.account,
        begun_at=doing.now,
    )
    doing.rows.add(DRAFT, draft, kept, asked.person)
    doing.note(draft=draft)
    return draft


@action("orders.keep_draft", CASEWORK)
def keep(doing: Doing, asked: KeepDraft) -> int:
    """Keep the next step of a draft."""
    kept, person = _read_at(doing, asked.draft, asked.revision)
    value = kept.value
    files = _texts(doing, asked.draft, value.files) | asked.files
    _check(asked.text, files)
    new = {path: _keep(doing, asked.draft, person, data) for path, data in asked.files.items()}
    text = _keep(doing, asked.draft, person, asked.text)
    earlier = value.earlier if text == value.text else (*value.earlier, value.text)
    changed = msgspec.structs.replace(
        value, text=text, files={**value.files, **new}, earlier=earlier[-EARLIER_MAX:]
    )
    return _changed(doing, kept, changed)


@action("orders.undo_draft", CASEWORK)
def undo(doing: Doing, asked: OfDraft) -> int:
    """Take back the last step of a draft."""
    kept, _ = _read_at(doing, asked.draft, asked.revision)
    if not kept.value.earlier:
        raise NotNowError(Why.NOT_HERE)
    *earlier, last = kept.value.earlier
    changed = msgspec.structs.replace(kept.value, text=last, earlier=tuple(earlier))
    return _changed(doing, kept, changed)


@action("orders.drop_draft", CASEWORK)
def drop(doing: Doing, asked: OfDraft) -> None:
    """Give up a draft."""
    kept, person = _read_at(doing, asked.draft, asked.revision)
    _drop(doing, kept, person)


def _reads(context: Context, asked: EnterDraft) -> Callable[[Doing], VersionEntered]:
    """Read the draft as an order; what is wrong with it comes back in sentences."""
    return court_orders.enter.begin(context, EnterVersion(asked.text, asked.files))


@prepared("orders.enter_draft", CASEWORK, _reads)
def enter(
    doing: Doing, asked: EnterDraft, entered: Callable[[Doing], VersionEntered]
) -> VersionEntered:
    """Enter what was drafted as an order, or as the next version of one."""
    kept, person = _read_at(doing, asked.draft, asked.revision)
    if sha256(asked.text).hexdigest() != kept.value.text:
        raise NotNowError(Why.OTHER_TEXT)
    version = entered(doing)
    if version.person != person:
        raise FaultyError(Why.ANOTHER_PERSON)
    _drop(doing, kept, person)
    return version


# --- Looks -------------------------------------------------------------------------------------


@look("orders.show_draft", CASEWORK)
def show(doing: Doing, asked: DraftAsked) -> DraftShown:
    """See a draft with its maps."""
    kept = doing.need(DRAFT, asked.draft)
    assert kept.person is not None, "a draft is about somebody"
    doing.note(draft=asked.draft)
    return DraftShown(
        draft=kept.id,
        revision=kept.revision,
        person=kept.person,
        text=_text(doing, kept.id, kept.value.text),
        files=_texts(doing, kept.id, kept.value.files),
        varies=kept.value.varies,
        steps_back=len(kept.value.earlier),
        begun_by=kept.value.begun_by,
        begun_at=kept.value.begun_at,
        changed_at=kept.changed_at,
    )


@look("orders.drafts", CASEWORK, purpose=Purpose.SUPERVISION)
def of_person(doing: Doing, asked: OfPerson) -> tuple[DraftLine, ...]:
    """List the drafts about a person, whoever began them."""
    doing.case(asked.person)
    return tuple(_line(kept, asked.person) for kept in doing.rows.about(DRAFT, asked.person))


@look("orders.pending", CASEWORK, purpose=Purpose.SUPERVISION)
def pending(doing: Doing, _: Nothing) -> Pending:
    """List one's own drafts, and the versions of one's cases that wait for a second officer."""
    own = _found(doing, DRAFT.name, "by", doing.actor.account)
    drafts = [_line(doing.rows.need(DRAFT, name), person) for name, person in own]
    waiting = [
        WaitingLine(kept.order, person, kept.number, kept.at, kept.by, _is_own(doing, kept.by))
        for name, person in _found(doing, WAITING.name, *court_orders.WAITS)
        for kept in [doing.rows.need(WAITING, name).value]
    ]
    return Pending(tuple(drafts), tuple(waiting))


def _found(doing: Doing, kind: str, key: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield names and persons of rows about cases that may be opened; others stay closed."""
    after = ""
    while entries := doing.work.found(kind, key, value, after, PAGE_MAX):
        for entry in entries:
            assert entry.person is not None, "both kinds are about somebody"
            if case_opening.may_open(doing, case_access.file_of(doing.rows, entry.person)):
                yield entry.id, entry.person
        after = entries[-1].id


def _is_own(doing: Doing, by: str) -> bool:
    return by == doing.actor.account


def _line(kept: Kept[DraftKept], person: str) -> DraftLine:
    one = kept.value
    return DraftLine(kept.id, person, one.varies, one.begun_by, one.begun_at, kept.changed_at)


# --- What all of them share --------------------------------------------------------------------


def _check(text: bytes, files: dict[str, bytes]) -> None:
    if len(text) + sum(map(len, files.values())) > FILES_BYTES_MAX or len(files) > FILES_MAX:
        raise FaultyError(Why.TOO_LARGE)
    try:
        check_names(*files)
    except ValueError:
        raise FaultyError(Why.NAME) from None


def _read_at(doing: Doing, draft: str, revision: int) -> tuple[Kept[DraftKept], str]:
    """Return a draft with whom it is about; refuse where it is no longer what was read."""
    kept = doing.need(DRAFT, draft)
    assert kept.person is not None, "a draft is about somebody"
    doing.note(draft=draft)
    if kept.revision != revision:
        raise NotNowError(Why.CHANGED)
    return kept, kept.person


def _changed(doing: Doing, kept: Kept[DraftKept], value: DraftKept) -> int:
    """Keep a draft as it is now, and let go of texts that no step leads back to."""
    for text in _blobs(kept.value) - _blobs(value):
        _forget(doing, kept.id, text)
    return doing.rows.change(kept, value).revision


def _drop(doing: Doing, kept: Kept[DraftKept], person: str) -> None:
    doing.case(person)
    for text in _blobs(kept.value):
        _forget(doing, kept.id, text)
    doing.rows.drop(DRAFT, kept.id)


def _blobs(value: DraftKept) -> set[str]:
    return {value.text, *value.earlier, *value.files.values()}


# --- Texts and maps, piece by piece ------------------------------------------------------------


def _keep(doing: Doing, draft: str, person: str, data: bytes) -> str:
    """Keep a text under its hash, unless it is there; return the hash."""
    name = sha256(data).hexdigest()
    if doing.work.entry(PIECE.name, _piece(draft, name, 0)) is None:
        for number, start in enumerate(range(0, max(len(data), 1), PIECE_BYTES)):
            piece = Piece(data[start : start + PIECE_BYTES])
            doing.rows.add(PIECE, _piece(draft, name, number), piece, person)
    return name


def _texts(doing: Doing, draft: str, names: dict[str, str]) -> dict[str, bytes]:
    return {path: _text(doing, draft, name) for path, name in names.items()}


def _text(doing: Doing, draft: str, name: str) -> bytes:
    found = b"".join(piece.value.body for piece in _pieces(doing, draft, name))
    if sha256(found).hexdigest() != name:
        raise UnknownError(Why.NOT_HERE)
    return found


def _pieces(doing: Doing, draft: str, name: str) -> Iterator[Kept[Piece]]:
    number = 0
    while (kept := doing.rows.get(PIECE, _piece(draft, name, number))) is not None:
        yield kept
        number += 1


def _forget(doing: Doing, draft: str, name: str) -> None:
    for kept in tuple(_pieces(doing, draft, name)):
        doing.rows.drop(PIECE, kept.id)


def _piece(draft: str, name: str, number: int) -> str:
    return f"{draft}.{name}.{number:03}"
