"""Office hours: when somebody works, and when so much working time has passed.

A day has spans in which the office is open, or none. A clock of office hours stops at night, at
weekends and on closed days. This says nothing about who works then: that is cover and on-call.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from mesure.orders.clock import wall_clock
from mesure.orders.values.span import Span

DAYS_KNOWN: Final = 2_000


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """From when until when the office is open, counted from the midnight before."""

    start: timedelta
    end: timedelta


Openings = Callable[[date], tuple[OpenSpan, ...]]
"""What is open on a day, in order of time; nothing on a closed one."""


def is_open(openings: Openings, zone: ZoneInfo, at: datetime) -> bool:
    """Tell whether the office is open at an instant."""
    return any(at in span for span in _spans(openings, zone, at.astimezone(zone).date()))


def next_open(openings: Openings, zone: ZoneInfo, at: datetime) -> datetime:
    """Return the instant itself where the office is open, or when it opens next."""
    return max(at, next(_from(openings, zone, at)).start)


def after(openings: Openings, zone: ZoneInfo, at: datetime, length: timedelta) -> datetime:
    """Return when the office has been open for this long since an instant.

    What is left at closing time goes on when it opens again; a length that ends at closing time
    ends then, and not the next morning.
    """
    left, spans = length, _from(openings, zone, at)
    span = next(spans)
    while left > span.end - max(at, span.start):
        left -= span.end - max(at, span.start)
        span = next(spans)
    return max(at, span.start) + left


def _from(openings: Openings, zone: ZoneInfo, at: datetime) -> Iterator[Span]:
    """Yield the spans in which the office is open and that end after an instant, for ever."""
    day = at.astimezone(zone).date()
    while True:
        yield from (span for span in _spans(openings, zone, day) if span.end > at)
        day += timedelta(days=1)


def _spans(openings: Openings, zone: ZoneInfo, day: date) -> tuple[Span, ...]:
    return _spans_on(day, openings(day), zone)


@lru_cache(DAYS_KNOWN)  # A list of everybody asks for the same few days thousands of times.
def _spans_on(day: date, opened: tuple[OpenSpan, ...], zone: ZoneInfo) -> tuple[Span, ...]:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a wall clock, as naive
    return tuple(
        wall_clock.freedom(midnight + opening.start, midnight + opening.end, zone)
        for opening in opened
    )
