"""Clocks that do not fit, signs that were lost, and numbers the wrong way round."""

import pytest

from mesure.orders.wording import order_sentences
from tests.orders.plain_catalogue import PlainCatalogue
from tests.orders.samples import ORDER, read, replace_once
from tests.orders.test_map_features import collection, feature

HOME = "lat_deg: 43.25654, lon_deg: 76.92848"
OFFICE = "lat_deg: 43.26000, lon_deg: 76.93000"


def list_questions(order: str, files: dict[str, bytes] | None = None) -> list[str]:
    passages = order_sentences.sentences(read(order, files), PlainCatalogue())
    return [line for one in passages if one.heading == "Check the order" for line in one.lines]


def at(zone: str, lat_deg: float, lon_deg: float) -> str:
    """Return an order with all its places there."""
    order = replace_once("time_zone: Asia/Almaty", f"time_zone: {zone}")
    order = replace_once(HOME, f"lat_deg: {lat_deg}, lon_deg: {lon_deg}", order)
    return replace_once(OFFICE, f"lat_deg: {lat_deg + 0.01}, lon_deg: {lon_deg}", order)


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT-5", "GMT", "EST", "Etc/UTC", "Zulu"])
def test_a_fixed_offset_is_asked_about(zone: str) -> None:
    [question] = list_questions(at(zone, 43.25, 76.93))
    assert question.startswith(f"{zone} is a fixed offset, and the clock of no place.")


@pytest.mark.parametrize(
    ("zone", "lat_deg", "lon_deg"),
    [
        ("Europe/London", 43.25, 76.93),
        ("Europe/Moscow", 43.25, 76.93),
        ("America/New_York", 43.25, 76.93),
        ("Europe/Paris", 43.25, 76.93),
    ],
)
def test_a_clock_of_another_part_of_the_world_is_asked_about(
    zone: str, lat_deg: float, lon_deg: float
) -> None:
    questions = list_questions(at(zone, lat_deg, lon_deg))
    assert "“home” lies" in questions[0]
    assert f"km from the city of the clock {zone}. Which of the two is wrong?" in questions[0]
    assert any("“office” lies" in question for question in questions[1:])


@pytest.mark.parametrize(
    ("zone", "lat_deg", "lon_deg", "other"),
    [
        ("Asia/Bishkek", 43.25, 76.93, "Asia/Almaty"),
        ("Europe/London", 48.86, 2.35, "Europe/Paris"),
        ("Europe/Lisbon", 52.5, 13.4, "Europe/Berlin"),
    ],
)
def test_a_clock_of_a_neighbour_is_asked_about(
    zone: str, lat_deg: float, lon_deg: float, other: str
) -> None:
    [question] = list_questions(at(zone, lat_deg, lon_deg))
    assert f"the city of the clock {other}, which differs from {zone}" in question


@pytest.mark.parametrize(
    ("zone", "lat_deg", "lon_deg"),
    [
        ("Asia/Almaty", 43.25654, 76.92848),
        ("Asia/Almaty", 51.13, 71.43),  # Astana.
        ("Asia/Shanghai", 39.47, 75.99),  # Kashgar.
        ("America/Chicago", 33.58, -101.86),  # Lubbock.
        ("Europe/Oslo", 69.65, 18.96),  # Tromsø.
        ("Europe/Moscow", 68.97, 33.09),  # Murmansk.
        ("Europe/Paris", 42.7, 9.45),  # Bastia.
        ("Europe/Madrid", 42.24, -8.72),  # Vigo.
        ("Pacific/Fiji", -16.5, -179.9),
        ("Pacific/Kiritimati", 1.9, -157.4),
        ("America/Sao_Paulo", -30.03, -51.2),
        ("America/New_York", 25.76, -80.19),
        ("Asia/Kolkata", 23.02, 72.57),
        ("Singapore", 1.3, 103.8),
    ],
)
def test_a_clock_that_fits_is_not_asked_about(zone: str, lat_deg: float, lon_deg: float) -> None:
    assert list_questions(at(zone, lat_deg, lon_deg)) == []


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg", "hint"),
    [
        (76.93, 43.25, "With latitude and longitude the other way round it would lie near it."),
        (-43.25, 76.93, "With the other sign of its latitude it would lie near it."),
        (43.25, -76.93, "With the other sign of its longitude it would lie near it."),
    ],
)
def test_one_slip_in_all_places_is_asked_about(lat_deg: float, lon_deg: float, hint: str) -> None:
    questions = list_questions(at("Asia/Almaty", lat_deg, lon_deg))
    assert questions[1::2] == [hint, hint]
    assert all("km from the city of the clock Asia/Almaty" in one for one in questions[::2])


def test_both_signs_lost_is_asked_about_without_a_hint() -> None:
    questions = list_questions(at("Asia/Almaty", -43.25, -76.93))
    assert len(questions) == 2


def test_many_places_are_not_asked_about_one_by_one() -> None:
    more = "".join(
        f"  p{number}: {{lat_deg: -43.2{number}, lon_deg: -76.9, radius_m: 50}}\n"
        for number in range(9)
    )
    questions = list_questions(
        replace_once("conditions:\n", more + "conditions:\n", at("Asia/Almaty", -43.25, -76.93))
    )
    questions = [line for line in questions if "Nothing in the order names" not in line]
    assert len(questions) == 6
    assert questions[-1] == "6 more places lie as far from it."


COUNTRY = (
    "  country: {polygon: [[40.9, 55.4], [47.0, 46.6], [51.5, 46.5], [55.4, 69.0], [50.0, 87.3], "
    "[42.2, 80.2]]}\n"
)
STAY = "  C3: {residence: {stay_in: country}}\n"


def test_a_country_round_the_home_is_not_far_away() -> None:
    order = replace_once("conditions:\n", COUNTRY + "conditions:\n" + STAY)
    assert list_questions(order) == []


def test_what_a_map_has_is_not_asked_which_number_comes_first() -> None:
    ring = [[60.0, 53.0], [61.0, 53.0], [61.0, 54.0], [60.0, 53.0]]
    files = {"m.geojson": collection(feature("Polygon", [ring], name="Qostanay"))}
    order = replace_once(
        "conditions:\n",
        "  there: {geojson: m.geojson, feature: Qostanay}\nconditions:\n"
        "  C3: {exclusion: {keep_out_of: there}}\n",
    )
    assert list_questions(order, files) == []
    typed = order.replace(
        "geojson: m.geojson, feature: Qostanay", "polygon: [[53, 60], [53, 61], [54, 61]]"
    )
    assert list_questions(typed) == [
        "“there” lies far away from “home”. Is the latitude written first?"
    ]


def test_the_sample_order_asks_nothing() -> None:
    assert list_questions(ORDER) == []


@pytest.mark.parametrize(
    ("place", "is_far"),
    [
        ("{lat_deg: 76.92848, lon_deg: 43.25654, radius_m: 60}", True),
        ("{polygon: [[43.2, -103.0], [43.3, -103.0], [43.3, -102.9]]}", True),
        ("{corridor: [[43.2, 76.0], [43.3, 77.0]], width_m: 9}", False),
    ],
)
def test_a_place_far_from_the_first_may_have_its_point_the_wrong_way(
    place: str, is_far: bool
) -> None:
    order = replace_once("conditions:\n", f"  far: {place}\nconditions:\n").replace(
        "conditions:\n", "conditions:\n  C9: {exclusion: {keep_out_of: far}}\n"
    )
    question = "“far” lies far away from “home”. Is the latitude written first?"
    assert (question in list_questions(order)) is is_far


def test_two_places_on_either_side_of_the_antimeridian_are_near_each_other() -> None:
    order = replace_once("lat_deg: 43.25654, lon_deg: 76.92848", "lat_deg: 43.2, lon_deg: 179.9")
    order = order.replace("lat_deg: 43.26000, lon_deg: 76.93000", "lat_deg: 43.2, lon_deg: -179.9")
    assert not any("far away" in line for line in list_questions(order))
