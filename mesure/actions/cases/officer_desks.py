"""Officer desks: how much waits with each officer, since when, and who is away.

It is about the work and not about the officers or anybody in their charge: no case is opened for
it, and nothing is added up over time. So it is counted from what is not sealed: which incidents
have no finding, which of them nobody has looked at, which contests and absences nobody answered.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from mesure.actions.cases import work_lines
from mesure.actions.framework.action import ActionContext, EmptyRequest, look
from mesure.actions.framework.case_access import CASE, CaseFile
from mesure.actions.framework.case_opening import may_open
from mesure.actions.orders import binding_order
from mesure.actions.records import incident_records
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.incident_records import CONTEST, REVIEW
from mesure.actions.records.record_types import PAGE_MAX, Key, RecordType
from mesure.incidents.incident import IncidentKind
from mesure.instants import to_datetime, to_datetime_or_none
from mesure.privacy.roles import Role
from mesure.store.values.effects import StoredIncidentHead

_SECOND: Final = (incident_records.WAITS, incident_records.SECOND)


class OfficerDesk(msgspec.Struct, frozen=True):
    """What waits on one list of cases; None: on that of nobody."""

    officer: str | None
    name: str
    persons: int
    open: int  # Things, as a desk shows them: one line for one thing.
    overdue: int
    oldest_at: datetime | None  # Since when the oldest of them waits.
    away_until: datetime | None  # Until when somebody stands in for the officer now.
    covered_by: str | None  # The name of whoever does.


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One thing that waits about somebody."""

    since_at: datetime
    is_overdue: bool


@look("today.officers", {Role.SUPERVISOR})
def list_desks(doing: ActionContext, _: EmptyRequest) -> tuple[OfficerDesk, ...]:
    """See how much waits with each officer; those with something overdue for longest first."""
    files = [kept.value for kept in doing.rows.all(CASE) if may_open(doing, kept.value)]
    waiting = _waiting(doing, [file.person for file in files])
    officers = sorted(doing.staff.officers - set(doing.staff.supervisors))
    lists: dict[str | None, list[CaseFile]] = {account: [] for account in officers}
    for file in files:
        lists.setdefault(file.officer, []).append(file)
    accounts = doing.rows.get_many(ACCOUNT, [account for account in lists if account is not None])
    names = {account: accounts[account].value.name for account in accounts}
    desks = [
        _desk(doing, officer, names, [waiting.get(file.person, ()) for file in list_files])
        for officer, list_files in lists.items()
    ]
    return tuple(sorted(desks, key=_oldest_first))


def _desk(
    doing: ActionContext,
    officer: str | None,
    names: Mapping[str, str],
    waiting: Sequence[Sequence[_Waiting]],
) -> OfficerDesk:
    things = [thing for person in waiting for thing in person]
    covers = [
        cover for cover in doing.staff.covers if cover.covers == officer and doing.now in cover.span
    ]
    cover = covers[0] if covers else None
    covered_by = None if cover is None else doing.rows.get(ACCOUNT, cover.by)
    return OfficerDesk(
        officer=officer,
        name="" if officer is None else names.get(officer, officer),
        persons=len(waiting),
        open=len(things),
        overdue=sum(thing.is_overdue for thing in things),
        oldest_at=min((thing.since_at for thing in things), default=None),
        away_until=None if cover is None else cover.span.end,
        covered_by=None if covered_by is None else covered_by.value.name,
    )


def _oldest_first(desk: OfficerDesk) -> tuple[bool, float, str]:
    oldest = desk.oldest_at
    return not desk.overdue, float("inf") if oldest is None else oldest.timestamp(), desk.name


def _waiting(doing: ActionContext, people: Sequence[str]) -> dict[str, list[_Waiting]]:
    """Return by person what waits, from what is not sealed."""
    things: dict[str, list[_Waiting]] = {}
    heads = doing.work.heads_without(people, REVIEW.name, *incident_records.FOUND)
    standing = [head for head in heads if head.withdrawn_us is None]
    # A review begins when somebody first has the evidence before them.
    seen = {row.id for row in doing.work.entries_named(REVIEW.name, [one.id for one in standing])}
    for group in _grouped(standing):
        things.setdefault(group[0].person, []).append(_of_incidents(doing, group, seen))
    within = doing.procedure
    for kind, key, due_after in (
        (CONTEST, _SECOND, within.answer_contest_within),
        (binding_order.ABSENCE, binding_order.WAITS, within.answer_absence_within),
    ):
        for person, since_at in _since(doing, kind, key):
            late = doing.now >= since_at + due_after
            things.setdefault(person, []).append(_Waiting(since_at, late))
    return things


def _grouped(heads: Iterable[StoredIncidentHead]) -> Iterator[list[StoredIncidentHead]]:
    """Yield what is one thing: a silence of somebody with all its conditions, or an incident."""
    silences: dict[str, list[StoredIncidentHead]] = {}
    for head in heads:
        if head.kind == IncidentKind.SILENT.value:
            silences.setdefault(head.person, []).append(head)
        else:
            yield [head]
    for silent in silences.values():
        yield from work_lines.overlapping(
            silent, lambda head: (to_datetime(head.start_us), to_datetime_or_none(head.end_us))
        )


def _of_incidents(
    doing: ActionContext, heads: Iterable[StoredIncidentHead], seen: set[str]
) -> _Waiting:
    opened = [(head, to_datetime(head.opened_us)) for head in heads]
    late = any(
        head.id not in seen and doing.now >= opened_at + doing.procedure.unseen(head.kind)
        for head, opened_at in opened
    )
    return _Waiting(min(opened_at for _, opened_at in opened), late)


def _since(doing: ActionContext, kind: RecordType[Any], key: Key) -> Iterator[tuple[str, datetime]]:
    """Yield about whom records of a kind wait, and since when; none of them is opened."""
    after = ""
    while entries := doing.work.entries_with_key(kind.name, *key, after, PAGE_MAX):
        for entry in entries:
            if entry.person is not None:
                yield entry.person, to_datetime(entry.changed_us)
        if len(entries) < PAGE_MAX:
            return
        after = entries[-1].id
