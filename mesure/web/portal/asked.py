"""Duties ahead: what an order asks now and in the next days, in short plain words.

The spans are those that the judge uses, so an absence that was allowed has already been taken out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from mesure.orders.clock import durations, wall_clock
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
    """One duty on a day: its hours, what it is, and the whole span of it."""

    hours: str
    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class LastingDuty:
    """A duty that holds at every hour, and when it does within the next seven days."""

    words: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class DutyEdge:
    """When what is asked changes next, and what begins or ends then."""

    at: datetime
    words: tuple[str, ...]
    begins: bool


@dataclass(frozen=True, slots=True)
class DutyDay:
    """What is asked on one day."""

    date: date
    lines: tuple[DutyRow, ...]
    is_over: bool  # Every order has ended when the day begins.


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
            length = durations.exact(duty.present_s_min, catalogue)
            text = catalogue.text("Come to “{place}”, for {length} or longer")
            return text.format(
                place=place_names.quote_name(at or duty.at, catalogue), length=length
            )
        case _:
            assert_never(duty)


def horizon(at: datetime) -> datetime:
    """Return until when what is asked is worked out from a moment."""
    return at + DAYS * _DAY


def now(versions: Sequence[OrderVersion], at: datetime, catalogue: Catalogue) -> list[DutySpan]:
    """Return every duty that binds at a moment: those with set hours, then those at all hours.

    A duty that lasts beyond the horizon ends there.
    """
    return [duty for duty in _around(versions, at, catalogue) if at in duty.span]


def next_edges(
    versions: Sequence[OrderVersion], at: datetime, catalogue: Catalogue
) -> list[DutyEdge]:
    """Return what changes next; where that is an end, then also what begins first after it."""
    duties = list(_around(versions, at, catalogue))
    begins = [(duty.span.start, duty.words) for duty in duties if duty.span.start > at]
    ends = [
        (duty.span.end, duty.words)
        for duty in duties
        if at in duty.span and duty.span.end < horizon(at)
    ]
    begin, end = _first(begins, begins=True), _first(ends, begins=False)
    is_first = end is not None and (begin is None or end.at < begin.at)
    return [edge for edge in (end if is_first else None, begin) if edge is not None]


def _first(changes: list[tuple[datetime, str]], *, begins: bool) -> DutyEdge | None:
    """Return the earliest of some changes, with everything that changes with it."""
    at = min((at for at, _ in changes), default=None)
    if at is None:
        return None
    return DutyEdge(at, tuple(what for moment, what in changes if moment == at), begins)


def always(
    versions: Iterable[OrderVersion], at: datetime, catalogue: Catalogue
) -> list[LastingDuty]:
    """Return what holds at every hour, of what is in force."""
    within = Span(at - 2 * _DAY, horizon(at))
    return [
        LastingDuty(words(condition, None, catalogue), tuple(one.span for one in bound))
        for version in versions
        for condition in version.conditions
        if condition.duty.timetable.always and at in version.in_force and at in condition.in_force
        for bound in [schedule.bounds(condition, version, within.start, within.end)]
    ]


def order_ends(versions: Iterable[OrderVersion], at: datetime) -> dict[str, datetime]:
    """Return by order when it ends, for those that are in force at a moment."""
    versions = list(versions)
    orders = {version.order: version.in_force.end for version in versions if at in version.in_force}
    for version in versions:
        if version.order in orders:
            orders[version.order] = max(orders[version.order], version.in_force.end)
    return orders


def week(
    versions: Sequence[OrderVersion], at: datetime, zone: ZoneInfo, catalogue: Catalogue
) -> list[DutyDay]:
    """Return what is asked from a moment on, on each of seven days.

    A night is listed on the day on which it begins.
    """
    first = at.astimezone(zone).date()
    midnights = [datetime.combine(first + n * _DAY, time(), zone) for n in range(DAYS + 1)]
    timed = _timed(versions, Span(midnights[0], midnights[-1] + _DAY), catalogue)
    duties = [asked for asked in timed if asked.span.end > at]
    days: list[DutyDay] = []
    for number in range(DAYS):
        day = Span(midnights[number], midnights[number + 1])
        day_duties = [asked for asked in duties if _is_said_on(asked.span, day)]
        day_duties.sort(key=lambda duty: duty.span.start)
        lines = tuple(
            DutyRow(hours(duty.span, day, zone), duty.words, duty.span) for duty in day_duties
        )
        is_over = all(version.in_force.end <= day.start for version in versions)
        days.append(DutyDay(first + number * _DAY, lines, is_over))
    return days


def hours(span: Span, day: Span, zone: ZoneInfo) -> str:
    """Return the hours of a span as they are said on a day."""
    if span.start <= day.start and span.end >= day.end:
        return "00:00 – 24:00"
    clock = wall_clock.clock(span.start, zone) if span.start >= day.start else "00:00"
    if span.end - span.start > _LONG and span.end > day.end:
        return f"{clock} – 24:00"
    return f"{clock} – {wall_clock.clock(span.end, zone, is_end=True)}"


def _is_said_on(span: Span, day: Span) -> bool:
    if span.end - span.start > _LONG:
        return span.overlap(day) is not None
    return span.start in day


def _around(
    versions: Sequence[OrderVersion], at: datetime, catalogue: Catalogue
) -> Iterator[DutySpan]:
    """Yield what is asked from some days before a moment until the horizon.

    Duties of the same words that touch are one: a variation that leaves them changes nothing.
    """
    within = Span(at - 2 * _DAY, horizon(at))
    duties = [*_timed(versions, within, catalogue), *_lasting(versions, within, catalogue)]
    spans_by_words: dict[str, list[Span]] = {}
    for duty in duties:
        spans_by_words.setdefault(duty.words, []).append(duty.span)
    for duty_words, spans in spans_by_words.items():
        yield from (DutySpan(duty_words, span) for span in _merged(spans))


def _merged(spans: list[Span]) -> Iterator[Span]:
    """Yield the time that some spans cover, in order."""
    ordered = sorted(spans, key=lambda span: span.start)
    current = ordered[0]
    for span in ordered[1:]:
        if span.start > current.end:
            yield current
            current = span
        current = Span(current.start, max(current.end, span.end))
    yield current


def _timed(
    versions: Iterable[OrderVersion], within: Span, catalogue: Catalogue
) -> Iterator[DutySpan]:
    return _duties(versions, within, catalogue, at_all_hours=False)


def _lasting(
    versions: Iterable[OrderVersion], within: Span, catalogue: Catalogue
) -> Iterator[DutySpan]:
    return _duties(versions, within, catalogue, at_all_hours=True)


def _duties(
    versions: Iterable[OrderVersion], within: Span, catalogue: Catalogue, *, at_all_hours: bool
) -> Iterator[DutySpan]:
    for version in versions:
        for condition in version.conditions:
            if condition.duty.timetable.always is not at_all_hours:
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
