from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from mesure.orders.clock import wall_clock
from mesure.orders.values.span import Span
from tests.orders.clock_changes import ZONES, on_the_clock, walls_near_a_change

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)


def utc_span(start: str, end: str, zone: str = "Europe/Paris") -> str | None:
    """Return the restriction between two wall-clock times, as "HH:MM-HH:MM" in UTC."""
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    span = wall_clock.restriction(first, last, ZoneInfo(zone))
    return f"{span.start:%d %H:%M}-{span.end:%d %H:%M}" if span else None


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        # 29 March 2026 in Paris: 02:00 to 03:00 is skipped, at 01:00 UTC.
        ("2026-03-28T22:00", "2026-03-29T06:00", "28 21:00-29 04:00"),  # Seven hours.
        ("2026-03-29T02:10", "2026-03-29T02:40", None),  # Wholly skipped.
        ("2026-03-29T02:00", "2026-03-29T03:00", None),
        ("2026-03-29T02:30", "2026-03-29T06:00", "29 01:30-29 04:00"),  # The later reading.
        ("2026-03-28T22:00", "2026-03-29T02:30", "28 21:00-29 00:30"),  # The earlier one.
        ("2026-03-29T01:30", "2026-03-29T02:30", "29 00:30-29 01:00"),  # What the clock showed.
        ("2026-03-29T02:59", "2026-03-29T03:01", "29 01:00-29 01:01"),
        # 25 October 2026: 02:00 to 03:00 happens twice, from 00:00 UTC.
        ("2026-10-24T22:00", "2026-10-25T06:00", "24 20:00-25 05:00"),  # Nine hours.
        ("2026-10-25T02:10", "2026-10-25T02:40", "25 01:10-25 01:40"),  # The second time.
        ("2026-10-25T02:00", "2026-10-25T03:00", "25 01:00-25 02:00"),
        ("2026-10-25T02:30", "2026-10-25T06:00", "25 01:30-25 05:00"),
        ("2026-10-24T22:00", "2026-10-25T02:30", "24 20:00-25 00:30"),
    ],
)
def test_a_restriction_is_read_in_the_persons_favour(
    start: str, end: str, expected: str | None
) -> None:
    assert utc_span(start, end) == expected


def test_the_night_of_almaty_lasts_nine_hours() -> None:
    assert utc_span("2024-02-29T22:00", "2024-03-01T06:00", "Asia/Almaty") == "29 16:00-01 01:00"
    assert utc_span("2024-02-29T23:10", "2024-02-29T23:40", "Asia/Almaty") == "29 18:10-29 18:40"


def test_a_day_that_samoa_never_had_binds_nobody() -> None:
    assert utc_span("2011-12-30T00:00", "2011-12-31T00:00", "Pacific/Apia") is None
    assert utc_span("2011-12-29T22:00", "2011-12-30T06:00", "Pacific/Apia") == "30 08:00-30 10:00"


def test_an_absence_is_as_long_as_the_clock_can_be_read_to_mean() -> None:
    freedom = wall_clock.freedom(
        datetime.fromisoformat("2026-10-25T02:10"),
        datetime.fromisoformat("2026-10-25T02:40"),
        PARIS,
    )
    assert freedom == Span(
        datetime(2026, 10, 25, 0, 10, tzinfo=UTC), datetime(2026, 10, 25, 1, 40, tzinfo=UTC)
    )


@given(walls_near_a_change())
def test_a_restriction_holds_only_what_the_clock_showed(
    near: tuple[ZoneInfo, datetime, datetime],
) -> None:
    zone, start, end = near
    showed = on_the_clock(zone, start, end)
    span = wall_clock.restriction(start, end, zone)
    assert (span is None) == (not showed)
    if span:
        instant = span.start
        while instant < span.end:
            assert instant in showed
            instant += MINUTE


@given(walls_near_a_change())
def test_a_freedom_holds_everything_that_the_clock_showed(
    near: tuple[ZoneInfo, datetime, datetime],
) -> None:
    zone, start, end = near
    span = wall_clock.freedom(start, end, zone)
    assert span.start < span.end
    assert all(instant in span for instant in on_the_clock(zone, start, end))


def test_the_changes_aimed_at_are_changes() -> None:
    for zone, change in ZONES.items():
        before, after = change - timedelta(seconds=1), change
        offsets = [instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in (before, after)]
        assert offsets[0] != offsets[1], zone


@pytest.mark.parametrize("fraction_s", [0.0, 0.3, 0.7])
def test_a_change_lies_to_the_second_between_any_two_instants(fraction_s: float) -> None:
    for zone, change in ZONES.items():
        for hours in range(1, 9):
            before = change - timedelta(hours=hours, seconds=fraction_s)
            after = change + timedelta(minutes=hours)
            there = wall_clock.change_between(before, after, ZoneInfo(zone))
            assert timedelta(0) <= there - change < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("zone", "instant", "to", "words"),
    [
        ("Asia/Almaty", "2024-02-29T17:30:07Z", "seconds", "23:30:07 (UTC+06:00)"),
        ("Asia/Almaty", "2024-02-29T18:30:07Z", "seconds", "23:30:07 (UTC+05:00)"),
        ("Asia/Almaty", "2024-02-29T16:59:59Z", "minutes", "22:59"),
        ("Europe/Paris", "2026-07-01T22:00Z", "minutes", "00:00"),
    ],
)
def test_a_time_of_day_names_its_offset_only_where_it_happens_twice(
    zone: str, instant: str, to: str, words: str
) -> None:
    assert wall_clock.clock(datetime.fromisoformat(instant), ZoneInfo(zone), to) == words


def test_an_end_at_midnight_is_24_00() -> None:
    midnight = datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert wall_clock.clock(midnight, PARIS, is_end=True) == "24:00"
    second = midnight + timedelta(seconds=1)
    assert wall_clock.clock(second, PARIS, is_end=True) == "00:00"


@given(walls_near_a_change())
def test_every_instant_is_at_the_time_that_the_clock_shows_and_no_other_is(
    near: tuple[ZoneInfo, datetime, datetime],
) -> None:
    zone, wall, _ = near
    instants = wall_clock.instants_at(wall, zone)
    assert instants == sorted(set(instants))
    around = (wall.replace(tzinfo=UTC) + timedelta(minutes=15 * k) for k in range(-112, 113))
    shown = [at for at in around if at.astimezone(zone).replace(tzinfo=None, fold=0) == wall]
    assert instants == shown
