"""The person's device, who looked at their data, and what is kept until when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import msgspec
from starlette.responses import Response

from mesure.actions import everything as everything_
from mesure.actions import looks, outside_requests, own_record
from mesure.actions.looks import LooksAsked, LookShown
from mesure.actions.own_record import KeptShown, OfPerson
from mesure.privacy.retention import Sort
from mesure.privacy.roles import Role
from mesure.reports import visible
from mesure.web.frame import health, outside_words, records
from mesure.web.frame.texts import PageTexts
from mesure.web.frame.visits import Visit

LINES_MAX: Final = 100
PAGES_MAX: Final = 4  # Of looks that are gone through.
ONE_VISIT: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Look:
    """A line of the list of looks."""

    at: datetime
    who: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of what is kept."""

    what: str
    why: str
    until: datetime | None
    because: str


def more(visit: Visit) -> Response:
    """Show where the rest is found."""
    return visit.page("more.html")


def device(visit: Visit) -> Response:
    """Show how the device is, and what to do about it."""
    record = records.own(visit)
    carried = visit.perform(own_record.health, OfPerson(record.person))
    now, zone = visit.context.now, record.zone
    shown = [health.of(one, visit.texts, now, zone) for one in carried]
    return visit.page("device.html", devices=shown)


def who_looked(visit: Visit) -> Response:
    """Show who looked at the person's data or changed it, the latest first."""
    record = records.own(visit)
    hidden = {Role.PERSON, Role.PROGRAM, Role.VISITOR}  # Sign-ins have a page of their own.
    others = (one for one in _latest(visit, record.person) if one.role not in hidden)
    lines = _together(_look(one, visit.texts) for one in islice(others, LINES_MAX))
    asked_outside = visit.perform(
        outside_requests.listed, outside_requests.OfPerson(person=record.person)
    )
    now, zone, texts = visit.context.now, record.zone, visit.texts
    contents = {
        "looks": lines,
        "requests": [
            (
                outside_words.state(one.kept, texts),
                outside_words.facts(one.kept, texts, now, zone),
                visible.visible(one.kept.answer),
            )
            for one in reversed(asked_outside)
        ],
        "now": now,
        "zone": zone,
    }
    return visit.page("looks.html", **contents)


def _latest(visit: Visit, person: str) -> Iterator[LookShown]:
    """Yield the latest looks, the last one first; so many pages that those of others are found."""
    after: str | None = ""
    for _ in range(PAGES_MAX):
        if after is None:
            return
        asked = LooksAsked(person=person, after=after, latest_first=True)
        page = visit.perform(looks.listed, asked)
        yield from page.looks
        after = page.after


def kept(visit: Visit) -> Response:
    """Show what is kept, what for, and until when."""
    record = records.own(visit)
    found = visit.perform(own_record.kept, OfPerson(record.person))
    lines = [_kept(one, visit.texts) for one in found]
    mine = visit.actor.role is Role.PERSON
    return visit.page("kept.html", kept=lines, zone=record.zone, has_everything=mine)


def everything(visit: Visit) -> Response:
    """Hand over everything that is kept, as one file."""
    asked = OfPerson(records.own(visit).person)
    data = msgspec.json.encode(visit.perform(everything_.everything, asked).tables)
    headers = {"Content-Disposition": 'attachment; filename="everything.json"'}
    return Response(msgspec.json.format(data), media_type="application/json", headers=headers)


def _together(lines: Iterable[Look]) -> list[Look]:
    """Return lines of one visit as one: what the same somebody looked at in the same minutes."""
    found: list[Look] = []
    for line in lines:
        before = found[-1] if found else None
        is_same = before and (before.who, before.why) == (line.who, line.why)
        if before and is_same and before.at - line.at <= ONE_VISIT:
            parts = dict.fromkeys([*before.what.split("; "), line.what])
            found[-1] = replace(before, what="; ".join(parts))
        else:
            found.append(line)
    return found


def _look(one: LookShown, texts: PageTexts) -> Look:
    catalogue = texts
    role = _role(one.role, texts)
    who = f"{one.by_name}, {role}" if one.by_name else role
    what = _what(one.action, texts)
    if one.refused is not None:
        what = catalogue.text("wanted to do this and was refused: {what}", what=what)
    why = "" if one.purpose is None else one.purpose.said(texts.catalogue)
    return Look(one.at, who, what, why)


def _role(role: Role, texts: PageTexts) -> str:
    catalogue = texts
    return {
        Role.OFFICER: catalogue.text("officer"),
        Role.SUPERVISOR: catalogue.text("supervisor"),
        Role.OPERATOR: catalogue.text("operator of the service"),
        Role.INSPECTOR: catalogue.text("inspector from outside"),
        Role.PERSON: catalogue.text("you"),
        Role.COUNSEL: catalogue.text("your counsel"),
        Role.SERVICE: catalogue.text("another program"),
        Role.PROGRAM: catalogue.text("the service itself"),
        Role.VISITOR: catalogue.text("somebody who had not signed in"),
    }[role]


def _what(action: str, texts: PageTexts) -> str:
    """Return what was done, by the kind of action; its exact name where there is no word for it."""
    catalogue = texts
    words: Mapping[str, str] = {
        "looks.trail": catalogue.text("saw a part of your trail"),
        "looks.list": catalogue.text("read this list"),
        "incidents.show": catalogue.text("opened a possible breach with its evidence"),
        "incidents.list": catalogue.text("read the list of your possible breaches"),
        "contests.show": catalogue.text("read what you wrote"),
        "contests.document": catalogue.text("opened a document of yours"),
        "persons.show": catalogue.text("opened your page"),
        "orders.binding": catalogue.text("read your order"),
        "orders.show": catalogue.text("read your order"),
        "assessments.list": catalogue.text("read how your conditions were judged"),
        "devices.carried_health": catalogue.text("read how your device is"),
        "absences.list": catalogue.text("read your absences"),
        "absences.show": catalogue.text("read an absence of yours"),
        "today.list": catalogue.text("read the list of what waits"),
        "today.absences": catalogue.text("read the list of absences"),
        "caseload.list": catalogue.text("read the list of their cases"),
        "grounds.list": catalogue.text("read the grounds to see your trail"),
        "kept.list": catalogue.text("read what is kept about you"),
    }
    rooms: Mapping[str, str] = {
        "absences": catalogue.text("worked on an absence of yours"),
        "incidents": catalogue.text("worked on a possible breach"),
        "orders": catalogue.text("worked on your order"),
        "grounds": catalogue.text("worked on a ground to see your trail"),
        "bundle": catalogue.text("worked on the evidence as one file"),
        "cards": catalogue.text("gave you a card to sign in"),
        "assignments": catalogue.text("worked on your device"),
        "persons": catalogue.text("worked on your details"),
        "caseload": catalogue.text("decided who is in charge of you"),
    }
    return words.get(action) or rooms.get(action.partition(".")[0]) or action


def _kept(one: KeptShown, texts: PageTexts) -> Kept:
    catalogue = texts
    why = {
        Sort.TRAIL: catalogue.text("to judge whether the order was kept"),
        Sort.HOME_DETAIL: catalogue.text("to judge late readings; then only “present” stays"),
        Sort.LOOK: catalogue.text("so that you can ask who looked"),
        Sort.RECORD: catalogue.text("to carry out the order, and to answer a court"),
    }
    held = [because.said(catalogue.catalogue) for because in one.because]
    return Kept(
        what=one.sort.said(catalogue.catalogue),
        why=why.get(one.sort, catalogue.text("to find out what went wrong with a device")),
        until=one.until_at,
        because=catalogue.items(held) if held else "",
    )
