"""The hours of a condition in words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mesure.orders.clock import holiday_calendar, wall_clock
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.orders.values.timetable import DAY_S, Timetable, Window
from mesure.orders.venues import place_names

HOLIDAYS_SAID_MAX: Final = 40  # Two years of most calendars.
DAYS_IN_SENTENCE_MAX: Final = 4  # More would make the sentence longer than is easily read.

PARTS_SAID_MAX: Final = 10  # Of a country; nobody reads each of fifty states.
PARTS_COMPARED: Final = timedelta(days=2 * 365)  # A holiday that only a part has comes every year.

_UTC: Final = ZoneInfo("UTC")


def moment(instant: datetime, zone: ZoneInfo, catalogue: Catalogue) -> str:
    """Return an instant as the order wrote it; to the second where it named one."""
    if instant.astimezone(zone).second:
        on, clock = catalogue.day(instant, zone), wall_clock.clock(instant, zone, to="seconds")
        return catalogue.text("{day} at {clock}").format(day=on, clock=clock)
    return catalogue.moment(instant, zone)


def day(on: date, zone: ZoneInfo, catalogue: Catalogue) -> str:
    """Return a date; noon stands for it, since a midnight may be skipped."""
    return catalogue.day(datetime.combine(on, time(12), zone), zone)


def sentences(timetable: Timetable, in_force: Span, catalogue: Catalogue) -> Iterator[str]:
    """Yield what the order says about the hours of a condition."""
    if timetable.always:
        yield catalogue.text("This applies at all times.")
        return
    for window in timetable.windows:
        yield from _window(window, _days(window, catalogue), catalogue)
    if timetable.first_night:
        first_day = catalogue.text("On the first day in force")
        yield from _window(timetable.first_night, first_day, catalogue)
    yield from _holidays(timetable, in_force, catalogue)


def _days(window: Window, catalogue: Catalogue) -> str:
    if len(window.weekdays) == 7:
        return catalogue.text("Every day")
    days = catalogue.items([catalogue.weekday(number) for number in sorted(window.weekdays)])
    return days[:1].upper() + days[1:]  # They begin a sentence.


def _window(window: Window, days: str, catalogue: Catalogue) -> Iterator[str]:
    if (window.start_s, window.end_s) == (0, DAY_S):
        sentence = catalogue.text("{days}: the whole day.")
    elif window.end_s == DAY_S:
        sentence = catalogue.text("{days}: from {start} until midnight.")
    elif window.end_s > window.start_s:
        sentence = catalogue.text("{days}: from {start} until {end}.")
    else:
        sentence = catalogue.text("{days}: from {start} until {end} on the next day.")
    start, end = _clock(window.start_s, catalogue), _clock(window.end_s, catalogue)
    yield sentence.format(days=days, start=start, end=end)
    if window.at is not None:
        place = catalogue.text("In these hours the place is “{place}”.")
        yield place.format(place=place_names.quote_name(window.at, catalogue))


def _clock(second: int, catalogue: Catalogue) -> str:
    at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    return f"{at:%H:%M:%S}" if at.second else catalogue.clock(at, _UTC)


def _holidays(timetable: Timetable, in_force: Span, catalogue: Catalogue) -> Iterator[str]:
    calendar = timetable.holiday_calendar
    if calendar is None:
        return
    first = in_force.start.astimezone(timetable.zone).date()
    last = (in_force.end - timedelta(microseconds=1)).astimezone(timetable.zone).date()
    sentence = catalogue.text("On public holidays ({calendar}) the hours of this day hold: {day}.")
    yield sentence.format(calendar=calendar, day=catalogue.weekday(timetable.holiday_as))
    known = holiday_calendar.between(calendar, first, last)
    day_names = [day(on, timetable.zone, catalogue) for on in known[:HOLIDAYS_SAID_MAX]]
    for start in range(0, len(day_names), DAYS_IN_SENTENCE_MAX):
        days = catalogue.items(day_names[start : start + DAYS_IN_SENTENCE_MAX])
        yield catalogue.text("These days are such holidays: {days}.").format(days=days)
    if len(known) > HOLIDAYS_SAID_MAX:
        more = len(known) - HOLIDAYS_SAID_MAX
        yield catalogue.plural(
            "{count} later holiday is not listed.", "{count} later holidays are not listed.", more
        ).format(count=more)
    yield from _parts(calendar, first, min(last, first + PARTS_COMPARED), catalogue)
    yield catalogue.text("Some of these dates are estimates until the government confirms them.")


def _parts(calendar: str, first: date, last: date, catalogue: Catalogue) -> Iterator[str]:
    """Yield which parts of the country have other holidays than the calendar that is named."""
    parts = holiday_calendar.parts_that_differ(calendar, first, last)
    if not parts:
        return
    names = catalogue.items(parts[:PARTS_SAID_MAX])
    yield catalogue.text("Parts of this country have other holidays: {parts}.").format(parts=names)
    if len(parts) > PARTS_SAID_MAX:
        more = len(parts) - PARTS_SAID_MAX
        yield catalogue.plural(
            "So does {count} more part.", "So do {count} more parts.", more
        ).format(count=more)
    yield catalogue.text("Where the order is kept in one of them, its calendar must be named.")
