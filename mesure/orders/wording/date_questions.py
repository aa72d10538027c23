"""Date questions: a mistyped year, a slot of a day, and other slips in dates and hours."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from mesure.orders.clock import hour_sentences
from mesure.orders.model.order import OrderVersion
from mesure.orders.text.catalogue import Catalogue

SLOT_S_MAX: Final = 12 * 3600  # Nobody is asked to come for a minute within half a day.
# Longer than an order lasts, short of a typing slip.
YEARS_MAX: Final = timedelta(days=30 * 365.25)


def sentences(
    version: OrderVersion, catalogue: Catalogue, today: date | None = None
) -> Iterator[str]:
    """Yield a question for every date and slot that may not be meant."""
    yield from _years(version, catalogue, today)
    yield from _decision(version, catalogue)
    for condition in version.conditions:
        timetable = condition.duty.timetable
        if timetable.slots and any(one.length_s > SLOT_S_MAX for one in timetable.windows):
            yield catalogue.text(
                "Condition {id}: a slot lasts more than {hours} hours. Are its hours right?"
            ).format(id=condition.id, hours=SLOT_S_MAX // 3600)
    yield from _reviews(version, catalogue)


def _day(instant: datetime, version: OrderVersion) -> date:
    return instant.astimezone(version.zone).date()


def _years(version: OrderVersion, catalogue: Catalogue, today: date | None) -> Iterator[str]:
    start, end = (_day(one, version) for one in (version.in_force.start, version.in_force.end))
    if end - start > YEARS_MAX:
        yield catalogue.text(
            "The order ends more than {years} years after it begins. Is the year right?"
        ).format(years=30)
    if version.decision_date is not None and start - version.decision_date > YEARS_MAX:
        yield catalogue.text(
            "The order begins more than {years} years after its decision. Is the year right?"
        ).format(years=30)
    if today is not None and abs(start - today) > YEARS_MAX:
        yield catalogue.text(
            "The order begins more than {years} years from today. Is the year right?"
        ).format(years=30)


def _decision(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    decided = version.decision_date
    if decided is not None and _day(version.in_force.start, version) < decided:
        yield catalogue.text(
            "The order begins before its decision of {day}. Are both dates right?"
        ).format(day=hour_sentences.day(decided, version.zone, catalogue))


def _reviews(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    start = _day(version.in_force.start, version)
    for condition in version.conditions:
        review = condition.review_by
        end = min(condition.in_force.end, version.in_force.end)
        if review is None:
            continue
        if review - start > YEARS_MAX:
            yield catalogue.text(
                "The review of condition {id} is more than {years} years after the order begins. "
                "Is the year right?"
            ).format(id=condition.id, years=30)
        if review > _day(end, version):
            yield catalogue.text(
                "Condition {id} must be reviewed by {day}, but it ends before that day."
            ).format(id=condition.id, day=hour_sentences.day(review, version.zone, catalogue))
