"""Statistics of a programme: counted by the program itself, and read by its overseers.

Counting takes long where there is much, so it is done now and then and kept; a reader gets what
was counted last, and when. What is kept are numbers by year, without names.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext, EmptyRequest, look, two_step_action
from mesure.actions.framework.context import Context
from mesure.actions.incidents import incident_counts
from mesure.actions.incidents.incident_counts import IncidentCount
from mesure.actions.records.record_types import RecordType, RegisterReader
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.reports.statistics import programme_statistics
from mesure.reports.statistics.incident_counting import GroupCounts, Table
from mesure.reports.statistics.programme_statistics import Statistics

EVERY: Final = timedelta(hours=6)
# Late evidence changes what was judged of the last weeks; time before this year begins is settled.
SETTLED_AFTER: Final = timedelta(days=60)


class StatisticsRecord(msgspec.Struct, frozen=True):
    """What was counted of a year and of its quarters."""

    counted_at: datetime
    table: Table
    unreadable: int = 0  # Persons who are not in it, or not with all: something cannot be opened.


YEAR: Final = RecordType("statistics", StatisticsRecord, programme_key="statistics")


class StatisticsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which year or quarter; empty: the latest year."""

    period: str = ""


class StatisticsView(msgspec.Struct, frozen=True):
    """The figures of a period, when they were counted, and which other periods there are."""

    counted_at: datetime | None  # None: nothing was counted yet.
    periods: tuple[str, ...]
    found: Statistics | None
    unreadable: int = 0  # Persons who are in no figure, or not with all: their key is lost.


@look("statistics.show", {Role.INSPECTOR, Role.SUPERVISOR}, purpose=Purpose.SUPERVISION)
def show(doing: ActionContext, request: StatisticsRequest) -> StatisticsView:
    """See the statistics of a year or a quarter; nobody can be recognised in them."""
    years = [one.value for one in doing.rows.all(YEAR)]
    table: Table = {period: cells for one in years for period, cells in one.table.items()}
    periods = programme_statistics.periods(table)
    last = max(years, key=lambda year: year.counted_at, default=None)
    unreadable = 0 if last is None else last.unreadable
    if not periods and not request.period:
        return StatisticsView(None, (), None, unreadable)
    period = request.period or periods[0]
    if period not in periods:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    doing.note(period=period)
    assert last is not None, "there is a period, so something was counted"
    figures = programme_statistics.of_period(table, period, last.counted_at.date())
    return StatisticsView(last.counted_at, periods, figures, unreadable)


def is_due(context: Context) -> bool:
    """Tell whether it is time to count, and there is anything to count."""
    with context.store.read() as reading:
        count_times = [
            one.value.counted_at for one in RegisterReader(reading, context.keyring).all(YEAR)
        ]
        has_incidents = bool(reading.incidents_since(0, 1))
    return context.now >= max(count_times) + EVERY if count_times else has_incidents


def _counted(context: Context, _: EmptyRequest) -> IncidentCount:
    return incident_counts.count_incidents(context, (context.now - SETTLED_AFTER).year)


@two_step_action("statistics.count", {Role.PROGRAM}, _counted)
def count(doing: ActionContext, _: EmptyRequest, counted: IncidentCount) -> None:
    """Count incidents, findings and judged time for the statistics; only numbers are kept."""
    since, (table, unreadable) = str((doing.now - SETTLED_AFTER).year), counted
    before = {kept.id: kept for kept in doing.rows.all(YEAR)}
    years = {period[:4] for period in table} | set(before)
    if unreadable and not years:  # Nothing can be read of anybody; that much is to be said.
        years = {since}
    for year in sorted(years):
        own = {period: cells for period, cells in table.items() if period[:4] == year}
        stored_year = before.get(year)
        if stored_year is None:
            doing.rows.add(YEAR, year, StatisticsRecord(doing.now, own, unreadable))
            continue
        if year < since:
            _with_settled_time(own, stored_year.value.table)
        doing.rows.change(stored_year, StatisticsRecord(doing.now, own, unreadable))
    doing.note(years=len(years), unreadable=unreadable)


def _with_settled_time(table: Table, before: Table) -> None:
    """Put the time that was judged in a settled year back in its place."""
    for period, breakdowns in before.items():
        for breakdown, groups in breakdowns.items():
            for group, old in groups.items():
                if old.met_s or old.not_met_s or old.unknown_s:
                    cells = table.setdefault(period, {}).setdefault(breakdown, {})
                    cell = cells.setdefault(group, GroupCounts())
                    cell.met_s, cell.not_met_s = old.met_s, old.not_met_s
                    cell.unknown_s = old.unknown_s
                    cell.persons = max(cell.persons, old.persons)
