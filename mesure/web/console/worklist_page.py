"""Worklist page: one line for one thing, the lines of a person together, short things at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.cases import caseload, work_lines, worklist
from mesure.actions.cases.caseload import CoverView
from mesure.actions.cases.work_lines import Desk, PersonLines, WorkLine
from mesure.actions.cases.worklist import WorkItem, WorkItemType
from mesure.actions.data_rights.outside_requests import Urgency
from mesure.actions.desk import overdue_things
from mesure.actions.framework.action import EmptyRequest
from mesure.incidents import device_problems, incident
from mesure.incidents.finding import ReviewStage
from mesure.privacy.roles import Role
from mesure.reports.text import visible_text
from mesure.web.console import outside
from mesure.web.console.names import names_of
from mesure.web.console.order_entry import drafting
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import deadline_words, incident_phrases, page_texts, work_words
from mesure.web.shared.words.incident_phrases import Tag

CONDITIONS_SHOWN: Final = 2
RECORDED: Final = "recorded"  # What of an address names the finding made just before.


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One line of the list."""

    title: str
    conditions: str
    facts: tuple[str, ...]
    words: str  # What the person's side wrote last, where it did.
    tags: tuple[Tag, ...]
    address: str


@dataclass(frozen=True, slots=True)
class WorklistPerson:
    """A person with their lines."""

    person: str
    name: str
    rows: tuple[WorklistRow, ...]


@dataclass(frozen=True, slots=True)
class DigestRow:
    """What is short and over: how much of it, and about how many people."""

    title: str
    count: int
    facts: tuple[str, ...]
    tags: tuple[Tag, ...]


def desk_of(visit: PageVisit) -> Desk:
    """Return what waits for the reader, as their desk shows it."""
    items = visit.perform(worklist.list_items, EmptyRequest())
    return work_lines.arrange(items, work_lines.lengths_on(visit.context.now.date()))


def last_recorded(visit: PageVisit) -> str:
    """Return where what was recorded just before can be seen and taken back, or nothing."""
    name = visit.query_value(RECORDED)
    is_name = bool(name) and name.replace("-", "").isalnum() and name.isascii()
    return f"/console/incidents/{name}#finding" if is_name else ""


def show(visit: PageVisit) -> Response:
    """Show the list, with who is in charge."""
    desk = desk_of(visit)
    now, zone = visit.context.now, visit.parts.zone
    is_supervisor = visit.actor.role is Role.SUPERVISOR
    contents = {
        "is_supervisor": is_supervisor,
        "brought": _brought(visit) if is_supervisor else 0,
        "people": [_person(visit, one) for one in desk.people],
        "digest": _digest(visit, desk.digest) if desk.digest else None,
        "count": desk.count,
        "recorded": last_recorded(visit),
        "charge": _charge(visit),
        "today": now.astimezone(zone).date(),
    }
    return visit.page("today.html", **contents)


def show_help(visit: PageVisit) -> Response:
    """Show common questions."""
    return visit.page("console_help.html", undo_within=visit.context.procedure.undo_within)


def _brought(visit: PageVisit) -> int:
    """Return how much officers left past its deadline for long."""
    return visit.perform(overdue_things.count_overdue, EmptyRequest())


def _person(visit: PageVisit, person: PersonLines) -> WorklistPerson:
    rows = tuple(row_of(visit, line) for line in person.lines)
    return WorklistPerson(person.person, person.name, rows)


def row_of(visit: PageVisit, line: WorkLine) -> WorklistRow:
    """Return a line with all that is to be seen before it is opened."""
    return WorklistRow(
        title=work_words.title(line.first.what, line.first.kind, visit.texts),
        conditions=conditions_of(line, visit),
        facts=tuple(facts_of(line, visit)),
        words=visible_text.visible(line.first.signals.words),
        tags=tuple(tags_of(line, visit)),
        address=address_of(line.first),
    )


def conditions_of(line: WorkLine, visit: PageVisit) -> str:
    """Return which conditions a line touches, the first two by name; nothing of a device."""
    names = [name for name in line.conditions if name != device_problems.CONDITION]
    first, more = names[:CONDITIONS_SHOWN], len(names) - CONDITIONS_SHOWN
    if more <= 0:
        return ", ".join(first)
    named = ", ".join(first)
    return str(visit.texts.text("{conditions} and {count} more", conditions=named, count=more))


def facts_of(line: WorkLine, visit: PageVisit) -> Iterable[str]:
    """Yield when something was and how long, how far, and by when it is due."""
    catalogue, item = visit.texts, line.first
    if item.what is not WorkItemType.UNREADABLE:  # Since when, nobody knows.
        yield _when(line, visit)
    lasted = line.lasted
    if lasted is not None and item.what is not WorkItemType.ABSENCE:
        length, times = catalogue.short_length(lasted), len(line.times)
        if times > 1:
            yield catalogue.plural(
                "{count} silence, {length} in all",
                "{count} silences, {length} in all",
                times,
                length=length,
            )
        else:
            yield length
    distance_m = item.signals.distance_max_m
    if incident.is_of_place(item.kind) and distance_m is not None:
        distance = catalogue.metres(round(distance_m))
        yield catalogue.text("{distance} beyond the boundary", distance=distance)
    if not any(one.is_overdue for one in line.items):
        yield from _due(line, visit)


def _due(line: WorkLine, visit: PageVisit) -> Iterable[str]:
    """Yield what is due next of a line, if anything is."""
    clocks = [words for words, _ in _clocks(line, visit)]
    if clocks:
        yield clocks[0]
    elif line.due_at is not None:
        catalogue = visit.texts
        due = catalogue.near(line.due_at, visit.context.now, visit.parts.zone)
        yield catalogue.text("due {when}", when=due)


def _when(line: WorkLine, visit: PageVisit) -> Markup:
    """Return when something was or will be; or since when it waits, where it is of no time."""
    catalogue, now, zone = visit.texts, visit.context.now, visit.parts.zone
    if line.start_at is None:
        return catalogue.near(line.first.since_at, now, zone)
    return catalogue.stretch(line.start_at, line.end_at, now, zone)


def address_of(work_item: WorkItem) -> str:
    """Return where something that waits is answered."""
    return address(work_item.what, work_item.id, work_item.person, work_item.kind)


def address(what: WorkItemType, item: str, person: str, kind: str) -> str:
    """Return where something of this kind is answered, by its id and the person."""
    if what is WorkItemType.ABSENCE:
        return f"/console/absences/{item}"
    if what is WorkItemType.HANDOVER:
        return f"/console/people/{person}/handover#{item}"
    if what is WorkItemType.GROUND:
        return f"/console/people/{person}#grounds"
    if what is WorkItemType.OUTSIDE:
        return f"{outside.of(person)}/{item}"
    if what in {WorkItemType.NOT_JUDGED, WorkItemType.UNREADABLE}:
        return f"/console/people/{person}"
    if what is WorkItemType.ORDER:
        return drafting.version_of(person, item, int(kind))
    return f"/console/incidents/{item}"


def tags_of(line: WorkLine, visit: PageVisit) -> Iterable[Tag]:
    """Yield what sets a line apart from others; what is so of every new one has no tag."""
    catalogue, item = visit.texts, line.first
    yield from _overdue(line, visit)
    if item.what is WorkItemType.OUTSIDE and item.kind == Urgency.DANGER:
        yield catalogue.text("danger to life"), "amiss"
    signals = [one.signals for one in line.items]
    if any(one.brought_at is not None for one in line.items):
        yield catalogue.text("your supervisor knows"), "wait"
    if any(one.is_contested for one in signals) and item.what is not WorkItemType.CONTEST:
        yield catalogue.text("contested"), "wait"
    returned = next((one.returned for one in line.items if one.returned is not None), None)
    if item.stage is not None and (returned is not None or _is_seen(item)):
        yield incident_phrases.state(item.stage, None, visit.texts, returned)
    if any(one.words for one in signals):
        yield catalogue.text("the person wrote"), ""
    documents = sum(one.documents for one in signals)
    if documents:
        yield catalogue.plural("{count} document", "{count} documents", documents), ""
    if item.what is WorkItemType.INCIDENT and line.end_at is None:
        yield catalogue.text("not over yet"), ""


def _is_seen(item: WorkItem) -> bool:
    return item.what is WorkItemType.INCIDENT and item.stage is ReviewStage.SEEN


def _clocks(line: WorkLine, visit: PageVisit) -> Iterable[Tag]:
    """Yield the clocks that still run of the incidents of a line, each by the first to run out."""
    look_by = [one.look_by for one in line.items if one.look_by is not None]
    decide_by = [one.decide_by for one in line.items if one.decide_by is not None]
    yield from deadline_words.clocks(
        min(look_by, default=None),
        min(decide_by, default=None),
        visit.texts,
        visit.context.now,
        visit.parts.zone,
    )


def _overdue(line: WorkLine, visit: PageVisit) -> Iterable[Tag]:
    """Yield by how much a line is overdue, if it is: by its first clock to run out, and no more."""
    if not any(item.is_overdue for item in line.items):
        return
    first = next((tag for tag in _clocks(line, visit) if tag[1] == "amiss"), None)
    if first is not None:
        yield first
    elif line.due_at is not None:
        catalogue = visit.texts
        length = catalogue.short_length(visit.context.now - line.due_at)
        yield catalogue.text("overdue by {length}", length=length), "amiss"


def _digest(visit: PageVisit, lines: Iterable[WorkLine]) -> DigestRow:
    catalogue, all_lines = visit.texts, list(lines)
    people = len({line.first.person for line in all_lines})
    whole = WorkLine(tuple(item for line in all_lines for item in line.items))
    longest = max(line.lasted for line in all_lines if line.lasted is not None)
    return DigestRow(
        title=catalogue.plural(
            "{count} interruption that soon ended by itself",
            "{count} interruptions that soon ended by themselves",
            len(all_lines),
        ),
        count=len(all_lines),
        facts=(
            catalogue.plural("of {count} person", "of {count} people", people),
            catalogue.text("the longest {length}", length=catalogue.short_length(longest)),
        ),
        tags=tuple((words, "wait") for words, _ in _overdue(whole, visit)),
    )


def _charge(visit: PageVisit) -> list[tuple[str, str]]:
    """Return who covers for whom now, as far as it concerns the reader, and who is on call."""
    catalogue, now = visit.texts, visit.context.now
    names = names_of(visit)
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
            rows.append((catalogue.text("You are covering for"), f"{other}, {until}"))
        elif cover.covers == visit.actor.account:
            other = names.get(cover.by, cover.by)
            rows.append((catalogue.text("Covering for you"), f"{other}, {until}"))
    return rows


def _until(visit: PageVisit, cover: CoverView) -> str:
    catalogue = visit.texts
    near = catalogue.near(cover.until_at, visit.context.now, visit.parts.zone)
    return str(catalogue.text("until {when}", when=page_texts.bare(near)))
