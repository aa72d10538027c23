from datetime import date

import pytest

from mesure.orders.clock import holiday_calendar


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    country, part = (holiday_calendar.of(calendar, 2026) for calendar in ("US", "US-CA"))
    assert date(2026, 3, 31) in part - country  # Cesar Chavez Day.
    assert date(2026, 10, 12) in country - part  # Columbus Day.


def test_holidays_between_two_days_are_in_order_and_both_ends_count() -> None:
    holidays = holiday_calendar.between("FR", date(2025, 12, 25), date(2026, 5, 1))
    assert holidays == [date(2025, 12, 25), date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1)]


@pytest.mark.parametrize(
    ("calendar", "is_known"),
    [
        ("KZ", True), ("FR", True), ("US-CA", True),
        ("kz", False), ("XX", False), ("KZ-", False), ("US-XX", False), ("", False),
    ],
)  # fmt: skip
def test_calendars_are_known_by_their_codes(calendar: str, is_known: bool) -> None:
    assert holiday_calendar.is_known(calendar) is is_known


def test_every_known_calendar_can_be_read() -> None:
    for calendar in holiday_calendar.calendar_names()[::40]:
        assert isinstance(holiday_calendar.of(calendar, 2026), frozenset)
