"""Authorised absences as an order file writes them, and those that disagree."""

from collections.abc import Iterable, Iterator
from typing import Final

from mesure.orders.clock import wall_clock
from mesure.orders.fields import read_places, read_times, read_values
from mesure.orders.fields.duty_keys import MINUTE_S
from mesure.orders.fields.order_context import Book
from mesure.orders.fields.read_values import LONG_CHARS_MAX
from mesure.orders.model.order import Absence
from mesure.orders.reading.read_conditions import CONDITIONS_MAX, EVERYTHING
from mesure.orders.text.file_entries import Entry, Group
from mesure.orders.text.near_names import nearest
from mesure.orders.text.order_faults import listed, shown
from mesure.orders.text.sayings import saying
from mesure.orders.text.strings_yaml import composed

ABSENCES_MAX: Final = 1_000
TRAVEL_MIN_MAX: Final = 1_440.0  # Minutes: a day each way.


def read(group: Group, book: Book, conditions: Iterable[str]) -> tuple[Absence, ...]:
    """Return the absences of an order that has these conditions."""
    if group.count > ABSENCES_MAX:
        what = saying(
            "the order has {count} absences, more than {most}", count=group.count, most=ABSENCES_MAX
        )
        group.refuse(
            what, saying("nobody can proof-read so many"), saying("leave out those long past")
        )
        return ()
    names = {composed(name): name for name in conditions}
    noted = len(group.faults)
    absences = [_absence(name, entry, book, names) for name, entry in group]
    if len(group.faults) == noted:
        _refuse_disagreement(group, absences)
    return tuple(absences)


def _absence(name: str, entry: Entry, book: Book, conditions: dict[str, str]) -> Absence:
    read_places.refuse_bad_name(name, entry)
    keys = entry.group()
    why = saying("which condition is suspended must be written")
    allows = keys.need("allows", why, next(iter(conditions.values()), "C1"))
    walls = read_times.walls(keys) or read_values.EVER
    at, travel = keys.find("at"), keys.find("travel_min")
    if travel and not at:
        what = saying("“travel_min” stands here without “at”")
        travel.refuse(
            what,
            saying("the way leads nowhere"),
            saying("add “at: PLACE”, or leave “travel_min” out"),
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


def _allowed(entry: Entry, conditions: dict[str, str]) -> frozenset[str]:
    allowed: set[str] = set()
    for item in entry.items(CONDITIONS_MAX):
        name = item.text()
        if name == EVERYTHING:
            allowed |= set(conditions.values())
        elif name is not None and composed(name) in conditions:
            allowed.add(conditions[composed(name)])
        elif name is not None:
            _refuse_unknown(item, name, conditions)
    return frozenset(allowed)


def _refuse_unknown(entry: Entry, name: str, conditions: dict[str, str]) -> None:
    near = None if entry.faults.is_full else nearest(name, conditions.values())
    remedy = saying(
        "write one of {names}, or “{all}” for all",
        names=listed(conditions.values()),
        all=EVERYTHING,
    )
    remedy = saying("did you mean {near}?", near=shown(near)) if near else remedy
    what = saying("the order has no condition called {name}", name=shown(name))
    entry.refuse(what, saying("the person would be held to what was allowed"), remedy)


def _travel_s(entry: Entry) -> int:
    limits = (0.0, TRAVEL_MIN_MAX)
    return round(read_values.number(entry, limits, saying("minutes"), from_zero=True) * MINUTE_S)


def _long_text(keys: Group, key: str) -> str:
    entry = keys.find(key, may_be_empty=True)
    return (entry.text(LONG_CHARS_MAX) if entry else None) or ""


# --- Two absences that disagree --------------------------------------------------------------


def _refuse_disagreement(group: Group, absences: list[Absence]) -> None:
    """Refuse absences that overlap on one condition and name different places.

    One without a place never disagrees: it lets the person be anywhere, so also there.
    """
    places = sorted((a for a in absences if a.at is not None), key=lambda a: a.span.start)
    entries = dict(group)
    reported_pairs: set[tuple[str, str]] = set()
    for condition in sorted({name for absence in places for name in absence.allows}):
        of_it = [absence for absence in places if condition in absence.allows]
        for first, second in disagreeing(of_it):
            if (first.id, second.id) in reported_pairs:
                continue
            reported_pairs.add((first.id, second.id))
            line = entries[first.id].line
            what = saying(
                "{other} and {one} (line {line}) overlap on condition {condition} "
                "and name different places",
                other=shown(second.id),
                one=shown(first.id),
                line=line,
                condition=shown(condition),
            )
            remedy = saying("let one end before the other begins, or name one place")
            entries[second.id].refuse(what, saying("which of them counts cannot be told"), remedy)


def disagreeing(absences: list[Absence]) -> Iterator[tuple[Absence, Absence]]:
    """Yield, for each absence, at most one of those before it that it disagrees with."""
    latest: list[Absence] = []  # The one that ends last so far, and the last at another place.
    for absence in absences:
        for before in latest:
            if before.at != absence.at and before.span.end > absence.span.start:
                yield before, absence
                break
        first, *others = sorted([absence, *latest], key=lambda a: a.span.end, reverse=True)
        latest = [first, *[other for other in others if other.at != first.at][:1]]
