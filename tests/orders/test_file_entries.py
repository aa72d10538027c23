"""Slips that YAML reads as something else: what is said must lead to the slip, and nowhere else."""

import sys
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from mesure.orders.clock import holiday_calendar
from mesure.orders.reading import read_order
from mesure.orders.wording import order_sentences
from tests.orders.plain_catalogue import PlainCatalogue
from tests.orders.samples import ORDER, faults, only_fault, read, replace_once
from tests.orders.test_map_features import RING, collection, feature

COMMA = (
    "in braces the comma in “{}” ends the value; what follows it is read as a key of its own; {}."
)
TOO_LONG = (
    "45 minutes are longer than the shortest slot, which lasts 30; nobody could be there for so "
    "long; write 30 at most, or a longer slot."
)


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        (
            "radius_m: 60",
            "radius_m: 60,5",
            "places.home.radius_m",
            COMMA.format("60,5", "write a decimal point: 60.5"),
        ),
        (
            "{lat_deg: 43.26000, lon_deg: 76.93000, radius_m: 80}",
            "{corridor: [[43,2565, 76,9285], [43.26, 76.93]], width_m: 120}",
            "places.office.corridor[0]",
            "write a decimal point: [43.2565, 76.9285].",
        ),
        (
            "every: mon",
            "every: mon, wed, fri",
            "conditions.C2.appointment.every",
            COMMA.format("mon, wed, fri", "write several days in brackets, as [mon, wed, fri]"),
        ),
        (
            "reason: work",
            "reason: work, as agreed",
            "absences.A1.reason",
            COMMA.format("work, as agreed", "put a text that holds a comma in quotes"),
        ),
        ("every: mon", "every: mon-fri", "every", "as [mon, tue, wed, thu, fri]."),
        ("every: mon", "every: [sat-mon]", "every[0]", "as [sat, sun, mon]."),
        ("every: mon", "every: 'mon, wed'", "every", "as [mon, wed]."),
        ("every: mon", "every: mon-frl", "every", "write day, or one or more of mon, tue,"),
        ("present_min: 10", "present_min: 45", "conditions.C2.appointment.present_min", TOO_LONG),
        (
            "present_min: 10",
            "present_min: 0",
            "present_min",
            "“0” is no number of minutes above 0, up to 30",
        ),
    ],
)
def test_what_was_meant_is_said(old: str, new: str, key: str, words: str) -> None:
    fault = only_fault(replace_once(old, new))
    assert fault.key.endswith(key)
    assert words in str(fault)


def test_both_numbers_of_a_point_with_decimal_commas_are_named() -> None:
    order = replace_once(
        "lat_deg: 43.25654, lon_deg: 76.92848", "lat_deg: 43,25654, lon_deg: 76,92848"
    )
    lat, lon = faults(order)
    assert "write a decimal point: 43.25654." in str(lat)
    assert "write a decimal point: 76.92848." in str(lon)


def test_a_corner_of_four_words_is_no_number() -> None:
    order = replace_once(
        "{lat_deg: 43.26000, lon_deg: 76.93000, radius_m: 80}",
        "{corridor: [[a, b, c, d], 5, [43.26, 76.93]], width_m: 120}",
    )
    assert [fault.remedy for fault in faults(order)] == ["write [latitude, longitude]"] * 2


def test_a_key_without_a_value_on_its_own_line_is_no_comma() -> None:
    order = replace_once("legal_basis: Criminal Code article 44\n", "legal_basis: x\nwed:\n")
    assert "the key “wed” is not known" in str(only_fault(order))


def test_a_comma_after_a_group_is_said_as_an_unknown_key() -> None:
    order = replace_once("until: 2027-01-05}", "until: 2027-01-05}, x}").replace(
        "in_force: {", "decision: {in_force: {"
    )
    order = order.replace("decision: {number: 1-234/2026, date: 2026-01-05}\n", "", 1)
    assert all("ends the value" not in str(fault) for fault in faults(order))


@pytest.mark.parametrize(
    ("old", "new", "quoted"),
    [
        ("reason: work", "reason: shift: night", '“"shift: night"”'),
        ("court: Almaly district", "court: Almaly: district", '“"Almaly: district court no. 2"”'),
    ],
)
def test_a_bare_colon_is_to_be_put_in_quotes(old: str, new: str, quoted: str) -> None:
    fault = only_fault(replace_once(old, new))
    assert fault.remedy == f"put a text that holds a colon in quotes, as {quoted}"


@pytest.mark.parametrize(
    ("old", "new", "example"),
    [
        ("from: 2026-01-05, until: 2027-01-05", "from: 2030-05-06", "until: 2031-05-06"),
        ("from: 2026-01-05, until: 2027-01-05", "until: 2030-05-06", "from: 2029-05-06"),
        ("from: 2026-01-05, until: 2027-01-05", "from: 2199-12-01", "until: 2027-01-05"),
        ("from: 10:00, until: 10:30", "from: 10:00", "until: 11:00"),
        ("from: 10:00, until: 10:30", "until: 10:30", "from: 09:30"),
        ("from: 22:00, until: 06:00", "from: 22:00", "until: 06:00"),
        ("from: 22:00, until: 06:00", "until: 02:00", "from: 22:00"),
        ("{curfew: {at: home,", "{exclusion: {", "keep_out_of: office"),
        ("{curfew: {at: home,", "{curfew: {", "at: home"),
    ],
)
def test_an_example_could_be_right(old: str, new: str, example: str) -> None:
    sentences = [str(fault) for fault in faults(replace_once(old, new))]
    assert any(f"add “{example}”" in sentence for sentence in sentences)


def test_without_a_place_the_example_of_one_to_keep_out_of_is_no_home() -> None:
    order = "conditions: {C1: {exclusion: {every: day}}}"
    assert any("add “keep_out_of: stadium”" in str(fault) for fault in faults(order))


@pytest.mark.parametrize(
    ("old", "new", "unknown", "meant"),
    [
        ("radius_m: 60", "radius: 60", "radius", "radius_m"),
        ("time_zone:", "timezone:", "timezone", "time_zone"),
        ("{curfew: {at: home", "{curfew: {place: home", "place", "at"),
    ],
)
def test_a_key_under_another_name_is_one_fault(
    old: str, new: str, unknown: str, meant: str
) -> None:
    fault = only_fault(replace_once(old, new))
    assert fault.what == f"the key “{unknown}” is not known"
    assert fault.remedy == f"did you mean “{meant}”, which is missing?"


def test_two_strange_keys_are_not_taken_for_the_missing_one() -> None:
    problems = [
        fault.what for fault in faults(replace_once("at: home, from", "spot: home, zzz: 1, from"))
    ]
    assert problems == [
        "the key “at” is missing",
        "the key “spot” is not known",
        "the key “zzz” is not known",
    ]


OFFICE = "{lat_deg: 43.26000, lon_deg: 76.93000, radius_m: 80}"
BAR = "{exclusion: {venue_category: nightlife, venues: v.geojson}}"
CURFEW = "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}"


@pytest.mark.parametrize(
    ("order", "file", "words"),
    [
        (
            replace_once(OFFICE, "{geojson: m.geojson, feature: Medeu}"),
            collection(feature("Polygon", [RING[:-1]], name="Medeu")),
            "“m.geojson”: the feature “Medeu”: its ring does not end where it began",
        ),
        (
            replace_once(OFFICE, "{geojson: m.geojson, feature: Medea}"),
            collection(feature("Polygon", [RING], name="Medeu")),
            "“m.geojson”: no features of the file are called “Medea”",
        ),
        (
            replace_once(CURFEW, BAR),
            collection(feature("Point", [76.9, 43.2], amenity="bar", name="x")),
            "“v.geojson”: the venue “x” is a point",
        ),
        (
            replace_once(CURFEW, BAR),
            collection(feature("LineString", [[76.9, 43.2]], amenity="bar", name="x")),
            "“v.geojson”: the feature “x” is a “LineString”",
        ),
        (
            replace_once(CURFEW, BAR),
            collection(feature("Point", [76.9, 43.2], amenity="cafe")),
            "“v.geojson”: the file has 0 venues",
        ),
    ],
)
def test_a_fault_in_a_map_names_the_map(order: str, file: bytes, words: str) -> None:
    fault = only_fault(order, {"m.geojson": file, "v.geojson": file})
    assert fault.what.startswith(words)


def test_a_file_of_references_gets_one_sentence() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a]\n" for n in range(300))
    assert len(str(only_fault(bomb))) < 300


@pytest.mark.parametrize(
    (
        "line",
        "calls_max",
    ),  # A fifth more than it takes; to say each fault would take twice as much.
    [
        ("- &a b\n", 5),
        ("- !b c\n", 50),
        ("k{n}: &a{n} 1\n", 5),
        ("k{n}: 1\n", 100),
        ("same: 1\n", 86),
        ('- "\\x01"\n', 62),
    ],
)
def test_megabytes_of_slips_take_little_work_for_each_line(line: str, calls_max: int) -> None:
    def read_lines(count: int) -> None:
        head = "a:\n" if line.startswith("-") else ""
        data = (head + "".join(line.format(n=n) for n in range(count))).encode()
        assert faults(data)
        read_order.file_paths("order.yaml", data)

    read_lines(1)
    few, more, many = (calls(partial(read_lines, count)) for count in (2_000, 4_000, 8_000))
    assert many - more < calls_max * 4_000
    assert many - more < 2.2 * (more - few)  # As much for a line, wherever it stands.


def test_four_megabytes_of_slips_are_refused() -> None:
    assert faults(b"".join(b"k%d: 1\n" % number for number in range(240_000)))


def calls(work: Callable[[], object]) -> int:
    """Return how many functions some work calls: the same on every machine, however busy it is."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def test_too_many_places_are_refused_at_once() -> None:
    places = "".join(f"  p{number}: {{a: 1}}\n" for number in range(10_001))
    order = replace_once("places:\n", "places:\n" + places)
    assert "the order has 10003 places" in faults(order)[0].what


# --- Public holidays -------------------------------------------------------------------------


def holidays_said(calendar: str) -> list[str]:
    order = replace_once(
        "until: 06:00, every: day", f"until: 06:00, on_holidays: {{calendar: {calendar}}}"
    )
    passages = order_sentences.sentences(read(order), PlainCatalogue())
    return [line for passage in passages for line in passage.lines if " part" in f" {line.lower()}"]


def test_parts_of_a_country_with_other_holidays_are_named() -> None:
    assert holidays_said("GB") == [
        "Parts of this country have other holidays: GB-ENG and GB-NIR and GB-SCT and GB-WLS."
    ]
    assert holidays_said("KZ") == holidays_said("GB-ENG") == []


def test_of_many_parts_some_are_named() -> None:
    named, more = holidays_said("US")
    parts = holiday_calendar.parts_that_differ("US", date(2026, 1, 5), date(2027, 1, 4))
    assert named.count("US-") == 10
    assert more == f"So do {len(parts) - 10} more parts."


def test_the_sample_is_right() -> None:
    assert read(ORDER).order == "ALM-2026-0042"
