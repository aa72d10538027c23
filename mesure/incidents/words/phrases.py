"""Phrases that explanations share: places, times, durations, distances, chances.

A part is a value put into a sentence, so each has one grammatical form in every language;
docs/translating.md says which. Nothing here fails on an odd number: evidence comes from devices,
and a device may report anything.
"""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mesure.incidents.words.reader import Reader
from mesure.orders.clock import wall_clock
from mesure.orders.model import conditions
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.orders.venues.place_names import HOME

DAY: Final = timedelta(days=1)

KILOMETRE_M: Final = 1_000
KILOMETRES_FROM_M: Final = 10_000.0
# Half-way round the Earth (WGS84: about 20,004 km); a number beyond it is no distance.
DISTANCE_M_MAX: Final = 20_004_000.0
DISTANCE_M_MIN: Final = 0.5
TENS_FROM_M: Final = 20.0  # Above it, single metres would claim more than a fix can know.

P_NAMED_MAX: Final = 0.99  # Above it no figure is named: it would be taken for certainty.


def duty_name(duty: str, catalogue: Catalogue) -> str:
    """Return what a kind of condition is called, or the kind itself where it has no name yet."""
    kind = conditions.KINDS.get(duty)
    return kind.name(catalogue) if kind else duty


def at(place: str, catalogue: Catalogue, reader: Reader) -> str:
    """Return "at home", or the like for a place with a name of its own."""
    if place == HOME:
        return reader.choose(catalogue.text("at home"), catalogue.text("at their home"))
    return catalogue.text("at “{place}”").format(place=place)


def away(place: str, catalogue: Catalogue, reader: Reader) -> str:
    """Return "away from home", or the like for a place with a name of its own."""
    if place == HOME:
        return reader.choose(
            catalogue.text("away from home"), catalogue.text("away from their home")
        )
    return catalogue.text("away from “{place}”").format(place=place)


def is_short(window: Span) -> bool:
    """Say whether a time of day alone names an instant of the window."""
    return window.end - window.start < DAY


def clocks_change(span: Span, zone: ZoneInfo) -> bool:
    """Say whether the clock of the zone is put forward or back between the ends of a span."""
    return span.start.astimezone(zone).utcoffset() != span.end.astimezone(zone).utcoffset()


def span_with_date(span: Span, zone: ZoneInfo, catalogue: Catalogue) -> str:
    """Return from when to when, with the date; with both dates from a day on."""
    start, start_day = catalogue.clock(span.start, zone), catalogue.day(span.start, zone)
    if is_short(span):
        return catalogue.text("on {day} from {start} to {end}").format(
            day=start_day, start=start, end=wall_clock.clock(span.end, zone, is_end=True)
        )
    end, end_day = catalogue.clock(span.end, zone), catalogue.day(span.end, zone)
    return catalogue.text("from {start_day}, {start} to {end_day}, {end}").format(
        start_day=start_day, start=start, end_day=end_day, end=end
    )


def within(span: Span, window: Span, zone: ZoneInfo, catalogue: Catalogue) -> str:
    """Return from when to when, without the date where a window of less than a day has given it."""
    if not is_short(window):
        return span_with_date(span, zone, catalogue)
    return catalogue.text("from {start} to {end}").format(
        start=catalogue.clock(span.start, zone), end=wall_clock.clock(span.end, zone, is_end=True)
    )


def since(start: datetime, window: Span, zone: ZoneInfo, catalogue: Catalogue) -> str:
    """Return since when, without the date where a window of less than a day has given it."""
    with_day = catalogue.text("since {start} on {day}")
    words = catalogue.text("since {start}") if is_short(window) else with_day
    return words.format(start=catalogue.clock(start, zone), day=catalogue.day(start, zone))


def distance(distance_m: float, catalogue: Catalogue, *, is_limit: bool = False) -> str | None:
    """Return a distance no finer than a fix can know, or None where the number means none.

    What is said to be the most is rounded up, but for a hundredth of what is counted.
    """
    if not DISTANCE_M_MIN <= distance_m <= DISTANCE_M_MAX:
        return None
    part = 0.99 if is_limit else 0.5
    if distance_m >= KILOMETRES_FROM_M:
        count = int(distance_m / KILOMETRE_M + part)
        return catalogue.plural("{count} kilometre", "{count} kilometres", count).format(
            count=count
        )
    step = 1 if distance_m < TENS_FROM_M else 10
    count = int(distance_m / step + part) * step
    return catalogue.plural("{count} metre", "{count} metres", count).format(count=count)


def chance(p_wrong_side: float, catalogue: Catalogue) -> str | None:
    """Return a chance in words that never reach certainty, or None where it is not a number.

    It is rounded down, in favour of the person.
    """
    if not p_wrong_side >= 0:
        return None
    if p_wrong_side > P_NAMED_MAX:
        return catalogue.text("more than 99 in 100")
    count = int(p_wrong_side * 100)
    if count == 0:
        return catalogue.text("less than 1 in 100")
    return catalogue.text("{count} in 100").format(count=count)
