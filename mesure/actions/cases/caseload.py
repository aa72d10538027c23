"""Caseload: who works on whose case, cover, on call, and who is barred.

A supervisor puts a person on an officer's caseload and takes them to another's. Officers find cover
for themselves. Someone barred from a case stays barred, whatever they become, and so does every
account that they let in. To let them see it again takes two supervisors; the one who barred them is
notified.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Final

import msgspec

from mesure.actions.accounts import sessions
from mesure.actions.cases import persons
from mesure.actions.cases.persons import InChargeView
from mesure.actions.framework import case_access, case_opening, four_eyes
from mesure.actions.framework.action import ActionContext, EmptyRequest, action, look
from mesure.actions.framework.case_access import (
    CASE,
    COVER,
    WATCH,
    BarRecord,
    CaseFile,
    CoverRecord,
    OnCallRecord,
)
from mesure.actions.notifications import notification_rules
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotAllowedError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, STAFF, Role

SPAN_MAX: Final = timedelta(days=60)
BARRED_MAX: Final = 10
NOBODYS: Final = 100  # Persons on a page of those who are on no caseload.


class AssignCase(msgspec.Struct, frozen=True):
    """Onto whose caseload a person comes; None: no officer's, for now."""

    person: str
    officer: str | None


class SetCover(msgspec.Struct, frozen=True):
    """Who stands in for an officer, and when."""

    covers: str
    by: str
    start_at: datetime
    until_at: datetime


class SetOnCall(msgspec.Struct, frozen=True):
    """Who is on call, and when."""

    by: str
    start_at: datetime
    until_at: datetime


class EndShift(msgspec.Struct, frozen=True):
    """Which cover, or which time on call, ends now."""

    id: str


class BarRequest(msgspec.Struct, frozen=True):
    """Who may not see the case of this person."""

    person: str
    account: str


class CaseRequest(msgspec.Struct, frozen=True):
    """Which person."""

    person: str


class CaseloadRequest(msgspec.Struct, frozen=True):
    """Whose caseload; None: one's own."""

    officer: str | None = None


class UnassignedCasesRequest(msgspec.Struct, frozen=True):
    """How many, and behind which person."""

    after: str = ""
    count: Annotated[int, msgspec.Meta(ge=1, le=200)] = NOBODYS


class BarView(msgspec.Struct, frozen=True):
    """Somebody who may not see a case."""

    account: str
    name: str
    is_named: bool  # False: barred with the one who let them in.
    barred_by: str | None
    barred_at: datetime | None
    unbar_by: str | None  # Who asked to let them in again; a second supervisor confirms it.
    unbar_at: datetime | None


class CaseView(msgspec.Struct, frozen=True):
    """A person as a list of cases shows them: no place, no trail, no incident."""

    person: str
    name: str
    officer: str | None
    in_charge: InChargeView
    is_readable: bool = True  # False: the key is lost, and `name` is the id.


class CoverView(msgspec.Struct, frozen=True):
    """Who covers for whom, or is on call (`covers` None)."""

    id: str
    covers: str | None
    by: str
    start_at: datetime
    until_at: datetime


@action("caseload.assign", {Role.SUPERVISOR})
def assign(doing: ActionContext, request: AssignCase) -> None:
    """Put a person on an officer's caseload, or move them to another's."""
    doing.case(request.person)
    if request.officer is not None:
        if request.officer not in doing.staff.officers:
            raise InvalidInputError(ActionRefusal.NO_OFFICER)
        file = case_access.file_of(doing.rows, request.person)
        if request.officer in case_access.accounts_barred_from(file, doing.staff):
            raise InvalidInputError(ActionRefusal.OFFICER_BARRED)
    _change(doing, request.person, officer=request.officer)
    doing.note(officer=request.officer)


@action("caseload.bar", {Role.SUPERVISOR})
def bar(doing: ActionContext, request: BarRequest) -> None:
    """Bar somebody, and whom they let in, from a case; a request to let them in ends."""
    doing.case(request.person)
    if doing.rows.need(ACCOUNT, request.account).value.role not in STAFF:
        raise InvalidInputError(ActionRefusal.NOT_STAFF)
    file = case_access.file_of(doing.rows, request.person)
    if len({*file.barred, request.account}) > BARRED_MAX:
        raise InvalidInputError(ActionRefusal.ENOUGH_BARRED)
    barred_before = case_access.accounts_barred_from(file, doing.staff)
    if request.account not in file.barred:
        _with_bar(doing, file, BarRecord(request.account, doing.actor.account, doing.now))
    elif (before := file.bar_of(request.account)) is not None:
        _with_bar(doing, file, msgspec.structs.replace(before, unbar_by=None, unbar_at=None))
    if file.officer == request.account:
        _change(doing, request.person, officer=None)
    _end_sessions(doing, request.person, barred_before)
    doing.note(barred=request.account)


def _end_sessions(doing: ActionContext, person: str, barred_before: frozenset[str]) -> None:
    """End the sessions of the newly barred: a page of the case may be open on their screen."""
    file = case_access.file_of(doing.rows, person)
    barred = case_access.accounts_barred_from(file, doing.staff)
    for account in sorted(barred - barred_before):
        sessions.end_all(doing, account)


@action("caseload.unbar", {Role.SUPERVISOR})
def unbar(doing: ActionContext, request: BarRequest) -> None:
    """Ask that somebody who was barred may see a case again; a second supervisor confirms it."""
    doing.case(request.person)
    file, before = _barred(doing, request)
    if before.unbar_by is None:
        by, at = doing.actor.account, doing.now
        _with_bar(doing, file, msgspec.structs.replace(before, unbar_by=by, unbar_at=at))
        _tell_who_barred(doing, file, before)
    doing.note(asked_to_unbar=request.account)


@action("caseload.confirm_unbar", {Role.SUPERVISOR})
def confirm_unbar(doing: ActionContext, request: BarRequest) -> None:
    """Let somebody see a case again, as another supervisor asked; not oneself."""
    doing.case(request.person)
    file, before = _barred(doing, request)
    if before.unbar_by is None:
        raise ActionConflictError(ActionRefusal.NOT_ASKED)
    four_eyes.refuse_if_same(doing, request.person, (before.unbar_by, before.unbar_at))
    barred = tuple(one for one in file.barred if one != request.account)
    bars = tuple(one for one in file.bars if one.account != request.account)
    _change(doing, request.person, barred=barred, bars=bars)
    _tell_who_barred(doing, file, before)
    doing.note(unbarred=request.account)


def _barred(doing: ActionContext, request: BarRequest) -> tuple[CaseFile, BarRecord]:
    """Return the file of a case, and how somebody came to be barred from it by name."""
    file = case_access.file_of(doing.rows, request.person)
    if request.account not in file.barred:
        raise ActionConflictError(ActionRefusal.NOT_BARRED)
    return file, file.bar_of(request.account) or BarRecord(request.account)


def _with_bar(doing: ActionContext, file: CaseFile, bar: BarRecord) -> None:
    barred = tuple(sorted({*file.barred, bar.account}))
    others = (one for one in file.bars if one.account != bar.account)
    _change(doing, file.person, barred=barred, bars=(*others, bar))


def _tell_who_barred(doing: ActionContext, file: CaseFile, bar: BarRecord) -> None:
    """Tell the one who barred somebody that this ends or has ended; else other supervisors."""
    supervisors = doing.staff.supervisors
    free = [
        one for one in supervisors if one not in case_access.accounts_barred_from(file, doing.staff)
    ]
    for whom in [one for one in supervisors if one == bar.by] or free:
        if whom != doing.actor.account:
            notification_rules.of_bar(doing, whom, file.person)


@look("caseload.barred", {Role.SUPERVISOR, Role.INSPECTOR}, purpose=Purpose.SUPERVISION)
def list_bars(doing: ActionContext, request: CaseRequest) -> tuple[BarView, ...]:
    """List who is barred from a case: by name, and with whom; and whom somebody asks to let in."""
    doing.case(request.person)
    file = case_access.file_of(doing.rows, request.person)
    accounts = sorted(case_access.accounts_barred_from(file, doing.staff))
    return tuple(_barred_shown(doing, file, account) for account in accounts)


def _barred_shown(doing: ActionContext, file: CaseFile, account: str) -> BarView:
    stored_account, bar = doing.rows.get(ACCOUNT, account), file.bar_of(account)
    return BarView(
        account=account,
        name="" if stored_account is None else stored_account.value.name,
        is_named=account in file.barred,
        barred_by=None if bar is None else bar.by,
        barred_at=None if bar is None else bar.at,
        unbar_by=None if bar is None else bar.unbar_by,
        unbar_at=None if bar is None else bar.unbar_at,
    )


def _change(doing: ActionContext, person: str, **changes: object) -> None:
    case_file = doing.rows.get(CASE, person)
    if case_file is None:
        case_file = doing.rows.add(CASE, person, CaseFile(person))
    doing.rows.change(case_file, msgspec.structs.replace(case_file.value, **changes))


# --- Cover and on call -------------------------------------------------------------------------


@action("caseload.cover", CASEWORK)
def cover(doing: ActionContext, request: SetCover) -> str:
    """Have an officer cover for another, or for the caller, during a span."""
    if doing.actor.role is Role.OFFICER and request.covers != doing.actor.account:
        raise NotAllowedError(AccessRefusal.NOT_YOURS)
    _check_span(request.start_at, request.until_at, doing.now)
    if not {request.covers, request.by} <= doing.staff.officers or request.covers == request.by:
        raise InvalidInputError(ActionRefusal.NO_OFFICER)
    value = CoverRecord(
        request.covers, request.by, request.start_at, request.until_at, doing.actor.account
    )
    stored_cover = doing.rows.add(COVER, doing.new_id("C"), value)
    doing.note(cover=stored_cover.id, covers=request.covers, covered_by=request.by)
    return stored_cover.id


@action("caseload.on_call", {Role.SUPERVISOR})
def on_call(doing: ActionContext, request: SetOnCall) -> str:
    """Put an officer on call, for every person, during a span."""
    _check_span(request.start_at, request.until_at, doing.now)
    if request.by not in doing.staff.officers:
        raise InvalidInputError(ActionRefusal.NO_OFFICER)
    value = OnCallRecord(request.by, request.start_at, request.until_at, doing.actor.account)
    watch = doing.rows.add(WATCH, doing.new_id("W"), value)
    doing.note(watch=watch.id, on_call=request.by)
    return watch.id


def _check_span(start_at: datetime, until_at: datetime, now: datetime) -> None:
    if not start_at < until_at <= start_at + SPAN_MAX:
        raise InvalidInputError(ActionRefusal.SPAN)
    if until_at <= now:
        raise InvalidInputError(ActionRefusal.OVER)


@action("caseload.end_cover", CASEWORK)
def end_cover(doing: ActionContext, request: EndShift) -> None:
    """End a cover now."""
    stored_cover = doing.rows.need(COVER, request.id)
    own = doing.actor.account in {stored_cover.value.covers, stored_cover.value.by}
    if doing.actor.role is Role.OFFICER and not own:
        raise NotAllowedError(AccessRefusal.NOT_YOURS)
    until_at = max(stored_cover.value.start_at, min(stored_cover.value.until_at, doing.now))
    doing.rows.change(stored_cover, msgspec.structs.replace(stored_cover.value, until_at=until_at))
    doing.note(cover=stored_cover.id)


@action("caseload.end_on_call", {Role.SUPERVISOR})
def end_on_call(doing: ActionContext, request: EndShift) -> None:
    """End a time on call now."""
    watch = doing.rows.need(WATCH, request.id)
    until_at = max(watch.value.start_at, min(watch.value.until_at, doing.now))
    doing.rows.change(watch, msgspec.structs.replace(watch.value, until_at=until_at))
    doing.note(watch=watch.id)


@look("caseload.covers", CASEWORK | {Role.INSPECTOR})
def covers(doing: ActionContext, _: EmptyRequest) -> tuple[CoverView, ...]:
    """List who covers for whom and who is on call, now and later."""
    all_covers = [
        _cover_shown(stored_cover.id, stored_cover.value, stored_cover.value.covers)
        for stored_cover in doing.rows.all(COVER)
    ]
    all_covers += [_cover_shown(kept.id, kept.value, None) for kept in doing.rows.all(WATCH)]
    return tuple(one for one in all_covers if doing.now < one.until_at)


def _cover_shown(id: str, cover: CoverRecord | OnCallRecord, covers: str | None) -> CoverView:  # noqa: A002
    return CoverView(id, covers, cover.by, cover.start_at, cover.until_at)


# --- Lists -------------------------------------------------------------------------------------


@look(
    "caseload.in_charge",
    CASEWORK | OWN_SIDE | {Role.INSPECTOR, Role.SERVICE},
    purpose=Purpose.SUPERVISION,
)
def in_charge(doing: ActionContext, request: CaseRequest) -> InChargeView:
    """See who is in charge of a person now; there is always somebody."""
    doing.case(request.person)
    return persons.in_charge(doing, case_access.file_of(doing.rows, request.person))


@look("caseload.list", CASEWORK, purpose=Purpose.SUPERVISION)
def list_cases(doing: ActionContext, request: CaseloadRequest) -> tuple[CaseView, ...]:
    """List the persons on one's caseload and on those that one covers; a supervisor, anybody's."""
    own = doing.actor.account
    if doing.actor.role is Role.OFFICER and request.officer not in {None, own}:
        raise NotAllowedError(AccessRefusal.NOT_YOURS)
    files = files_of(doing, request.officer or own)
    return _shown(doing, files)


@look("caseload.nobodys", {Role.SUPERVISOR}, purpose=Purpose.SUPERVISION)
def nobodys(doing: ActionContext, request: UnassignedCasesRequest) -> tuple[CaseView, ...]:
    """List the persons on no officer's caseload, by their ids."""
    files = (kept.value for kept in doing.rows.find(CASE, "officer", "-", request.after))
    listed = islice((file for file in files if case_opening.openable(doing, [file])), request.count)
    return _shown(doing, list(listed))


def files_of(doing: ActionContext, officer: str) -> tuple[CaseFile, ...]:
    """Return the cases on an officer's list and on those that they cover, which one may open."""
    officers = dict.fromkeys([officer, *_covered(doing, officer)])  # Covers may overlap.
    files = (kept.value for one in officers for kept in doing.rows.find(CASE, "officer", one))
    return tuple(case_opening.openable(doing, files))


def _covered(doing: ActionContext, account: str) -> list[str]:
    """Return for whom somebody stands in now."""
    now = doing.now
    spans = doing.staff.covers
    return [one.covers for one in spans if one.by == account and now in one.span]


def _shown(doing: ActionContext, files: Sequence[CaseFile]) -> tuple[CaseView, ...]:
    names = persons.names(doing, [file.person for file in files])
    charges = persons.all_in_charge(doing, files)
    return tuple(
        CaseView(
            file.person,
            names.by_person[file.person],
            file.officer,
            charge,
            file.person not in names.unreadable,
        )
        for file, charge in zip(files, charges, strict=True)
        if file.person in names.by_person
    )
