"""Version differences: what a variation changes, in words, place by place.

The officer who confirms a variation, and the person bound by it, read first what is
different. Nothing is weighed here: every sentence of either version that the other lacks is said.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from mesure.orders.clock import hour_sentences
from mesure.orders.model.order import OrderVersion
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values import calibration_limits
from mesure.orders.values.places import Circle, Place
from mesure.orders.venues import place_names
from mesure.orders.wording import calibration_sentences, order_sentences, place_sentences
from mesure.orders.wording.order_sentences import OrderSection
from mesure.orders.wording.place_sentences import number

T = TypeVar("T")


def sentences(
    before: OrderVersion, after: OrderVersion, catalogue: Catalogue
) -> tuple[OrderSection, ...]:
    """Return what the later of two versions changes; one passage alone where it changes nothing."""
    passages = (
        OrderSection(catalogue.text("Order"), tuple(_order(before, after, catalogue))),
        OrderSection(catalogue.text("Places"), tuple(_places(before, after, catalogue))),
        *_conditions(before, after, catalogue),
        OrderSection(
            catalogue.text("Authorised absences"), tuple(_absences(before, after, catalogue))
        ),
    )
    changed_passages = tuple(passage for passage in passages if passage.lines)
    if changed_passages:
        return changed_passages
    same = catalogue.text("Nothing is different, but for when this version counts from.")
    return (OrderSection(catalogue.text("Order"), (same,)),)


# --- The order as a whole ----------------------------------------------------------------------


def _order(before: OrderVersion, after: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    was, now = (_heads(version, catalogue) for version in (before, after))
    yield from _lines(was, now, catalogue)


def _heads(version: OrderVersion, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what an order says of itself, but for when the version counts from."""
    [whole, *_] = order_sentences.sentences(version, catalogue)
    start = hour_sentences.moment(version.in_force.start, version.zone, catalogue)
    end = hour_sentences.moment(version.in_force.end, version.zone, catalogue)
    in_force = catalogue.text("In force from {start} until {end}.").format(start=start, end=end)
    ends = catalogue.text("In force until {end}.").format(end=end)
    return tuple(ends if line == in_force else line for line in whole.lines)


def _lines(was: Iterable[str], now: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    """Yield the sentences that only one of two texts has, the old ones first."""
    was, now = tuple(was), tuple(now)
    for line in was:
        if line not in now:
            yield catalogue.text("No longer: {sentence}").format(sentence=line)
    for line in now:
        if line not in was:
            yield catalogue.text("New: {sentence}").format(sentence=line)


def _both(
    before: Mapping[str, T], after: Mapping[str, T]
) -> Iterator[tuple[str, T | None, T | None]]:
    """Yield what is named in either, as it was and as it is: the old ones first."""
    for name in dict.fromkeys([*before, *after]):
        yield name, before.get(name), after.get(name)


# --- Places ------------------------------------------------------------------------------------


def _places(before: OrderVersion, after: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    for key, was, now in _both(before.places, after.places):
        name = place_names.quote_name(key, catalogue)
        if now is None:
            yield catalogue.text("The order no longer has the place “{place}”.").format(place=name)
        elif was is None:
            yield catalogue.text("New place: “{place}”.").format(place=name)
            yield from place_sentences.sentences(now, catalogue)
            yield from calibration_sentences.sentences(now, after.zone, catalogue)
        elif was == now:
            yield from _readdressed(was, now, catalogue)
        else:
            yield from _redrawn(was, now, catalogue)
            old = calibration_sentences.sentences(was, before.zone, catalogue)
            new = calibration_sentences.sentences(now, after.zone, catalogue)
            yield from _lines(old, new, catalogue)


def _redrawn(was: Place, now: Place, catalogue: Catalogue) -> Iterator[str]:
    match was.shapes, now.shapes:
        case [Circle() as old], [Circle() as new]:
            name = place_names.quote_name(now.name, catalogue)
            yield from _circle(name, old, new, catalogue)
            yield from _readdressed(was, now, catalogue)
        case _:
            if was.shapes != now.shapes:
                sentence = catalogue.text("“{place}” is drawn otherwise than before.")
                yield sentence.format(place=place_names.quote_name(now.name, catalogue))
            old_lines = place_sentences.sentences(was, catalogue)
            yield from _lines(old_lines, place_sentences.sentences(now, catalogue), catalogue)


def _readdressed(was: Place, now: Place, catalogue: Catalogue) -> Iterator[str]:
    """Yield what a version says otherwise of the address of a place."""
    if was.address == now.address:
        return
    name = place_names.quote_name(now.name, catalogue)
    if not now.address:
        sentence = catalogue.text("“{place}” no longer has the address {address}.")
        yield sentence.format(place=name, address=was.address)
    else:
        sentence = catalogue.text("The address of “{place}” is now {address}.")
        yield sentence.format(place=name, address=now.address)


def _circle(name: str, old: Circle, new: Circle, catalogue: Catalogue) -> Iterator[str]:
    point = new.lat_deg, new.lon_deg
    if point != (old.lat_deg, old.lon_deg):
        ways = calibration_sentences.ways(
            *calibration_limits.north_east_m(old, point), catalogue
        ) or catalogue.text("less than a metre")
        yield catalogue.text("“{place}” moves: {ways}.").format(place=name, ways=ways)
        yield catalogue.text("Its middle is now at latitude {lat}, longitude {lon}.").format(
            lat=number(new.lat_deg), lon=number(new.lon_deg)
        )
    if new.radius_m != old.radius_m:
        yield catalogue.text("“{place}” reaches {now} m far, and no longer {before} m.").format(
            place=name, now=number(new.radius_m), before=number(old.radius_m)
        )


# --- Conditions and absences -------------------------------------------------------------------


def _conditions(
    before: OrderVersion, after: OrderVersion, catalogue: Catalogue
) -> Iterator[OrderSection]:
    earlier, later = (
        {one.id: order_sentences.condition(one, version, catalogue) for one in version.conditions}
        for version in (before, after)
    )
    for _, was, now in _both(earlier, later):
        if was is None and now is not None:
            new = catalogue.text("This condition is new.")
            yield OrderSection(now.heading, (new, *now.lines))
        elif was is not None and now is None:
            yield OrderSection(was.heading, (catalogue.text("This condition no longer holds."),))
        else:
            assert was is not None and now is not None, "what is in neither is not named"  # noqa: PT018
            old_lines, new_lines = was.lines, now.lines
            if was.heading != now.heading:
                old_lines = (f"{was.heading}.", *old_lines)
            yield OrderSection(now.heading, tuple(_lines(old_lines, new_lines, catalogue)))


def _absences(before: OrderVersion, after: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    earlier, later = (
        {
            absence.id: tuple(order_sentences.absence_lines(absence, version, catalogue))
            for absence in version.absences
        }
        for version in (before, after)
    )
    for name, was, now in _both(earlier, later):
        if now is None:
            sentence = catalogue.text("The absence {id} is not in this version.")
            yield sentence.format(id=name)
        elif was != now:
            yield from _lines(was or (), now, catalogue)
