"""Order version: an order as it read between two dates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from mesure.orders.model.conditions import Condition
from mesure.orders.values.places import Place
from mesure.orders.values.span import Span


@dataclass(frozen=True, slots=True)
class Absence:
    """A dated exception to one or more conditions, with who allowed it.

    `at` None: the person may be anywhere. With a place, `travel_s` seconds at both ends, inside
    the span, are free for the way.
    """

    id: str
    allows: frozenset[str]  # Identifiers of conditions; all of the order's for a suspension.
    span: Span
    reason: str
    by: str
    at: str | None = None
    travel_s: int = 0


@dataclass(frozen=True, slots=True)
class OrderVersion:
    """What the court decided, as it read while `in_force`.

    It is never changed, only followed by another version. Texts are empty, and the date of the
    decision None, where the order does not name them.
    """

    order: str
    person: str
    court: str
    decision_number: str
    decision_date: date | None
    legal_basis: str
    zone: ZoneInfo
    in_force: Span
    places: Mapping[str, Place]
    conditions: tuple[Condition, ...]
    absences: tuple[Absence, ...]
    file: str  # The name it was read from, for messages.
    sha256: str  # Of the bytes it was read from.
    files_sha256: Mapping[str, str] = field(default_factory=dict)  # Of the files it names.


def overdue_reviews(version: OrderVersion, as_of: date) -> tuple[Condition, ...]:
    """Return the conditions still in force on a day whose review was due on an earlier one."""
    noon = datetime.combine(as_of, time(12), version.zone)
    return tuple(
        condition
        for condition in version.conditions
        if condition.review_by is not None
        and condition.review_by < as_of
        and noon < min(condition.in_force.end, version.in_force.end)
    )
