"""Numbers between two houses: which there are, where they stand, and what is left alone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from mesure.service.addresses import address_extracts, between_houses, book_making
from mesure.service.addresses.address_extracts import ExtractedAddress, NumberedLine, NumberedNode
from mesure.service.addresses.between_houses import BETWEEN_MAX
from mesure.web import address_book
from mesure.web.address_book import BookRow
from tests.service.addresses import made_up


def numbers(which: str, first: str, last: str) -> list[str]:
    return [number for number, _ in between_houses.between(which, first, last)]


@pytest.mark.parametrize(
    ("which", "first", "last", "between"),
    [
        ("even", "2", "10", ["4", "6", "8"]),
        ("odd", "1", "7", ["3", "5"]),
        ("odd", "7", "1", ["5", "3"]),
        ("all", "1", "4", ["2", "3"]),
        ("1", "1", "4", ["2", "3"]),
        ("4", "3401", "3413", ["3405", "3409"]),
        ("alphabetic", "12A", "12D", ["12B", "12C"]),
        ("alphabetic", "12 c", "12 a", ["12 b"]),
        ("alphabetic", "A", "C", ["B"]),
        ("alphabetic", "7А", "7В", ["7Б"]),
        ("even", "2", "4", []),
        ("all", "5", "5", []),
    ],
)
def test_a_line_says_which_numbers_lie_between(
    which: str, first: str, last: str, between: list[str]
) -> None:
    assert numbers(which, first, last) == between


@pytest.mark.parametrize(
    ("which", "first", "last"),
    [
        ("even", "1", "9"),
        ("odd", "1", "10"),
        ("4", "1", "10"),
        ("0", "1", "10"),
        ("all", "12A", "16"),
        ("all", "1", "1" * 7),
        ("all", "1", str(BETWEEN_MAX + 3)),
        ("all", "٣", "٧"),
        ("alphabetic", "12A", "14C"),
        ("alphabetic", "12A", "12c"),
        ("alphabetic", "12", "16"),
        ("controlled", "2", "10"),
        ("", "2", "10"),
    ],
)
def test_where_the_ends_do_not_fit_nobody_knows_what_was_meant(
    which: str, first: str, last: str
) -> None:
    assert numbers(which, first, last) == []


def test_the_most_that_can_lie_between_two_houses_do() -> None:
    assert len(numbers("all", "1", str(BETWEEN_MAX + 2))) == BETWEEN_MAX


def line(which: str, lon_deg: Sequence[float], street: str = "") -> NumberedLine:
    """Return a line at 60 degrees north, with nodes from 1 on."""
    nodes = tuple(range(1, len(lon_deg) + 1))
    return NumberedLine(which, street, nodes, (60.0,) * len(lon_deg), tuple(lon_deg))


def house(node: int, number: str, street: str = "Long Road", town: str = "") -> NumberedNode:
    return NumberedNode(node, street, number, "", town)


def place_addresses(drawn: NumberedLine, *houses: NumberedNode) -> list[ExtractedAddress]:
    return list(between_houses.place_numbers(drawn, {one.node: one for one in houses}))


def test_a_number_stands_where_the_way_to_it_is_as_long_as_its_share() -> None:
    drawn = NumberedLine("even", "", (1, 2, 3), (60.0, 60.0, 60.001), (10.0, 10.002, 10.002))
    four, six = place_addresses(drawn, house(1, "2", town="Hill"), house(3, "8", town="Hill"))
    # A degree to the east is half as long here: the corner is in the middle of the way.
    assert four[:4] == ("Long Road", "4", "", "Hill")
    assert four[4:] == pytest.approx((60.0, 10.0 + 0.002 * 2 / 3), abs=1e-6)
    assert six[4:] == pytest.approx((60.0 + 0.001 / 3, 10.002), abs=1e-6)


def test_each_part_of_a_line_is_by_itself() -> None:
    drawn = line("odd", (10.0, 10.1, 10.2, 10.3))
    between = place_addresses(drawn, house(1, "1"), house(3, "5"), house(4, "9"))
    assert [(one.number, round(one.lon_deg, 3)) for one in between] == [("3", 10.1), ("7", 10.25)]


@pytest.mark.parametrize(
    ("first", "last", "own", "streets"),
    [
        ("Long Road", "Long Road", "", {"Long Road"}),
        ("", "Long Road", "", {"Long Road"}),
        ("", "", "Long Road", {"Long Road"}),
        ("Long Road", "High Street", "Long Road", set()),
        ("", "", "", set()),
    ],
)
def test_a_line_goes_along_one_street(first: str, last: str, own: str, streets: set[str]) -> None:
    drawn = line("all", (10.0, 10.1), street=own)
    between = place_addresses(drawn, house(1, "1", first), house(2, "3", last))
    assert {one.street for one in between} == streets


def test_a_town_and_a_postcode_are_those_of_both_ends() -> None:
    drawn = line("all", (10.0, 10.1))
    [two] = place_addresses(drawn, house(1, "1", town="Hill"), house(2, "3", town="Dale"))
    assert (two.town, two.postcode) == ("", "")


# --- From an extract to a search ---------------------------------------------------------------


def way(number: int, nodes: Sequence[int], **tags: str) -> str:
    refs = "".join(f'<nd ref="{one}"/>' for one in nodes)
    tag_elements = "".join(f'<tag k="addr:{key}" v="{value}"/>' for key, value in tags.items())
    return f'<way id="{number}" version="1">{refs}{tag_elements}</way>'


ENDS = [
    made_up.house(1, 43.0, 76.0, street="Long Road", housenumber="2", city="Hill"),
    made_up.node(2, 43.0, 76.005),
    made_up.house(3, 43.0, 76.01, street="Long Road", housenumber="12", city="Hill"),
]
LINE = way(7, [1, 2, 3], interpolation="even")


def search(folder: Path, text: str, *things: str) -> list[BookRow]:
    return address_book.search(made_up.book(folder, *things), text, None)


def test_a_number_between_two_houses_is_found_and_says_so(tmp_path: Path) -> None:
    [six] = search(tmp_path, "long road 6", *ENDS, LINE)
    assert (six.address, six.is_between) == ("Long Road 6, Hill", True)
    assert (six.lat_deg, six.lon_deg) == pytest.approx((43.0, 76.004))
    [two] = search(tmp_path, "long road 2", *ENDS, LINE)
    assert (two.lon_deg, two.is_between) == (76.0, False)
    assert search(tmp_path, "long road 5", *ENDS, LINE) == []
    assert len(search(tmp_path, "long road", *ENDS, LINE)) == 6


def test_a_house_that_the_map_has_itself_goes_before_the_same_number_worked_out(
    tmp_path: Path,
) -> None:
    near = made_up.house(4, 43.001, 76.006, street="Long Road", housenumber="6", city="Hill")
    [six] = search(tmp_path, "long road 6", *ENDS, near, LINE)
    assert (six.lat_deg, six.is_between) == (43.001, False)
    far = made_up.house(4, 44.0, 76.006, street="Long Road", housenumber="6", city="Hill")
    house_itself, worked_out = search(tmp_path, "long road 6", *ENDS, far, LINE)
    assert (house_itself.is_between, worked_out.is_between) == (False, True)


def test_what_the_extract_has_only_in_part_is_left_out(tmp_path: Path) -> None:
    cut = way(8, [1, 99, 3], interpolation="even")
    assert search(tmp_path, "long road 6", *ENDS, cut) == []
    alone = way(9, [1, 2], interpolation="even")
    assert search(tmp_path, "long road 6", *ENDS, alone) == []


def test_a_house_takes_the_street_of_its_line_where_it_says_none(tmp_path: Path) -> None:
    ends = [
        made_up.house(1, 43.0, 76.0, housenumber="1"),
        made_up.house(2, 43.0, 76.01, housenumber="5"),
        way(7, [1, 2], interpolation="odd", street="Elm Lane"),
    ]
    rows = search(tmp_path, "elm lane", *ends)
    assert [(one.number, one.is_between) for one in rows] == [
        ("1", False),
        ("5", False),
        ("3", True),
    ]


def test_lines_are_worked_out_from_the_disk_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_making, "AT_ONCE", 1)
    progress: list[str] = []
    entries = address_extracts.read(made_up.extract(tmp_path, *ENDS, LINE))
    book = book_making.make(entries, tmp_path / "a.db", "", progress.append)
    assert book.addresses == 6
    assert "worked out between others: 4 addresses" in progress
