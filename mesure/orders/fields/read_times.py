"""Read times: times in force, absences, and the hours of a timetable."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo

from mesure.orders.clock import holiday_calendar, wall_clock
from mesure.orders.clock.wall_clock import WallClockSpan
from mesure.orders.fields import read_values
from mesure.orders.fields.order_context import OrderContext
from mesure.orders.text.file_entries import EntryGroup, FileEntry
from mesure.orders.text.near_names import nearest
from mesure.orders.text.order_faults import quote
from mesure.orders.text.sayings import translatable
from mesure.orders.values.span import Span
from mesure.orders.values.timetable import DAY_S, Timetable, Window

TIMES_MAX: Final = 100  # Seven days with a dozen windows each.

HOUR_S: Final = 3600
DAYTIME_S: Final = (5 * HOUR_S, 20 * HOUR_S)  # Of an example: an hour more or less is the same day.

_EVERY_DAY: Final = frozenset(range(7))
_WEEKDAYS: Final = {
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6
}  # fmt: skip


def walls(group: EntryGroup, otherwise: WallClockSpan | None = None) -> WallClockSpan | None:
    """Return "from" and "until"; None, noted, where they cannot be read.

    With `otherwise` one of the two keys may be missing.
    """
    noted = len(group.faults)
    start, end = _wall(group, "from", otherwise), _wall(group, "until", otherwise)
    if len(group.faults) > noted:
        return None
    if start < end:
        return WallClockSpan(start, end)
    what = translatable(
        "“until” ({end}) is not later than “from” ({start})",
        end=end.isoformat(),
        start=start.isoformat(),
    )
    remedy = translatable("write a later “until”: the first instant at which it no longer holds")
    group.refuse(what, translatable("nothing lies between the two"), remedy)
    return None


def _wall(group: EntryGroup, key: str, otherwise: WallClockSpan | None) -> datetime:
    if otherwise and key not in group and group.count:
        return otherwise.start if key == "from" else otherwise.end
    why = translatable("from when until when it holds must be written")
    entry = group.need(key, why, _other_end(group, key))
    return read_values.wall_time(entry) if entry else read_values.EVER.start


def _other_end(group: EntryGroup, key: str) -> str:
    """Return a date as an example: on the right side of the other end, where that is written."""
    sign, otherwise = (1, "2027-01-05") if key == "until" else (-1, "2026-01-05")
    wall = read_values.as_wall_time(group.example_text("from" if key == "until" else "until"))
    if wall is None or not read_values.YEAR_MIN < wall.year < read_values.YEAR_MAX:
        return otherwise
    return (wall + sign * timedelta(days=365)).date().isoformat()


def in_force(group: EntryGroup, zone: ZoneInfo, read: WallClockSpan) -> Span | None:
    """Return the time in force as instants; None, noted, where the clock never showed it."""
    span = wall_clock.restriction(read.start, read.end, zone)
    if span is None:
        what = translatable("this time was skipped when the clocks were put forward")
        group.refuse(
            what,
            translatable("it never happens"),
            translatable("write a time before or after the change"),
        )
    return span


def timetable(
    group: EntryGroup,
    book: OrderContext,
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


def _windows(
    group: EntryGroup, book: OrderContext, may_be_always: bool, own_place: str | None
) -> list[Window]:
    beside = [key for key in ("from", "until", "every") if key in group]
    times = group.find("times")
    if times is None:
        return [_window(group, may_be_always)] if beside or not may_be_always else []
    if beside:
        what = translatable("“{key}” stands beside “times”", key=beside[0])
        times.refuse(
            what,
            translatable("which of the two counts cannot be told"),
            translatable("write all hours in “times”"),
        )
    windows = []
    for entry in times.items(TIMES_MAX):
        line = entry.group()
        window = _window(line, may_be_always)
        windows.append(_at_place(window, line, book, own_place))
        line.refuse_rest()
    return windows


def _window(group: EntryGroup, may_be_whole_day: bool) -> Window:
    every = group.find("every")
    items = every.items(TIMES_MAX) if every else []
    weekdays = frozenset().union(*(_days(item) for item in items)) if every else _EVERY_DAY
    if may_be_whole_day and not {key for key in ("from", "until") if key in group}:
        return Window(weekdays, 0, DAY_S)
    return Window(weekdays, *_hours(group))


def _hours(group: EntryGroup) -> tuple[int, int]:
    why = translatable("the hours must be written (the whole day is from: 00:00, until: 24:00)")
    first = group.need("from", why, _other_hour(group, "until", "22:00", -HOUR_S))
    last = group.need("until", why, _other_hour(group, "from", "06:00", HOUR_S))
    start_s = read_values.clock_s(first) if first else 0
    if first and start_s == DAY_S:
        what = translatable("a window starts at 24:00")
        first.refuse(
            what,
            translatable("on which day it starts cannot be told"),
            translatable("write 00:00 of the next day"),
        )
    return start_s, read_values.clock_s(last) if last else DAY_S


def _other_hour(group: EntryGroup, key: str, night: str, later_s: int) -> str:
    """Return a time of day as an example: of a night, or an hour from the other end by day."""
    at_s = read_values.as_clock_s(group.example_text(key))
    if at_s is None or not DAYTIME_S[0] <= at_s <= DAYTIME_S[1]:
        return night
    hour, minute = divmod((at_s + later_s) // 60, 60)
    return f"{hour:02}:{minute:02}"


def _at_place(
    window: Window, group: EntryGroup, book: OrderContext, own_place: str | None
) -> Window:
    entry = group.find("at") if own_place is not None else None
    place = book.place_named(entry) if entry else own_place
    return window if place == own_place else replace(window, at=place)


def _days(entry: FileEntry) -> frozenset[int]:
    name = entry.text()
    if name is None or name == "day":
        return _EVERY_DAY
    return frozenset([_weekday(name, entry)])


def _weekday(name: str, entry: FileEntry) -> int:
    if name not in _WEEKDAYS:
        what = translatable("{name} is no day of the week", name=quote(name))
        remedy = translatable("write day, or one or more of {names}", names=", ".join(_WEEKDAYS))
        meant = _several(name)
        if meant:
            days = f"[{', '.join(meant)}]"
            remedy = translatable("write several days in brackets, as {days}", days=days)
        entry.refuse(what, translatable("on which days it binds cannot be told"), remedy)
    return _WEEKDAYS.get(name, 0)


def _several(text: str) -> list[str]:
    """Return the days that a text names in a way that a file does not know; none where it does not.

    >>> _several("mon-wed"), _several("sat, mon"), _several("often")
    (['mon', 'tue', 'wed'], ['sat', 'mon'], [])
    """
    names = re.split(r"[\s,;/]+", text.strip())
    ends = re.split(r"\s*[-\u2013]\s*", text.strip())
    if len(ends) == 2 and all(end in _WEEKDAYS for end in ends):
        first, last = (_WEEKDAYS[end] for end in ends)
        return [list(_WEEKDAYS)[day % 7] for day in range(first, first + (last - first) % 7 + 1)]
    return names if len(names) > 1 and all(name in _WEEKDAYS for name in names) else []


def _first_night(group: EntryGroup, book: OrderContext, own_place: str | None) -> Window:
    window = _at_place(Window(_EVERY_DAY, *_hours(group)), group, book, own_place)
    group.refuse_rest()
    return window


def _holidays(group: EntryGroup, *, always: bool) -> tuple[str | None, int]:
    """Return the calendar of public holidays, None without one, and the weekday they take."""
    entry = group.find("on_holidays")
    if entry is None:
        return None, _WEEKDAYS["sun"]
    if always:
        what = translatable("public holidays stand where no hours do")
        entry.refuse(
            what,
            translatable("it binds at every instant, on holidays too"),
            translatable("leave “on_holidays” out"),
        )
    keys = entry.group()
    named = keys.need("calendar", translatable("whose holidays are meant must be written"), "KZ")
    as_entry = keys.find("as")
    keys.refuse_rest()
    calendar = named.text() if named else None
    weekday = as_entry.text() if as_entry else None
    if named and calendar and not holiday_calendar.is_known(calendar):
        near = nearest(calendar, holiday_calendar.calendar_names())
        remedy = (
            translatable("did you mean {near}?", near=quote(near))
            if near
            else translatable("write a country's code, as KZ or US-CA")
        )
        what = translatable("{name} is no calendar of public holidays", name=quote(calendar))
        named.refuse(what, translatable("which days are holidays cannot be told"), remedy)
    return calendar, _weekday(weekday, as_entry) if as_entry and weekday else _WEEKDAYS["sun"]


# --- Windows that clash ----------------------------------------------------------------------


def _refuse_clashes(group: EntryGroup, table: Timetable) -> None:
    """Refuse windows that overlap and name different places, and slots that overlap."""
    night = [table.first_night] if table.first_night else []
    for window, other in product([*table.windows, *night], table.windows):
        if (window.at == other.at and not table.slots) or not _ever_overlap(window, other, table):
            continue
        what = translatable(
            "{one} and {other} overlap and name different places",
            one=_said(window),
            other=_said(other),
        )
        why = translatable("nobody can be at both")
        if window.at == other.at:
            what = translatable(
                "the slots {one} and {other} overlap", one=_said(window), other=_said(other)
            )
            why = translatable("for which of them a presence counts cannot be told")
        group.refuse(what, why, translatable("let one end before the other begins"))
        return


def _ever_overlap(window: Window, other: Window, table: Timetable) -> bool:
    """Tell whether there can be a day on which both bind at once."""
    same_day = (
        window is not other and window is not table.first_night and window.weekdays & other.weekdays
    )
    if same_day and _overlap(window, other, 0):
        return True
    return _may_follow(window, other, table) and _overlap(window, other, DAY_S)


def _overlap(window: Window, other: Window, later_s: int) -> bool:
    """Tell whether two windows overlap when the other starts `later_s` seconds later."""
    start_s = other.start_s + later_s
    return window.start_s < start_s + other.length_s and start_s < window.start_s + window.length_s


def _may_follow(window: Window, other: Window, table: Timetable) -> bool:
    """Tell whether the other window can start on the day after the one."""
    days = {(day + 1) % 7 for day in window.weekdays}
    if table.holiday_calendar is not None:  # Any day may be a holiday, and so may the next.
        days |= {table.holiday_as} | (_EVERY_DAY if table.holiday_as in window.weekdays else set())
    return bool(days & other.weekdays)


def _said(window: Window) -> str:
    clocks = (f"{s // 3600:02}:{s // 60 % 60:02}" for s in (window.start_s, window.end_s))
    return "-".join(clocks)
