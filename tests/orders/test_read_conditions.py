from datetime import UTC, date, datetime

import pytest

from mesure.orders.model.conditions import KINDS, Appointment, Condition, Exclusion, Residence
from mesure.orders.values.places import Circle, Polygon
from mesure.orders.values.span import Span
from tests.orders.samples import ORDER, faults, only_fault, read, replace_once
from tests.orders.test_map_features import RING, collection, feature

CURFEW = "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}"
VENUES = {
    "v.geojson": collection(
        feature("Point", [76.9, 43.2], amenity="bar"),
        feature("Polygon", [RING], amenity="pub"),
        feature("Point", [76.9, 43.2], amenity="casino"),
    )
}


def order(condition: str) -> str:
    return replace_once(CURFEW, condition)


def condition(text: str) -> Condition:
    return read(order(text), VENUES).conditions[0]


def test_kinds_are_called_by_their_names() -> None:
    assert KINDS.keys() >= {"curfew", "residence", "exclusion", "appointment"}
    assert [duty.__name__.lower() for duty in KINDS.values()] == list(KINDS)
    assert condition(CURFEW).duty.kind == "curfew"


def test_a_condition_is_in_force_as_long_as_the_order_unless_it_says() -> None:
    assert condition(CURFEW).in_force == read(ORDER).in_force
    assert condition(CURFEW).review_by is None
    text = (
        CURFEW[:-1]
        + ", in_force: {from: 2026-05-01T10:00, until: 2026-10-01}, review_by: 2026-07-01}"
    )
    read_back = condition(text)
    assert read_back.in_force == Span(
        datetime(2026, 5, 1, 5, tzinfo=UTC), datetime(2026, 9, 30, 19, tzinfo=UTC)
    )
    assert read_back.review_by == date(2026, 7, 1)


def test_one_end_of_a_time_in_force_may_be_the_orders() -> None:
    whole = read(ORDER).in_force
    later = condition(CURFEW[:-1] + ", in_force: {from: 2026-05-01}}")
    assert later.in_force == Span(datetime(2026, 4, 30, 19, tzinfo=UTC), whole.end)
    shorter = condition(CURFEW[:-1] + ", in_force: {until: 2026-05-01}}")
    assert shorter.in_force == Span(whole.start, datetime(2026, 4, 30, 19, tzinfo=UTC))


def test_a_residence_and_an_exclusion() -> None:
    residence = condition("{residence: {stay_in: home}}").duty
    assert isinstance(residence, Residence)
    assert residence.stay_in == "home"
    exclusion = condition("{exclusion: {keep_out_of: office}}").duty
    assert isinstance(exclusion, Exclusion)
    assert exclusion.keep_out_of == "office"


@pytest.mark.parametrize(
    ("duty", "present_s"),
    [
        ("from: 10:00, until: 10:30, present_min: 10", 600.0),
        ("from: 10:00, until: 10:30, present_min: 30", 1_800.0),
        ("from: 10:00, until: 10:30, present_min: 0.5", 30.0),
        ("from: 10:00, until: 10:30", 60.0),
        ("from: 10:00, until: 10:00:40", 40.0),
        ("times: [{from: 08:00, until: 09:00}], present_min: 60", 3_600.0),
    ],
)  # fmt: skip
def test_an_appointment_asks_to_be_present_for_a_while(duty: str, present_s: float) -> None:
    appointment = condition(f"{{appointment: {{at: office, {duty}}}}}").duty
    assert isinstance(appointment, Appointment)
    assert appointment.present_s_min == present_s


# --- Venues ----------------------------------------------------------------------------------

NIGHTLIFE = "{exclusion: {venue_category: nightlife, venues: v.geojson, venue_radius_m: 25}}"


def test_venues_of_a_category_are_a_place_of_that_name() -> None:
    version = read(order(NIGHTLIFE), VENUES)
    duty = version.conditions[0].duty
    assert isinstance(duty, Exclusion)
    assert duty.keep_out_of == "nightlife"
    assert version.places["nightlife"].shapes == (
        Circle(43.2, 76.9, 25.0),
        Polygon(tuple((lat, lon) for lon, lat in RING[:3])),
    )
    assert version.places["nightlife"].points_radius_m == 25.0


def test_the_same_list_is_one_place_and_another_list_is_another() -> None:
    more = (
        f"\n  C3: {NIGHTLIFE}\n  C4: {NIGHTLIFE.replace('25', '50')}"
        f"\n  C5: {NIGHTLIFE.replace('25', '50')}"
    )
    version = read(order(NIGHTLIFE + more), VENUES)
    names = [
        condition.duty.keep_out_of
        for condition in version.conditions
        if isinstance(condition.duty, Exclusion)
    ]
    assert names == ["nightlife", "nightlife", "nightlife (C4)", "nightlife (C5)"]


def test_a_place_of_the_order_keeps_its_name() -> None:
    text = order(NIGHTLIFE).replace("office", "nightlife")
    assert "nightlife (C1)" in read(text, VENUES).places
    both = text.replace("home:", '"nightlife (C1)":').replace("home", "nightlife")
    assert "already the name of another place" in only_fault(both, VENUES).what


REFUSED = {
    "{}": ("", "no duty stands here"),
    "home": ("", "a single value stands here"),
    "{curfw: {at: home}}": (".curfw", "“curfw” is not known"),
    "{in_force: {from: 2026-02-01, until: 2026-03-01}}": ("", "no duty stands here"),
    "{review_by: 2026-02-01}": ("", "no duty stands here"),
    "{curfew: home}": (".curfew", "a single value stands here"),
    "{curfew: }": (".curfew", "has no value"),
    "{residence: {stay_in: home}, exclusion: {keep_out_of: office}}": ("", "has the duties"),
    "{residence: {stay_in: home, at: home}}": (".residence.at", "“at” is not known"),
    "{residence: {}}": (".residence", "“stay_in” is missing"),
    "{residence: {stay_in: hom}}": (".residence.stay_in", "no place called “hom”"),
    "{residence: {stay_in: [home]}}": (".residence.stay_in", "keys or a list"),
    "{residence: {stay_in: home}, reviewby: 2026-02-01}": (".reviewby", "not known"),
    "{residence: {stay_in: home}, review_by: soon}": (".review_by", "“soon” is no date"),
    "{residence: {stay_in: home}, in_force: 2026-02-01}": (".in_force", "a single value"),
    "{residence: {stay_in: home}, in_force: {}}": (
        ".in_force", "“from” is missing", "“until” is missing",
    ),
    "{residence: {stay_in: home}, in_force: {from: 2026-01-04}}": (".in_force", "outside"),
    "{residence: {stay_in: home}, in_force: {until: 2027-01-06}}": (".in_force", "outside"),
    "{residence: {stay_in: home}, in_force: {until: 2026-01-05}}": (".in_force", "is not later"),
    "{residence: {stay_in: home}, in_force: {til: 2026-02-01}}": (".in_force.til", "not known"),
    "{appointment: {at: office, from: 10:00, until: 10:30, present_min: 31}}": (
        ".appointment.present_min", "31 minutes are longer",
    ),
    "{appointment: {at: office, present_min: 21, times: [{from: 08:00, until: 09:00},"
    " {from: 10:00, until: 10:20}]}}": (".appointment.present_min", "which lasts 20"),
    "{appointment: {at: office, from: 10:00, until: 10:30, present_min: 0}}": (
        ".appointment.present_min", "above 0",
    ),
    "{appointment: {at: office, from: 10:00, until: 10:30, present_min: ten}}": (
        ".appointment.present_min", "“ten” is no number of minutes",
    ),
    "{exclusion: {}}": (".exclusion", "“keep_out_of” is missing"),
    "{exclusion: {keep_out_of: home, venue_category: nightlife}}": (".exclusion", "both stand"),
    "{exclusion: {venue_category: nightlif, venues: v.geojson}}": (
        ".exclusion.venue_category", "“nightlif” is no known category",
    ),
    "{exclusion: {venue_category: weather, venues: v.geojson}}": (
        ".exclusion.venue_category", "“weather” is no known category",
    ),
    "{exclusion: {venue_category: [nightlife], venues: v.geojson}}": (
        ".exclusion.venue_category", "keys or a list",
    ),
    "{exclusion: {venue_category: nightlife}}": (".exclusion", "“venues” is missing"),
    "{exclusion: {venue_category: nightlife, venues: w.geojson}}": (
        ".exclusion.venues", "“w.geojson” is not there",
    ),
    "{exclusion: {venue_category: nightlife, venues: v.geojson}}": (
        ".exclusion.venues", "is a point",
    ),
    "{exclusion: {venue_category: parks, venues: v.geojson}}": (
        ".exclusion.venues", "0 venues of the category",
    ),
    "{exclusion: {venue_category: nightlife, venues: v.geojson, venue_radius_m: 0}}": (
        ".exclusion.venue_radius_m", "no number of metres",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_condition_is_refused_with_its_key(text: str) -> None:
    key, *whats = REFUSED[text]
    problems = faults(order(text), VENUES)
    assert [(f.line, f.key) for f in problems] == [(12, "conditions.C1" + key)] * len(whats)
    assert all(what in fault.what for fault, what in zip(problems, whats, strict=True))


def test_a_condition_outside_the_order_has_the_remedy() -> None:
    fault = only_fault(order("{residence: {stay_in: home}, in_force: {until: 2027-01-06}}"))
    assert "2026-01-05T00:00:00 until 2027-01-05T00:00:00" in fault.what


def test_no_condition_is_called_everything() -> None:
    assert "called “everything”" in only_fault(replace_once("C2:", "everything:")).what


def test_a_thousand_conditions_are_read_and_more_are_not() -> None:
    head = ORDER[: ORDER.index("conditions:")]
    lines = [f"  D{number}: {{residence: {{stay_in: home}}}}\n" for number in range(1_001)]
    assert len(read(head + "conditions:\n" + "".join(lines[:-1])).conditions) == 1_000
    assert "1001 conditions" in only_fault(head + "conditions:\n" + "".join(lines)).what


def test_a_skipped_time_in_force_is_refused() -> None:
    paris = order(
        "{residence: {stay_in: home}, in_force: {from: 2026-03-29T02:10, until: 2026-03-29T02:40}}"
    ).replace("Asia/Almaty", "Europe/Paris")
    assert only_fault(paris).key == "conditions.C1.in_force"
