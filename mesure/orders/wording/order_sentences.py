"""An order read back as sentences, to be compared with the court's paper.

What was entered is what is judged, so every number of the file is said, in short sentences, and
what looks like a slip is asked about.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mesure.orders.clock import durations, hour_sentences
from mesure.orders.model import order as order_
from mesure.orders.model.conditions import Condition
from mesure.orders.model.order import Absence, OrderVersion
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.venues import place_names
from mesure.orders.wording import calibration_sentences, place_sentences, slip_questions


@dataclass(frozen=True, slots=True)
class OrderSection:
    """A heading and the sentences below it."""

    heading: str
    lines: tuple[str, ...]


def sentences(
    version: OrderVersion,
    catalogue: Catalogue,
    as_of: date | None = None,
    *,
    today: date | None = None,
    asks: bool = True,
) -> tuple[OrderSection, ...]:
    """Return an order version in words, with the reviews that are overdue on a day.

    `today`: years far from it are asked about. `asks`: slips are, as long as nothing binds yet.
    """
    slips = tuple(slip_questions.sentences(version, catalogue, today)) if asks else ()
    passages = [
        OrderSection(catalogue.text("Order"), tuple(_order(version, catalogue))),
        OrderSection(catalogue.text("Places"), tuple(_places(version, catalogue))),
        *(condition(one, version, catalogue) for one in version.conditions),
        OrderSection(catalogue.text("Authorised absences"), tuple(_absences(version, catalogue))),
        OrderSection(catalogue.text("Check the order"), slips),
    ]
    if as_of is not None:
        lines = tuple(_overdue(version, catalogue, as_of))
        passages.append(OrderSection(catalogue.text("Reviews overdue"), lines))
    return tuple(passage for passage in passages if passage.lines)


def _order(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    zone = version.zone
    yield catalogue.text("Order: {order}.").format(order=version.order)
    yield catalogue.text("Person: {person}.").format(person=version.person)
    if version.court:
        yield catalogue.text("Court: {court}.").format(court=version.court)
    if version.decision_number:
        number = version.decision_number
        yield catalogue.text("Number of the decision: {number}.").format(number=number)
    if version.decision_date is not None:
        day = hour_sentences.day(version.decision_date, zone, catalogue)
        yield catalogue.text("Date of the decision: {day}.").format(day=day)
    if version.legal_basis:
        yield catalogue.text("Legal basis: {basis}.").format(basis=version.legal_basis)
    yield catalogue.text("In force from {start} until {end}.").format(
        start=hour_sentences.moment(version.in_force.start, zone, catalogue),
        end=hour_sentences.moment(version.in_force.end, zone, catalogue),
    )
    yield catalogue.text("It starts at the first of these moments and is over at the second.")
    yield catalogue.text("All times are in the time zone {zone}.").format(zone=zone.key)


def _places(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    for place in version.places.values():
        yield from place_sentences.sentences(place, catalogue)
        yield from calibration_sentences.sentences(place, version.zone, catalogue)
    for file, sha256 in version.files_sha256.items():
        sentence = catalogue.text("Boundaries were read from {file}, with the SHA-256 sum {sum}.")
        yield sentence.format(file=file, sum=sha256)


def condition(condition: Condition, version: OrderVersion, catalogue: Catalogue) -> OrderSection:
    """Return a condition of an order version in words."""
    name = condition.duty.name(catalogue)
    heading = catalogue.text("Condition {id}: {duty}").format(id=condition.id, duty=name)
    return OrderSection(heading, tuple(_duty(condition, version, catalogue)))


def _duty(condition: Condition, version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    zone, in_force = version.zone, condition.in_force
    yield condition.duty.sentence(catalogue)
    yield from hour_sentences.sentences(condition.duty.timetable, in_force, catalogue)
    if in_force.start <= version.in_force.start and version.in_force.end <= in_force.end:
        yield catalogue.text("In force for as long as the order.")
    else:
        yield catalogue.text("In force from {start} until {end}.").format(
            start=hour_sentences.moment(in_force.start, zone, catalogue),
            end=hour_sentences.moment(in_force.end, zone, catalogue),
        )
    if condition.review_by is None:
        yield catalogue.text("No review date is given.")
    else:
        day = hour_sentences.day(condition.review_by, zone, catalogue)
        yield catalogue.text("To be reviewed by {day}.").format(day=day)


# --- Absences --------------------------------------------------------------------------------


def _absences(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    for absence in version.absences:
        yield from absence_lines(absence, version, catalogue)


def absence_lines(absence: Absence, version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    """Yield what an order says of an absence."""
    yield catalogue.text("{id}: from {start} until {end}.").format(
        id=absence.id,
        start=hour_sentences.moment(absence.span.start, version.zone, catalogue),
        end=hour_sentences.moment(absence.span.end, version.zone, catalogue),
    )
    if absence.allows >= {condition.id for condition in version.conditions}:
        yield catalogue.text("All conditions are suspended.")
    else:
        allowed = catalogue.items(sorted(absence.allows))
        yield catalogue.text("Suspended: {conditions}.").format(conditions=allowed)
    if absence.at is not None:
        place = place_names.quote_name(absence.at, catalogue)
        yield catalogue.text("Only for being at this place: “{place}”.").format(place=place)
    if absence.travel_s:
        length = durations.exact(absence.travel_s, catalogue)
        yield catalogue.text("At each end the way may take {length}.").format(length=length)
    if absence.reason:
        yield catalogue.text("Reason: {reason}.").format(reason=absence.reason)
    if absence.by:
        yield catalogue.text("Allowed by: {by}.").format(by=absence.by)


def _overdue(version: OrderVersion, catalogue: Catalogue, as_of: date) -> Iterator[str]:
    overdue = order_.overdue_reviews(version, as_of)
    for condition in overdue:
        assert condition.review_by is not None, "an overdue review has a date"
        day = hour_sentences.day(condition.review_by, version.zone, catalogue)
        sentence = catalogue.text("Condition {id} was to be reviewed by {day}.")
        yield sentence.format(id=condition.id, day=day)
    if not overdue:
        day = hour_sentences.day(as_of, version.zone, catalogue)
        yield catalogue.text("No review is overdue on {day}.").format(day=day)
