"""Worklist page: possible breaches first, then questions, then devices."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.cases import caseload, colleagues, worklist
from mesure.actions.cases.caseload import CoverView
from mesure.actions.cases.worklist import WorkItem, WorkItemType
from mesure.actions.data_rights.outside_requests import Urgency
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders.absences import AbsenceOrigin
from mesure.incidents import incident
from mesure.incidents.words import phrases
from mesure.web.console import outside
from mesure.web.console.order_entry import drafting
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import absence_words, deadline_words, incident_phrases
from mesure.web.shared.words.incident_phrases import Tag


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One line of the list."""

    title: str
    person: str
    sure: str
    when: Markup
    tags: tuple[Tag, ...]
    address: str


@dataclass(frozen=True, slots=True)
class WorklistGroup:
    """Lines under one heading."""

    heading: str
    items: tuple[WorklistRow, ...]


def show(visit: PageVisit) -> Response:
    """Show the list, with who is in charge."""
    waiting = visit.perform(worklist.list_items, EmptyRequest())
    now, zone = visit.context.now, visit.parts.zone
    contents = {
        "groups": _groups(visit, waiting),
        "charge": _charge(visit),
        "now": now,
        "today": now.astimezone(zone).date(),
        "zone": zone,
    }
    return visit.page("today.html", **contents)


def show_help(visit: PageVisit) -> Response:
    """Show common questions."""
    return visit.page("console_help.html", undo_within=visit.context.procedure.undo_within)


def _groups(visit: PageVisit, waiting: Iterable[WorkItem]) -> list[WorklistGroup]:
    catalogue = visit.texts
    breaches: list[WorklistRow] = []
    questions: list[WorklistRow] = []
    devices: list[WorklistRow] = []
    stopped: list[WorklistRow] = []
    for work_item in waiting:
        if work_item.what is WorkItemType.NOT_JUDGED:
            stopped.append(_item(visit, work_item))
        elif work_item.what is WorkItemType.INCIDENT:
            of_place = incident.is_of_place(work_item.kind)
            (breaches if of_place else devices).append(_item(visit, work_item))
        else:
            questions.append(_item(visit, work_item))
    groups = (
        WorklistGroup(catalogue.text("Not judged at present"), tuple(stopped)),
        WorklistGroup(catalogue.text("Possible breaches"), tuple(breaches)),
        WorklistGroup(catalogue.text("To be answered"), tuple(questions)),
        WorklistGroup(catalogue.text("Devices"), tuple(devices)),
    )
    return [group for group in groups if group.items]


def _item(visit: PageVisit, work_item: WorkItem) -> WorklistRow:
    chance = None
    if work_item.p_outside_max is not None and incident.is_of_place(work_item.kind):
        chance = phrases.chance(work_item.p_outside_max, visit.texts.catalogue)
    return WorklistRow(
        title=_title(work_item, visit),
        person=f"{work_item.name} · {work_item.person}"
        if work_item.name != work_item.person
        else work_item.person,
        sure=chance or "",
        when=_when(work_item, visit),
        tags=tuple(_tags(work_item, visit)),
        address=_address(work_item),
    )


def _when(work_item: WorkItem, visit: PageVisit) -> Markup:
    """Return when something was or will be; or since when it waits, where it is of no time."""
    catalogue, now, zone = visit.texts, visit.context.now, visit.parts.zone
    if work_item.start_at is None:
        return catalogue.near(work_item.since_at, now, zone)
    return catalogue.stretch(work_item.start_at, work_item.end_at, now, zone)


def _title(work_item: WorkItem, visit: PageVisit) -> str:
    catalogue = visit.texts
    match work_item.what:
        case WorkItemType.ABSENCE:
            return absence_words.how(AbsenceOrigin(work_item.kind), visit.texts)
        case WorkItemType.SECOND_EYES:
            return catalogue.text("A finding needs a second officer")
        case WorkItemType.CONTEST:
            return catalogue.text("Contests a finding")
        case WorkItemType.GROUND:
            return catalogue.text("A look at the trail needs your answer")
        case WorkItemType.ORDER:
            return catalogue.text("An order waits for a second officer")
        case WorkItemType.OUTSIDE:
            return catalogue.text("A request for data from outside")
        case WorkItemType.NOT_JUDGED:
            return catalogue.text(
                "Nothing new is said of this person: the service has a fault. Tell the operator."
            )
        case _:
            return incident_phrases.title(work_item.kind, visit.texts)


def _address(work_item: WorkItem) -> str:
    if work_item.what is WorkItemType.ABSENCE:
        return f"/console/absences/{work_item.id}"
    if work_item.what is WorkItemType.GROUND:
        return f"/console/people/{work_item.person}#grounds"
    if work_item.what is WorkItemType.OUTSIDE:
        return f"{outside.of(work_item.person)}/{work_item.id}"
    if work_item.what is WorkItemType.NOT_JUDGED:
        return f"/console/people/{work_item.person}"
    if work_item.what is WorkItemType.ORDER:
        return drafting.version_of(work_item.person, work_item.id, int(work_item.kind))
    return f"/console/incidents/{work_item.id}"


def _tags(work_item: WorkItem, visit: PageVisit) -> Iterable[Tag]:
    catalogue, now = visit.texts, visit.context.now
    if work_item.decide_by is not None:
        zone = visit.parts.zone
        yield from deadline_words.clocks(
            work_item.look_by, work_item.decide_by, visit.texts, now, zone
        )
    elif work_item.is_overdue and work_item.due_at is not None:
        length = catalogue.short_length(now - work_item.due_at)
        yield catalogue.text("overdue by {length}", length=length), "amiss"
    elif work_item.due_at is not None:
        due = catalogue.near(work_item.due_at, now, visit.parts.zone)
        yield catalogue.text("due {when}", when=due), "wait"
    if work_item.what is WorkItemType.OUTSIDE and work_item.kind == Urgency.DANGER:
        yield catalogue.text("danger to life"), "amiss"
    if work_item.what is WorkItemType.INCIDENT and work_item.stage is not None:
        yield incident_phrases.state(work_item.stage, None, visit.texts, work_item.returned)
    if work_item.what is WorkItemType.INCIDENT and work_item.end_at is None:
        yield catalogue.text("not over yet"), ""


def _charge(visit: PageVisit) -> list[tuple[str, str]]:
    """Return who covers for whom now, as far as it concerns the reader, and who is on call."""
    catalogue, now = visit.texts, visit.context.now
    names = {
        one.account: one.name for one in visit.perform(colleagues.list_colleagues, EmptyRequest())
    }
    covers = visit.perform(caseload.covers, EmptyRequest())
    current = [one for one in covers if one.start_at <= now < one.until_at]
    rows: list[tuple[str, str]] = [
        (catalogue.text("You"), names.get(visit.actor.account, visit.actor.account))
    ]
    for cover in current:
        until = _until(visit, cover)
        if cover.covers is None:
            rows.append((catalogue.text("On call"), f"{names.get(cover.by, cover.by)}, {until}"))
        elif cover.by == visit.actor.account:
            other = names.get(cover.covers, cover.covers)
            rows.append((catalogue.text("You stand in for"), f"{other}, {until}"))
        elif cover.covers == visit.actor.account:
            other = names.get(cover.by, cover.by)
            rows.append((catalogue.text("For you stands in"), f"{other}, {until}"))
    return rows


def _until(visit: PageVisit, cover: CoverView) -> str:
    catalogue = visit.texts
    near = catalogue.near(cover.until_at, visit.context.now, visit.parts.zone)
    return str(catalogue.text("until {when}", when=near.striptags()))
