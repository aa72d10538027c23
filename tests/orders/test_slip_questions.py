"""Slips that leave an order readable: hours, years, and conditions that cannot both be kept."""

from dataclasses import replace
from datetime import date

import pytest

from mesure.orders.values.timetable import Timetable
from mesure.orders.wording import conflict_questions, order_sentences
from tests.orders.plain_catalogue import PlainCatalogue
from tests.orders.samples import ORDER, read, replace_once
from tests.orders.test_map_features import collection, feature

CURFEW = "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}"
SLOT = "{appointment: {at: office, every: mon, from: 10:00, until: 10:30, present_min: 10}}"


def list_questions(
    order: str, files: dict[str, bytes] | None = None, today: date | None = None
) -> list[str]:
    passages = order_sentences.sentences(read(order, files), PlainCatalogue(), today=today)
    return [line for one in passages if one.heading == "Check the order" for line in one.lines]


def with_conditions(*conditions: str, places: str = "") -> str:
    """Return the sample order with other conditions, and more places."""
    head, _, _ = ORDER.partition("conditions:\n")
    lines = "".join(f"  C{number}: {one}\n" for number, one in enumerate(conditions, 1))
    return f"{head}{places}conditions:\n{lines}"


LATE_REVIEW = (
    "The review of condition C2 is more than 30 years after the order begins. Is the year right?"
)

# --- Hours and dates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "is_asked"),
    [
        ("from: 10:00, until: 09:30", True),
        ("from: 10:00, until: 22:01", True),
        ("from: 10:00, until: 22:00", False),
    ],
)
def test_a_slot_of_more_than_twelve_hours_is_asked_about(hours: str, is_asked: bool) -> None:
    order = replace_once("from: 10:00, until: 10:30", hours)
    question = "Condition C2: a slot lasts more than 12 hours. Are its hours right?"
    assert (question in list_questions(order)) is is_asked


@pytest.mark.parametrize(
    ("old", "new", "question"),
    [
        (
            "until: 2027-01-05",
            "until: 2057-01-06",
            "The order ends more than 30 years after it begins. Is the year right?",
        ),
        (
            "date: 2026-01-05",
            "date: 1995-01-05",
            "The order begins more than 30 years after its decision. Is the year right?",
        ),
        ("present_min: 10}}", "present_min: 10}, review_by: 2062-07-01}", LATE_REVIEW),
    ],
)
def test_years_far_apart_are_asked_about(old: str, new: str, question: str) -> None:
    assert question in list_questions(replace_once(old, new))


@pytest.mark.parametrize(
    ("year", "is_asked"), [(2026, False), (2000, False), (1990, True), (2060, True)]
)
def test_an_order_far_from_today_is_asked_about(year: int, is_asked: bool) -> None:
    question = "The order begins more than 30 years from today. Is the year right?"
    assert (question in list_questions(ORDER, today=date(year, 6, 1))) is is_asked


def test_a_review_after_the_end_is_asked_about() -> None:
    question = "Condition C2 must be reviewed by 2027-01-06, but it ends before that day."
    assert question in list_questions(
        replace_once("present_min: 10}}", "present_min: 10}, review_by: 2027-01-06}")
    )
    ended = "present_min: 10}, in_force: {until: 2026-06-01}, review_by: 2026-07-01}"
    assert (
        "Condition C2 must be reviewed by 2026-07-01, but it ends before that day."
        in list_questions(replace_once("present_min: 10}}", ended))
    )
    assert (
        list_questions(
            replace_once("present_min: 10}}", "present_min: 10}, review_by: 2027-01-05}")
        )
        == []
    )


def test_a_decision_after_the_start_is_asked_about() -> None:
    question = "The order begins before its decision of 2026-01-06. Are both dates right?"
    assert question in list_questions(replace_once("date: 2026-01-05", "date: 2026-01-06"))
    assert list_questions(ORDER) == []


# --- Home --------------------------------------------------------------------------------------

AREA = "[[43.25, 76.92], [43.25, 76.94], [43.27, 76.94], [43.27, 76.92]]"
FAR = "[[43.30, 76.92], [43.30, 76.94], [43.32, 76.94], [43.32, 76.92]]"
HOLE = "[[[43.255, 76.925], [43.255, 76.93], [43.26, 76.93], [43.26, 76.925]]]"


@pytest.mark.parametrize(
    ("shape", "is_asked"),
    [
        (f"polygon: {AREA}", True),
        (f"polygon: {FAR}", False),
        (f"polygon: {AREA}, holes: {HOLE}", False),
        ("corridor: [[43.25, 76.92848], [43.26, 76.92848]], width_m: 40", True),
        ("corridor: [[43.25, 76.93], [43.26, 76.93]], width_m: 40", False),
        ("lat_deg: 43.257, lon_deg: 76.928, radius_m: 300", True),
        ("lat_deg: 43.29, lon_deg: 76.928, radius_m: 300", False),
    ],
)
def test_a_home_in_a_place_to_keep_out_of_is_asked_about(shape: str, is_asked: bool) -> None:
    keep_out = "{exclusion: {keep_out_of: zone, from: 08:00, until: 12:00}}"
    order = with_conditions(CURFEW, keep_out, places=f"  zone: {{{shape}}}\n")
    question = "Condition C2: the home lies inside “zone”, which the person must keep out of."
    assert (question in list_questions(order)) is is_asked


@pytest.mark.parametrize(("ring", "is_asked"), [(AREA, False), (FAR, True)])
def test_a_home_outside_its_district_is_asked_about(ring: str, is_asked: bool) -> None:
    stay = "{residence: {stay_in: district}}"
    order = with_conditions(stay, places=f"  district: {{polygon: {ring}}}\n")
    question = "Condition C1: the home lies outside “district”, where the person must stay."
    assert (question in list_questions(order)) is is_asked


def test_a_home_that_is_drawn_has_a_middle_too() -> None:
    keep_out = "{exclusion: {keep_out_of: zone}}"
    order = with_conditions(CURFEW, keep_out, places=f"  zone: {{polygon: {AREA}}}\n")
    drawn = "{polygon: [[43.256, 76.928], [43.256, 76.929], [43.257, 76.929], [43.257, 76.928]]}"
    order = order.replace("{lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}", drawn)
    assert any("the home lies inside" in line for line in list_questions(order))


def test_a_home_that_only_estimates_use_is_named() -> None:
    keep_out = "{exclusion: {keep_out_of: zone}}"
    stay = "{residence: {stay_in: zone}}"
    for duty, ring in ((keep_out, FAR), (stay, AREA)):
        order = with_conditions(duty, SLOT, places=f"  zone: {{polygon: {ring}}}\n")
        assert "Nothing in the order names the place “home”." not in list_questions(order)
    assert "Nothing in the order names the place “home”." in list_questions(with_conditions(SLOT))


# --- Two conditions --------------------------------------------------------------------------

ALL_DAY = "{curfew: {at: home, from: 00:00, until: 24:00}}"
ELSEWHERE = "{curfew: {at: office, from: 05:00, until: 08:00, every: sat}}"
TWO_PLACES = (
    "{curfew: {at: home, times: [{from: 22:00, until: 24:00}, "
    "{from: 01:00, until: 06:00, at: office}]}}"
)
REPORT = "From {} on conditions C1 and C2 cannot both be kept: the places asked for lie apart."


@pytest.mark.parametrize(
    ("condition", "other", "moment"),
    [
        (ALL_DAY, SLOT, "2026-01-05 10:00"),
        (SLOT, ALL_DAY, "2026-01-05 10:00"),
        (CURFEW, ELSEWHERE, "2026-01-10 05:00"),
        (CURFEW, "{appointment: {at: office, every: sun, from: 05:30, until: 06:05}}", None),
        (
            CURFEW,
            "{appointment: {at: office, every: sun, from: 05:30, until: 06:05, present_min: 20}}",
            "2026-01-11 05:30",
        ),
        (CURFEW, SLOT, None),
        (CURFEW, "{curfew: {at: home, from: 20:00, until: 23:00}}", None),
        (CURFEW, "{curfew: {at: office, from: 06:00, until: 22:00}}", None),
        (
            TWO_PLACES,
            "{curfew: {at: home, from: 22:00, until: 06:00, every: fri}}",
            "2026-01-10 01:00",
        ),
        (ALL_DAY + "", SLOT.replace("}}", "}, in_force: {from: 2026-09-01}}"), "2026-09-07 10:00"),
        (SLOT, SLOT.replace("at: office", "at: home"), None),
        (SLOT, SLOT.replace("at: office", "at: home").replace("10}", "21}"), "2026-01-05 10:00"),
    ],
)
def test_two_conditions_that_cannot_both_be_kept_are_asked_about(
    condition: str, other: str, moment: str | None
) -> None:
    questions = [
        line for line in list_questions(with_conditions(condition, other)) if "both" in line
    ]
    assert questions == ([REPORT.format(moment)] if moment else [])


def test_an_absence_makes_room_for_another_condition() -> None:
    order = with_conditions(ALL_DAY, SLOT) + "absences:\n"
    places = "from: 2026-01-05T09:00, until: 2027-01-05, at: office, reason: x, by: y"
    assert not any(
        "both" in line for line in list_questions(order + f"  A1: {{allows: C1, {places}}}\n")
    )
    once = "from: 2026-01-05T09:00, until: 2026-01-05T12:00, reason: x, by: y"
    assert REPORT.format("2026-01-12 10:00") in list_questions(
        order + f"  A1: {{allows: C1, {once}}}\n"
    )


def test_places_that_share_ground_can_both_be_kept() -> None:
    stay = "{residence: {stay_in: zone}}"
    inside = with_conditions(CURFEW, stay, places=f"  zone: {{polygon: {AREA}}}\n")
    assert list_questions(inside) == ["Nothing in the order names the place “office”."]
    outside = with_conditions(CURFEW, stay, places=f"  zone: {{polygon: {FAR}}}\n")
    assert REPORT.format("2026-01-05 00:00") in list_questions(outside)


@pytest.mark.parametrize(
    ("ring", "hours", "moment"),
    [
        (AREA, "", "2026-01-05 00:00"),
        (AREA, ", from: 08:00, until: 23:00", "2026-01-05 22:00"),
        (AREA, ", from: 08:00, until: 22:00", None),
        (FAR, "", None),
    ],
)
def test_to_be_where_one_must_keep_out_is_asked_about(
    ring: str, hours: str, moment: str | None
) -> None:
    keep_out = f"{{exclusion: {{keep_out_of: zone{hours}}}}}"
    order = with_conditions(CURFEW, keep_out, places=f"  zone: {{polygon: {ring}}}\n")
    expected = f"From {moment} on condition C1 asks the person to be where C2 forbids it."
    questions = [line for line in list_questions(order) if "forbids" in line]
    assert questions == ([expected] if moment else [])


def test_a_place_partly_free_can_be_kept() -> None:
    keep_out = "{exclusion: {keep_out_of: zone}}"
    order = with_conditions(
        CURFEW, keep_out, places="  zone: {lat_deg: 43.2570, lon_deg: 76.92848, radius_m: 60}\n"
    )
    assert not any("forbids" in line for line in list_questions(order))


def test_so_many_pairs_are_said_and_no_more() -> None:
    elsewhere = ALL_DAY.replace("home", "office")
    questions = list_questions(with_conditions(ALL_DAY, *[elsewhere] * 12))
    assert sum("both" in line for line in questions) == conflict_questions.SAID_MAX


def test_of_very_many_hours_a_few_weeks_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    late = SLOT.replace("}}", "}, in_force: {from: 2026-09-01}}")
    assert any("both" in line for line in list_questions(with_conditions(ALL_DAY, late)))
    monkeypatch.setattr(conflict_questions, "WINDOWS_MAX", 10)
    assert not any("both" in line for line in list_questions(with_conditions(ALL_DAY, late)))
    assert any("both" in line for line in list_questions(with_conditions(ALL_DAY, SLOT)))


def test_two_places_to_keep_out_of_can_both_be_kept_out_of() -> None:
    keep_out = "{exclusion: {keep_out_of: zone}}"
    order = with_conditions(keep_out, keep_out, places=f"  zone: {{polygon: {FAR}}}\n")
    assert not any("both" in line for line in list_questions(order))


def test_a_kind_whose_hours_are_its_own_is_held_against_nothing() -> None:
    version = read(with_conditions(ALL_DAY, ALL_DAY.replace("home", "office")))
    first, second = version.conditions
    dark = Timetable(version.zone, ())
    duty = replace(second.duty, timetable=dark)
    version = replace(version, conditions=(first, replace(second, duty=duty)))
    assert not list(conflict_questions.sentences(version, PlainCatalogue()))


def test_places_on_either_side_of_the_antimeridian_share_ground() -> None:
    stay = "{residence: {stay_in: zone}}"
    ring = "[[-17.0, 179.0], [-17.0, -179.0], [-16.0, -179.0], [-16.0, 179.0]]"
    order = with_conditions(CURFEW, stay, places=f"  zone: {{polygon: {ring}}}\n")
    order = order.replace("lat_deg: 43.25654, lon_deg: 76.92848", "lat_deg: -16.5, lon_deg: -179.9")
    order = order.replace("Asia/Almaty", "Pacific/Fiji")
    assert not any("both" in line or "outside" in line for line in list_questions(order))


def test_venues_all_round_a_place_are_looked_at_too() -> None:
    files = {
        "v.geojson": collection(
            feature("Point", [76.92848, 43.25654], amenity="bar"),
            feature("Point", [76.99, 43.25654], amenity="bar"),
        )
    }
    duty = "{exclusion: {venue_category: nightlife, venues: v.geojson, venue_radius_m: 100}}"
    questions = list_questions(with_conditions(CURFEW, duty), files)
    assert "From 2026-01-05 00:00 on condition C1 asks the person to be where C2 forbids it." in (
        questions
    )
    assert (
        "Condition C2: the home lies inside “bars, pubs and nightclubs”, which the person must "
        "keep out of." in questions
    )
