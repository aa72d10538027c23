from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mesure.machine import texts
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.orders.values.span import Span
from mesure.web.portal import asked

ALMATY = ZoneInfo("Asia/Almaty")
ENGLISH = texts.catalogue("en")
ORDER = """
order: ALM-2026-0042
person: P-0042
court: Almaly district court
time_zone: Asia/Almaty
in_force: {from: 2026-01-05, until: 2027-01-05}
places:
  home: {lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}
  office: {lat_deg: 43.26000, lon_deg: 76.93000, radius_m: 80}
  stadium: {lat_deg: 43.23900, lon_deg: 76.92600, radius_m: 200}
conditions:
  C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}
  C2: {appointment: {at: office, every: mon, from: 10:00, until: 10:30, present_min: 10}}
  C3: {exclusion: {keep_out_of: stadium}}
absences:
  A1: {allows: C1, from: 2026-03-14T20:00, until: 2026-03-15T08:00, reason: night shift, by: O-7}
  A2: {allows: C1, from: 2026-03-16T20:00, until: 2026-03-17T08:00, reason: x, by: O-7, at: office}
"""
THURSDAY = date(2026, 3, 12)


@pytest.fixture(scope="module")
def order() -> OrderVersion:
    return read_order.read("order.yaml", ORDER.encode(), {})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ALMATY)


def test_at_night_the_curfew_is_asked_until_morning(order: OrderVersion) -> None:
    home, stadium = asked.now([order], at(13, 1), ENGLISH)
    assert home.words == "Be at home"
    assert home.span.end == at(13, 6)
    assert stadium.words == "Keep out of “stadium”"
    assert stadium.span.end == asked.horizon(at(13, 1))
    assert [one.words for one in asked.now([order], at(12, 12), ENGLISH)] == [stadium.words]


def test_what_holds_at_every_hour_is_said_apart(order: OrderVersion) -> None:
    [stadium] = asked.always([order], at(12, 12), ENGLISH)
    assert stadium.words == "Keep out of “stadium”"
    assert at(12, 12) in stadium.spans[0]
    assert asked.always([order], at(12, 12) + timedelta(days=400), ENGLISH) == []


def test_the_next_edge_is_what_begins_first_or_ends_before_that(order: OrderVersion) -> None:
    [begins] = asked.next_edges([order], at(12, 12), ENGLISH)
    assert (begins.words, begins.at, begins.begins) == (("Be at home",), at(12, 22), True)
    ends, begins = asked.next_edges([order], at(13, 1), ENGLISH)
    assert (ends.words, ends.at, ends.begins) == (("Be at home",), at(13, 6), False)
    assert (begins.words, begins.at) == (("Be at home",), at(13, 22))
    assert asked.next_edges([order], datetime(2028, 1, 1, tzinfo=UTC), ENGLISH) == []


def test_a_variation_that_leaves_a_duty_as_it_is_changes_nothing_next(order: OrderVersion) -> None:
    middle = at(13, 2)
    first = replace(order, in_force=Span(order.in_force.start, middle))
    varied = replace(order, in_force=Span(middle, order.in_force.end))
    edges = asked.next_edges([first, varied], at(13, 1), ENGLISH)
    assert [edge.at for edge in edges] == [at(13, 6), at(13, 22)]
    assert len(asked.now([first, varied], at(13, 1), ENGLISH)) == 2
    assert asked.order_ends([first, varied], at(13, 1)) == {order.order: order.in_force.end}


def test_the_end_of_the_order_is_the_last_edge(order: OrderVersion) -> None:
    end = order.in_force.end
    edges = asked.next_edges([order], end - timedelta(hours=10), ENGLISH)
    assert [(edge.at, edge.begins) for edge in edges][-1] == (end - timedelta(hours=2), True)
    [last] = asked.next_edges([order], end - timedelta(hours=1), ENGLISH)
    assert (last.at, last.begins) == (end, False)
    assert last.words == ("Be at home", "Keep out of “stadium”")
    assert asked.order_ends([order], end) == {}


def test_a_week_has_seven_days_and_a_night_stands_where_it_begins(order: OrderVersion) -> None:
    days = asked.week([order], at(12, 12), ALMATY, ENGLISH)
    assert [day.date for day in days] == [THURSDAY + timedelta(days=n) for n in range(7)]
    assert [(line.hours, line.words) for line in days[0].lines] == [("22:00 – 06:00", "Be at home")]
    monday = [(line.hours, line.words) for line in days[4].lines]
    assert monday[0] == ("10:00 – 10:30", "Come to “office”, for 10 minutes or longer")


def test_days_after_the_end_of_the_order_are_not_days_without_a_set_time(
    order: OrderVersion,
) -> None:
    end = order.in_force.end
    days = asked.week([order], end - timedelta(days=2), ALMATY, ENGLISH)
    last = (end - timedelta(minutes=1)).astimezone(ALMATY).date()
    assert [day.date for day in days if day.is_over] == [
        day.date for day in days if day.date > last
    ]
    assert {day.is_over for day in days} == {True, False}
    later = replace(order, in_force=Span(end + timedelta(days=1), end + timedelta(days=30)))
    assert not any(day.is_over for day in asked.week([order, later], end, ALMATY, ENGLISH))


def test_the_rest_of_last_night_is_said_while_it_lasts(order: OrderVersion) -> None:
    today = asked.week([order], at(12, 3), ALMATY, ENGLISH)[0]
    assert [line.hours for line in today.lines] == ["00:00 – 06:00", "22:00 – 06:00"]


def test_an_allowed_absence_frees_its_night(order: OrderVersion) -> None:
    days = asked.week([order], at(12, 12), ALMATY, ENGLISH)
    assert days[2].lines == ()


def test_an_absence_for_a_place_names_it(order: OrderVersion) -> None:
    monday = asked.week([order], at(12, 12), ALMATY, ENGLISH)[4]
    assert [line.words for line in monday.lines][-1] == "Be at home, or be at “office”"


LONG = ORDER.replace(
    "from: 22:00, until: 06:00, every: day", "from: 00:00, until: 24:00, every: [sat, sun]"
)


def test_a_whole_weekend_is_said_on_both_its_days() -> None:
    order = read_order.read("order.yaml", LONG.partition("absences:")[0].encode(), {})
    days = asked.week([order], at(12, 12), ALMATY, ENGLISH)
    assert [[line.hours for line in day.lines] for day in days[1:4]] == [
        [],
        ["00:00 – 24:00"],
        ["00:00 – 24:00"],
    ]


@pytest.mark.parametrize(
    ("zone", "start", "end", "words"),
    [
        ("Europe/Paris", "2026-10-24T20:00Z", "2026-10-25T00:30Z", "22:00 – 02:30 (UTC+02:00)"),
        ("Europe/Paris", "2026-10-25T01:30Z", "2026-10-25T05:00Z", "02:30 (UTC+01:00) – 06:00"),
        ("Atlantic/Azores", "2026-10-24T22:00Z", "2026-10-25T01:00Z", "22:00 – 24:00 (UTC-01:00)"),
    ],
)
def test_hours_in_a_night_on_which_clocks_go_back_say_which_is_meant(
    zone: str, start: str, end: str, words: str
) -> None:
    span = Span(datetime.fromisoformat(start), datetime.fromisoformat(end))
    day = Span(span.start - timedelta(hours=1), datetime(2026, 10, 25, 23, tzinfo=UTC))
    assert asked.hours(span, day, ZoneInfo(zone)) == words
