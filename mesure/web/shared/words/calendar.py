"""Calendar of a condition, day by day: met, not met for a part, unknown for a part.

A window is on the day on which it begins, as a night does in speech. Not met is said before
unknown, and unknown before met: a day is what its worst part was.
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mesure.actions.data_rights.own_record import AssessmentView
from mesure.evaluation.assessment import Status
from mesure.orders.model import schedule
from mesure.orders.model.conditions import Condition
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.span import Span
from mesure.reports.replay import report_words as words
from mesure.reports.text import clock_text
from mesure.web.shared.words.incident_phrases import Tag
from mesure.web.shared.words.page_texts import PageTexts

MONTHS: Final = 2  # The months shown: this one and those before.
_DAY: Final = timedelta(days=1)
_NONE: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """Something that happened under a condition: an incident, or an absence that was granted."""

    sign: str
    words: str
    tag: Tag
    address: str  # Empty: the reader has no page for it.
    span: Span
    is_absence: bool


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day: what it is, in words, and what happened."""

    date: date
    kind: str
    words: str
    events: tuple[CalendarEvent, ...] = ()

    @property
    def signs(self) -> tuple[str, ...]:
        """Return the signs of what happened, each once."""
        return tuple(dict.fromkeys(event.sign for event in self.events))

    @property
    def address(self) -> str:
        """Return where the one thing that happened is; empty: there is none, or more than one."""
        return self.events[0].address if len(self.events) == 1 else ""


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A month as a table of weeks; None stands for days of other months."""

    name: str
    weeks: tuple[tuple[CalendarDay | None, ...], ...]


@dataclass(frozen=True, slots=True)
class ConditionCalendar:
    """One condition over some months."""

    condition: str
    title: str
    months: tuple[CalendarMonth, ...]
    sums: str
    unsigned: str  # On how many days it rests on what no device signed; empty: on none.
    amiss: tuple[CalendarDay, ...]  # Not wholly met, or something happened; the latest first.

    @property
    def is_judged(self) -> bool:
        """Return whether any day says something; months of empty days are not shown."""
        days = (day for month in self.months for week in month.weeks for day in week)
        return any(day is not None and (day.kind or day.events) for day in days)


def first_day(today: date) -> date:
    """Return the first day that is shown."""
    first = today.replace(day=1)
    for _ in range(MONTHS - 1):
        first = (first - _DAY).replace(day=1)
    return first


def calendar_of(
    condition: Condition,
    versions: Iterable[OrderVersion],
    assessments: Iterable[AssessmentView],
    zone: ZoneInfo,
    now: datetime,
    texts: PageTexts,
    title: str | None = None,
    events: Sequence[CalendarEvent] = (),
) -> ConditionCalendar:
    """Return how one condition was kept, under its kind or another title, and what happened."""
    today = now.astimezone(zone).date()
    first = first_day(today)
    mine = [one for one in assessments if one.condition == condition.id]
    windows = tuple(_windows(condition.id, versions, first, now, zone))
    totals = {day: _totals(span, mine) for day, span in windows if day >= first}
    bare = {day for day, span in windows if day >= first and _is_unsigned(span, mine)}
    varied = _varied(mine, zone)
    days = {
        day: _day(day, total, (day in bare, varied.get(day)), zone, texts)
        for day, total in totals.items()
    }
    for day, of_day in _events_by_day(events, windows, zone).items():
        nothing = CalendarDay(day, "", texts.catalogue.text("nothing to judge"))
        days[day] = replace(days.get(day, nothing), events=tuple(of_day))
    months = tuple(_month(month, days, texts) for month in _months(first, today))
    title = title or texts.under_head(condition.id, condition.duty.name(texts.catalogue))
    shown = sorted(days.values(), key=lambda day: day.date, reverse=True)
    shown = [day for day in shown if day.date >= first]
    amiss = tuple(day for day in shown if day.events or day.kind not in ("", Status.MET.value))
    return ConditionCalendar(
        condition.id, title, months, _sums(days.values(), texts), _unsigned(len(bare), texts), amiss
    )


def _windows(
    condition: str, versions: Iterable[OrderVersion], first: date, now: datetime, zone: ZoneInfo
) -> Iterable[tuple[date, list[Span]]]:
    """Yield the days on which a condition bound, from the one before the first, up to now."""
    days: dict[date, list[Span]] = {}
    before = first - _DAY  # A night that began then is not of the first day.
    start = datetime(before.year, before.month, before.day, tzinfo=zone).astimezone(UTC)
    for version in versions:
        for candidate in version.conditions:
            if candidate.id != condition:
                continue
            for bound in schedule.bounds(candidate, version, start, now):
                for day, span in _by_day(bound.span, zone):
                    days.setdefault(day, []).append(span)
    return days.items()


def _by_day(span: Span, zone: ZoneInfo) -> Iterable[tuple[date, Span]]:
    """Yield a span on the day on which it begins; one of more than a day, on each of its days."""
    if span.end - span.start <= _DAY:
        yield span.start.astimezone(zone).date(), span
        return
    for day, whole in clock_text.days(span, zone, 0):  # In UTC: some have 23 hours, or 25.
        part = span.overlap(whole)
        if part is not None:
            yield day, part


def _events_by_day(
    events: Iterable[CalendarEvent], windows: Iterable[tuple[date, list[Span]]], zone: ZoneInfo
) -> dict[date, list[CalendarEvent]]:
    """Return what happened by day; what happened after midnight is of the night before."""
    days: dict[date, list[CalendarEvent]] = {}
    bound = list(windows)
    for event in sorted(events, key=lambda event: event.span.start):
        touched = [
            day
            for day, spans in bound
            if not event.is_absence
            and any(span.overlap(event.span) or event.span.start in span for span in spans)
        ]
        for day in touched or _days_of(event.span, zone):
            days.setdefault(day, []).append(event)
    return days


def _days_of(span: Span, zone: ZoneInfo) -> Iterable[date]:
    """Yield the day on which a span begins, and each later one on which it lasts at noon."""
    day = span.start.astimezone(zone).date()
    yield day
    for _ in range(MONTHS * 31):
        day += _DAY
        if datetime(day.year, day.month, day.day, 12, tzinfo=zone) >= span.end:
            return
        yield day


def _totals(spans: list[Span], assessments: list[AssessmentView]) -> dict[Status, timedelta]:
    totals = dict.fromkeys(Status, _NONE)
    for span in spans:
        for assessment in assessments:
            part = assessment.span.overlap(span)
            if part is not None:
                totals[assessment.status] += part.end - part.start
    return totals


def _is_unsigned(spans: Iterable[Span], assessments: Iterable[AssessmentView]) -> bool:
    """Tell whether anything that no device signed was used for a day."""
    bare = [one.span for one in assessments if one.unsigned]
    return any(one.overlap(span) is not None for span in spans for one in bare)


def _unsigned(count: int, catalogue: PageTexts) -> str:
    if not count:
        return ""
    return catalogue.plural(
        "{count} day was judged by fixes that no device signed.",
        "{count} days were judged by fixes that no device signed.",
        count,
    )


def _varied(assessments: Iterable[AssessmentView], zone: ZoneInfo) -> dict[date, datetime]:
    """Return the days in which what is said goes on over a variation of the order, and since when.

    The time before that instant was judged by the version before, the rest by the new one.
    """
    instants = (by.start_at for one in assessments for by in one.by_versions[1:])
    return {at.astimezone(zone).date(): at for at in instants}


def _day(
    day: date,
    totals: dict[Status, timedelta],
    rests_on: tuple[bool, datetime | None],
    zone: ZoneInfo,
    texts: PageTexts,
) -> CalendarDay:
    catalogue = texts.catalogue
    is_unsigned, varied_at = rests_on
    for status in (Status.NOT_MET, Status.UNKNOWN, Status.MET):
        if totals[status] > _NONE:
            parts = [
                f"{words.status(catalogue, other)} {texts.short_length(totals[other])}"
                for other in (Status.NOT_MET, Status.UNKNOWN, Status.MET)
                if totals[other] > _NONE
            ]
            parts += [catalogue.text("unsigned")] * is_unsigned
            if varied_at is not None:
                new = catalogue.text("from {time} by the varied order")
                parts.append(new.format(time=catalogue.clock(varied_at, zone)))
            return CalendarDay(day, status.value, ", ".join(parts))
    return CalendarDay(day, "", catalogue.text("nothing judged"))


def _months(first: date, today: date) -> list[date]:
    months = []
    month = first
    while month <= today:
        months.append(month)
        month = (month + 32 * _DAY).replace(day=1)
    return months[::-1]


def _month(first: date, days: dict[date, CalendarDay], texts: PageTexts) -> CalendarMonth:
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    catalogue = texts.catalogue
    nothing = catalogue.text("nothing to judge")
    rows = tuple(
        tuple(
            days.get(day, CalendarDay(day, "", nothing)) if day.month == first.month else None
            for day in week
        )
        for week in weeks
    )
    return CalendarMonth(texts.month(first), rows)


def _sums(days: Iterable[CalendarDay], catalogue: PageTexts) -> str:
    """Return on how many days it was met, and on how many not or not known."""
    count = dict.fromkeys(Status, 0)
    for day in days:
        if day.kind:
            count[Status(day.kind)] += 1
    if not any(count.values()):
        return catalogue.text("Nothing has been judged yet.")
    parts = (
        catalogue.plural("met on {count} day", "met on {count} days", count[Status.MET]),
        catalogue.plural(
            "not met for a part on {count} day",
            "not met for a part on {count} days",
            count[Status.NOT_MET],
        ),
        catalogue.plural(
            "unknown for a part on {count} day",
            "unknown for a part on {count} days",
            count[Status.UNKNOWN],
        ),
    )
    return " · ".join(parts)
