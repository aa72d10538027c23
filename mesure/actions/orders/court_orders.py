"""Court orders: entered as written, checked by a second person, varied, suspended, ended.

A version is never changed. A variation is the next version; so is a correction, which begins when
the one that it corrects began. A version with a place that is new or redrawn binds only when a
second officer has confirmed what they read, by the hash of its text.
Decision: docs/decisions/0006-orders-are-dated-versions-half-open.md
"""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from mesure.actions.framework import four_eyes
from mesure.actions.framework.action import (
    ActionContext,
    ReadRequest,
    action,
    look,
    two_step_action,
)
from mesure.actions.framework.context import Context
from mesure.actions.orders import assignment_end, binding_order, court_papers, early_ends
from mesure.actions.orders.binding_order import EarlyEnd
from mesure.actions.orders.court_papers import CourtPaperRecord, CourtPaperView
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.record_types import RecordType, Stored
from mesure.actions.refusals import refusals
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotFoundError
from mesure.orders.model import second_eyes
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.orders.text.order_faults import OrderError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring
from mesure.store.values import order_text
from mesure.store.values.bounds import check_names
from mesure.store.values.records import TEXT_BYTES_MAX, Order, StoredOrderVersion

FILES_BYTES_MAX: Final = TEXT_BYTES_MAX - 1024


class VersionRejectionRecord(msgspec.Struct, frozen=True):
    """That a second officer did not agree to a version."""

    order: str
    by: str
    at: datetime
    reason: str


class PendingVersionRecord(msgspec.Struct, frozen=True):
    """That a version waits for a second officer; gone when one has answered."""

    order: str
    number: int
    by: str
    at: datetime


TURNED_DOWN: Final = RecordType("version_turned_down", VersionRejectionRecord)
WAITS: Final = ("waits", "second")  # The key of those that nobody has answered yet.
WAITING: Final = RecordType("version_waiting", PendingVersionRecord, lambda _: [WAITS])


class EnterVersion(msgspec.Struct, frozen=True):
    """An order file, with the maps that it names by the path that it writes."""

    text: bytes
    files: dict[str, bytes] = {}


class VersionEntryResult(msgspec.Struct, frozen=True):
    """What became of an order that was entered."""

    order: str
    person: str
    number: int
    sha256: str
    binds: bool  # False: a second officer must confirm it first.
    to_check: tuple[str, ...]  # Places that are new or redrawn.
    whole_sha256: str  # Of the text and every map; a second officer confirms this.


class VersionRef(msgspec.Struct, frozen=True):
    """A version, and the hash of all that was read of it: `whole_sha256`."""

    order: str
    number: int
    sha256: str


class TurnDownVersion(msgspec.Struct, frozen=True):
    """Why a version is not confirmed."""

    order: str
    number: int
    reason: str


class EndOrder(msgspec.Struct, frozen=True):
    """When an order ends before its time, and what decided that."""

    order: str
    at: datetime
    decision: str
    reason: str


class OrderRequest(ReadRequest, frozen=True, kw_only=True):
    """Which order."""

    order: str


class _WholeVersion(NamedTuple):
    """A version as it is read, with the hash that a second officer confirms."""

    text: bytes
    files: dict[str, bytes]
    papers: tuple[Stored[CourtPaperRecord], ...]
    whole_sha256: str


class VersionView(msgspec.Struct, frozen=True):
    """A version as it was entered."""

    number: int
    text: bytes
    files: dict[str, bytes]
    sha256: str
    start_at: datetime
    until_at: datetime
    entered_at: datetime
    entered_by: str
    confirmed_at: datetime | None
    confirmed_by: str | None
    turned_down: VersionRejectionRecord | None
    whole_sha256: str  # Of the text, every map and paper; a second officer confirms this.
    papers: tuple[CourtPaperView, ...] = ()


class OrderView(msgspec.Struct, frozen=True):
    """An order with all that was entered of it, and its early end, if it has one."""

    order: str
    person: str
    versions: tuple[VersionView, ...]
    end: EarlyEnd | None  # That is in force.
    ends: tuple[EarlyEnd, ...]  # All that was entered of an early end; the last of it counts.


class PendingVersion(msgspec.Struct, frozen=True):
    """A version that waits for a second officer."""

    order: str
    person: str
    number: int
    entered_at: datetime
    entered_by: str


# --- Entering ----------------------------------------------------------------------------------


def _read(_context: Context, request: EnterVersion) -> OrderVersion:
    """Read an order file; what is wrong with it comes back in sentences."""
    if len(request.text) + sum(map(len, request.files.values())) > FILES_BYTES_MAX:
        raise InvalidInputError(ActionRefusal.TOO_LARGE)
    try:
        check_names(*request.files)
        return read_order.read(binding_order.FILE, request.text, request.files)
    except OrderError as error:
        raise InvalidInputError(ActionRefusal.ORDER, tuple(str(error).split("\n"))) from None
    except ValueError:
        raise InvalidInputError(ActionRefusal.NAME) from None


@two_step_action("orders.enter", CASEWORK | {Role.SERVICE}, _read)
def enter(doing: ActionContext, request: EnterVersion, read: OrderVersion) -> VersionEntryResult:
    """Enter an order, or the next version of one, as a file with its maps."""
    person, work = read.person, doing.work
    doing.case(person)
    order = work.order(read.order)
    if order is None:
        work.add_order(Order(read.order, person, doing.now, doing.actor.account))
    elif order.person != person:
        doing.concerns(order.person)
        raise InvalidInputError(ActionRefusal.ANOTHER_PERSON)
    number = len(work.versions(read.order)) + 1
    work.add_version(_sealed(doing, request, read, number))
    before = binding_order.in_force(_bound(doing, read.order, person), read.in_force.start)
    to_check = second_eyes.new_or_redrawn(read, before)
    binds = not to_check and doing.actor.role in CASEWORK
    if binds:
        work.confirm(read.order, number, doing.now, doing.actor.account)
        ask_again(doing, read.order, person)
    else:
        waits = PendingVersionRecord(read.order, number, doing.actor.account, doing.now)
        doing.rows.add(WAITING, _name(number, read.order), waits, person)
    doing.note(order=read.order, version=number, binds=binds)
    whole = order_text.whole_sha256(request.text, request.files)
    return VersionEntryResult(read.order, person, number, read.sha256, binds, to_check, whole)


def _sealed(
    doing: ActionContext, request: EnterVersion, read: OrderVersion, number: int
) -> StoredOrderVersion:
    plain = order_text.pack(request.text, request.files)
    key = doing.context.keyring.key_of(read.person)
    bound = binding_order.seal_context(read.person, read.order, number)
    return StoredOrderVersion(
        order=read.order,
        number=number,
        sha256=sha256(request.text).digest(),
        digest=sha256(plain).digest(),
        body=sealing.seal(key, plain, bound, doing.context.salts),
        in_force=read.in_force,
        entered_at=doing.now,
        entered_by=doing.actor.account,
    )


def _bound(doing: ActionContext, order: str, person: str) -> tuple[OrderVersion, ...]:
    return binding_order.versions(doing.work, doing.rows, doing.context.keyring, order, person)


def ask_again(doing: ActionContext, order: str, person: str) -> None:
    """Have what is carried under an order given back when it ends; no request for later waits."""
    ends_at = early_ends.ends_at(_bound(doing, order, person)) or doing.now
    assignment_end.ask_again(doing.rows, order, ends_at)
    early_ends.release_requests(doing.rows, order, person, ends_at)


@action("orders.confirm", CASEWORK)
def confirm(doing: ActionContext, request: VersionRef) -> None:
    """Confirm a version that somebody else entered, by the hash of all that was read of it."""
    version = _waiting(doing, request.order, request.number)
    person = _person(doing, request.order)
    if whole_sha256(doing, version, person) != request.sha256:
        raise ActionConflictError(ActionRefusal.OTHER_TEXT)
    doing.work.confirm(request.order, request.number, doing.now, doing.actor.account)
    doing.rows.drop(WAITING, _name(request.number, request.order))
    ask_again(doing, request.order, person)


@action("orders.turn_down", CASEWORK)
def turn_down(doing: ActionContext, request: TurnDownVersion) -> None:
    """Turn down a version that somebody else entered; it never binds."""
    refusals.check_texts(request.reason)
    _waiting(doing, request.order, request.number)
    person = _person(doing, request.order)
    note = VersionRejectionRecord(request.order, doing.actor.account, doing.now, request.reason)
    doing.rows.add(TURNED_DOWN, _name(request.number, request.order), note, person)
    doing.rows.drop(WAITING, _name(request.number, request.order))


def whole_sha256(doing: ActionContext, version: StoredOrderVersion, person: str) -> str:
    """Return the hash of what a second officer reads: the text, every map, the court's papers."""
    return _whole(doing, version, person).whole_sha256


def _whole(doing: ActionContext, version: StoredOrderVersion, person: str) -> _WholeVersion:
    text, files = text_and_maps(version, person, doing.context.keyring)
    papers = court_papers.all_of_version(doing.rows, version.order, version.number)
    hashes = court_papers.hashes_to_compare(papers)
    return _WholeVersion(text, files, papers, order_text.whole_sha256(text, files, hashes))


def text_and_maps(
    version: StoredOrderVersion, person: str, keyring: Keyring
) -> tuple[bytes, dict[str, bytes]]:
    """Return the text of a version with the maps that it names."""
    where = binding_order.seal_context(person, version.order, version.number)
    return order_text.unpack(sealing.unseal(keyring.find_key(person), version.body, where))


def _waiting(doing: ActionContext, order: str, number: int) -> StoredOrderVersion:
    """Return a version that waits for a second officer, for somebody who did not enter it."""
    person = _person(doing, order)
    doing.note(order=order, version=number)
    version = next((one for one in doing.work.versions(order) if one.number == number), None)
    if version is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    four_eyes.refuse_if_same(doing, person, (version.entered_by, version.entered_at))
    if version.confirmed_by is not None or doing.rows.get(
        TURNED_DOWN, _name(version.number, version.order)
    ):
        raise ActionConflictError(ActionRefusal.ANSWERED)
    return version


def _name(number: int, order: str) -> str:
    return f"{number:06}.{order}"


def _person(doing: ActionContext, order: str) -> str:
    """Return the person whom an order is about, with their case open."""
    return doing.open_case_of(doing.work.order(order))[1]


# --- Ending ------------------------------------------------------------------------------------


@action("orders.end", CASEWORK)
def end(doing: ActionContext, request: EndOrder) -> None:
    """Enter that an order ends early; devices carried under it are given back then."""
    person = _person(doing, request.order)
    refusals.check_texts(request.reason, request.decision)
    if binding_order.early_ends(doing.rows, [request.order]):
        raise ActionConflictError(ActionRefusal.CHANGED)
    bound = _bound(doing, request.order, person)
    early_ends.refuse_end([version.in_force for version in bound], request.at, doing.now)
    value = EarlyEnd(request.at, request.decision, request.reason, doing.now, doing.actor.account)
    early_ends.enter(doing.rows, request.order, person, value)
    ask_again(doing, request.order, person)
    doing.note(order=request.order)


# --- Looks -------------------------------------------------------------------------------------


@look("orders.show", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def show(doing: ActionContext, request: OrderRequest) -> OrderView:
    """See an order with all its versions, as they were entered."""
    person = _person(doing, request.order)
    doing.note(order=request.order)
    ends = early_ends.entries(doing.rows, request.order)
    return OrderView(
        order=request.order,
        person=person,
        versions=tuple(_shown(doing, one, person) for one in doing.work.versions(request.order)),
        end=ends[-1] if ends and ends[-1].at is not None else None,
        ends=ends,
    )


def _shown(doing: ActionContext, version: StoredOrderVersion, person: str) -> VersionView:
    whole = _whole(doing, version, person)
    turned_down = doing.rows.get(TURNED_DOWN, _name(version.number, version.order))
    return VersionView(
        number=version.number,
        text=whole.text,
        files=whole.files,
        sha256=version.sha256.hex(),
        whole_sha256=whole.whole_sha256,
        start_at=version.in_force.start,
        until_at=version.in_force.end,
        entered_at=version.entered_at,
        entered_by=version.entered_by,
        confirmed_at=version.confirmed_at,
        confirmed_by=version.confirmed_by,
        turned_down=None if turned_down is None else turned_down.value,
        papers=tuple(map(court_papers.view, whole.papers)),
    )


@look("orders.binding", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def versions_in_force(doing: ActionContext, request: OrderRequest) -> tuple[OrderVersion, ...]:
    """See what binds under an order: confirmed versions, with absences, suspensions and its end."""
    bound = _bound(doing, request.order, _person(doing, request.order))
    doing.note(order=request.order)
    by = {absence.by for version in bound for absence in version.absences}
    names = {row.id: row.value.name for row in doing.rows.get_many(ACCOUNT, by).values()}
    return tuple(_with_names(version, names) for version in bound)


def _with_names(version: OrderVersion, names: dict[str, str]) -> OrderVersion:
    absences = (replace(each, by=names.get(each.by, each.by)) for each in version.absences)
    return replace(version, absences=tuple(absences))


class PendingVersionsRequest(msgspec.Struct, frozen=True):
    """Whose."""

    person: str


@look("orders.waiting", CASEWORK, purpose=Purpose.SUPERVISION)
def list_pending(
    doing: ActionContext, request: PendingVersionsRequest
) -> tuple[PendingVersion, ...]:
    """List the versions of a person's orders that wait for a second officer."""
    doing.case(request.person)
    return tuple(
        PendingVersion(
            version.order, request.person, version.number, version.entered_at, version.entered_by
        )
        for order in doing.work.orders_of(request.person)
        for version in doing.work.versions(order.id)
        if version.confirmed_by is None
        and doing.rows.get(TURNED_DOWN, _name(version.number, version.order)) is None
    )
