"""Nights: how each condition in force was kept, day by day, the same for every reader."""

from collections.abc import Callable, Iterable
from datetime import datetime

from mesure.actions.data_rights import own_record
from mesure.actions.data_rights.own_record import AssessmentsRequest, AssessmentView
from mesure.orders.model.conditions import Condition
from mesure.orders.model.order import OrderVersion
from mesure.web.shared import record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import calendar

Named = Callable[[Condition], str]


def of(
    visit: PageVisit, record: PersonRecord, named: Named | None = None
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
    return [
        calendar.calendar_of(
            condition,
            _of(record, version.order),
            _only(assessments, version.order),
            zone,
            now,
            visit.texts,
            None if named is None else named(condition),
        )
        for version in record.now(visit)
        for condition in version.conditions
    ]


def _of(record: PersonRecord, order: str) -> list[OrderVersion]:
    return [version for version in record.versions if version.order == order]


def _only(assessments: Iterable[AssessmentView], order: str) -> list[AssessmentView]:
    return [one for one in assessments if one.order == order]
