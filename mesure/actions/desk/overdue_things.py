"""Overdue things: what an officer has left past its deadline is brought to the supervisors.

A while after the deadline, by a dated length, it is noted that a possible breach without a finding,
a contest or a request for an absence still waits, and the supervisors are notified that something
does. Nothing is decided, moved or taken from anybody. An incident that nobody has looked at has
another clock, whose ladder is in `notifications/notification_dispatch`.

It is found in unsealed data, as a supervisor's page counts it. Each time leaves a row, with when it
ended; the row is about the person, goes with their record and is in their file of everything.
Decision: docs/decisions/0059-work-does-not-fall-between-two-officers.md
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from mesure.actions.cases import persons, waiting_things
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.framework import case_access
from mesure.actions.framework.action import ActionContext, EmptyRequest, action, look, perform
from mesure.actions.framework.case_access import CASE
from mesure.actions.framework.case_opening import may_open
from mesure.actions.framework.context import Context
from mesure.actions.notifications import notification_rules
from mesure.actions.notifications.notification_texts import (
    Notification,
    NotificationType,
    RecipientType,
)
from mesure.actions.orders.binding_order import ABSENCE
from mesure.actions.records import case_deadlines, record_types
from mesure.actions.records.continuity_records import OVERDUE, OVERDUE_STANDS, OverdueRecord
from mesure.actions.records.incident_records import CONTEST
from mesure.actions.records.procedure import Procedure
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals import lost_keys
from mesure.instants import to_datetime
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.register import RegisterRow

PEOPLE_MAX: Final = 100  # In one transaction.
HOUR: Final = timedelta(hours=1)


class OverdueThing(NamedTuple):
    """Something that was left past its deadline, found without opening a case."""

    what: WorkItemType
    id: str
    kind: str
    person: str
    due_at: datetime

    @property
    def name(self) -> str:
        """Return by what it is known from one look to the next."""
        return f"{self.what}:{self.id}"


class SettleOverdue(msgspec.Struct, frozen=True):
    """About whom something has become overdue for long, or no longer is."""

    people: tuple[str, ...]


class OverdueView(msgspec.Struct, frozen=True):
    """Something that was left past its deadline, as it is brought to a supervisor."""

    what: WorkItemType
    item: str
    kind: str
    person: str
    name: str
    officer: str | None
    due_at: datetime
    brought_at: datetime


# --- Noting ------------------------------------------------------------------------------------


def bring_if_any(context: Context) -> int:
    """Note what has become overdue for long, or no longer is; return about how many persons."""
    with context.store.read() as reading:
        things = _things(reading, context, _people(reading, context))
        standing = {_name(row.id): person for row, person in _standing(reading)}
    changed = {thing.person for name, thing in things.items() if name not in standing}
    changed |= {person for name, person in standing.items() if name not in things}
    # Of a person who cannot be read nothing is noted, and nobody else waits for them.
    people = sorted(context.keyring.find_keys(changed))[:PEOPLE_MAX]
    counts, _ = lost_keys.read_apart(
        context.keyring, people, lambda part: perform(context, settle, SettleOverdue(tuple(part)))
    )
    return sum(counts)


def _people(reading: ReadTransaction, context: Context) -> list[str]:
    people = RegisterReader(reading, context.keyring).ids(CASE)  # Each by the person's id.
    return sorted(context.keyring.find_keys(people))  # Without those who were erased.


def _things(
    reading: ReadTransaction, context: Context, people: Sequence[str]
) -> dict[str, OverdueThing]:
    """Return by name what about these persons was left past its deadline for long."""
    procedure, now, wanted = context.procedure, context.now, frozenset(people)
    return {
        thing.name: thing
        for thing in _past_deadline(reading, procedure, people)
        if thing.person in wanted and case_deadlines.bring_at(procedure, thing.due_at) <= now
    }


def _past_deadline(
    reading: ReadTransaction, procedure: Procedure, people: Sequence[str]
) -> Iterator[OverdueThing]:
    for head in waiting_things.heads_of(reading, people):
        if head.withdrawn_us is None:
            opened_at = to_datetime(head.opened_us)
            decide_by = case_deadlines.of_incident(procedure, head.kind, opened_at).decide_by
            what = WorkItemType.INCIDENT
            yield OverdueThing(what, head.id, head.kind, head.person, decide_by)
    for what, row, due_at in waiting_things.requests_of(reading, procedure):
        if row.person is not None:
            yield OverdueThing(what, row.id, "", row.person, due_at)


def _standing(reading: ReadTransaction) -> Iterator[tuple[RegisterRow, str]]:
    """Yield what is noted as left past its deadline, and about whom; nothing is opened."""
    for row in record_types.rows_with_key(reading, OVERDUE, OVERDUE_STANDS):
        if row.person is not None:
            yield row, row.person


@action("notify.overdue", {Role.PROGRAM})
def settle(doing: ActionContext, request: SettleOverdue) -> int:
    """Note what was left past its deadline, or no longer is, and notify the supervisors."""
    people = [person for person in request.people if _is_here(doing, person)]
    doing.cases(people)
    things = _things(doing.work, doing.context, people)
    files = case_access.files_of(doing.rows, people)
    standing = {name for person in people for name in _end_others(doing, person, things)}
    new = [thing for name, thing in things.items() if name not in standing]
    accounts = {
        account for thing in new for account in _note(doing, thing, files[thing.person].officer)
    }
    for account in sorted(accounts):
        _tell(doing, account)
    return len(people)


def _is_here(doing: ActionContext, person: str) -> bool:
    is_known = doing.work.person(person) is not None
    return is_known and not doing.context.keyring.is_erased(person)


def _end_others(doing: ActionContext, person: str, things: Collection[str]) -> Iterator[str]:
    """Note of what no longer waits that it ended; yield the names of what still does."""
    for record in doing.rows.about(OVERDUE, person):
        name = _name(record.id)
        if record.value.ended_at is None and name in things:
            yield name
        elif record.value.ended_at is None:
            ended = msgspec.structs.replace(record.value, ended_at=doing.now)
            doing.rows.change(record, ended)


def _name(row_id: str) -> str:
    """Return the name of the thing that a row is about; it may have been left more than once."""
    return row_id.rpartition(":")[0]


def _note(doing: ActionContext, thing: OverdueThing, officer: str | None) -> tuple[str, ...]:
    """Note that something was left; return to whom it is brought."""
    item, kind = thing.id, thing.kind
    if thing.what is WorkItemType.CONTEST:
        item = doing.rows.need(CONTEST, thing.id).value.incident
    elif thing.what is WorkItemType.ABSENCE:
        kind = doing.rows.need(ABSENCE, thing.id).value.how
    to = _supervisors(doing, thing.person, officer)
    record = OverdueRecord(
        thing.what.value, item, kind, officer, thing.due_at, doing.now, brought_to=to
    )
    count = sum(
        _name(stored.id) == thing.name for stored in doing.rows.about(OVERDUE, thing.person)
    )
    doing.rows.add(OVERDUE, f"{thing.name}:{count + 1}", record, thing.person)
    return to


def _supervisors(doing: ActionContext, person: str, officer: str | None) -> tuple[str, ...]:
    """Return the supervisors who may see a case; the one who left it only if there is no other."""
    file = case_access.file_of(doing.rows, person)
    barred = case_access.accounts_barred_from(file, doing.staff)
    free = tuple(account for account in doing.staff.supervisors if account not in barred)
    return tuple(account for account in free if account != officer) or free


def _tell(doing: ActionContext, account: str) -> None:
    """Notify a supervisor at the next full hour in which the office is open, once for it."""
    hour = doing.now.replace(minute=0, second=0, microsecond=0)
    at = case_deadlines.next_open(doing.procedure, hour if hour == doing.now else hour + HOUR)
    notice = Notification(RecipientType.ACCOUNT, account, NotificationType.OVERDUE, account)
    notification_rules.enqueue(doing, notice, None, f"{account}:{at:%Y%m%dT%H%M}", at)


def still_holds(rows: RegisterReader, notice: Notification) -> bool:
    """Tell whether anything waits still when a notice goes out that says so."""
    return notice.news is not NotificationType.OVERDUE or rows.has_any(OVERDUE, OVERDUE_STANDS)


# --- Reading -----------------------------------------------------------------------------------


@look("today.overdue_count", {Role.SUPERVISOR})
def count_overdue(doing: ActionContext, _: EmptyRequest) -> int:
    """Count what officers have left past its deadline for long; no case is opened for it."""
    counts = waiting_things.count_brought(doing.work)
    return sum(counts[person] for person in _open_files(doing, counts))


@look("today.overdue", {Role.SUPERVISOR}, purpose=Purpose.SUPERVISION)
def list_overdue(doing: ActionContext, _: EmptyRequest) -> tuple[OverdueView, ...]:
    """List what officers left long past its deadline, the longest overdue first."""
    standing = list(_standing(doing.work))
    people = sorted({person for _, person in standing})
    files = _open_files(doing, people)
    doing.cases(files)
    names = persons.names(doing, list(files)).by_person

    def read(part: Sequence[str]) -> list[OverdueView]:
        about = doing.rows.of_persons([OVERDUE], part)
        return [
            OverdueView(
                WorkItemType(record.what),
                record.item,
                record.kind,
                person,
                names[person],
                files[person],
                record.due_at,
                record.brought_at,
            )
            for person in part
            for record in (stored.value for stored in about.of(OVERDUE, person))
            if record.ended_at is None
        ]

    parts, unreadable = lost_keys.read_apart(doing.context.keyring, list(files), read)
    views = [view for part in parts for view in part]
    views += [
        _unreadable(row, person, files[person]) for row, person in standing if person in unreadable
    ]
    return tuple(sorted(views, key=lambda view: (view.due_at, view.person, view.item)))


def _unreadable(row: RegisterRow, person: str, officer: str | None) -> OverdueView:
    """Return that something was left of somebody who cannot be read, and since when that is."""
    at = to_datetime(row.changed_us)
    what = WorkItemType.UNREADABLE
    return OverdueView(what, person, "", person, person, officer, at, at)


def _open_files(doing: ActionContext, people: Collection[str]) -> dict[str, str | None]:
    """Return the officers of the persons whose cases the caller may open."""
    files = case_access.files_of(doing.rows, sorted(people))
    return {
        person: file.officer
        for person, file in files.items()
        if may_open(doing, file) and not doing.context.keyring.is_erased(person)
    }
