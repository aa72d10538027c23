"""Schedule: when a condition binds: its timetable as spans of instants.

A court writes "from 22:00 to 06:00 every night". It means the clock on the wall, so the timetable
is kept in wall-clock time with the name of a time zone, and becomes a span of instants only here.

Invariant: spans are half-open, sorted and never overlap.

Windows are joined on the wall clock, before they become instants: between "until 02:30" and "from
02:30" nobody is free, whatever the clocks do at 02:30.
Decision: docs/decisions/0007-clock-changes-are-read-in-the-persons-favour.md
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from mesure.orders.clock import holiday_calendar, wall_clock
from mesure.orders.model.conditions import Condition
from mesure.orders.model.order import Absence, OrderVersion
from mesure.orders.values.span import Span
from mesure.orders.values.timetable import Timetable, Window

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BindingSpan:
    """A span in which a condition binds.

    `at` is the window's own place, None for the condition's. `also_at` names a place where an
    authorised absence lets the person be as well; None when there is none. `window` is the window
    as the timetable has it, before dates and absences cut it; None where the condition always
    binds.
    """

    span: Span
    at: str | None = None
    also_at: str | None = None
    window: Span | None = field(default=None, compare=False)


def bounds(
    condition: Condition, version: OrderVersion, first: datetime, last: datetime
) -> tuple[BindingSpan, ...]:
    """Return the spans in which a condition binds, cut to the time from `first` until `last`.

    They are cut to the time for which the order and the condition are in force. Absences are taken
    out; where one names a place, the time between the ways there and back stays, with that place in
    `also_at`. Spans that touch and ask for the same are one, except slots of appointments.
    """
    stretch = _in_force(condition, version, first, last)
    if stretch is None:
        return ()
    timetable = condition.duty.timetable
    if not timetable.windows:
        binding = [BindingSpan(stretch)]
    else:
        binding = _joined(_scheduled(condition, stretch), timetable.slots)
    absences = [absence for absence in version.absences if condition.id in absence.allows]
    if absences:
        binding = _joined(_less_absences(binding, absences), timetable.slots)
    return tuple(binding)


def windows_about(
    condition: Condition, version: OrderVersion, first: datetime, last: datetime
) -> int:
    """Return about how many spans `bounds` would return, without working them out.

    Windows that touch, absences that cut none, and public holidays make the true number differ.
    """
    stretch = _in_force(condition, version, first, last)
    if stretch is None:
        return 0
    timetable = condition.duty.timetable
    weekly = sum(len(window.weekdays) for window in timetable.windows) or 7
    days = (stretch.end - stretch.start) // _DAY + 1
    windows = 1 if timetable.always else -(-days * weekly // 7)
    absences = (a for a in version.absences if condition.id in a.allows and a.span.overlap(stretch))
    return windows + 2 * sum(1 for _ in absences)


def _in_force(
    condition: Condition, version: OrderVersion, first: datetime, last: datetime
) -> Span | None:
    stretch = version.in_force.overlap(condition.in_force)
    return stretch.overlap(Span(first, last)) if stretch else None


# --- Windows ---------------------------------------------------------------------------------


class _Hours(NamedTuple):
    """A stretch of wall-clock time; both ends naive."""

    start: datetime
    end: datetime
    at: str | None


def _scheduled(condition: Condition, stretch: Span) -> Iterator[BindingSpan]:
    timetable = condition.duty.timetable
    # A window lasts a day at most, so the one that began two days ago is over, in any zone.
    first = stretch.start.astimezone(timetable.zone).date() - 2 * _DAY
    last = stretch.end.astimezone(timetable.zone).date() + _DAY
    first_day = condition.in_force.start.astimezone(timetable.zone).date()
    windows = _hours(timetable, first, last, first_day)
    for hours in windows if timetable.slots else _touching_are_one(windows):
        span = wall_clock.restriction(hours.start, hours.end, timetable.zone)
        inside = span.overlap(stretch) if span else None
        if inside:
            yield BindingSpan(inside, hours.at, window=span)


def _hours(timetable: Timetable, first: date, last: date, first_day: date) -> Iterator[_Hours]:
    """Yield the windows that start on the days from `first` to `last`, in order of time."""
    by_weekday = [_of_weekday(timetable, weekday) for weekday in range(7)]
    holidays = _holidays(timetable, first, last)
    day = first
    while day <= last:
        windows = by_weekday[timetable.holiday_as if day in holidays else day.weekday()]
        if timetable.first_night and day <= first_day:
            windows = [timetable.first_night] if day == first_day else []
        midnight = datetime.combine(day, time())
        for window in windows:
            start = midnight + timedelta(seconds=window.start_s)
            yield _Hours(start, start + timedelta(seconds=window.length_s), window.at)
        day += _DAY


def _of_weekday(timetable: Timetable, weekday: int) -> list[Window]:
    windows = [window for window in timetable.windows if weekday in window.weekdays]
    return sorted(windows, key=lambda window: window.start_s)


def _holidays(timetable: Timetable, first: date, last: date) -> frozenset[date]:
    if timetable.holiday_calendar is None:
        return frozenset()
    return frozenset(holiday_calendar.between(timetable.holiday_calendar, first, last))


def _touching_are_one(windows: Iterable[_Hours]) -> Iterator[_Hours]:
    open_hours: _Hours | None = None
    for hours in windows:
        if open_hours and open_hours.at == hours.at and hours.start <= open_hours.end:
            open_hours = open_hours._replace(end=max(open_hours.end, hours.end))
            continue
        if open_hours:
            yield open_hours
        open_hours = hours
    if open_hours:
        yield open_hours


# --- Absences --------------------------------------------------------------------------------


def _less_absences(binding: list[BindingSpan], absences: list[Absence]) -> list[BindingSpan]:
    """Take out what absences free, and name the places where they let the person be."""
    freed = [span for absence in absences for span in _freed(absence)]
    left = [
        replace(bound, span=part)
        for bound, inside, part in _parts(binding, _united(freed))
        if not inside
    ]
    for place in sorted({absence.at for absence in absences if absence.at is not None}):
        stays = _united(absence.span for absence in absences if absence.at == place)
        left = [
            replace(bound, span=part, also_at=place if inside else bound.also_at)
            for bound, inside, part in _parts(left, stays)
        ]
    return left


def _freed(absence: Absence) -> Iterator[Span]:
    """Yield the parts of an absence in which the person may be anywhere."""
    start, end = absence.span.start, absence.span.end
    travel = timedelta(seconds=absence.travel_s)
    if absence.at is None or end - start <= 2 * travel:
        yield absence.span
    elif travel:
        yield Span(start, start + travel)
        yield Span(end - travel, end)


def _parts(
    binding: list[BindingSpan], pieces: list[Span]
) -> Iterator[tuple[BindingSpan, bool, Span]]:
    """Cut every bound at the edges of the pieces: yield (bound, inside a piece, part)."""
    ends = [piece.end for piece in pieces]
    for bound in binding:
        start, end = bound.span.start, bound.span.end
        for piece in pieces[bisect_right(ends, start) :]:
            if piece.start >= end:
                break
            if start < piece.start:
                yield bound, False, Span(start, piece.start)
            start = min(piece.end, end)
            yield bound, True, Span(max(piece.start, bound.span.start), start)
        if start < end:
            yield bound, False, Span(start, end)


def _united(spans: Iterable[Span]) -> list[Span]:
    """Return the union as sorted spans that do not touch."""
    united: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if united and span.start <= united[-1].end:
            united[-1] = Span(united[-1].start, max(united[-1].end, span.end))
        else:
            united.append(span)
    return united


def _joined(binding: Iterable[BindingSpan], slots: bool) -> list[BindingSpan]:
    """Join neighbours that touch and ask for the same; slots stay apart."""
    joined: list[BindingSpan] = []
    for bound in binding:
        before = joined[-1] if joined else None
        if before and _are_one(before, bound) and (before.window == bound.window or not slots):
            span = Span(before.span.start, bound.span.end)
            joined[-1] = replace(before, span=span, window=_hull(before.window, bound.window))
        else:
            joined.append(bound)
    return joined


def _are_one(earlier: BindingSpan, later: BindingSpan) -> bool:
    asks = (earlier.at, earlier.also_at) == (later.at, later.also_at)
    return asks and earlier.span.end == later.span.start


def _hull(span: Span | None, other: Span | None) -> Span | None:
    return Span(span.start, max(span.end, other.end)) if span and other else None
