"""Instants as a person reads them: on the clock on the wall.

In the night on which clocks go back, an hour happens twice. A time of that hour names its offset
from UTC, so that it can mean one instant only.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from mesure.instants import to_datetime, to_us
from mesure.orders.clock import wall_clock
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span

# A day inside the years 1 to 9999, so that every wall clock can show them.
_FIRST_US: Final = to_us(datetime(1, 1, 2, tzinfo=UTC))
_LAST_US: Final = to_us(datetime(9999, 12, 30, tzinfo=UTC))
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
# The time zone database says which changes happened; those that are to come repeat each year.
_YEARLY: Final = datetime(2040, 1, 1, tzinfo=UTC)
_TWO_YEARS: Final = timedelta(days=731)


def instant_at(observed_us: int) -> datetime | None:
    """Return the instant of a column's entry, or None where a clock cannot show it."""
    if not _FIRST_US <= observed_us <= _LAST_US:
        return None
    return to_datetime(observed_us)


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """Return date and time to the minute, with the offset where the time happens twice."""
    return f"{instant.astimezone(zone).date()} {wall_clock.clock(instant, zone)}"


def short_clock(instant: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Return a time of day in parts where room is scarce, as on an axis: itself, and its offset."""
    which = wall_clock.which_of_two(instant, zone)
    short = [f"UTC{int(which[:3]):+}{which[3:].removesuffix(':00')}"] if which else []
    return (f"{instant.astimezone(zone):%H:%M}", *short)


def offset(instant: datetime, zone: ZoneInfo) -> str:
    """Return how far the clock is from UTC at an instant.

    >>> offset(datetime(2026, 7, 1, tzinfo=UTC), ZoneInfo("America/St_Johns"))
    'UTC-02:30'
    """
    shift = instant.astimezone(zone).utcoffset()
    assert shift is not None, "an instant in a zone has an offset"
    sign = "-" if shift < timedelta(0) else "+"
    hours, minutes = divmod(abs(shift) // timedelta(minutes=1), 60)
    return f"UTC{sign}{hours:02}:{minutes:02}"


def zone_in_words(zone: ZoneInfo, span: Span, catalogue: Catalogue) -> str:
    """Return the clock by which the times of a span are read: a zone, and its offset from UTC.

    Where clocks are changed once in the span, when that is, on the clock that holds until then.
    Where that happens more often, all offsets: the date of a time says which of them is meant.
    """
    marks = instants_to_compare(span)
    shifts = [mark.astimezone(zone).utcoffset() for mark in marks]
    changes = [number for number, pair in enumerate(pairwise(shifts)) if pair[0] != pair[1]]
    shown = [marks[0], *(marks[number + 1] for number in changes)]
    offsets = list(dict.fromkeys(offset(mark, zone) for mark in shown))
    words = catalogue.items(offsets)
    if len(changes) == 1:
        before, after = marks[changes[0] : changes[0] + 2]
        last = wall_clock.change_between(before, after, zone) - _SECOND
        change = last.astimezone(zone).replace(tzinfo=UTC) + _SECOND
        words = catalogue.text("{before} until {moment}, then {after}").format(
            before=offsets[0], moment=catalogue.moment(change, ZoneInfo("UTC")), after=offsets[1]
        )
    return f"{zone.key} ({words})"


def instants_to_compare(span: Span) -> list[datetime]:
    """Return instants a day apart that show every offset of a zone in a span, and both its ends."""
    end = min(span.end, max(span.start, _YEARLY) + _TWO_YEARS)
    days = range((end - span.start) // _DAY + 1)
    return [*(span.start + number * _DAY for number in days), span.end]


def stamp(instant: datetime) -> str:
    """Return an instant as RFC 3339 writes it, in UTC."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def days(span: Span, zone: ZoneInfo, start_h: int) -> Iterator[tuple[date, Span]]:
    """Yield the days a span touches, each running from `start_h` o'clock to the same hour.

    A day of noon to noon keeps a night in one piece. The days follow each other without a gap.
    """
    local = span.start.astimezone(zone)
    day = (local.replace(tzinfo=None) - timedelta(hours=start_h)).date()
    start = _wall(day, start_h, zone)
    if span.start < start:  # That hour was skipped, so the day before runs on.
        day -= timedelta(days=1)
        start = _wall(day, start_h, zone)
    while start < span.end:
        following = day + timedelta(days=1)
        end = _wall(following, start_h, zone)
        if start < end:  # A zone that changes sides of the date line skips a whole day.
            yield day, Span(start, end)
        day, start = following, end


def _wall(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
