"""Officers page: what waits with each officer, for a supervisor, who moves cases from there."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.cases import officer_desks
from mesure.actions.cases.officer_desks import OfficerDesk
from mesure.actions.framework.action import EmptyRequest
from mesure.web.console import caseloads
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/console/officers"


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One officer's list of cases, and what waits on it."""

    name: str
    persons: int
    open: int
    overdue: int
    oldest: str
    away: str
    people: str  # Where the people of the list are.
    move: str  # Where cases of the list are moved.


def show(visit: PageVisit) -> Response:
    """Show a line for each officer."""
    desks = visit.perform(officer_desks.list_desks, EmptyRequest())
    rows = [_row(visit, desk) for desk in desks if desk.persons or desk.officer is not None]
    overdue = sum(row.overdue for row in rows)
    return visit.page("officers.html", officers=rows, overdue=overdue)


def _row(visit: PageVisit, desk: OfficerDesk) -> OfficerRow:
    catalogue, now = visit.texts, visit.context.now
    account = desk.officer or caseloads.NOBODY
    away = ""
    if desk.away_until is not None:
        until = catalogue.near(desk.away_until, now, visit.parts.zone)
        away = catalogue.text("until {when}, {name} is covering", when=until, name=desk.covered_by)
    oldest = "" if desk.oldest_at is None else catalogue.length(now - desk.oldest_at)
    return OfficerRow(
        name=desk.name or str(catalogue.text("Not assigned to an officer")),
        persons=desk.persons,
        open=desk.open,
        overdue=desk.overdue,
        oldest=oldest,
        away=away,
        people="" if desk.officer is None else f"/console/people?{urlencode({'scope': account})}",
        move=f"{caseloads.ADDRESS}?{urlencode({'of': account})}",
    )
