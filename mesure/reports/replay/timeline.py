"""Timeline: a condition day by day, as bars: when it was met, not met or unknown.

A day runs from noon to noon where the condition binds over midnight, so that a night stays in one
piece; else from midnight to midnight. On the days on which clocks change the bar is an hour shorter
or longer than others and drawn at the same width.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from mesure.evaluation.assessment import Assessment, Status
from mesure.orders.values.span import Span
from mesure.reports.replay.totals import StatusTotal
from mesure.reports.text import clock_text

BARS_PER_DAY_MAX: Final = 48  # A bar each half hour; more could not be told apart on a phone.
QUARTERS: Final = 96
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """A stretch of one day in one status, as shares of the day's length."""

    status: Status
    from_ratio: float
    until_ratio: float


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """One day of a condition. `coarse`: drawn by the quarter hour, for it changed too often."""

    date: date
    total: StatusTotal
    bars: tuple[TimelineBar, ...]
    coarse: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The days of one condition on which it binds, oldest first; some may be left out."""

    start_h: int  # The hour at which a day starts here: 0 or 12.
    days: tuple[TimelineDay, ...]
    left_out: int


def timeline(
    assessments: Sequence[Assessment], binding: Iterable[Span], zone: ZoneInfo, days_max: int
) -> Timeline:
    """Return the days of one condition, at most `days_max` of them.

    Where there are more, days on which all was met are left out first, then the oldest.
    """
    start_h = day_starts_at_h(binding, zone)
    every = days(assessments, zone, start_h)
    shown_days = _worth_a_look(every, days_max)
    return Timeline(start_h, tuple(shown_days), len(every) - len(shown_days))


def day_starts_at_h(binding: Iterable[Span], zone: ZoneInfo) -> int:
    """Return the hour at which to begin a day: noon where a condition binds by night, else 0."""
    for span in binding:
        first, last = span.start.astimezone(zone), span.end.astimezone(zone)
        if first.date() < last.date() and last.time() != time() and last - first < _DAY:
            return 12
    return 0


def _worth_a_look(every: list[TimelineDay], days_max: int) -> list[TimelineDay]:
    if len(every) <= days_max:
        return every
    return [day for day in every if day.total.worst is not Status.MET][-days_max:]


def days(assessments: Sequence[Assessment], zone: ZoneInfo, start_h: int) -> list[TimelineDay]:
    """Return every day on which something was assessed, oldest first."""
    pieces = [piece for each in assessments for piece in _pieces(each, zone, start_h)]
    return [
        _day(when, whole, [(status, span) for _, _, status, span in group])
        for (when, whole), group in groupby(pieces, key=lambda piece: (piece[0], piece[1]))
    ]


def _pieces(
    assessment: Assessment, zone: ZoneInfo, start_h: int
) -> list[tuple[date, Span, Status, Span]]:
    """Return an assessment cut at the starts of days."""
    cuts = (
        (day, whole, assessment.span.overlap(whole))
        for day, whole in clock_text.days(assessment.span, zone, start_h)
    )
    return [(day, whole, assessment.status, part) for day, whole, part in cuts if part is not None]


def _day(when: date, whole: Span, parts: list[tuple[Status, Span]]) -> TimelineDay:
    total = StatusTotal()
    for status, span in parts:
        total = total.with_more(status, span.end - span.start)
    if len(parts) > BARS_PER_DAY_MAX:
        return TimelineDay(when, total, tuple(_by_the_quarter(whole, parts)), coarse=True)
    bars = (
        TimelineBar(status, _ratio(whole, span.start), _ratio(whole, span.end))
        for status, span in parts
    )
    return TimelineDay(when, total, tuple(bars), coarse=False)


def _by_the_quarter(whole: Span, parts: list[tuple[Status, Span]]) -> list[TimelineBar]:
    """Return bars of whole quarter hours, each in the status that held longest in it."""
    totals = [StatusTotal() for _ in range(QUARTERS)]
    length = whole.end - whole.start
    for status, span in parts:
        first = QUARTERS * (span.start - whole.start) // length
        last = min(QUARTERS * (span.end - whole.start) // length, QUARTERS - 1)
        for quarter in range(first, last + 1):
            edges = Span(
                whole.start + quarter * length / QUARTERS,
                whole.start + (quarter + 1) * length / QUARTERS,
            )
            shared = span.overlap(edges)
            if shared is not None:
                totals[quarter] = totals[quarter].with_more(status, shared.end - shared.start)
    return _joined([_longest(total) for total in totals])


def _longest(total: StatusTotal) -> Status | None:
    """Return the status that held longest; unknown where two held equally long."""
    longest = max(total.met, total.not_met, total.unknown)
    if not longest:
        return None
    leading = [
        status
        for status, duration in (
            (Status.MET, total.met),
            (Status.NOT_MET, total.not_met),
            (Status.UNKNOWN, total.unknown),
        )
        if duration == longest
    ]
    return leading[0] if len(leading) == 1 else Status.UNKNOWN


def _joined(statuses: list[Status | None]) -> list[TimelineBar]:
    bars: list[TimelineBar] = []
    for status, group in groupby(enumerate(statuses), key=lambda entry: entry[1]):
        quarters = [quarter for quarter, _ in group]
        if status is not None:
            bars.append(TimelineBar(status, quarters[0] / QUARTERS, (quarters[-1] + 1) / QUARTERS))
    return bars


def _ratio(whole: Span, instant: datetime) -> float:
    return (instant - whole.start) / (whole.end - whole.start)
