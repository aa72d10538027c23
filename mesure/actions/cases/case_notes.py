"""Case notes: notes, calls and visits that an officer wrote down; the person reads them too.

A note is never changed silently: a correction is a new version, and the earlier ones stay readable.
The author of one may take it back for some minutes, as with a finding; then its words go, and its
line stays. Notes go with the person's record.
"""

from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext, ReadRequest, action, look
from mesure.actions.records.record_types import RecordType, Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import (
    ActionConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from mesure.orders.text.sayings import TranslatableEnum
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role

TEXT_CHARS_MAX: Final = 5_000
NOTES_MAX: Final = 2_000  # About one person: three each working day of more than two years.
VERSIONS_MAX: Final = 20  # Of one note; a row takes a mebibyte.
PAGE: Final = 30


class NoteKind(TranslatableEnum):
    """What a note is about."""

    NOTE = "note", "Note"
    CALL = "call", "Telephone call"
    VISIT = "visit", "Visit"


class NoteVersion(msgspec.Struct, frozen=True):
    """A note as it read from one moment on."""

    kind: NoteKind
    happened_at: datetime
    text: str
    written_at: datetime
    written_by: str


class NoteRecord(msgspec.Struct, frozen=True):
    """A note with its versions, the latest last."""

    versions: tuple[NoteVersion, ...]
    taken_back_at: datetime | None = None  # Then no version is kept.
    taken_back_by: str = ""


NOTE: Final = RecordType("case_note", NoteRecord)


class WriteNote(msgspec.Struct, frozen=True):
    """A note about a person: what kind, when it happened, and what."""

    person: str
    kind: NoteKind
    happened_at: datetime
    text: str


class CorrectNote(msgspec.Struct, frozen=True):
    """A note as it reads from now on, by an author who read this many versions of it."""

    note: str
    versions: int
    kind: NoteKind
    happened_at: datetime
    text: str


class NoteRef(msgspec.Struct, frozen=True):
    """Which note."""

    note: str


class NotesRequest(ReadRequest, frozen=True, kw_only=True):
    """Whose notes, and how many of the latest are left out; or one of them."""

    person: str
    skip: int = 0
    note: str | None = None  # This one alone.


class NoteView(msgspec.Struct, frozen=True):
    """A note, as officers and the person read it."""

    note: str
    record: NoteRecord
    may_take_back: bool  # The caller wrote it, some minutes ago.


class NotesPage(msgspec.Struct, frozen=True):
    """Notes about a person, the latest first."""

    notes: tuple[NoteView, ...]
    earlier: int | None  # How many to leave out for those before; None: there are none.


@action("notes.write", CASEWORK)
def write(doing: ActionContext, request: WriteNote) -> str:
    """Write down a note, a call or a visit; the person reads it."""
    doing.case(request.person)
    version = _version(doing, request.kind, request.happened_at, request.text)
    if len(doing.rows.about(NOTE, request.person)) >= NOTES_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    note = doing.rows.add(NOTE, doing.new_id("N"), NoteRecord((version,)), request.person)
    doing.note(note=note.id, kind=request.kind.value)
    return note.id


@action("notes.correct", CASEWORK)
def correct(doing: ActionContext, request: CorrectNote) -> int:
    """Correct a note by a new version; the earlier ones can still be read."""
    note = doing.need(NOTE, request.note)
    value = note.value
    doing.note(note=note.id)
    if value.taken_back_at is not None:
        raise NotFoundError(ActionRefusal.ERASED)
    if len(value.versions) != request.versions:
        raise ActionConflictError(ActionRefusal.CHANGED)
    if len(value.versions) >= VERSIONS_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    version = _version(doing, request.kind, request.happened_at, request.text)
    changed = msgspec.structs.replace(value, versions=(*value.versions, version))
    doing.rows.change(note, changed)
    return len(changed.versions)


@action("notes.take_back", CASEWORK)
def take_back(doing: ActionContext, request: NoteRef) -> None:
    """Take back a note that one wrote some minutes ago; its text is deleted, its line is kept."""
    note = doing.need(NOTE, request.note)
    doing.note(note=note.id)
    if note.value.taken_back_at is not None:
        raise NotFoundError(ActionRefusal.ERASED)
    if not _is_own(doing, note):
        raise NotAllowedError(AccessRefusal.NOT_YOURS, note.person)
    if not _may_take_back(doing, note):
        raise ActionConflictError(ActionRefusal.NOTE_STANDS)
    doing.rows.change(note, NoteRecord((), doing.now, doing.actor.account))


@look("notes.list", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def list_notes(doing: ActionContext, request: NotesRequest) -> NotesPage:
    """Read the notes, calls and visits that were written down about a person."""
    doing.case(request.person)
    notes = sorted(doing.rows.about(NOTE, request.person), key=_when, reverse=True)
    if request.note is not None:
        notes = [note for note in notes if note.id == request.note]
    begin = max(request.skip, 0)
    shown = notes[begin : begin + PAGE]
    end = begin + len(shown)
    views = (NoteView(note.id, note.value, _may_take_back(doing, note)) for note in shown)
    return NotesPage(tuple(views), end if end < len(notes) else None)


def _when(note: Stored[NoteRecord]) -> tuple[datetime, str]:
    """Return by what notes are sorted: when it happened, or when it was taken back."""
    value = note.value
    return (value.taken_back_at or value.versions[-1].happened_at), note.id


def _is_own(doing: ActionContext, note: Stored[NoteRecord]) -> bool:
    """Tell whether the caller wrote every version of a note."""
    return all(version.written_by == doing.actor.account for version in note.value.versions)


def _may_take_back(doing: ActionContext, note: Stored[NoteRecord]) -> bool:
    versions = note.value.versions
    if not versions or not _is_own(doing, note):
        return False
    return doing.now - versions[0].written_at <= doing.procedure.undo_within


def _version(doing: ActionContext, kind: NoteKind, happened_at: datetime, text: str) -> NoteVersion:
    if not 0 < len(text.strip()) <= TEXT_CHARS_MAX:
        raise InvalidInputError(ActionRefusal.REASON)
    if happened_at > doing.now:
        raise InvalidInputError(ActionRefusal.FUTURE)
    return NoteVersion(kind, happened_at, text.strip(), doing.now, doing.actor.account)
