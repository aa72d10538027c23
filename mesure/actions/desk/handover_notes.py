"""Hand-over notes: what the next officer of a case should know, and that they have read it.

An officer who gives a case away, or is covered for, writes what the record does not say: what was
agreed, and with whom. Open matters are filled in from the record and kept as it was then. The note
waits on the lists of the officers who have the case next, until one of them confirms that they read
it; a supervisor sees what nobody confirmed. It is about facts, and has no field for a rating.

The person and their counsel read it as they read notes. It is never changed silently: a correction
is a new version, to be confirmed anew. Its writer may take it back for some minutes, while nobody
has confirmed it. It lies under the person's key, is in their file of everything, and goes with it.
Decision: docs/decisions/0059-work-does-not-fall-between-two-officers.md
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.cases import case_overview, persons, worklist
from mesure.actions.cases.worklist import WorkItem, WorkItemType
from mesure.actions.framework import case_access
from mesure.actions.framework.action import ActionContext, EmptyRequest, ReadRequest, action, look
from mesure.actions.framework.case_opening import may_open
from mesure.actions.orders.absences import AbsenceStage
from mesure.actions.orders.binding_order import ABSENCE
from mesure.actions.records.continuity_records import (
    HANDOVER,
    HANDOVER_WAITS,
    HandoverAbsence,
    HandoverDevice,
    HandoverEdge,
    HandoverFacts,
    HandoverItem,
    HandoverReceipt,
    HandoverRecord,
    HandoverVersion,
)
from mesure.actions.records.record_types import Stored
from mesure.actions.refusals import lost_keys
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import (
    ActionConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.instants import to_datetime
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role

TEXT_CHARS_MAX: Final = 5_000
HANDOVERS_MAX: Final = 500  # About one person: two a week of a year with cover, for years.
VERSIONS_MAX: Final = 20  # Of one note.
# What a person may read of what waits; a request from outside may be none of it.
_PROPOSED: Final = {WorkItemType.SECOND_EYES, WorkItemType.ORDER}
OPEN: Final = {WorkItemType.INCIDENT, WorkItemType.CONTEST, WorkItemType.ABSENCE, *_PROPOSED}
ITEMS_MAX: Final = 100  # Kept with a version; more than that no note carries.


class WriteHandover(msgspec.Struct, frozen=True):
    """What the next officer of a person's case should know."""

    person: str
    text: str


class CorrectHandover(msgspec.Struct, frozen=True):
    """A note as it reads from now on, by somebody who read this many versions of it."""

    handover: str
    versions: int
    text: str


class ConfirmHandover(msgspec.Struct, frozen=True):
    """That one has read this many versions of a note."""

    handover: str
    versions: int


class HandoverRef(msgspec.Struct, frozen=True):
    """Which note."""

    handover: str


class HandoversRequest(ReadRequest, frozen=True, kw_only=True):
    """About whom."""

    person: str


class HandoverView(msgspec.Struct, frozen=True):
    """A hand-over note, as officers and the person read it."""

    handover: str
    record: HandoverRecord
    may_confirm: bool  # The caller has the case now, did not write it, and has not confirmed it.
    may_unconfirm: bool  # The caller confirmed it some minutes ago.
    may_correct: bool
    may_take_back: bool


class UnconfirmedHandover(msgspec.Struct, frozen=True):
    """A note that nobody has confirmed who has the case now."""

    handover: str
    person: str
    name: str
    written_by: str | None  # None: the key of the person is lost, and the note cannot be read.
    written_at: datetime  # Of a note that cannot be read, when it last changed.
    waits_for: tuple[str, ...]  # Who has the case now: their list, or their cover.


# --- Writing -----------------------------------------------------------------------------------


@action("handovers.write", CASEWORK)
def write(doing: ActionContext, request: WriteHandover) -> str:
    """Write what the next officer of a case should know; the person reads it."""
    doing.case(request.person)
    version = _version(doing, request.person, request.text)
    if len(doing.rows.about(HANDOVER, request.person)) >= HANDOVERS_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    record = HandoverRecord((version,))
    handover = doing.rows.add(HANDOVER, doing.new_id("H"), record, request.person)
    doing.note(handover=handover.id)
    return handover.id


@action("handovers.correct", CASEWORK)
def correct(doing: ActionContext, request: CorrectHandover) -> int:
    """Correct a hand-over note by a new version, which must be confirmed again."""
    handover = _standing(doing, request.handover)
    value = handover.value
    if not _may_correct(doing, value):
        raise NotAllowedError(AccessRefusal.NOT_YOURS, handover.person)
    if len(value.versions) != request.versions:
        raise ActionConflictError(ActionRefusal.CHANGED)
    if len(value.versions) >= VERSIONS_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    version = _version(doing, str(handover.person), request.text)
    changed = msgspec.structs.replace(value, versions=(*value.versions, version))
    doing.rows.change(handover, changed)
    return len(changed.versions)


@action("handovers.take_back", CASEWORK)
def take_back(doing: ActionContext, request: HandoverRef) -> None:
    """Take back a hand-over note that one wrote some minutes ago; its line is kept."""
    handover = _standing(doing, request.handover)
    if any(version.written_by != doing.actor.account for version in handover.value.versions):
        raise NotAllowedError(AccessRefusal.NOT_YOURS, handover.person)
    if not _may_take_back(doing, handover.value):
        raise ActionConflictError(ActionRefusal.NOTE_STANDS)
    taken_back = HandoverRecord((), (), doing.now, doing.actor.account)
    doing.rows.change(handover, taken_back)


def _standing(doing: ActionContext, name: str) -> Stored[HandoverRecord]:
    """Return a note that was not taken back, with the person's case open."""
    handover = doing.need(HANDOVER, name)
    doing.note(handover=handover.id)
    if handover.value.taken_back_at is not None:
        raise NotFoundError(ActionRefusal.ERASED)
    return handover


def _version(doing: ActionContext, person: str, text: str) -> HandoverVersion:
    if not 0 < len(text.strip()) <= TEXT_CHARS_MAX:
        raise InvalidInputError(ActionRefusal.REASON)
    facts = _facts(doing, person)
    return HandoverVersion(text.strip(), facts, doing.now, doing.actor.account)


# --- Receipts ----------------------------------------------------------------------------------


@action("handovers.confirm", CASEWORK)
def confirm(doing: ActionContext, request: ConfirmHandover) -> None:
    """Confirm, as the officer who has the case now, that one has read a hand-over note."""
    handover = _standing(doing, request.handover)
    value, person = handover.value, str(handover.person)
    if doing.actor.account not in _readers(doing, person, value):
        raise NotAllowedError(AccessRefusal.NOT_YOURS, person)
    if request.versions != len(value.versions):
        raise ActionConflictError(ActionRefusal.CHANGED)
    if _receipt_of(doing, value) is None:
        receipt = HandoverReceipt(doing.actor.account, doing.now, request.versions)
        changed = msgspec.structs.replace(value, receipts=(*value.receipts, receipt))
        doing.rows.change(handover, changed)


@action("handovers.unconfirm", CASEWORK)
def unconfirm(doing: ActionContext, request: HandoverRef) -> None:
    """Take back, within minutes, that one has read a hand-over note; it waits again."""
    handover = _standing(doing, request.handover)
    receipt = _receipt_of(doing, handover.value)
    if receipt is None or not _may_unconfirm(doing, handover.value):
        raise ActionConflictError(ReviewRefusal.TOO_LATE)
    receipts = tuple(one for one in handover.value.receipts if one != receipt)
    doing.rows.change(handover, msgspec.structs.replace(handover.value, receipts=receipts))


def _receipt_of(doing: ActionContext, record: HandoverRecord) -> HandoverReceipt | None:
    """Return the receipt of the caller for the latest version, if there is one."""
    own = (receipt for receipt in record.receipts if receipt.by == doing.actor.account)
    return next((receipt for receipt in own if receipt.versions == len(record.versions)), None)


def _readers(doing: ActionContext, person: str, record: HandoverRecord) -> tuple[str, ...]:
    """Return who is to read a note: who has the case now, but for its author."""
    file = case_access.file_of(doing.rows, person)
    holders = case_access.holders_of(file, doing.staff, doing.now)
    return tuple(account for account in holders if account != record.written_by)


# --- Reading -----------------------------------------------------------------------------------


@look("handovers.list", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def list_handovers(doing: ActionContext, request: HandoversRequest) -> tuple[HandoverView, ...]:
    """Read the hand-over notes about a person, the latest first."""
    doing.case(request.person)
    handovers = sorted(doing.rows.about(HANDOVER, request.person), key=_when, reverse=True)
    return tuple(_view(doing, handover) for handover in handovers)


@look("handovers.facts", CASEWORK)
def show_facts(doing: ActionContext, request: HandoversRequest) -> HandoverFacts:
    """See the facts for a hand-over note: the open matters about a person now."""
    doing.case(request.person)
    return _facts(doing, request.person)


@look("handovers.unconfirmed", {Role.SUPERVISOR}, purpose=Purpose.SUPERVISION)
def list_unconfirmed(doing: ActionContext, _: EmptyRequest) -> tuple[UnconfirmedHandover, ...]:
    """List the hand-over notes that nobody now in charge has confirmed, oldest first."""
    waiting = list(doing.rows.entries(HANDOVER, HANDOVER_WAITS))
    people = sorted({row.person for row in waiting if row.person is not None})
    files = case_access.files_of(doing.rows, people)
    shown = [
        person
        for person in people
        if may_open(doing, files[person]) and not doing.context.keyring.is_erased(person)
    ]
    doing.cases(shown)
    names = persons.names(doing, shown).by_person

    def read(part: Sequence[str]) -> list[UnconfirmedHandover]:
        about = doing.rows.of_persons([HANDOVER], part)
        return [
            UnconfirmedHandover(
                handover.id,
                person,
                names[person],
                handover.value.written_by,
                handover.value.versions[-1].written_at,
                holders,
            )
            for person in part
            for handover in about.of(HANDOVER, person)
            if handover.value.waits and (holders := _readers(doing, person, handover.value))
        ]

    parts, unreadable = lost_keys.read_apart(doing.context.keyring, shown, read)
    unconfirmed = [note for part in parts for note in part]
    unconfirmed += [
        UnconfirmedHandover(row.id, row.person, row.person, None, to_datetime(row.changed_us), ())
        for row in waiting
        if row.person is not None and row.person in unreadable
    ]
    return tuple(sorted(unconfirmed, key=lambda note: (note.written_at, note.handover)))


def _when(handover: Stored[HandoverRecord]) -> tuple[datetime, str]:
    value = handover.value
    return (value.taken_back_at or value.versions[0].written_at), handover.id


def _view(doing: ActionContext, handover: Stored[HandoverRecord]) -> HandoverView:
    value, person = handover.value, str(handover.person)
    is_holder = bool(value.versions) and doing.actor.account in _readers(doing, person, value)
    return HandoverView(
        handover.id,
        value,
        may_confirm=is_holder and _receipt_of(doing, value) is None,
        may_unconfirm=_may_unconfirm(doing, value),
        may_correct=_may_correct(doing, value),
        may_take_back=_may_take_back(doing, value),
    )


def _may_correct(doing: ActionContext, record: HandoverRecord) -> bool:
    """Tell whether the caller may correct a note: its writer, or a supervisor after them."""
    is_writer = record.written_by == doing.actor.account
    return bool(record.versions) and (is_writer or doing.actor.role is Role.SUPERVISOR)


def _may_take_back(doing: ActionContext, record: HandoverRecord) -> bool:
    is_own = all(version.written_by == doing.actor.account for version in record.versions)
    if not record.versions or not is_own or record.receipts:
        return False
    return doing.now - record.versions[0].written_at <= doing.procedure.undo_within


def _may_unconfirm(doing: ActionContext, record: HandoverRecord) -> bool:
    receipt = _receipt_of(doing, record)
    return receipt is not None and doing.now - receipt.at <= doing.procedure.undo_within


# --- What is filled in -------------------------------------------------------------------------


def _facts(doing: ActionContext, person: str) -> HandoverFacts:
    """Return what the record says of a case now."""
    devices = case_overview.devices_of(doing, [person]).get(person, ())
    edge = case_overview.edges_of(doing, [person]).get(person)
    return HandoverFacts(
        at=doing.now,
        items=tuple(_items(worklist.items_about(doing, person)))[:ITEMS_MAX],
        absences=tuple(_absences(doing, person))[:ITEMS_MAX],
        devices=tuple(
            HandoverDevice(
                glance.device,
                glance.heard_at,
                glance.battery_percent,
                glance.is_charging,
                glance.is_strap_closed,
            )
            for glance in devices
        ),
        next_edge=None if edge is None else HandoverEdge(edge.at, edge.condition, edge.begins),
    )


def _items(items: Iterable[WorkItem]) -> Iterator[HandoverItem]:
    for item in items:
        if item.what in OPEN:
            yield HandoverItem(
                item.what.value,
                item.id,
                item.kind,
                item.condition,
                item.since_at,
                item.due_at,
                item.signals.is_contested or item.what is WorkItemType.CONTEST,
            )


def _absences(doing: ActionContext, person: str) -> Iterator[HandoverAbsence]:
    absences = sorted(
        doing.rows.about(ABSENCE, person), key=lambda stored: (stored.value.start_at, stored.id)
    )
    for stored in absences:
        absence = stored.value
        if absence.stage == AbsenceStage.GRANTED and absence.until_at > doing.now:
            yield HandoverAbsence(stored.id, absence.how, absence.start_at, absence.until_at)
