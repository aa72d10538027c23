"""Who works on which person's case: what `acting` asks before it opens one.

These records name accounts and persons by their ids and say nothing else, so they lie open.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from mesure.actions.accounts_kept import ACCOUNT, Account
from mesure.actions.register import Kept, Key, Kind, Memo, Rows
from mesure.orders.span import Span
from mesure.privacy import charge
from mesure.privacy.access import Case
from mesure.privacy.charge import Cover, InCharge, Staff, Watch
from mesure.privacy.roles import Role


class CaseFile(msgspec.Struct, frozen=True):
    """Whose caseload a person is on, and who may never see the case."""

    person: str
    officer: str | None = None  # None: nobody's yet; somebody is in charge all the same.
    barred: tuple[str, ...] = ()


class CoverKept(msgspec.Struct, frozen=True):
    """An officer stands in for another."""

    covers: str
    by: str
    start_at: datetime
    until_at: datetime
    entered_by: str


class WatchKept(msgspec.Struct, frozen=True):
    """An officer is on call."""

    by: str
    start_at: datetime
    until_at: datetime
    entered_by: str


def _case_keys(case: CaseFile) -> list[Key]:
    barred = [("barred", account) for account in case.barred]
    return [("officer", case.officer or "-"), ("person", case.person), *barred]


CASE: Final = Kind("case", CaseFile, _case_keys)
COVER: Final = Kind("cover", CoverKept, lambda kept: [("covers", kept.covers), ("by", kept.by)])
WATCH: Final = Kind("watch", WatchKept, lambda kept: [("by", kept.by)])


def staff(rows: Rows) -> Staff:
    """Return who works now, covers and is on call."""
    supervisors = working(rows, Role.SUPERVISOR)
    officers = [*working(rows, Role.OFFICER), *supervisors]
    supervisors.sort(key=lambda one: (one.since_at, one.account))
    covers = (kept.value for kept in rows.all(COVER))
    watches = (kept.value for kept in rows.all(WATCH))
    return Staff(
        officers=frozenset(one.account for one in officers),
        supervisors=tuple(one.account for one in supervisors),
        covers=tuple(Cover(c.covers, c.by, Span(c.start_at, c.until_at)) for c in covers),
        watches=tuple(Watch(w.by, Span(w.start_at, w.until_at)) for w in watches),
    )


class Worker(NamedTuple):
    """Somebody's account, as far as it says who works here."""

    account: str
    name: str
    role: Role
    since_at: datetime
    is_closed: bool


def _worker(kept: Kept[Account]) -> Worker:
    value = kept.value
    return Worker(kept.id, value.name, value.role, value.opened_at, value.closed_at is not None)


_WORKERS: Final = Memo(ACCOUNT, _worker)


def working(rows: Rows, role: Role) -> list[Worker]:
    """Return those whose accounts are open in a role, by account."""
    return [one for one in rows.told(_WORKERS, "role", role) if not one.is_closed]


def file_of(rows: Rows, person: str) -> CaseFile:
    """Return a person's case file; an empty one where nobody entered anything yet."""
    return files_of(rows, [person])[person]


def files_of(rows: Rows, persons: Sequence[str]) -> dict[str, CaseFile]:
    """Return the case files of several persons, read at once."""
    kept = rows.named(CASE, persons)
    return {one: kept[one].value if one in kept else CaseFile(one) for one in persons}


def case(rows: Rows, person: str, staff: Staff, at: datetime) -> Case:
    """Return who may act on a person's case now, and who may never."""
    return case_of(file_of(rows, person), staff, at)


def case_of(file: CaseFile, staff: Staff, at: datetime) -> Case:
    """Return the same from the file of the case, where it has been read already."""
    barred = frozenset(file.barred)
    now = charge.all_in_charge(file.officer, barred, staff, at)
    return Case(file.person, frozenset(one.account for one in now), barred)


def in_charge(rows: Rows, person: str, staff: Staff, at: datetime) -> InCharge:
    """Return who is in charge of a person now; always somebody."""
    return in_charge_of(file_of(rows, person), staff, at)


def in_charge_of(file: CaseFile, staff: Staff, at: datetime) -> InCharge:
    """Return the same from the file of the case, where it has been read already."""
    return charge.in_charge(file.officer, frozenset(file.barred), staff, at)
