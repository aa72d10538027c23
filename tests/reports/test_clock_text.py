"""Instants on the clock on the wall."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure import instants
from mesure.machine import texts
from mesure.orders.values.span import Span
from mesure.reports.text import clock_text

ALMATY = ZoneInfo("Asia/Almaty")
PARIS = ZoneInfo("Europe/Paris")
AUTUMN = "UTC+02:00 until 25 October 2026 at 03:00, then UTC+01:00"

# Zones and times with odd nights: an hour twice, an hour missing, at midnight, and a day skipped.
ODD_NIGHTS = (
    (ALMATY, datetime(2024, 2, 29, 12, tzinfo=UTC)),
    (PARIS, datetime(2026, 3, 28, 12, tzinfo=UTC)),
    (PARIS, datetime(2026, 10, 24, 12, tzinfo=UTC)),
    (ZoneInfo("Africa/Cairo"), datetime(2026, 4, 23, 12, tzinfo=UTC)),
    (ZoneInfo("Atlantic/Azores"), datetime(2026, 10, 24, 12, tzinfo=UTC)),
    (ZoneInfo("Pacific/Apia"), datetime(2011, 12, 29, 12, tzinfo=UTC)),
    (ZoneInfo("America/St_Johns"), datetime(2006, 10, 28, 12, tzinfo=UTC)),
)


def test_a_time_that_happens_twice_names_its_offset() -> None:
    first, second = (
        datetime(2024, 2, 29, 17, 30, tzinfo=UTC),
        datetime(2024, 2, 29, 18, 30, tzinfo=UTC),
    )
    assert clock_text.moment(first, ALMATY) == "2024-02-29 23:30 (UTC+06:00)"
    assert clock_text.moment(second, ALMATY) == "2024-02-29 23:30 (UTC+05:00)"


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_language_says_which_of_two_times_is_meant(language: str) -> None:
    twice, catalogue = datetime(2024, 2, 29, 18, 30, tzinfo=UTC), texts.catalogue(language)
    assert catalogue.clock(twice, ALMATY) == "23:30 (UTC+05:00)"
    assert catalogue.moment(twice, ALMATY).endswith(" 23:30 (UTC+05:00)")


@pytest.mark.parametrize(
    ("zone", "twice", "words"),
    [
        ("Europe/London", (2026, 10, 25, 1, 30), ("01:30", "UTC+0")),
        ("Atlantic/Azores", (2026, 10, 25, 1, 30), ("00:30", "UTC-1")),
        ("America/St_Johns", (2026, 11, 1, 4), ("01:30", "UTC-2:30")),
        ("Australia/Lord_Howe", (2026, 4, 4, 15, 15), ("01:45", "UTC+10:30")),
        ("Europe/Paris", (2026, 10, 25, 3), ("04:00",)),
    ],
)
def test_where_room_is_scarce_an_offset_is_as_short_as_can_be(
    zone: str, twice: tuple[int, int, int, int], words: tuple[str, ...]
) -> None:
    instant = datetime.combine(date(*twice[:3]), time(*twice[3:]), UTC)
    assert clock_text.short_clock(instant, ZoneInfo(zone)) == words


def test_a_plain_time_names_no_offset() -> None:
    assert clock_text.moment(datetime(2026, 7, 1, tzinfo=UTC), PARIS) == "2026-07-01 02:00"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((2026, 7, 1), (2026, 7, 9), "UTC+02:00"),
        ((2026, 7, 9), (2026, 7, 9), "UTC+02:00"),
        # At 03:00 by the old clock, which is one in the morning in UTC.
        ((2026, 10, 24), (2026, 10, 26), AUTUMN),
        ((2026, 10, 24, 12, 0, 0, 300_000), (2026, 10, 25, 1, 30, 7, 900_000), AUTUMN),
        ((2026, 3, 28), (2026, 4, 30), "UTC+01:00 until 29 March 2026 at 02:00, then UTC+02:00"),
        ((2026, 10, 25, 0, 59), (2026, 10, 25, 1), AUTUMN),
        ((2026, 10, 25, 1), (2026, 10, 25, 2), "UTC+01:00"),
        ((2026, 1, 1), (2026, 12, 1), "UTC+01:00 and UTC+02:00"),
    ],
)
def test_a_zone_is_said_with_each_offset_that_it_has_in_a_span(
    start: tuple[int, ...], end: tuple[int, ...], words: str
) -> None:
    first, last = (datetime(*one, tzinfo=UTC) for one in (start, end))  # type: ignore[misc, arg-type]
    said = clock_text.zone_in_words(PARIS, Span(first, last), texts.catalogue("en"))
    assert said == f"Europe/Paris ({words})"


@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Almaty", "Africa/Casablanca", "Asia/Gaza"])
def test_all_of_time_is_said_by_few_of_its_days(zone: str) -> None:
    """A record may last till the year 8999, and each of its pages says by which clock."""
    whole = Span(datetime(1900, 1, 1, tzinfo=UTC), datetime(8999, 12, 31, tzinfo=UTC))
    few = clock_text.instants_to_compare(whole)
    assert (few[0], few[-1]) == (whole.start, whole.end)
    assert len(few) < 55_000
    each = (whole.start + timedelta(days=day) for day in range(0, 2_593_000, 7))
    shifts = {instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in each}
    assert shifts <= {instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in few}


def test_the_change_of_almaty_is_said_in_four_languages() -> None:
    span = Span(datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC))
    words = {
        tag: clock_text.zone_in_words(ALMATY, span, texts.catalogue(tag)) for tag in texts.LANGUAGES
    }
    assert words == {
        "en": "Asia/Almaty (UTC+06:00 until 1 March 2024 at 00:00, then UTC+05:00)",
        "fr": "Asia/Almaty (UTC+06:00 jusqu’au 1er mars 2024 à 00:00, puis UTC+05:00)",
        "ru": "Asia/Almaty (UTC+06:00 до 1 марта 2024 года в 00:00, затем UTC+05:00)",
        "kk": "Asia/Almaty (2024 жылғы 1 наурыз, 00:00 сәтіне дейін UTC+06:00, "
        "содан кейін UTC+05:00)",
    }


@pytest.mark.parametrize("us", [-(2**63), 2**63 - 1, -62_135_596_800_000_000])
def test_a_time_no_clock_can_show_is_none(us: int) -> None:
    assert clock_text.instant_at(us) is None


@given(st.integers(-730_000, 2_921_000), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_microseconds_of_an_instant_give_it_back(days: int, more: timedelta) -> None:
    instant = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=days) + more
    assert clock_text.instant_at(instants.to_us(instant)) == instant


def test_a_stamp_is_in_utc() -> None:
    assert clock_text.stamp(datetime(2026, 2, 1, 5, tzinfo=ALMATY)) == "2026-02-01T00:00:00Z"


@given(
    st.sampled_from(ODD_NIGHTS),
    st.integers(0, 72),
    st.integers(1, 5 * 24 * 60),
    st.sampled_from([0, 12]),
)
def test_days_follow_each_other_and_cover_the_span(
    odd_night: tuple[ZoneInfo, datetime], hours: int, minutes: int, start_h: int
) -> None:
    zone, near = odd_night
    span = Span(
        near + timedelta(hours=hours - 36), near + timedelta(hours=hours - 36, minutes=minutes)
    )
    days = list(clock_text.days(span, zone, start_h))
    assert days[0][1].start <= span.start
    assert days[-1][1].end >= span.end
    for (day, whole), (day_after, whole_after) in pairwise(days):
        assert day < day_after
        assert whole.start < whole.end == whole_after.start


def test_the_day_that_samoa_skipped_is_not_a_day() -> None:
    span = Span(datetime(2011, 12, 29, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC))
    days = [day for day, _ in clock_text.days(span, ZoneInfo("Pacific/Apia"), 0)]
    assert date(2011, 12, 30) not in days
    assert date(2011, 12, 29) in days
    assert date(2011, 12, 31) in days


def test_a_day_whose_first_hour_never_came_belongs_to_the_day_before() -> None:
    span = Span(datetime(2011, 12, 30, 11, tzinfo=UTC), datetime(2011, 12, 31, tzinfo=UTC))
    (day, whole), (next_day, _) = clock_text.days(span, ZoneInfo("Pacific/Apia"), 12)
    assert (day, next_day) == (date(2011, 12, 29), date(2011, 12, 31))
    assert whole.start == datetime(2011, 12, 29, 22, tzinfo=UTC)
