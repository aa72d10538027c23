"""Officer desks: how much waits with each officer, since when, and who is away.

It is about the work and not about the officers: nothing is added up over time, and nobody is
compared with another but by what is open now.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.cases import work_lines, worklist
from mesure.actions.cases.work_lines import WorkLine
from mesure.actions.framework.action import ActionContext, EmptyRequest, look
from mesure.actions.framework.case_access import CASE, CaseFile
from mesure.actions.framework.case_opening import may_open
from mesure.actions.judging import judging_position
from mesure.actions.records.account_records import ACCOUNT
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role

_NOTHING: Final = timedelta(0)  # Nothing is brief here: each thing is counted.


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


@look("today.officers", {Role.SUPERVISOR}, purpose=Purpose.SUPERVISION)
def list_desks(doing: ActionContext, _: EmptyRequest) -> tuple[OfficerDesk, ...]:
    """See how much waits with each officer; those with something overdue for longest first."""
    files = [kept.value for kept in doing.rows.all(CASE) if may_open(doing, kept.value)]
    not_judged = judging_position.not_judged(doing.work)
    people = [file.person for file in files]
    items = worklist.items_about(doing, people, not_judged, is_counted=True)
    by_person: dict[str, list[WorkLine]] = {}
    for line in work_lines.arrange(items, below=_NOTHING).lines:
        by_person.setdefault(line.first.person, []).append(line)
    lists: dict[str | None, list[CaseFile]] = {
        account: [] for account in sorted(doing.staff.officers - set(doing.staff.supervisors))
    }
    for file in files:
        lists.setdefault(file.officer, []).append(file)
    accounts = doing.rows.get_many(ACCOUNT, [account for account in lists if account is not None])
    names = {account: accounts[account].value.name for account in accounts}
    desks = [
        _desk(doing, officer, names, list_files, by_person) for officer, list_files in lists.items()
    ]
    return tuple(sorted(desks, key=_oldest_first))


def _desk(
    doing: ActionContext,
    officer: str | None,
    names: dict[str, str],
    files: Sequence[CaseFile],
    by_person: dict[str, list[WorkLine]],
) -> OfficerDesk:
    lines = [line for file in files for line in by_person.get(file.person, ())]
    since = [item.since_at for line in lines for item in line.items]
    overdue = [line for line in lines if any(item.is_overdue for item in line.items)]
    cover = next(
        (one for one in doing.staff.covers if one.covers == officer and doing.now in one.span), None
    )
    covered_by = None if cover is None else doing.rows.get(ACCOUNT, cover.by)
    return OfficerDesk(
        officer=officer,
        name="" if officer is None else names.get(officer, officer),
        persons=len(files),
        open=len(lines),
        overdue=len(overdue),
        oldest_at=min(since, default=None),
        away_until=None if cover is None else cover.span.end,
        covered_by=None if covered_by is None else covered_by.value.name,
    )


def _oldest_first(desk: OfficerDesk) -> tuple[bool, float, str]:
    oldest = desk.oldest_at
    return not desk.overdue, float("inf") if oldest is None else oldest.timestamp(), desk.name
