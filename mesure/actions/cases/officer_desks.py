"""Officer desks: how much waits with each officer, since when, and who is away.

It is about the work and not about the officers or anybody in their charge: no case is opened for
it, and nothing is added up over time. So it is counted from what is not sealed: which incidents
have no finding, which of them nobody has looked at, which contests and absences nobody answered.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from mesure.actions.cases import waiting_things
from mesure.actions.cases.waiting_things import WaitingThing
from mesure.actions.framework.action import ActionContext, ActionType, EmptyRequest, two_step_action
from mesure.actions.framework.case_access import CASE, CaseFile
from mesure.actions.framework.case_opening import may_open
from mesure.actions.framework.context import Context
from mesure.actions.records.account_records import ACCOUNT
from mesure.privacy.roles import Role
from mesure.store.values.effects import StoredIncidentHead


class OfficerDesk(msgspec.Struct, frozen=True):
    """What waits on one list of cases; None: on that of nobody."""

    officer: str | None
    name: str
    persons: int
    open: int  # Things, as a desk shows them: one line for one thing.
    overdue: int
    brought: int  # Of those, what was left for so long that supervisors were notified.
    oldest_at: datetime | None  # Since when the oldest of them waits.
    away_until: datetime | None  # Until when somebody stands in for the officer now.
    covered_by: str | None  # The name of the officer who does.


def _read(context: Context, _: EmptyRequest) -> tuple[StoredIncidentHead, ...]:
    """Read what waits of everybody, before anything is held up for it."""
    return waiting_things.all_heads(context)


@two_step_action("today.officers", {Role.SUPERVISOR}, _read, ActionType.LOOK)
def list_desks(
    doing: ActionContext, _: EmptyRequest, heads: tuple[StoredIncidentHead, ...]
) -> tuple[OfficerDesk, ...]:
    """See how much is waiting for each officer, the longest overdue first."""
    files = [kept.value for kept in doing.rows.all(CASE) if may_open(doing, kept.value)]
    waiting = waiting_things.things_by_person(doing, heads)
    brought = waiting_things.count_brought(doing.work)
    officers = sorted(doing.staff.officers - set(doing.staff.supervisors))
    lists: dict[str | None, list[CaseFile]] = {account: [] for account in officers}
    for file in files:
        lists.setdefault(file.officer, []).append(file)
    accounts = doing.rows.get_many(ACCOUNT, [account for account in lists if account is not None])
    names = {account: accounts[account].value.name for account in accounts}
    desks = [
        _desk(
            doing,
            officer,
            names,
            [waiting.get(file.person, ()) for file in list_files],
            sum(brought.get(file.person, 0) for file in list_files),
        )
        for officer, list_files in lists.items()
    ]
    return tuple(sorted(desks, key=_oldest_first))


def _desk(
    doing: ActionContext,
    officer: str | None,
    names: Mapping[str, str],
    waiting: Sequence[Sequence[WaitingThing]],
    brought: int,
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
        brought=brought,
        oldest_at=min((thing.since_at for thing in things), default=None),
        away_until=None if cover is None else cover.span.end,
        covered_by=None if covered_by is None else covered_by.value.name,
    )


def _oldest_first(desk: OfficerDesk) -> tuple[bool, float, str]:
    oldest = desk.oldest_at
    return not desk.overdue, float("inf") if oldest is None else oldest.timestamp(), desk.name
