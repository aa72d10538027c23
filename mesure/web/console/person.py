"""A person's page: what the order asks, how it was kept, the device; no trail without a ground."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.accounts import printed_cards
from mesure.actions.accounts.printed_cards import GiveCard
from mesure.actions.data_rights import own_record
from mesure.actions.incidents.incident_review import IncidentHead
from mesure.actions.orders import absences
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import AnswerGround, GroundView, RecordGround
from mesure.geo import fixes
from mesure.privacy.purposes import FOR_ROLE, Purpose
from mesure.privacy.roles import Role
from mesure.reports.maps import order_zones
from mesure.reports.text import visible_text
from mesure.web.console import caseloads, people
from mesure.web.console.names import names_of
from mesure.web.shared import nights, record_heading, record_pages
from mesure.web.shared.evidence import page_map
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.record_pages import IncidentRow
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import absence_words, charge_words, device_health, incident_phrases
from mesure.web.shared.words.incident_phrases import Tag

INCIDENTS_MAX: Final = 30
ABSENCES_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class GroundRow:
    """A ground to look at a trail, as the page lists it."""

    id: str
    purpose: str
    reason: str
    span: Markup
    by: str
    tag: Tag
    may_answer: bool
    may_look: bool
    for_bundle: bool  # Of one incident; it shows no trail elsewhere.


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show a person's page."""
    person = visit.path("person")
    record = record_heading.record(visit, person)
    now, zone = visit.context.now, record.zone
    address = f"{people.ADDRESS}/{person}"
    heads, earlier = record_pages.incidents(visit, person, address, INCIDENTS_MAX)
    person_absences = visit.perform(absences.list_absences, absences.AbsencesRequest(person))
    lines = [absence_words.line(one, visit.texts, now, zone) for one in person_absences]
    lines.sort(key=lambda line: (line.due_at is not None, line.start_at), reverse=True)
    carried = visit.perform(own_record.health, own_record.OwnRecordRequest(person))
    contents = {
        "record": record,
        "today": record.today(visit),
        "incidents": [_line(visit, head, record) for head in heads],
        "earlier": earlier,
        "calendars": nights.of(visit, record, nights.OFFICERS),
        "order": record_heading.in_words(visit, record),
        "charge": charge_words.rows(record.shown.in_charge, visit.texts),
        "devices": [device_health.of(one, visit.texts, now, zone) for one in carried],
        "absences": lines[:ABSENCES_MAX],
        "others": lines[ABSENCES_MAX:],
        "reviews": _reviews(record, visit),
        "address": address,
        "is_supervisor": visit.actor.role is Role.SUPERVISOR,
        "move": _move(record),
    }
    return visit.page(
        "person.html", status, **contents, **_map(visit, record), **_grounds(visit, record)
    )


def record_ground(visit: PageVisit) -> Response:
    """Record why a span of the trail needs to be seen."""
    person, form, catalogue = visit.path("person"), visit.form, visit.texts
    record = record_heading.record(visit, person)
    purposes = {one.value for one in FOR_ROLE[visit.actor.role]}
    purpose = form.one_of("purpose", purposes, catalogue.text("Choose for what."))
    number = form.text("case_number", catalogue.text("Enter the number of the case."))
    start = form.instant("from", record.zone, catalogue.catalogue)
    until = form.instant("until", record.zone, catalogue.catalogue)
    reason = form.text("ground_reason", catalogue.text("Say why. The person reads it."))
    if start is None or until is None or form.faults:
        return show(visit, 422)
    request = RecordGround(person, Purpose(purpose), number, start, until, reason)
    done = visit.try_action(grounds.record, request, "purpose")
    return visit.to(f"{people.ADDRESS}/{person}#grounds") if done else show(visit, 422)


def answer_ground(visit: PageVisit) -> Response:
    """Agree to a ground that somebody else recorded, or turn it down."""
    agrees = visit.form.value("agrees") == "yes"
    visit.perform(grounds.answer, AnswerGround(visit.path("ground"), agrees))
    return visit.to(f"{people.ADDRESS}/{visit.path('person')}#grounds")


def give_card(visit: PageVisit) -> Response:
    """Give the person a card to sign in, and show it once, to be printed."""
    record = record_heading.record(visit, visit.path("person"))
    card = visit.perform(printed_cards.give, GiveCard(record.person, record.shown.language))
    return visit.page("card.html", record=record, card=card, origin=visit.parts.origin)


def _move(record: PersonRecord) -> str:
    """Return where the case is moved: the list of its officer, with the person ticked."""
    of = record.shown.in_charge.officer or caseloads.NOBODY
    return f"{caseloads.ADDRESS}?{urlencode({'of': of, 'person': record.person})}"


def _map(visit: PageVisit, record: PersonRecord) -> dict[str, object]:
    scene = order_zones.scene_of(record.now(visit), fixes.none(), record.zone, visit.context.now)
    return {"map": page_map.of_scene(scene, visit)}


def _line(visit: PageVisit, head: IncidentHead, record: PersonRecord) -> IncidentRow:
    catalogue = visit.texts
    concluded = None if head.outcome is None else (head.outcome, None)
    tag = incident_phrases.state(head.stage, concluded, catalogue, head.returned)
    if head.withdrawn_at is not None:
        tag = catalogue.text("withdrawn"), ""
    when = catalogue.stretch(head.start_at, head.end_at, visit.context.now, record.zone)
    title = incident_phrases.title_in_list(head.condition, head.kind, catalogue)
    return IncidentRow(f"/console/incidents/{head.incident}", title, when, tag)


def _reviews(record: PersonRecord, visit: PageVisit) -> list[tuple[str, Markup]]:
    """Return when the conditions in force are to be looked at again before they end."""
    catalogue, today, zone = visit.texts, record.today(visit), record.zone
    dated = [
        (one.review_by, one)
        for version in record.now(visit)
        for one in version.conditions
        if one.review_by is not None
        and one.review_by <= min(one.in_force.end, version.in_force.end).astimezone(zone).date()
    ]
    rows: list[tuple[str, Markup]] = []
    for day, condition in sorted(dated, key=lambda pair: pair[0]):
        name = catalogue.under_head(condition.id, condition.duty.name(catalogue.catalogue))
        when = catalogue.short_day(day, today)
        if day < today:
            when = Markup("{} · {}").format(when, catalogue.text("overdue"))
        rows.append((name, when))
    return rows


def _grounds(visit: PageVisit, record: PersonRecord) -> dict[str, object]:
    purpose, number = record_heading.why(visit, record.person)
    request = grounds.GroundsRequest(person=record.person, purpose=purpose, case_number=number)
    person_grounds = visit.perform(grounds.list_grounds, request)
    names = names_of(visit)
    choices = sorted(
        (one.value, one.in_words(visit.texts.catalogue), "") for one in FOR_ROLE[visit.actor.role]
    )
    return {
        "grounds": [_ground(visit, one, record, names) for one in person_grounds],
        "purposes": choices,
    }


def _ground(
    visit: PageVisit, ground: GroundView, record: PersonRecord, names: dict[str, str]
) -> GroundRow:
    catalogue, ground_record = visit.texts, ground.kept
    if ground_record.turned_down:
        tag: Tag = (catalogue.text("turned down"), "")
    elif ground_record.waits and not ground.counts_now:
        tag = (catalogue.text("waits for a supervisor"), "wait")
    elif ground.counts_now:
        tag = (catalogue.text("valid now"), "met")
    else:
        tag = (catalogue.text("over"), "")
    is_other = ground_record.recorded_by != visit.actor.account
    return GroundRow(
        id=ground.ground,
        purpose=ground_record.purpose.in_words(catalogue.catalogue),
        reason=visible_text.visible(ground_record.reason),
        span=catalogue.stretch(
            ground_record.start_at, ground_record.until_at, visit.context.now, record.zone
        ),
        by=names.get(ground_record.recorded_by, ground_record.recorded_by),
        tag=tag,
        may_answer=ground_record.waits and is_other and visit.actor.role is Role.SUPERVISOR,
        may_look=ground.counts_now and ground_record.incident is None,
        for_bundle=ground_record.incident is not None,
    )
