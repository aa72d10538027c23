import re
from dataclasses import replace
from datetime import date

import pytest

from mesure.orders.model.conditions import Duty
from mesure.orders.model.order import OrderVersion, overdue_reviews
from mesure.orders.wording import order_sentences
from tests.orders.plain_catalogue import PlainCatalogue
from tests.orders.samples import ORDER, read, replace_once
from tests.orders.test_map_features import OTHER, RING, collection, feature

CURFEW = "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}"
A1 = "{allows: C1, from: 2026-02-10T22:00, until: 2026-02-11T02:00, reason: work, by: O-7}"
FILES = {
    "m.geojson": collection(
        feature("Polygon", [RING], name="Almaly", amenity="bar"),
        feature("Point", [76.9, 43.2], amenity="pub"),
        feature("MultiPolygon", [[RING], [OTHER]], name="Medeu"),
    )
}


def passages(version: OrderVersion, as_of: date | None = None) -> dict[str, list[str]]:
    sections = order_sentences.sentences(version, PlainCatalogue(), as_of)
    return {passage.heading: list(passage.lines) for passage in sections}


def condition(text: str) -> list[str]:
    """Return what is said about the first condition of an order that has this one."""
    heading, *others = [
        heading
        for heading in passages(read(replace_once(CURFEW, text), FILES))
        if heading.startswith("Condition C1")
    ]
    assert not others
    return passages(read(replace_once(CURFEW, text), FILES))[heading]


def places(text: str) -> list[str]:
    order = replace_once("conditions:\n", f"  x: {text}\nconditions:\n")
    lines = passages(read(order, FILES))["Places"]
    return [line for line in lines[2:] if "SHA-256" not in line]


def test_an_order_is_read_back_whole() -> None:
    sections = passages(read(ORDER))
    assert list(sections) == [
        "Order", "Places", "Condition C1: curfew", "Condition C2: appointment",
        "Authorised absences",
    ]  # fmt: skip
    assert sections["Order"] == [
        "Order: ALM-2026-0042.",
        "Person: P-0042.",
        "Court: Almaly district court no. 2.",
        "Number of the decision: 1-234/2026.",
        "Date of the decision: 2026-01-05.",
        "Legal basis: Criminal Code article 44.",
        "In force from 2026-01-05 00:00 until 2027-01-05 00:00.",
        "It starts at the first of these moments and is over at the second.",
        "All times are in the time zone Asia/Almaty.",
    ]
    assert sections["Places"] == [
        "“home”: within 60 m of latitude 43.25654, longitude 76.92848.",
        "“office”: within 80 m of latitude 43.26, longitude 76.93.",
    ]
    assert sections["Condition C1: curfew"] == [
        "The person must be at this place: “home”.",
        "Every day: from 22:00 until 06:00 on the next day.",
        "In force for as long as the order.",
        "No review date is given.",
    ]
    assert sections["Condition C2: appointment"][:2] == [
        "The person must be at “office” for at least 10 minutes in total.",
        "Mon: from 10:00 until 10:30.",
    ]
    assert sections["Authorised absences"] == [
        "A1: from 2026-02-10 22:00 until 2026-02-11 02:00.",
        "Suspended: C1.",
        "Reason: work.",
        "Allowed by: O-7.",
    ]


def test_what_binds_already_is_not_asked_about() -> None:
    version = read(ORDER.replace("legal_basis", "# legal_basis"))
    for asks in (True, False):
        sections = order_sentences.sentences(version, PlainCatalogue(), asks=asks)
        assert any(section.heading == "Check the order" for section in sections) == asks


def test_what_is_not_written_is_asked_for() -> None:
    order = ORDER
    for line in order.splitlines()[2:5]:
        order = order.replace(line + "\n", "")
    sections = passages(read(order.replace(", reason: work, by: O-7", "")))
    assert len(sections["Order"]) == 5
    assert sections["Check the order"] == [
        "The court is missing.",
        "The number of the decision is missing.",
        "The date of the decision is missing.",
        "The legal basis is missing.",
        "A1: the reason is missing.",
        "A1: it does not say who allowed it.",
    ]


@pytest.mark.parametrize(
    ("hours", "lines"),
    [
        ("every: [sat, sun]", ["Sat and Sun: the whole day."]),
        ("from: 18:00, until: 24:00", ["Every day: from 18:00 until midnight."]),
        ("from: 08:00, until: 09:30", ["Every day: from 08:00 until 09:30."]),
        ("from: 08:00:30, until: 08:00", ["Every day: from 08:00:30 until 08:00 on the next day."]),
        ("", ["This applies at all times."]),
    ],
)
def test_hours_are_said(hours: str, lines: list[str]) -> None:
    residence = condition(f"{{residence: {{stay_in: home, {hours}}}}}")
    assert residence[0] == "The person must stay inside this place: “home”."
    assert residence[1:-2] == lines


def test_other_places_first_nights_and_holidays_are_said() -> None:
    lines = condition("""{curfew: {at: home,
        times: [{from: 22:00, until: 06:00}, {from: 12:00, until: 13:00, at: office}],
        first_night: {from: 15:00, until: 07:00}, on_holidays: {calendar: FR, as: sun}},
        in_force: {from: 2026-05-01, until: 2026-06-01}, review_by: 2026-05-15}""")
    assert lines[1:] == [
        "Every day: from 22:00 until 06:00 on the next day.",
        "Every day: from 12:00 until 13:00.",
        "In these hours the place is “office”.",
        "On the first day in force: from 15:00 until 07:00 on the next day.",
        "On public holidays (FR) the hours of this day hold: Sun.",
        "These days are such holidays: 2026-05-01 and 2026-05-08 and 2026-05-14 and 2026-05-25.",
        "Parts of this country have other holidays: FR-971 and FR-972 and FR-MF.",
        "Where the order is kept in one of them, its calendar must be named.",
        "Some of these dates are estimates until the government confirms them.",
        "In force from 2026-05-01 00:00 until 2026-06-01 00:00.",
        "To be reviewed by 2026-05-15.",
    ]


def test_a_year_without_holidays_and_ten_years_of_them_are_said() -> None:
    curfew = CURFEW[:-2] + ", on_holidays: {calendar: KZ, as: sun}}"
    short = condition(curfew + ", in_force: {from: 2026-02-01, until: 2026-02-03}}")
    assert not any("These days" in line for line in short)
    decade = replace_once("until: 2027-01-05", "until: 2036-01-05").replace(CURFEW, curfew + "}")
    lines = passages(read(decade))["Condition C1: curfew"]
    [more] = [line for line in lines if line.endswith("later holidays are not listed.")]
    assert int(more.split()[0]) > 100


def test_times_to_the_second_are_said_to_the_second() -> None:
    sections = passages(read(replace_once("until: 2027-01-05", "until: 2027-01-05T00:00:30")))
    assert sections["Order"][6] == "In force from 2026-01-05 00:00 until 2027-01-05 at 00:00:30."


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "{polygon: [[43, 76], [43, 77], [44, 76]]}",
            [
                "“x”: an area with 3 corners.",
                "Latitude and longitude of each: 43 76; 43 77; 44 76.",
                "Its line may be off by up to 15 m. This counts in the person’s favour.",
            ],
        ),
        (
            """{polygon: [[43, 76], [43, 77], [44, 76]],
                holes: [[[43.1, 76.1], [43.1, 76.2], [43.2, 76.1]]]}""",
            [
                "“x”: an area with 3 corners.",
                "Latitude and longitude of each: 43 76; 43 77; 44 76.",
                "1 hole is cut out of it.",
                "Latitude and longitude of each: 43.1 76.1; 43.1 76.2; 43.2 76.1.",
                "Its line may be off by up to 15 m. This counts in the person’s favour.",
            ],
        ),
        (
            "{polygon: [" + ", ".join(f"[{n}, {n * n}]" for n in range(13)) + "]}",
            [
                "“x”: an area with 13 corners.",
                "It lies between latitudes 0 and 12, and longitudes 0 and 144.",
                "Its line may be off by up to 15 m. This counts in the person’s favour.",
            ],
        ),
        (
            "{corridor: [[43, 76], [43, 77]], width_m: 120}",
            [
                "“x”: a way 120 m wide along 2 points.",
                "Latitude and longitude of each: 43 76; 43 77.",
            ],
        ),
        (
            "{geojson: m.geojson, feature: Medeu}",
            [
                "“x”: 2 separate areas.",
                "It lies between latitudes 43.23 and 43.24, and longitudes 76.92 and 77.93.",
                "Its line may be off by up to 15 m. This counts in the person’s favour.",
            ],
        ),
    ],
)  # fmt: skip
def test_places_are_said_with_their_numbers(text: str, lines: list[str]) -> None:
    assert places(text) == lines


def test_venues_are_said_with_their_file() -> None:
    text = "{exclusion: {venue_category: nightlife, venues: m.geojson, venue_radius_m: 25}}"
    sections = passages(read(replace_once(CURFEW, text), FILES))
    assert sections["Condition C1: exclusion"][0] == (
        "The person must keep out of this place: “bars, pubs and nightclubs”."
    )
    [count, radius, box, tolerance, areas, file] = sections["Places"][2:]
    assert count == "“bars, pubs and nightclubs”: 2 separate areas."
    assert radius == "Those given as points reach 25 m in every direction."
    assert box == "It lies between latitudes 43.2 and 43.24, and longitudes 76.9 and 76.93."
    assert tolerance == "Its line may be off by up to 15 m. This counts in the person’s favour."
    assert areas == ("Areas count as they are drawn: the 25 m round points are not added to them.")
    assert re.fullmatch(
        r"Boundaries were read from m.geojson, with the SHA-256 sum [0-9a-f]{64}.", file
    )


def test_several_ways_are_said_as_areas() -> None:
    version = read(
        replace_once("conditions:", "  x: {corridor: [[1, 2], [3, 4]], width_m: 5}\nconditions:")
    )
    way = version.places["x"]
    twice = replace(way, shapes=way.shapes * 2)
    doubled = replace(version, places={**version.places, "x": twice})
    lines = passages(doubled)["Places"]
    assert any(line.startswith("It lies between latitudes 1 and 3") for line in lines)


def test_an_absence_with_a_place_and_a_suspension_are_said() -> None:
    order = replace_once(A1, A1.replace("C1", "everything")[:-1] + ", at: office, travel_min: 1}")
    assert passages(read(order))["Authorised absences"] == [
        "A1: from 2026-02-10 22:00 until 2026-02-11 02:00.",
        "All conditions are suspended.",
        "Only for being at this place: “office”.",
        "At each end the way may take 1 minute.",
        "Reason: work.",
        "Allowed by: O-7.",
    ]


# --- What looks like a slip ------------------------------------------------------------------


def checks(order: str) -> list[str]:
    return passages(read(order)).get("Check the order", [])


def test_nothing_is_asked_about_a_clean_order() -> None:
    assert checks(ORDER) == []


def test_a_condition_that_never_binds_is_asked_about() -> None:
    short = CURFEW[:-1] + ", in_force: {from: 2026-02-01T10:00, until: 2026-02-01T12:00}}"
    assert checks(replace_once(CURFEW, short)) == [
        "Condition C1 never binds while this version is in force."
    ]


def test_a_place_that_nothing_names_is_asked_about() -> None:
    place = "  x: {lat_deg: 43.2, lon_deg: 76.9, radius_m: 3}\n"
    order = replace_once("conditions:", place + "conditions:")
    assert checks(order) == ["Nothing in the order names the place “x”."]
    hours = "from: 22:00, until: 06:00"
    for old, new in (
        ("work, by", "work, at: x, by"),
        ("every: day}}", f"every: day, first_night: {{{hours}, at: x}}}}}}"),
        (f"{hours}, every: day", f"times: [{{{hours}, at: x}}]"),
    ):
        assert checks(replace_once(old, new, order)) == []


@pytest.mark.parametrize(
    ("start", "end", "questions"),
    [
        ("2025-02-10", "2025-02-12", ["A1 lies outside the time in force of this version."]),
        ("2026-12-10", "2027-02-12", ["A1 reaches beyond the time in force of this version."]),
        ("2026-01-05", "2027-01-05", []),
    ],
)
def test_an_absence_beyond_the_order_is_asked_about(
    start: str, end: str, questions: list[str]
) -> None:
    text = A1.replace("2026-02-10T22:00", start).replace("2026-02-11T02:00", end)
    text = text.replace("C1", "C2") if not questions else text
    assert [line for line in checks(replace_once(A1, text)) if "A1" in line] == questions


@pytest.mark.parametrize(
    ("second", "questions"),
    [
        (", at: office", ["A1 and A2 overlap: while both hold, the person may be anywhere."]),
        ("", []),
    ],
)
def test_an_overlap_with_and_without_a_place_is_asked_about(
    second: str, questions: list[str]
) -> None:
    more = f"  A2: {A1[:-1].replace('T22', 'T23')}{second}}}\n"
    assert checks(ORDER + more) == questions
    assert checks(ORDER + more.replace("C1", "C2")) == []
    assert checks(ORDER + more.replace("2026-02-1", "2026-03-1")) == []


# --- Reviews ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "overdue"),
    [
        (date(2026, 7, 1), False),
        (date(2026, 7, 2), True),
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # No longer in force.
    ],
)
def test_a_review_is_overdue_from_the_day_after_while_the_condition_lasts(
    as_of: date, overdue: bool
) -> None:
    more = ", in_force: {until: 2026-10-01}, review_by: 2026-07-01}"
    version = read(replace_once(CURFEW, CURFEW[:-1] + more))
    assert len(overdue_reviews(version, as_of)) == overdue
    lines = passages(version, as_of)["Reviews overdue"]
    due = "Condition C1 was to be reviewed by 2026-07-01."
    assert lines == [due if overdue else f"No review is overdue on {as_of}."]


# --- All texts -------------------------------------------------------------------------------


def test_sentences_are_short_and_every_placeholder_is_filled() -> None:
    catalogue = PlainCatalogue()
    order = replace_once(
        CURFEW, CURFEW[:-2] + ", on_holidays: {calendar: KZ}}, review_by: 2026-02-01}"
    )
    sections = order_sentences.sentences(read(order), catalogue, date(2026, 8, 1))
    assert not [line for passage in sections for line in passage.lines if re.search("[{}]", line)]
    assert all(len(text.split()) <= 20 for text in catalogue.asked)
    assert len(catalogue.asked) > 20


def test_each_kind_of_duty_has_a_name_and_a_sentence() -> None:
    duties: list[Duty] = [condition.duty for condition in read(ORDER).conditions]
    assert [duty.name(PlainCatalogue()) for duty in duties] == ["curfew", "appointment"]
    half = condition("{appointment: {at: office, from: 10:00, until: 11:00, present_min: 0.5}}")
    assert half[0] == "The person must be at “office” for at least 30 seconds in total."


CALIBRATED = (
    "calibrated: {lat_deg: 43.25667, lon_deg: 76.92846, from: 2026-01-06, by: officer O-7, "
    "fixes: 240, spread_m: 9"
)
HOME = "lon_deg: 76.92848, radius_m: 60"


def place_sentences(calibrated: str) -> str:
    sections = passages(read(replace_once(HOME, f"{HOME}, {calibrated}")))
    return "\n".join(line for lines in sections.values() for line in lines)


def test_the_point_where_the_device_shows_home_is_read_back() -> None:
    text = place_sentences(f"{CALIBRATED}, confirmed_by: officer O-9, during: beacon}}")
    assert "From 2026-01-06 00:00 on also: within 60 m of latitude 43.25667" in text
    assert "It lies 14 m to the north and 2 m to the west of the address." in text
    assert "Measured from 240 fixes; half of what the device showed lies within 9 m" in text
    assert "the home beacon was heard throughout" in text
    assert "Entered by: officer O-7." in text
    assert "Confirmed by: officer O-9." in text
    assert "no second officer" not in text


def test_a_point_that_nobody_confirmed_is_asked_about() -> None:
    text = place_sentences(f"{CALIBRATED}, during: enrolment}}")
    assert "an officer and the person were there" in text
    assert "“home”: no second officer has confirmed" in text


def test_a_point_on_the_address_is_nowhere_else() -> None:
    on_it = "lat_deg: 43.25654, lon_deg: 76.92848"
    text = place_sentences(CALIBRATED.replace("lat_deg: 43.25667, lon_deg: 76.92846", on_it) + "}")
    assert "of the address" not in text
