"""Officers page: what waits with each officer, for a supervisor, who moves cases from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.cases import officer_desks
from mesure.actions.cases.officer_desks import OfficerDesk
from mesure.actions.desk import handover_notes, overdue_things
from mesure.actions.desk.handover_notes import UnconfirmedHandover
from mesure.actions.desk.overdue_things import OverdueView
from mesure.actions.framework.action import EmptyRequest
from mesure.web.console import caseloads, worklist_page
from mesure.web.console.desk import handover_page
from mesure.web.console.names import names_of
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import page_texts, work_words

ADDRESS: Final = "/console/officers"
SHOWN_MAX: Final = 50  # Of what was left, those that are overdue for longest.


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One officer's list of cases, and what waits on it."""

    name: str
    persons: int
    open: int
    overdue: int
    brought: int  # Of those, what was left for so long that supervisors were notified.
    oldest: str
    away: str
    people: str  # Where the people of the list are.
    move: str  # Where cases of the list are moved.


@dataclass(frozen=True, slots=True)
class SupervisorRow:
    """Something that a supervisor should see: left past its deadline, or not confirmed."""

    title: str
    person: str
    facts: tuple[str, ...]
    address: str


def show(visit: PageVisit) -> Response:
    """Show a line for each officer, and what was left past its deadline for long."""
    desks = visit.perform(officer_desks.list_desks, EmptyRequest())
    names = names_of(visit)
    things = visit.perform(overdue_things.list_overdue, EmptyRequest())
    rows = [_row(visit, desk) for desk in desks if desk.persons or desk.officer is not None]
    notes = visit.perform(handover_notes.list_unconfirmed, EmptyRequest())
    contents = {
        "officers": rows,
        "overdue": sum(row.overdue for row in rows),
        "brought": [_overdue_row(visit, thing, names) for thing in things[:SHOWN_MAX]],
        "more": max(0, len(things) - SHOWN_MAX),
        "unconfirmed": [_unconfirmed_row(visit, note, names) for note in notes],
    }
    return visit.page("officers.html", **contents)


def _overdue_row(visit: PageVisit, thing: OverdueView, names: Mapping[str, str]) -> SupervisorRow:
    catalogue, now = visit.texts, visit.context.now
    nobody = str(catalogue.text("Not assigned to an officer"))
    length = catalogue.short_length(now - thing.due_at)
    return SupervisorRow(
        title=work_words.title(thing.what, thing.kind, visit.texts),
        person=thing.name,
        facts=(
            str(catalogue.text("overdue by {length}", length=length)),
            nobody if thing.officer is None else names.get(thing.officer, thing.officer),
        ),
        address=worklist_page.address(thing.what, thing.item, thing.person, thing.kind),
    )


def _unconfirmed_row(
    visit: PageVisit, note: UnconfirmedHandover, names: Mapping[str, str]
) -> SupervisorRow:
    catalogue, now = visit.texts, visit.context.now
    written = catalogue.near(note.written_at, now, visit.parts.zone)
    if note.written_by is None:
        return SupervisorRow(
            title=work_words.unreadable(catalogue, is_readable=False),
            person=note.name,
            facts=(),
            address=f"/console/people/{note.person}",
        )
    readers = catalogue.items([names.get(one, one) for one in note.waits_for])
    return SupervisorRow(
        title=str(catalogue.text("Hand-over note for {name}", name=readers)),
        person=note.name,
        facts=(
            str(catalogue.text("written by {name}", name=names.get(note.written_by, ""))),
            page_texts.bare(written),
        ),
        address=f"{handover_page.of(note.person)}#{note.handover}",
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
        persons=desk.persons, open=desk.open, overdue=desk.overdue, brought=desk.brought,
        oldest=oldest, away=away,
        people="" if desk.officer is None else f"/console/people?{urlencode({'scope': account})}",
        move=f"{caseloads.ADDRESS}?{urlencode({'of': account})}",
    )  # fmt: skip
