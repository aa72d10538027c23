"""Authorised absences as an order file writes them, and those that disagree."""

from collections.abc import Iterable, Iterator
from typing import Final

from mesure.orders.clock import wall_clock
from mesure.orders.fields import read_places, read_times, read_values
from mesure.orders.fields.duty_keys import MINUTE_S
from mesure.orders.fields.order_context import OrderContext
from mesure.orders.fields.read_values import LONG_CHARS_MAX
from mesure.orders.model.order import Absence
from mesure.orders.reading.read_conditions import CONDITIONS_MAX, EVERYTHING
from mesure.orders.text.file_entries import EntryGroup, FileEntry
from mesure.orders.text.near_names import nearest
from mesure.orders.text.order_faults import join_names, quote
from mesure.orders.text.sayings import translatable
from mesure.orders.text.strings_yaml import normalise

ABSENCES_MAX: Final = 1_000
TRAVEL_MIN_MAX: Final = 1_440.0  # Minutes: a day each way.


def read(group: EntryGroup, book: OrderContext, conditions: Iterable[str]) -> tuple[Absence, ...]:
    """Return the absences of an order that has these conditions."""
    if group.count > ABSENCES_MAX:
        what = translatable(
            "the order has {count} absences, more than {most}", count=group.count, most=ABSENCES_MAX
        )
        group.refuse(
            what,
            translatable("that is more than a person can proof-read"),
            translatable("leave out those long past"),
        )
        return ()
    names = {normalise(name): name for name in conditions}
    noted = len(group.faults)
    absences = [_absence(name, entry, book, names) for name, entry in group]
    if len(group.faults) == noted:
        _refuse_disagreement(group, absences)
    return tuple(absences)


def _absence(
    name: str, entry: FileEntry, book: OrderContext, conditions: dict[str, str]
) -> Absence:
    read_places.refuse_bad_name(name, entry)
    keys = entry.group()
    why = translatable("which condition is suspended must be written")
    allows = keys.need("allows", why, next(iter(conditions.values()), "C1"))
    walls = read_times.walls(keys) or read_values.EVER
    at, travel = keys.find("at"), keys.find("travel_min")
    if travel and not at:
        what = translatable("“travel_min” stands here without “at”")
        travel.refuse(
            what,
            translatable("the way leads nowhere"),
            translatable("add “at: PLACE”, or leave “travel_min” out"),
        )
    absence = Absence(
        name,
        _allowed(allows, conditions) if allows else frozenset(),
        wall_clock.freedom(walls.start, walls.end, book.zone),
        _long_text(keys, "reason"),
        _long_text(keys, "by"),
        book.place_named(at) if at else None,
        _travel_s(travel) if travel else 0,
    )
    keys.refuse_rest()
    return absence


def _allowed(entry: FileEntry, conditions: dict[str, str]) -> frozenset[str]:
    allowed: set[str] = set()
    for item in entry.items(CONDITIONS_MAX):
        name = item.text()
        if name == EVERYTHING:
            allowed |= set(conditions.values())
        elif name is not None and normalise(name) in conditions:
            allowed.add(conditions[normalise(name)])
        elif name is not None:
            _refuse_unknown(item, name, conditions)
    return frozenset(allowed)


def _refuse_unknown(entry: FileEntry, name: str, conditions: dict[str, str]) -> None:
    near = None if entry.faults.is_full else nearest(name, conditions.values())
    remedy = translatable(
        "write one of {names}, or “{all}” for all",
        names=join_names(conditions.values()),
        all=EVERYTHING,
    )
    remedy = translatable("did you mean {near}?", near=quote(near)) if near else remedy
    what = translatable("the order has no condition called {name}", name=quote(name))
    entry.refuse(what, translatable("the person would be held to what was allowed"), remedy)


def _travel_s(entry: FileEntry) -> int:
    limits = (0.0, TRAVEL_MIN_MAX)
    return round(
        read_values.number(entry, limits, translatable("minutes"), from_zero=True) * MINUTE_S
    )


def _long_text(keys: EntryGroup, key: str) -> str:
    entry = keys.find(key, may_be_empty=True)
    return (entry.text(LONG_CHARS_MAX) if entry else None) or ""


# --- Two absences that disagree --------------------------------------------------------------


def _refuse_disagreement(group: EntryGroup, absences: list[Absence]) -> None:
    """Refuse absences that overlap on one condition and name different places.

    One without a place never disagrees: it lets the person be anywhere, so also there.
    """
    places = sorted((a for a in absences if a.at is not None), key=lambda a: a.span.start)
    entries = dict(group)
    reported_pairs: set[tuple[str, str]] = set()
    for condition in sorted({name for absence in places for name in absence.allows}):
        of_it = [absence for absence in places if condition in absence.allows]
        for first, second in contradictions(of_it):
            if (first.id, second.id) in reported_pairs:
                continue
            reported_pairs.add((first.id, second.id))
            line = entries[first.id].line
            what = translatable(
                "{other} and {one} (line {line}) overlap on condition {condition} "
                "and name different places",
                other=quote(second.id),
                one=quote(first.id),
                line=line,
                condition=quote(condition),
            )
            remedy = translatable("let one end before the other begins, or name one place")
            entries[second.id].refuse(
                what, translatable("which of them counts cannot be told"), remedy
            )


def contradictions(absences: list[Absence]) -> Iterator[tuple[Absence, Absence]]:
    """Yield, for each absence, at most one of those before it that it disagrees with."""
    latest: list[Absence] = []  # The one that ends last so far, and the last at another place.
    for absence in absences:
        for before in latest:
            if before.at != absence.at and before.span.end > absence.span.start:
                yield before, absence
                break
        first, *others = sorted([absence, *latest], key=lambda a: a.span.end, reverse=True)
        latest = [first, *[other for other in others if other.at != first.at][:1]]
