"""Duties ahead: what an order asks now and in the next days, in short plain words.

The spans are those that the judge uses, so an absence that was allowed has already been taken out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from mesure.incidents.words import phrases
from mesure.orders.model import schedule
from mesure.orders.model.conditions import Appointment, Condition, Curfew, Exclusion, Residence
from mesure.orders.model.order import OrderVersion
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.orders.venues import place_names

DAYS: Final = 7
_DAY: Final = timedelta(days=1)
_LONG: Final = timedelta(hours=24)  # A longer span is said on every day that it touches.


@dataclass(frozen=True, slots=True)
class DutySpan:
    """One duty in a span."""

    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One duty on a day: its hours, and what it is."""

    hours: str
    words: str


@dataclass(frozen=True, slots=True)
class DutyDay:
    """What is asked on one day."""

    date: date
    lines: tuple[DutyRow, ...]


def words(condition: Condition, at: str | None, catalogue: Catalogue) -> str:
    """Return what a condition asks, to the person; `at` is the place of these hours."""
    duty = condition.duty
    match duty:
        case Curfew():
            place = at or duty.at
            if place == place_names.HOME:
                return catalogue.text("Be at home")
            return catalogue.text("Be at “{place}”").format(place=place)
        case Residence():
            return catalogue.text("Stay inside “{place}”").format(
                place=place_names.quote_name(at or duty.stay_in, catalogue)
            )
        case Exclusion():
            return catalogue.text("Keep out of “{place}”").format(
                place=place_names.quote_name(duty.keep_out_of, catalogue)
            )
        case Appointment():
            length = phrases.duration(duty.present_s_min, catalogue)
            text = catalogue.text("Come to “{place}”, for {length} or longer")
            return text.format(
                place=place_names.quote_name(at or duty.at, catalogue), length=length
            )
        case _:
            assert_never(duty)


def now(versions: Iterable[OrderVersion], at: datetime, catalogue: Catalogue) -> list[DutySpan]:
    """Return what is asked at a moment, of duties with set hours."""
    duties = _timed(versions, Span(at - 2 * _DAY, at + 2 * _DAY), catalogue)
    return [asked for asked in duties if at in asked.span]


def next_duty(
    versions: Iterable[OrderVersion], at: datetime, catalogue: Catalogue
) -> DutySpan | None:
    """Return what is asked first after a moment, within a week."""
    duties = _timed(versions, Span(at, at + DAYS * _DAY), catalogue)
    later = [asked for asked in duties if asked.span.start > at]
    return min(later, key=lambda duty: duty.span.start, default=None)


def always(versions: Iterable[OrderVersion], at: datetime, catalogue: Catalogue) -> list[str]:
    """Return what holds at every hour, of what is in force."""
    return [
        words(condition, None, catalogue)
        for version in versions
        for condition in version.conditions
        if condition.duty.timetable.always and at in version.in_force and at in condition.in_force
    ]


def week(
    versions: Iterable[OrderVersion], at: datetime, zone: ZoneInfo, catalogue: Catalogue
) -> list[DutyDay]:
    """Return what is asked from a moment on, on each of seven days.

    A night stands on the day on which it begins.
    """
    first = at.astimezone(zone).date()
    midnights = [_midnight(first + number * _DAY, zone) for number in range(DAYS + 1)]
    timed = _timed(versions, Span(midnights[0], midnights[-1] + _DAY), catalogue)
    duties = [asked for asked in timed if asked.span.end > at]
    days: list[DutyDay] = []
    for number in range(DAYS):
        day = Span(midnights[number], midnights[number + 1])
        day_duties = [asked for asked in duties if _is_said_on(asked.span, day)]
        day_duties.sort(key=lambda duty: duty.span.start)
        lines = tuple(DutyRow(hours(asked.span, day, zone), asked.words) for asked in day_duties)
        days.append(DutyDay(first + number * _DAY, lines))
    return days


def hours(span: Span, day: Span, zone: ZoneInfo) -> str:
    """Return the hours of a span as they are said on a day."""
    if span.start <= day.start and span.end >= day.end:
        return "00:00 – 24:00"
    start = span.start.astimezone(zone)
    clock = f"{start:%H:%M}" if span.start >= day.start else "00:00"
    if span.end - span.start > _LONG and span.end > day.end:
        return f"{clock} – 24:00"
    end = span.end.astimezone(zone)
    return f"{clock} – {'24:00' if end.time() == time() else format(end, '%H:%M')}"


def _is_said_on(span: Span, day: Span) -> bool:
    if span.end - span.start > _LONG:
        return span.overlap(day) is not None
    return span.start in day


def _timed(
    versions: Iterable[OrderVersion], within: Span, catalogue: Catalogue
) -> Iterator[DutySpan]:
    for version in versions:
        for condition in version.conditions:
            if condition.duty.timetable.always:
                continue
            for bound in schedule.bounds(condition, version, within.start, within.end):
                yield DutySpan(
                    _also(words(condition, bound.at, catalogue), bound, catalogue), bound.span
                )


def _also(duty_text: str, bound: BindingSpan, catalogue: Catalogue) -> str:
    """Return a duty with the other place where an absence lets the person be."""
    if bound.also_at is None:
        return duty_text
    return catalogue.text("{duty}, or be at “{place}”").format(
        duty=duty_text, place=place_names.quote_name(bound.also_at, catalogue)
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
