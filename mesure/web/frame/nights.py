"""How each condition in force was kept, day by day: the same for officer, person and counsel."""

from collections.abc import Callable, Iterable
from datetime import datetime

from mesure.actions import own_record
from mesure.actions.own_record import Assessed, AssessedAsked
from mesure.orders.conditions import Condition
from mesure.orders.order import OrderVersion
from mesure.web.frame import calendar, records
from mesure.web.frame.records import Record
from mesure.web.frame.visits import Visit

Named = Callable[[Condition], str]


def of(visit: Visit, record: Record, named: Named | None = None) -> list[calendar.Kept]:
    """Return a calendar for each condition that is in force now; `named` is what it is called."""
    now, zone = visit.context.now, record.zone
    first = calendar.first_day(record.today(visit))
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    purpose, number = records.why(visit, record.person)
    asked = AssessedAsked(
        person=record.person, start_at=start, until_at=now, purpose=purpose, case_number=number
    )
    found = visit.perform(own_record.assessed, asked)
    return [
        calendar.kept(
            condition,
            _of(record, version.order),
            _only(found, version.order),
            zone,
            now,
            visit.texts,
            None if named is None else named(condition),
        )
        for version in record.now(visit)
        for condition in version.conditions
    ]


def _of(record: Record, order: str) -> list[OrderVersion]:
    return [version for version in record.versions if version.order == order]


def _only(found: Iterable[Assessed], order: str) -> list[Assessed]:
    return [one for one in found if one.order == order]
