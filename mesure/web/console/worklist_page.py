"""What needs the officer: possible breaches first, then questions, then devices."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.cases import caseload, colleagues, worklist
from mesure.actions.cases.caseload import CoverShown
from mesure.actions.cases.worklist import Waiting, What
from mesure.actions.data_rights.outside_requests import Urgency
from mesure.actions.framework.action import Nothing
from mesure.actions.orders.absences import How
from mesure.incidents import incident
from mesure.incidents.words import phrases
from mesure.web.console import outside
from mesure.web.console.order_entry import drafting
from mesure.web.shared.visits import Visit
from mesure.web.shared.words import absence_words, incident_phrases
from mesure.web.shared.words.incident_phrases import Tag


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list."""

    title: str
    person: str
    sure: str
    when: Markup
    tags: tuple[Tag, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading."""

    heading: str
    items: tuple[Item, ...]


def shown(visit: Visit) -> Response:
    """Show the list, with who is in charge."""
    waiting = visit.perform(worklist.listed, Nothing())
    now, zone = visit.context.now, visit.parts.zone
    contents = {
        "groups": _groups(visit, waiting),
        "charge": _charge(visit),
        "now": now,
        "today": now.astimezone(zone).date(),
        "zone": zone,
    }
    return visit.page("today.html", **contents)


def helped(visit: Visit) -> Response:
    """Show common questions."""
    return visit.page("console_help.html", undo_within=visit.context.procedure.undo_within)


def _groups(visit: Visit, waiting: Iterable[Waiting]) -> list[Group]:
    catalogue = visit.texts
    breaches: list[Item] = []
    questions: list[Item] = []
    devices: list[Item] = []
    stopped: list[Item] = []
    for one in waiting:
        if one.what is What.NOT_JUDGED:
            stopped.append(_item(visit, one))
        elif one.what is What.INCIDENT:
            of_place = incident.is_of_place(one.kind)
            (breaches if of_place else devices).append(_item(visit, one))
        else:
            questions.append(_item(visit, one))
    groups = (
        Group(catalogue.text("Not judged at present"), tuple(stopped)),
        Group(catalogue.text("Possible breaches"), tuple(breaches)),
        Group(catalogue.text("To be answered"), tuple(questions)),
        Group(catalogue.text("Devices"), tuple(devices)),
    )
    return [group for group in groups if group.items]


def _item(visit: Visit, one: Waiting) -> Item:
    chance = None
    if one.p_outside_max is not None and incident.is_of_place(one.kind):
        chance = phrases.chance(one.p_outside_max, visit.texts.catalogue)
    return Item(
        title=_title(one, visit),
        person=f"{one.name} · {one.person}" if one.name != one.person else one.person,
        sure=chance or "",
        when=_when(one, visit),
        tags=tuple(_tags(one, visit)),
        address=_address(one),
    )


def _when(one: Waiting, visit: Visit) -> Markup:
    """Return when something was or will be; or since when it waits, where it is of no time."""
    catalogue, now, zone = visit.texts, visit.context.now, visit.parts.zone
    if one.start_at is None:
        return catalogue.near(one.since_at, now, zone)
    return catalogue.stretch(one.start_at, one.end_at, now, zone)


def _title(one: Waiting, visit: Visit) -> str:
    catalogue = visit.texts
    match one.what:
        case What.ABSENCE:
            return absence_words.how(How(one.kind), visit.texts)
        case What.SECOND_EYES:
            return catalogue.text("A finding needs a second officer")
        case What.CONTEST:
            return catalogue.text("Contests a finding")
        case What.GROUND:
            return catalogue.text("A look at the trail needs your answer")
        case What.ORDER:
            return catalogue.text("An order waits for a second officer")
        case What.OUTSIDE:
            return catalogue.text("A request for data from outside")
        case What.NOT_JUDGED:
            return catalogue.text(
                "Nothing new is said of this person: the service has a fault. Tell the operator."
            )
        case _:
            return incident_phrases.title(one.kind, visit.texts)


def _address(one: Waiting) -> str:
    if one.what is What.ABSENCE:
        return f"/console/absences/{one.id}"
    if one.what is What.GROUND:
        return f"/console/people/{one.person}#grounds"
    if one.what is What.OUTSIDE:
        return f"{outside.of(one.person)}/{one.id}"
    if one.what is What.NOT_JUDGED:
        return f"/console/people/{one.person}"
    if one.what is What.ORDER:
        return drafting.version_of(one.person, one.id, int(one.kind))
    return f"/console/incidents/{one.id}"


def _tags(one: Waiting, visit: Visit) -> Iterable[Tag]:
    catalogue, now = visit.texts, visit.context.now
    if one.is_overdue and one.due_at is not None:
        length = catalogue.length(now - one.due_at)
        yield catalogue.text("overdue by {length}", length=length), "amiss"
    elif one.due_at is not None:
        due = catalogue.near(one.due_at, now, visit.parts.zone)
        yield catalogue.text("due {when}", when=due), "wait"
    if one.what is What.OUTSIDE and one.kind == Urgency.DANGER:
        yield catalogue.text("danger to life"), "amiss"
    if one.what is What.INCIDENT and one.stage is not None:
        yield incident_phrases.state(one.stage, None, visit.texts)
    if one.what is What.INCIDENT and one.end_at is None:
        yield catalogue.text("not over yet"), ""


def _charge(visit: Visit) -> list[tuple[str, str]]:
    """Return who covers for whom now, as far as it concerns the reader, and who is on call."""
    catalogue, now = visit.texts, visit.context.now
    names = {one.account: one.name for one in visit.perform(colleagues.listed, Nothing())}
    found = visit.perform(caseload.covers, Nothing())
    current = [one for one in found if one.start_at <= now < one.until_at]
    rows: list[tuple[str, str]] = [
        (catalogue.text("You"), names.get(visit.actor.account, visit.actor.account))
    ]
    for one in current:
        until = _until(visit, one)
        if one.covers is None:
            rows.append((catalogue.text("On call"), f"{names.get(one.by, one.by)}, {until}"))
        elif one.by == visit.actor.account:
            other = names.get(one.covers, one.covers)
            rows.append((catalogue.text("You stand in for"), f"{other}, {until}"))
        elif one.covers == visit.actor.account:
            other = names.get(one.by, one.by)
            rows.append((catalogue.text("For you stands in"), f"{other}, {until}"))
    return rows


def _until(visit: Visit, one: CoverShown) -> str:
    catalogue = visit.texts
    near = catalogue.near(one.until_at, visit.context.now, visit.parts.zone)
    return str(catalogue.text("until {when}", when=near.striptags()))
