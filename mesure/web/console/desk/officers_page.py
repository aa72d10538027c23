"""Officers page: what waits with each officer, for a supervisor, who moves cases from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.cases import officer_desks
from mesure.actions.cases.officer_desks import OfficerDesk
from mesure.actions.continuity import overdue_things
from mesure.actions.continuity.overdue_things import OverdueView
from mesure.actions.framework.action import EmptyRequest
from mesure.web.console import caseloads, worklist_page
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/console/officers"


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One officer's list of cases, and what waits on it."""

    name: str
    persons: int
    open: int
    overdue: int
    brought: int  # Of those, what was left for so long that supervisors were told of it.
    oldest: str
    away: str
    people: str  # Where the people of the list are.
    move: str  # Where cases of the list are moved.


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """Something that was left past its deadline."""

    title: str
    person: str
    facts: tuple[str, ...]
    address: str


def show(visit: PageVisit) -> Response:
    """Show a line for each officer, and what was left past its deadline for long."""
    desks = visit.perform(officer_desks.list_desks, EmptyRequest())
    names = {desk.officer: desk.name for desk in desks}
    things = visit.perform(overdue_things.list_overdue, EmptyRequest())
    rows = [_row(visit, desk) for desk in desks if desk.persons or desk.officer is not None]
    contents = {
        "officers": rows,
        "overdue": sum(row.overdue for row in rows),
        "brought": [_overdue_row(visit, thing, names) for thing in things],
    }
    return visit.page("officers.html", **contents)


def _overdue_row(
    visit: PageVisit, thing: OverdueView, names: Mapping[str | None, str]
) -> OverdueRow:
    catalogue, now = visit.texts, visit.context.now
    nobody = str(catalogue.text("Not assigned to an officer"))
    length = catalogue.short_length(now - thing.due_at)
    return OverdueRow(
        title=worklist_page.title(thing.what, thing.kind, visit),
        person=thing.name,
        facts=(
            str(catalogue.text("overdue by {length}", length=length)),
            names.get(thing.officer) or nobody,
        ),
        address=worklist_page.address(thing.what, thing.item, thing.person, thing.kind),
    )


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
        brought=desk.brought,
        oldest=oldest,
        away=away,
        people="" if desk.officer is None else f"/console/people?{urlencode({'scope': account})}",
        move=f"{caseloads.ADDRESS}?{urlencode({'of': account})}",
    )
