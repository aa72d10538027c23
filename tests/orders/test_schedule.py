from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.model import schedule
from mesure.orders.model.conditions import Condition, Curfew
from mesure.orders.model.order import Absence, OrderVersion
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.values.span import Span
from mesure.orders.values.timetable import DAY_S, Timetable, Window
from tests.orders.clock_changes import MINUTE, ZONES, on_the_clock

PARIS = ZoneInfo("Europe/Paris")
ALMATY = ZoneInfo("Asia/Almaty")
EVERY_DAY = frozenset(range(7))
HOUR_S = 3_600
NIGHTLY = Window(EVERY_DAY, 22 * HOUR_S, 6 * HOUR_S)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start: str, end: str) -> Span:
    return Span(utc(start), utc(end))


YEARS = span("2020-01-01", "2030-01-01")


def version(
    timetable: Timetable, *absences: Absence, order: Span = YEARS, condition: Span = YEARS
) -> OrderVersion:
    duty = Condition("C1", Curfew("home", timetable), condition)
    return OrderVersion(
        "O", "P", "", "", None, "", timetable.zone, order, {}, (duty,), absences, "o.yaml", ""
    )


def bounds(of: OrderVersion, first: datetime, last: datetime) -> tuple[BindingSpan, ...]:
    return schedule.bounds(of.conditions[0], of, first, last)


def spans(of: OrderVersion, first: str, last: str) -> list[str]:
    """Return the bounds as text: span, and the place where it is not the condition's own."""
    return [
        f"{bound.span.start:%d %H:%M}-{bound.span.end:%d %H:%M}"
        + (f" {bound.at}" if bound.at else "")
        for bound in bounds(of, utc(first), utc(last))
    ]


# --- The nights of the year ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "evening", "hours"),
    [
        (ALMATY, "2024-02-28", 8), (ALMATY, "2024-02-29", 9), (ALMATY, "2024-03-01", 8),
        (PARIS, "2026-03-28", 7), (PARIS, "2026-10-24", 9), (PARIS, "2026-12-31", 8),
    ],
)  # fmt: skip
def test_a_night_lasts_as_long_as_the_clock_says(zone: ZoneInfo, evening: str, hours: int) -> None:
    noon = datetime.combine(date.fromisoformat(evening), time(12), zone)
    [night] = bounds(version(Timetable(zone, (NIGHTLY,))), noon, noon + timedelta(days=1))
    assert night.span.end - night.span.start == timedelta(hours=hours)


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    saturday = Timetable(ALMATY, (Window(frozenset([5]), 22 * HOUR_S, 6 * HOUR_S),))
    # 10 January 2026 is a Saturday; Almaty is five hours ahead.
    assert spans(version(saturday), "2026-01-09", "2026-01-14") == ["10 17:00-11 01:00"]


def test_on_other_days_nothing_binds() -> None:
    saturday = Timetable(ALMATY, (Window(frozenset([5]), 10 * HOUR_S, 11 * HOUR_S),))
    assert spans(version(saturday), "2026-01-06T10:00", "2026-01-06T12:00") == []


def test_windows_that_touch_are_one_through_the_whole_year() -> None:
    whole_days = Timetable(PARIS, (Window(EVERY_DAY, 0, DAY_S),))
    assert [bound.span for bound in bounds(version(whole_days), YEARS.start, YEARS.end)] == [YEARS]
    halves = Timetable(PARIS, (Window(EVERY_DAY, 9000, 9000), Window(EVERY_DAY, 9000, 3 * HOUR_S)))
    assert [bound.span for bound in bounds(version(halves), YEARS.start, YEARS.end)] == [YEARS]


def test_slots_that_touch_stay_apart() -> None:
    daily = Timetable(ALMATY, (Window(EVERY_DAY, 0, DAY_S),), slots=True)
    days = ["04 19:00-05 19:00", "05 19:00-06 19:00"]
    assert spans(version(daily), "2026-01-04T19:00", "2026-01-06T19:00") == days
    absences = absent(3, 4, "work"), absent(4, 5, "work")
    [before, inside, after] = bounds(version(daily, *absences), *day_of("2026-02-10"))
    assert (inside.span.end - inside.span.start, inside.also_at) == (timedelta(hours=2), "work")
    assert before.window == inside.window == after.window


def day_of(day: str) -> tuple[datetime, datetime]:
    start = datetime.combine(date.fromisoformat(day), time(), ALMATY).astimezone(UTC)
    return start, start + timedelta(days=1)


def test_windows_that_touch_in_a_skipped_hour_leave_no_hole() -> None:
    two = Window(EVERY_DAY, 22 * HOUR_S, 9000), Window(EVERY_DAY, 9000, 6 * HOUR_S)
    night = spans(version(Timetable(PARIS, two)), "2026-03-28T12:00", "2026-03-29T12:00")
    assert night == ["28 21:00-29 04:00"]


def test_windows_at_different_places_stay_apart() -> None:
    two = Window(EVERY_DAY, 0, 6 * HOUR_S), Window(EVERY_DAY, 6 * HOUR_S, 8 * HOUR_S, "work")
    day = spans(version(Timetable(ALMATY, two)), "2026-01-05T12:00", "2026-01-06T12:00")
    assert day == ["05 19:00-06 01:00", "06 01:00-06 03:00 work"]


def test_a_window_that_began_before_the_order_binds_from_its_start() -> None:
    order = span("2026-01-05T00:00", "2026-01-06T02:00")
    nights = version(Timetable(ALMATY, (NIGHTLY,)), order=order)
    assert spans(nights, "2020-01-01", "2030-01-01") == ["05 00:00-05 01:00", "05 17:00-06 01:00"]


def test_outside_the_time_in_force_nothing_binds() -> None:
    apart = version(
        Timetable(ALMATY, (), always=True),
        order=span("2026-01-01", "2026-02-01"),
        condition=span("2026-03-01", "2026-04-01"),
    )
    assert spans(apart, "2020-01-01", "2030-01-01") == []
    assert spans(version(Timetable(ALMATY, (), always=True)), "2031-01-01", "2032-01-01") == []


def test_a_condition_without_hours_binds_as_long_as_it_is_in_force() -> None:
    always = version(
        Timetable(ALMATY, (), always=True),
        order=span("2026-01-01", "2026-02-01"),
        condition=span("2026-01-10", "2026-04-01"),
    )
    assert spans(always, "2020-01-01", "2030-01-01") == ["10 00:00-01 00:00"]


def test_a_public_holiday_takes_the_hours_of_its_weekday() -> None:
    weekend = Window(frozenset([5, 6]), 12 * HOUR_S, 13 * HOUR_S)
    table = Timetable(ALMATY, (weekend,), holiday_calendar="KZ", holiday_as=6)
    # Thursday 7 May 2026, Defender of the Fatherland Day; the 9th and 10th are a weekend.
    days = spans(version(table), "2026-05-05", "2026-05-11")
    assert days == ["07 07:00-07 08:00", "09 07:00-09 08:00", "10 07:00-10 08:00"]


def test_the_first_night_has_hours_of_its_own() -> None:
    first = Window(EVERY_DAY, 15 * HOUR_S, 7 * HOUR_S)
    nights = version(
        Timetable(ALMATY, (NIGHTLY,), first_night=first),
        condition=span("2026-01-04T19:00", "2026-02-01"),
    )
    # In force from midnight of the 5th in Almaty; nothing binds that began the evening before.
    assert spans(nights, "2026-01-01", "2026-01-07") == ["05 10:00-06 02:00", "06 17:00-07 00:00"]


# --- Absences --------------------------------------------------------------------------------

NIGHT = version(Timetable(ALMATY, (NIGHTLY,)))  # 17:00 to 01:00 in UTC.


def absent(first: int, last: int, at: str | None = None, travel_s: int = 0) -> Absence:
    """Return an absence between two full hours of 10 February 2026."""
    start, end = (utc("2026-02-10") + timedelta(hours=hour) for hour in (first, last))
    return Absence("A", frozenset(["C1"]), Span(start, end), "", "", at, travel_s)


@pytest.mark.parametrize(
    ("absences", "left"),
    [
        ([], ["17-01"]),
        ([absent(16, 26)], []),
        ([absent(40, 45)], ["17-01"]),
        ([absent(18, 20)], ["17-18", "20-01"]),
        ([absent(16, 20), absent(19, 21)], ["21-01"]),
        ([absent(18, 22, "work")], ["17-18", "18-22 work", "22-01"]),
        ([absent(18, 22, "work", 3_600)], ["17-18", "19-21 work", "22-01"]),
        ([absent(18, 20, "work", 3_600)], ["17-18", "20-01"]),  # All of it is the way.
        ([absent(18, 22, "work"), absent(19, 20)], ["17-18", "18-19 work", "20-22 work", "22-01"]),
        (
            [absent(18, 20, "work"), absent(20, 22, "shop")],
            ["17-18", "18-20 work", "20-22 shop", "22-01"],
        ),
        (
            [absent(18, 20, "shop"), absent(19, 22, "work")],  # An order file may not say this.
            ["17-18", "18-19 shop", "19-22 work", "22-01"],
        ),
    ],
)
def test_an_absence_is_taken_out(absences: Sequence[Absence], left: list[str]) -> None:
    night = version(NIGHT.conditions[0].duty.timetable, *absences)
    noon = utc("2026-02-10T12:00")
    hours = [
        f"{bound.span.start:%H}-{bound.span.end:%H}"
        + (f" {bound.also_at}" if bound.also_at else "")
        for bound in bounds(night, noon, noon + timedelta(days=1))
    ]
    assert hours == left


def test_an_absence_from_another_condition_changes_nothing() -> None:
    other = Absence("A1", frozenset(["C2"]), span("2026-02-10", "2026-02-12"), "", "")
    night = version(Timetable(ALMATY, (NIGHTLY,)), other)
    assert spans(night, "2026-02-10T12:00", "2026-02-11T12:00") == ["10 17:00-11 01:00"]


# --- How many there are, without working them out --------------------------------------------


def about(of: OrderVersion, first: str, last: str) -> int:
    return schedule.windows_about(of.conditions[0], of, utc(first), utc(last))


def test_windows_are_counted_by_the_week() -> None:
    every_night = version(Timetable(ALMATY, (NIGHTLY,)))
    assert (
        about(every_night, "2019-01-01", "2031-01-01") == 3_654
    )  # One more may have begun before.
    mondays = version(Timetable(ALMATY, (Window(frozenset([0]), 0, HOUR_S),) * 2))
    assert about(mondays, "2026-01-01", "2026-12-31") == 105
    assert about(mondays, "2031-01-01", "2032-01-01") == 0


def test_what_binds_always_is_one_window_that_absences_cut() -> None:
    cuts = (
        Absence("A1", frozenset(["C1"]), span("2026-02-10", "2026-02-12"), "", ""),
        Absence("A2", frozenset(["C2"]), span("2026-02-10", "2026-02-12"), "", ""),
        Absence("A3", frozenset(["C1"]), span("2031-02-10", "2031-02-12"), "", ""),
    )
    always = Timetable(ALMATY, (), always=True)
    assert about(version(always), "2026-01-01", "2027-01-01") == 1
    assert about(version(always, *cuts), "2026-01-01", "2027-01-01") == 3


def test_hours_that_a_kind_finds_by_itself_are_counted_by_the_day() -> None:
    assert about(version(Timetable(ALMATY, ())), "2026-01-01", "2026-12-31") == 365


# --- Properties, aimed at the nights when clocks change --------------------------------------


@st.composite
def timetables(draw: st.DrawFn) -> tuple[Timetable, datetime]:
    """Draw hours whose edges lie near a change of the clocks, and that change."""
    name = draw(st.sampled_from(sorted(ZONES)))
    change = ZONES[name]
    local = (change - MINUTE).astimezone(ZoneInfo(name))
    edge_s = local.hour * HOUR_S + local.minute * 60

    def second() -> int:
        near = st.integers(-90, 150).map(lambda minutes: (edge_s + 60 * minutes) % DAY_S)
        return draw(near | st.integers(0, 1_439).map(lambda minute: 60 * minute))

    windows = tuple(
        Window(draw(st.sampled_from([EVERY_DAY, frozenset([local.weekday()])])), second(), second())
        for _ in range(draw(st.integers(1, 3)))
    )
    return Timetable(ZoneInfo(name), windows), change


@st.composite
def absences_near(draw: st.DrawFn, change: datetime) -> Absence:
    start = change + draw(st.integers(-2_000, 2_000)) * MINUTE
    end = start + draw(st.integers(1, 1_000)) * MINUTE
    at = draw(st.sampled_from([None, "work", "shop"]))
    allowed = frozenset(draw(st.sampled_from([["C1"], ["C1", "C2"], ["C2"]])))
    return Absence("A", allowed, Span(start, end), "", "", at, draw(st.integers(0, 30)) * 60)


def around(change: datetime) -> tuple[datetime, datetime]:
    return change - timedelta(days=3), change + timedelta(days=3)


def minutes(binding: Sequence[BindingSpan]) -> set[datetime]:
    instants = set()
    for bound in binding:
        instant = bound.span.start
        while instant < bound.span.end:
            instants.add(instant)
            instant += MINUTE
    return instants


EVER = Span(utc("2000-01-01"), utc("2100-01-01"))


@given(timetables(), st.data())
def test_spans_are_sorted_and_never_overlap(
    hours: tuple[Timetable, datetime], data: st.DataObject
) -> None:
    timetable, change = hours
    absences = data.draw(st.lists(absences_near(change), max_size=4))
    of = version(timetable, *absences, order=EVER, condition=EVER)
    binding = bounds(of, *around(change))
    assert all(bound.span.start < bound.span.end for bound in binding)
    for bound, other in pairwise(binding):
        assert bound.span.end <= other.span.start
        same = (bound.at, bound.also_at) == (other.at, other.also_at)
        assert not (same and bound.span.end == other.span.start), "windows that touch are one"


@given(timetables())
def test_every_night_that_is_not_wholly_skipped_binds_when_the_clock_says(
    hours: tuple[Timetable, datetime],
) -> None:
    timetable, change = hours
    window = timetable.windows[0]
    one_window = Timetable(timetable.zone, (window,))
    of = version(one_window, order=EVER, condition=EVER)
    binding = bounds(of, *around(change))
    bound_minutes = minutes(binding)
    day = change.astimezone(timetable.zone).date() - timedelta(days=2)
    for _ in range(4):
        if day.weekday() in window.weekdays:
            start = datetime.combine(day, time()) + timedelta(seconds=window.start_s)
            showed = on_the_clock(timetable.zone, start, start + timedelta(seconds=window.length_s))
            assert not showed or showed & bound_minutes, f"the night of {day} is lost"
        day += timedelta(days=1)
    for instant in bound_minutes:
        assert _is_inside(window, instant.astimezone(timetable.zone))


def _is_inside(window: Window, local: datetime) -> bool:
    second = local.hour * HOUR_S + local.minute * 60
    today, yesterday = local.weekday(), (local.weekday() - 1) % 7
    end_s = window.start_s + window.length_s
    # A day that never was can put a window's end on a day later than the next.
    return (today in window.weekdays and window.start_s <= second < end_s) or (
        (yesterday in window.weekdays or local.tzinfo == ZoneInfo("Pacific/Apia"))
        and second < end_s - DAY_S
    )


@given(timetables(), st.data())
def test_adding_an_absence_never_adds_time(
    hours: tuple[Timetable, datetime], data: st.DataObject
) -> None:
    timetable, change = hours
    absences = data.draw(st.lists(absences_near(change), min_size=1, max_size=4))
    fewer = version(timetable, *absences[1:], order=EVER, condition=EVER)
    more = version(timetable, *absences, order=EVER, condition=EVER)
    before, after = (minutes(bounds(of, *around(change))) for of in (fewer, more))
    assert after <= before
    span_of = absences[0].span
    if "C1" in absences[0].allows and absences[0].at is None:
        assert not any(instant in span_of for instant in after)
    elif "C1" not in absences[0].allows:
        assert after == before
    assert before - after <= {instant for instant in before if instant in span_of}


@given(timetables(), st.data())
def test_looking_at_a_part_shows_that_part_of_the_whole(
    hours: tuple[Timetable, datetime], data: st.DataObject
) -> None:
    timetable, change = hours
    absences = data.draw(st.lists(absences_near(change), max_size=2))
    of = version(timetable, *absences, order=EVER, condition=EVER)
    first = change + data.draw(st.integers(-3_000, 1_000)) * MINUTE
    last = first + data.draw(st.integers(1, 3_000)) * MINUTE
    whole = bounds(of, change - timedelta(days=30), change + timedelta(days=30))
    cut = [(bound, bound.span.overlap(Span(first, last))) for bound in whole]
    expected = tuple(BindingSpan(part, b.at, b.also_at) for b, part in cut if part)
    assert bounds(of, first, last) == expected


@given(timetables(), st.data())
def test_there_are_hardly_more_windows_than_were_counted(
    hours: tuple[Timetable, datetime], data: st.DataObject
) -> None:
    timetable, change = hours
    absences = data.draw(st.lists(absences_near(change), max_size=2))
    of = version(timetable, *absences, order=EVER, condition=EVER)
    last = change + timedelta(days=data.draw(st.integers(1, 40)))
    counted = schedule.windows_about(of.conditions[0], of, change, last)
    begun = 2 * len(timetable.windows)  # On the days before.
    assert len(bounds(of, change, last)) <= counted + begun


def test_ten_years_have_all_their_nights() -> None:
    # Midnight in UTC was 06:00 in Almaty in 2020 and is 05:00 in 2030: one night less an hour.
    assert len(bounds(NIGHT, YEARS.start, YEARS.end)) == 3_653
