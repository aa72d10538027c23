"""Fields of a step as an order file writes them; what is wrong is said at the field, in words.

Only what one field shows by itself is checked here, in the reader's language: that a date is a date
and a point lies on the globe. Everything else is for `orders.reading`, which sees the whole order.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from mesure.orders.reading.order_writer import Tree
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import contact_words

Fields = dict[str, str]
Corner = tuple[str, str]

DAY: Final = timedelta(days=1)
EVERY_DAY: Final = "day"  # As order files write it.
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_COMMA: Final = re.compile(r"^(\d+),(\d{1,2})$", re.ASCII)
_APART: Final = re.compile(r"\s*[,;]\s+|\s*[,;]\s*|\s+")
_MOMENT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?", re.ASCII)


def clean(words: str) -> str:
    r"""Return what was typed on one line, without signs that nobody sees.

    >>> clean("  night\r\nshift ")
    'night shift'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def without_empty(entries: Mapping[str, Tree | None]) -> dict[str, Tree]:
    """Return keys with their values, without those that have none."""
    return {key: value for key, value in entries.items() if value not in (None, "", [], {})}


def text(visit: PageVisit, name: str) -> str:
    """Return what was typed into a field, or nothing."""
    return clean(visit.form.value(name))


def require_text(visit: PageVisit, name: str) -> str:
    """Return what was typed into a field that must not be empty."""
    value = text(visit, name)
    if not value:
        visit.form.refuse(name, visit.texts.text("Fill this in."))
    return value


def contact(visit: PageVisit) -> tuple[str | None, str | None]:
    """Return a number of a phone and an e-mail address, as far as they were typed."""
    return contact_words.read_addresses(visit.form, visit.texts.catalogue)


def number(visit: PageVisit, name: str) -> str:
    """Return a number as an order file has it.

    A comma before one or two digits is taken for the point; "1,200" may mean either and is refused.
    """
    value = _COMMA.sub(r"\1.\2", text(visit, name))
    if value and not _NUMBER.fullmatch(value):
        visit.form.refuse(name, visit.texts.text("This is not a number. Write it like 60 or 12.5."))
    return value


def clock(visit: PageVisit, name: str) -> str:
    """Return a time of day, with two digits each."""
    value = text(visit, name)
    match = _CLOCK.fullmatch(value)
    if value and not match:
        sentence = visit.texts.text("This is not a time of day. Write it like 18:30.")
        visit.form.refuse(name, sentence)
    return f"{int(match[1]):02}:{match[2]}" if match else value


# --- Days and moments --------------------------------------------------------------------------


def day(visit: PageVisit, name: str) -> str:
    """Return a date, or nothing."""
    value = text(visit, name)
    if value and _no_date(value):
        sentence = visit.texts.text("This is not a day. Write it like 2026-03-31.")
        visit.form.refuse(name, sentence)
    return value


def moment(visit: PageVisit, name: str) -> str:
    """Return a date, with its time of day where one was filled in (`<name>_day`, `<name>_time`)."""
    on, at = day(visit, f"{name}_day"), clock(visit, f"{name}_time")
    if at and not on:
        catalogue = visit.texts
        visit.form.refuse(f"{name}_day", catalogue.text("Enter the day."))
    return f"{on}T{at}" if on and at and at != "00:00" else on


def end(visit: PageVisit, name: str) -> str:
    """Return the first moment after a last day, or the time of that day that was filled in.

    An order ends at the first moment that no longer counts; people and courts name the last day.
    """
    at, on = moment(visit, name), text(visit, f"{name}_day")
    if text(visit, f"{name}_time") or not on or _no_date(on):
        return at
    last = date.fromisoformat(on)
    return on if last == date.max else (last + DAY).isoformat()


def of_end(name: str, value: Tree | None) -> Fields | None:
    """Return the fields of an end: its last day, and a time where it is over before midnight."""
    fields = of_moment(name, value)
    if not fields or fields[f"{name}_time"] != "00:00" or _no_date(fields[f"{name}_day"]):
        return fields
    after = date.fromisoformat(fields[f"{name}_day"])
    last = after if after == date.min else after - DAY
    return {f"{name}_day": last.isoformat(), f"{name}_time": ""}


def of_moment(name: str, value: Tree | None) -> Fields | None:
    """Return the fields of a date; None where two fields cannot show it."""
    if value is None:
        return {}
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    return {f"{name}_day": match[1], f"{name}_time": match[2] or "00:00"} if match else None


def _no_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return True
    return False


# --- Points ------------------------------------------------------------------------------------


def point(visit: PageVisit, name: str) -> Corner:
    """Return latitude and longitude of a point that is written as two numbers."""
    catalogue = visit.texts
    value = text(visit, name)
    coordinates = corner(value)
    if coordinates is None:
        visit.form.refuse(
            name,
            catalogue.text("Write latitude and longitude, such as 43.25654, 76.92848.")
            if value
            else catalogue.text("Fill this in."),
        )
    return coordinates or ("", "")


def corner(words: str) -> Corner | None:
    """Return the two numbers of a point on the globe, latitude first.

    >>> corner("43.25654, 76.92848"), corner("43.25654 76.92848"), corner("100, 20")
    (('43.25654', '76.92848'), ('43.25654', '76.92848'), None)
    """
    parts = _APART.split(words.strip())
    if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    lat, lon = parts
    return (lat, lon) if abs(float(lat)) <= 90 and abs(float(lon)) <= 180 else None


def corners(visit: PageVisit, name: str) -> list[Tree]:
    """Return the points of a field that has one on each line."""
    lines = [line.strip(" \t,;[]") for line in visit.form.value(name).splitlines()]
    points: list[Tree] = []
    for line in filter(None, lines):
        at = corner(line)
        if at is None:
            sentence = visit.texts.text("“{line}” is not a point.", line=clean(line)[:60])
            visit.form.refuse(name, sentence)
        else:
            points.append(list(at))
    return points


def of_corners(value: Tree | None) -> str | None:
    """Return the lines of a list of points; None where it is not one."""
    if isinstance(value, str | Mapping) or value is None:
        return None
    lines = [_line(one) for one in value]
    return None if None in lines else "\n".join(map(str, lines))


def _line(pair: Tree) -> str | None:
    if isinstance(pair, str) or len(pair) != 2 or isinstance(pair, Mapping):
        return None
    lat, lon = pair
    return f"{lat}, {lon}" if isinstance(lat, str) and isinstance(lon, str) else None


# --- Days of the week --------------------------------------------------------------------------


def weekdays(visit: PageVisit, name: str) -> Tree:
    """Return the days that were ticked (`<name>_mon` and so on); `<name>_day` is every day."""
    catalogue = visit.texts
    chosen: list[Tree] = [one for one in WEEKDAYS if visit.form.value(f"{name}_{one}")]
    if visit.form.value(f"{name}_{EVERY_DAY}"):
        if 0 < len(chosen) < len(WEEKDAYS):
            visit.form.refuse(name, catalogue.text("Choose every day, or single days; not both."))
        return EVERY_DAY
    if not chosen:
        visit.form.refuse(name, catalogue.text("Choose the days."))
    return EVERY_DAY if len(chosen) == len(WEEKDAYS) else chosen[0] if len(chosen) == 1 else chosen


def of_weekdays(name: str, value: Tree | None) -> Fields | None:
    """Return the ticks of days; None where it is something else."""
    names: Iterable[Tree]
    if isinstance(value, Mapping):
        return None
    names = [EVERY_DAY] if value is None else [value] if isinstance(value, str) else value
    ticked: set[str] = set()
    for weekday in names:
        if weekday == EVERY_DAY:
            return {f"{name}_{EVERY_DAY}": "on"}
        if weekday in WEEKDAYS:
            ticked.add(str(weekday))
        else:
            return None
    return {f"{name}_{one}": "on" for one in WEEKDAYS if one in ticked}
