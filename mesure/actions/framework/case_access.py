"""Case access: who works on which person's case; `action` asks it before it opens one.

These records name accounts and persons by their ids and say nothing else, so they lie open.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.actions.records.record_types import Key, Opening, RecordType, RegisterReader, Stored
from mesure.orders.values.span import Span
from mesure.privacy import barring, charge
from mesure.privacy.access import CaseAccess
from mesure.privacy.barring import CaseBar
from mesure.privacy.charge import Cover, InCharge, OnCallDuty, Staff
from mesure.privacy.distinct_people import AccessGrant
from mesure.privacy.roles import STAFF, Role
from mesure.store.values.register import RegisterRow

M = TypeVar("M")
MEMO_MAX: Final = 5_000  # Rows that a memo knows; there are fewer of those who work anywhere.


class BarRecord(msgspec.Struct, frozen=True):
    """Who barred an account from a case and when, and who asked to let it in again."""

    account: str
    by: str | None = None  # None: it was entered when this was not kept yet.
    at: datetime | None = None
    unbar_by: str | None = None
    unbar_at: datetime | None = None


class CaseFile(msgspec.Struct, frozen=True):
    """Whose caseload a person is on, and who may never see the case."""

    person: str
    officer: str | None = None  # None: no officer's yet; somebody is in charge all the same.
    barred: tuple[str, ...] = ()
    bars: tuple[BarRecord, ...] = ()  # Those of `barred` of whom it is known how they came to be.

    def bar_of(self, account: str) -> BarRecord | None:
        """Return how an account came to be barred; None: it is not, or that is not known."""
        return next((one for one in self.bars if one.account == account), None)


class CoverRecord(msgspec.Struct, frozen=True):
    """An officer stands in for another."""

    covers: str
    by: str
    start_at: datetime
    until_at: datetime
    entered_by: str


class OnCallRecord(msgspec.Struct, frozen=True):
    """An officer is on call."""

    by: str
    start_at: datetime
    until_at: datetime
    entered_by: str


def _case_keys(case: CaseFile) -> list[Key]:
    barred = [("barred", account) for account in case.barred]
    return [("officer", case.officer or "-"), ("person", case.person), *barred]


CASE: Final = RecordType("case", CaseFile, _case_keys)
COVER: Final = RecordType(
    "cover", CoverRecord, lambda cover: [("covers", cover.covers), ("by", cover.by)]
)
WATCH: Final = RecordType("watch", OnCallRecord, lambda watch: [("by", watch.by)])


def staff(rows: RegisterReader, apart: timedelta) -> Staff:
    """Return who works now, covers and is on call; `apart`: see `four_eyes`."""
    everybody = staff_in_roles(rows, STAFF)
    at_work = [one for one in everybody if not one.is_closed]
    supervisors = [one for one in at_work if one.role is Role.SUPERVISOR]
    officers = [*supervisors, *(one for one in at_work if one.role is Role.OFFICER)]
    supervisors.sort(key=lambda worker: (worker.since_at, worker.account))
    covers = (kept.value for kept in rows.all(COVER))
    watches = (kept.value for kept in rows.all(WATCH))
    return Staff(
        officers=frozenset(one.account for one in officers),
        supervisors=tuple(one.account for one in supervisors),
        covers=tuple(Cover(c.covers, c.by, Span(c.start_at, c.until_at)) for c in covers),
        watches=tuple(OnCallDuty(w.by, Span(w.start_at, w.until_at)) for w in watches),
        links={one.account: one.let_in for one in everybody},
        apart=apart,
    )


class RecordCache(Generic[M]):
    """Remembers the little that is asked for again and again of rows that are about nobody.

    It is remembered by the bytes of the row as they are kept, sealed and each time under a salt of
    their own: another value has other bytes, so nothing that is remembered can be out of date. What
    is remembered must not be secret.
    """

    def __init__(self, derive: Callable[[Stored[Any]], M]) -> None:
        self._derive, self._lock = derive, Lock()
        self._known: dict[tuple[str, int, bytes], M] = {}  # The last used last.

    def of(self, entry: RegisterRow, opened: Opening) -> M:
        """Return what is remembered of a row; it is opened where its bytes are not known."""
        assert entry.person is None, "what is about a person is not remembered"
        name = entry.id, entry.revision, entry.body
        with self._lock:
            known = self._known.pop(name, None)
            if known is not None:
                self._known[name] = known
                return known
        value = self._derive(opened(entry))
        with self._lock:
            self._known[name] = value
            if len(self._known) > MEMO_MAX:
                del self._known[next(iter(self._known))]
        return value


class StaffMember(NamedTuple):
    """Somebody's account, as far as it says who works here."""

    account: str
    name: str
    role: Role
    since_at: datetime
    is_closed: bool
    let_in: tuple[AccessGrant, ...]


def _worker(account: Stored[Account]) -> StaffMember:
    value = account.value
    # Before links were kept, the one who opened an account handed over the only link.
    let_in = value.let_in or (AccessGrant(value.opened_at, (value.opened_by,)),)
    is_closed = value.closed_at is not None
    return StaffMember(account.id, value.name, value.role, value.opened_at, is_closed, let_in)


_WORKERS: Final = RecordCache(_worker)


def staff_in_roles(rows: RegisterReader, roles: Collection[Role]) -> list[StaffMember]:
    """Return those who work or worked in some roles."""
    return list(rows.find_cached(_WORKERS.of, ACCOUNT, "role", roles))


def file_of(rows: RegisterReader, person: str) -> CaseFile:
    """Return a person's case file; an empty one where nobody entered anything yet."""
    return files_of(rows, [person])[person]


def files_of(rows: RegisterReader, persons: Sequence[str]) -> dict[str, CaseFile]:
    """Return the case files of several persons, read at once."""
    case_files = rows.get_many(CASE, persons)
    return {one: case_files[one].value if one in case_files else CaseFile(one) for one in persons}


def accounts_barred_from(file: CaseFile, staff: Staff) -> frozenset[str]:
    """Return who may not see a case: those barred from it, and every account that they let in."""
    if not file.barred:
        return frozenset()  # As nearly always; a list of everybody asks of each.
    known = ((account, file.bar_of(account)) for account in file.barred)
    bars = [CaseBar(account, None if bar is None else bar.at) for account, bar in known]
    return barring.with_them(bars, staff.links, staff.apart)


Acting = dict[tuple[str | None, frozenset[str]], frozenset[str]]
"""Who may act on cases now, by their officer and by who is barred."""


def case_of(
    file: CaseFile, read_staff: Callable[[], Staff], at: datetime, acting: Acting | None = None
) -> CaseAccess:
    """Return who may act on a case now, and who may never.

    `acting`: what was worked out at this instant already; a list of everybody asks of each. Who
    works here is read only where it matters: to officers, and where somebody is barred.
    """
    barred = accounts_barred_from(file, read_staff()) if file.barred else frozenset()
    known = {} if acting is None else acting
    ground = file.officer, barred

    def read_in_charge() -> frozenset[str]:
        if ground not in known:
            now = charge.all_in_charge(*ground, read_staff(), at)
            known[ground] = frozenset(who.account for who in now)
        return known[ground]

    return CaseAccess(file.person, read_in_charge, barred)


def in_charge(rows: RegisterReader, person: str, staff: Staff, at: datetime) -> InCharge:
    """Return who is in charge of a person now; always somebody."""
    file = file_of(rows, person)
    return charge.in_charge(file.officer, accounts_barred_from(file, staff), staff, at)


def holders_of(file: CaseFile, staff: Staff, at: datetime) -> tuple[str, ...]:
    """Return who has a case now, by their list or by cover; nobody who is barred from it."""
    barred = accounts_barred_from(file, staff)
    covers = (
        cover.by for cover in staff.covers if cover.covers == file.officer and at in cover.span
    )
    accounts = [account for account in (file.officer, *covers) if account is not None]
    return tuple(account for account in dict.fromkeys(accounts) if account not in barred)
