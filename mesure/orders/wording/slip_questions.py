"""Slip questions: what in an order looks like a slip of the pen, and is worth asking about."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from mesure.orders.model import schedule
from mesure.orders.model.conditions import Exclusion, Residence
from mesure.orders.model.order import OrderVersion
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.venues import place_names
from mesure.orders.wording import conflict_questions, date_questions, ground_questions

_A_WEEK: Final = timedelta(days=8)


def sentences(
    version: OrderVersion, catalogue: Catalogue, today: date | None = None
) -> Iterator[str]:
    """Yield a sentence for everything that the proof-reader should look at twice."""
    yield from _not_written(version, catalogue)
    yield from date_questions.sentences(version, catalogue, today)
    yield from _never_binding(version, catalogue)
    yield from _unused_places(version, catalogue)
    yield from ground_questions.sentences(version, catalogue)
    yield from conflict_questions.sentences(version, catalogue)
    yield from _not_confirmed(version, catalogue)
    yield from _absences(version, catalogue)
    yield from _overlaps(version, catalogue)


def _not_written(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    if not version.court:
        yield catalogue.text("The court is missing.")
    if not version.decision_number:
        yield catalogue.text("The number of the decision is missing.")
    if version.decision_date is None:
        yield catalogue.text("The date of the decision is missing.")
    if not version.legal_basis:
        yield catalogue.text("The legal basis is missing.")


def _never_binding(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    for condition in version.conditions:
        start = max(version.in_force.start, condition.in_force.start)
        # A week nearly always shows it; the whole time is looked at where it does not.
        if not any(
            schedule.bounds(condition, version, start, end)
            for end in (start + _A_WEEK, version.in_force.end)
        ):
            sentence = catalogue.text("Condition {id} never binds while this version is in force.")
            yield sentence.format(id=condition.id)


def _unused_places(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    used = {absence.at for absence in version.absences}
    if any(isinstance(one.duty, Residence | Exclusion) for one in version.conditions):
        used.add(place_names.HOME)  # Estimates for such a place start from the home.
    for condition in version.conditions:
        timetable = condition.duty.timetable
        nights = [timetable.first_night] if timetable.first_night else []
        used |= {window.at for window in (*timetable.windows, *nights)}
        used |= {str(getattr(condition.duty, field.name)) for field in fields(condition.duty)}
    for place in version.places:
        if place not in used:
            sentence = catalogue.text("Nothing in the order names the place “{place}”.")
            yield sentence.format(place=place_names.quote_name(place, catalogue))


def _not_confirmed(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    for place in version.places.values():
        if any(not one.confirmed_by for one in place.calibrations):
            sentence = catalogue.text(
                "“{place}”: no second officer has confirmed the point where the device shows it."
            )
            yield sentence.format(place=place_names.quote_name(place.name, catalogue))


def _absences(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    for absence in version.absences:
        if not absence.reason:
            yield catalogue.text("{id}: the reason is missing.").format(id=absence.id)
        if not absence.by:
            yield catalogue.text("{id}: it does not say who allowed it.").format(id=absence.id)
        inside = absence.span.overlap(version.in_force)
        if inside is None:
            sentence = catalogue.text("{id} lies outside the time in force of this version.")
            yield sentence.format(id=absence.id)
        elif inside != absence.span:
            sentence = catalogue.text("{id} reaches beyond the time in force of this version.")
            yield sentence.format(id=absence.id)


def _overlaps(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    """Yield overlaps of an absence without a place and one with a place."""
    by_start = sorted(version.absences, key=lambda absence: absence.span.start)
    for earlier, later in pairwise(by_start):
        if (earlier.at is None) == (later.at is None) or not earlier.allows & later.allows:
            continue
        if earlier.span.overlap(later.span):
            sentence = catalogue.text(
                "{one} and {other} overlap: while both hold, the person may be anywhere."
            )
            yield sentence.format(one=earlier.id, other=later.id)
