"""From when until when: times in force, absences, and the hours of a timetable."""

from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo

from mesure.orders import holiday_calendar, reading_values, wall_clock
from mesure.orders.book import Book
from mesure.orders.entries import Entry, Group
from mesure.orders.faults import shown
from mesure.orders.near_names import nearest
from mesure.orders.sayings import saying
from mesure.orders.span import Span
from mesure.orders.timetable import DAY_S, Timetable, Window
from mesure.orders.wall_clock import Walls

TIMES_MAX: Final = 100  # Seven days with a dozen windows each.

_EVERY_DAY: Final = frozenset(range(7))
_WEEKDAYS: Final = {
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6
}  # fmt: skip


def walls(group: Group, otherwise: Walls | None = None) -> Walls | None:
    """Return "from" and "until"; None, noted, where they cannot be read.

    With `otherwise` one of the two keys may be missing.
    """
    noted = len(group.faults)
    start, end = _wall(group, "from", otherwise), _wall(group, "until", otherwise)
    if len(group.faults) > noted:
        return None
    if start < end:
        return Walls(start, end)
    what = saying(
        "“until” ({end}) is not later than “from” ({start})",
        end=end.isoformat(),
        start=start.isoformat(),
    )
    remedy = saying("write a later “until”: the first instant at which it no longer holds")
    group.refuse(what, saying("nothing lies between the two"), remedy)
    return None


def _wall(group: Group, key: str, otherwise: Walls | None) -> datetime:
    if otherwise and key not in group and group.count:
        return otherwise.start if key == "from" else otherwise.end
    entry = group.need(key, saying("from when until when it holds must be written"), "2026-01-05")
    return reading_values.wall_time(entry) if entry else reading_values.EVER.start


def in_force(group: Group, zone: ZoneInfo, read: Walls) -> Span | None:
    """Return the time in force as instants; None, noted, where the clock never showed it."""
    span = wall_clock.restriction(read.start, read.end, zone)
    if span is None:
        what = saying("this time was skipped when the clocks were put forward")
        group.refuse(
            what, saying("it never happens"), saying("write a time before or after the change")
        )
    return span


def timetable(
    group: Group,
    book: Book,
    *,
    may_be_always: bool = False,
    own_place: str | None = None,
    first_night: bool = False,
    slots: bool = False,
) -> Timetable:
    """Return the hours of a condition.

    `may_be_always`: without hours it binds at every instant. `own_place`: the condition's place,
    from which a window in "times" may differ; None where windows name no places. `slots`: every
    window asks for something of its own.
    """
    noted = len(group.faults)
    windows = _windows(group, book, may_be_always, own_place)
    night = group.find("first_night") if first_night else None
    calendar, as_weekday = _holidays(group, always=not windows)
    table = Timetable(
        book.zone,
        tuple(windows),
        always=not windows,
        holiday_calendar=calendar,
        holiday_as=as_weekday,
        first_night=_first_night(night.group(), book, own_place) if night else None,
        slots=slots,
    )
    if len(group.faults) == noted:
        _refuse_clashes(group, table)
    return table


# --- Windows ---------------------------------------------------------------------------------


def _windows(group: Group, book: Book, may_be_always: bool, own_place: str | None) -> list[Window]:
    beside = [key for key in ("from", "until", "every") if key in group]
    times = group.find("times")
    if times is None:
        return [_window(group, may_be_always)] if beside or not may_be_always else []
    if beside:
        what = saying("“{key}” stands beside “times”", key=beside[0])
        times.refuse(
            what,
            saying("which of the two counts cannot be told"),
            saying("write all hours in “times”"),
        )
    windows = []
    for entry in times.items(TIMES_MAX):
        line = entry.group()
        window = _window(line, may_be_always)
        windows.append(_at_place(window, line, book, own_place))
        line.refuse_rest()
    return windows


def _window(group: Group, may_be_whole_day: bool) -> Window:
    every = group.find("every")
    items = every.items(TIMES_MAX) if every else []
    weekdays = frozenset().union(*(_days(item) for item in items)) if every else _EVERY_DAY
    if may_be_whole_day and not {key for key in ("from", "until") if key in group}:
        return Window(weekdays, 0, DAY_S)
    return Window(weekdays, *_hours(group))


def _hours(group: Group) -> tuple[int, int]:
    why = saying("the hours must be written (the whole day is from: 00:00, until: 24:00)")
    first, last = group.need("from", why, "22:00"), group.need("until", why, "06:00")
    start_s = reading_values.clock_s(first) if first else 0
    if first and start_s == DAY_S:
        what = saying("a window starts at 24:00")
        first.refuse(
            what,
            saying("on which day it starts cannot be told"),
            saying("write 00:00 of the next day"),
        )
    return start_s, reading_values.clock_s(last) if last else DAY_S


def _at_place(window: Window, group: Group, book: Book, own_place: str | None) -> Window:
    entry = group.find("at") if own_place is not None else None
    place = book.place_named(entry) if entry else own_place
    return window if place == own_place else replace(window, at=place)


def _days(entry: Entry) -> frozenset[int]:
    name = entry.text()
    if name is None or name == "day":
        return _EVERY_DAY
    return frozenset([_weekday(name, entry)])


def _weekday(name: str, entry: Entry) -> int:
    if name not in _WEEKDAYS:
        what = saying("{name} is no day of the week", name=shown(name))
        remedy = saying("write day, or one or more of {names}", names=", ".join(_WEEKDAYS))
        entry.refuse(what, saying("on which days it binds cannot be told"), remedy)
    return _WEEKDAYS.get(name, 0)


def _first_night(group: Group, book: Book, own_place: str | None) -> Window:
    window = _at_place(Window(_EVERY_DAY, *_hours(group)), group, book, own_place)
    group.refuse_rest()
    return window


def _holidays(group: Group, *, always: bool) -> tuple[str | None, int]:
    """Return the calendar of public holidays, None without one, and the weekday they take."""
    entry = group.find("on_holidays")
    if entry is None:
        return None, _WEEKDAYS["sun"]
    if always:
        what = saying("public holidays stand where no hours do")
        entry.refuse(
            what,
            saying("it binds at every instant, on holidays too"),
            saying("leave “on_holidays” out"),
        )
    keys = entry.group()
    named = keys.need("calendar", saying("whose holidays are meant must be written"), "KZ")
    as_entry = keys.find("as")
    keys.refuse_rest()
    calendar = named.text() if named else None
    weekday = as_entry.text() if as_entry else None
    if named and calendar and not holiday_calendar.is_known(calendar):
        near = nearest(calendar, holiday_calendar.known())
        remedy = (
            saying("did you mean {near}?", near=shown(near))
            if near
            else saying("write a country's code, as KZ or US-CA")
        )
        what = saying("{name} is no calendar of public holidays", name=shown(calendar))
        named.refuse(what, saying("which days are holidays cannot be told"), remedy)
    return calendar, _weekday(weekday, as_entry) if as_entry and weekday else _WEEKDAYS["sun"]


# --- Windows that clash ----------------------------------------------------------------------


def _refuse_clashes(group: Group, table: Timetable) -> None:
    """Refuse windows that overlap and name different places, and slots that overlap."""
    night = [table.first_night] if table.first_night else []
    for one, other in product([*table.windows, *night], table.windows):
        if (one.at == other.at and not table.slots) or not _ever_overlap(one, other, table):
            continue
        what = saying(
            "{one} and {other} overlap and name different places",
            one=_said(one),
            other=_said(other),
        )
        why = saying("nobody can be at both")
        if one.at == other.at:
            what = saying("the slots {one} and {other} overlap", one=_said(one), other=_said(other))
            why = saying("for which of them a presence counts cannot be told")
        group.refuse(what, why, saying("let one end before the other begins"))
        return


def _ever_overlap(one: Window, other: Window, table: Timetable) -> bool:
    """Tell whether there can be a day on which both bind at once."""
    same_day = one is not other and one is not table.first_night and one.weekdays & other.weekdays
    if same_day and _overlap(one, other, 0):
        return True
    return _may_follow(one, other, table) and _overlap(one, other, DAY_S)


def _overlap(one: Window, other: Window, later_s: int) -> bool:
    """Tell whether two windows overlap when the other starts `later_s` seconds later."""
    start_s = other.start_s + later_s
    return one.start_s < start_s + other.length_s and start_s < one.start_s + one.length_s


def _may_follow(one: Window, other: Window, table: Timetable) -> bool:
    """Tell whether the other window can start on the day after the one."""
    days = {(day + 1) % 7 for day in one.weekdays}
    if table.holiday_calendar is not None:  # Any day may be a holiday, and so may the next.
        days |= {table.holiday_as} | (_EVERY_DAY if table.holiday_as in one.weekdays else set())
    return bool(days & other.weekdays)


def _said(window: Window) -> str:
    clocks = (f"{s // 3600:02}:{s // 60 % 60:02}" for s in (window.start_s, window.end_s))
    return "-".join(clocks)
