"""When so much office time has passed, over nights, weekends, closed days and changed clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mesure.incidents import office_hours
from mesure.incidents.office_hours import OpenSpan

ALMATY, PARIS = ZoneInfo("Asia/Almaty"), ZoneInfo("Europe/Paris")
DAY = (
    OpenSpan(timedelta(hours=9), timedelta(hours=13)),
    OpenSpan(timedelta(hours=14), timedelta(hours=18)),
)


def openings(day: date) -> tuple[OpenSpan, ...]:
    return () if day.weekday() > 4 or day == date(2026, 2, 11) else DAY


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 2, day, hour, minute, tzinfo=ALMATY).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(10, 10), 2, at(10, 12)),
        (at(10, 10), 3, at(10, 13)),  # Ends at closing time, not after lunch.
        (at(10, 12), 2, at(10, 15)),  # Over lunch.
        (at(10, 17), 2, at(12, 10)),  # The 11th is closed.
        (at(13, 17, 30), 1, at(16, 9, 30)),  # Friday to Monday.
        (at(14, 3), 8, at(16, 18)),  # From a Saturday night on.
    ],
)
def test_a_length_of_office_time_ends_within_office_hours(
    start: datetime, hours: int, end: datetime
) -> None:
    assert office_hours.after(openings, ALMATY, start, timedelta(hours=hours)) == end


def test_the_office_opens_next_or_is_open() -> None:
    assert office_hours.next_open(openings, ALMATY, at(10, 13, 30)) == at(10, 14)
    assert office_hours.next_open(openings, ALMATY, at(10, 14, 30)) == at(10, 14, 30)
    assert office_hours.next_open(openings, ALMATY, at(10, 18)) == at(12, 9)
    assert office_hours.is_open(openings, ALMATY, at(10, 9))
    assert not office_hours.is_open(openings, ALMATY, at(10, 13))


def test_an_office_that_is_open_over_a_skipped_hour_loses_it() -> None:
    night = (OpenSpan(timedelta(0), timedelta(hours=24)),)
    start = datetime(2026, 3, 29, 0, tzinfo=PARIS).astimezone(UTC)
    end = office_hours.after(lambda _: night, PARIS, start, timedelta(hours=23))
    assert end.astimezone(PARIS) == datetime(2026, 3, 30, 0, tzinfo=PARIS)
