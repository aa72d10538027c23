"""Nights: how each condition in force was kept, day by day, the same for every reader."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mesure.actions.data_rights import own_record
from mesure.actions.data_rights.own_record import AssessmentsRequest
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.incident_review import IncidentHead, IncidentsRequest
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsencesRequest, AbsenceStage, AbsenceView
from mesure.incidents.finding import ReviewStage
from mesure.orders.model.conditions import Condition
from mesure.orders.values.span import Span
from mesure.web.shared import record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import calendar, incident_phrases
from mesure.web.shared.words.calendar import CalendarEvent

Named = Callable[[Condition], str]
INCIDENTS_MAX: Final = 200  # Looked through for what happened in the months that are shown.


@dataclass(frozen=True, slots=True)
class EventPages:
    """Where readers of a role find an incident and an absence; empty: they have no such page."""

    incident: str  # With `{id}` in it.
    absence: str


OFFICERS: Final = EventPages("/console/incidents/{id}", "/console/absences/{id}")
PERSONS: Final = EventPages("/portal/notices/{id}", "/portal/absences")
COUNSELS: Final = EventPages("/counsel/incidents/{id}", "")


def of(
    visit: PageVisit, record: PersonRecord, pages: EventPages, named: Named | None = None
) -> list[calendar.ConditionCalendar]:
    """Return a calendar for each condition that is in force now; `named` is what it is called."""
    now, zone = visit.context.now, record.zone
    first = calendar.first_day(record.today(visit))
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    purpose, number = record_heading.why(visit, record.person)
    request = AssessmentsRequest(
        person=record.person, start_at=start, until_at=now, purpose=purpose, case_number=number
    )
    assessments = visit.perform(own_record.list_assessments, request)
    heads = _incidents(visit, record.person, start)
    person_absences = visit.perform(absences.list_absences, AbsencesRequest(record.person))
    return [
        calendar.calendar_of(
            condition,
            [other for other in record.versions if other.order == version.order],
            [row for row in assessments if row.order == version.order],
            zone,
            now,
            visit.texts,
            None if named is None else named(condition),
            [
                *_incident_events(visit, heads, version.order, condition.id, pages),
                *_absence_events(visit, person_absences, version.order, condition.id, pages),
            ],
        )
        for version in record.now(visit)
        for condition in version.conditions
    ]


def _incidents(visit: PageVisit, person: str, start: datetime) -> list[IncidentHead]:
    request = IncidentsRequest(person, count=INCIDENTS_MAX)
    heads = visit.perform(incident_review.list_incidents, request)
    return [head for head in heads if head.end_at is None or head.end_at > start]


def _incident_events(
    visit: PageVisit, heads: Iterable[IncidentHead], order: str, condition: str, pages: EventPages
) -> Iterator[CalendarEvent]:
    """Yield the incidents of a condition, with what was found about each."""
    catalogue = visit.texts
    for head in heads:
        if (head.order, head.condition) != (order, condition):
            continue
        concluded = None if head.outcome is None else (head.outcome, None)
        tag = incident_phrases.state(head.stage, concluded, catalogue, head.returned)
        if head.withdrawn_at is not None:
            tag = catalogue.text("withdrawn"), ""
        is_done = head.stage is ReviewStage.FOUND or head.withdrawn_at is not None
        yield CalendarEvent(
            "done" if is_done else "notice",
            incident_phrases.title(head.kind, catalogue),
            tag,
            pages.incident.format(id=head.incident),
            Span(head.start_at, head.end_at or visit.context.now),
            is_absence=False,
        )


def _absence_events(
    visit: PageVisit,
    person_absences: Iterable[AbsenceView],
    order: str,
    condition: str,
    pages: EventPages,
) -> Iterator[CalendarEvent]:
    """Yield the absences from a condition that were granted."""
    catalogue = visit.texts
    for absence in person_absences:
        record = absence.kept
        is_granted = record.stage == AbsenceStage.GRANTED
        if is_granted and record.order == order and condition in record.conditions:
            yield CalendarEvent(
                "absence",
                catalogue.text("Authorised absence"),
                (catalogue.text("allowed"), "met"),
                pages.absence.format(id=absence.absence),
                Span(record.start_at, record.until_at),
                is_absence=True,
            )
