"""An address is looked up while a place is entered; nothing of the search is kept anywhere."""

import os
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from mesure.web.address_book import AddressBook
from mesure.web.map_tiles import Basemap, MapSource
from tests.actions.scene import ORDER, OfficeScene
from tests.service.addresses import made_up
from tests.web import browsing
from tests.web.console.order_entry.desk import CaseworkBrowser
from tests.web.console.order_entry.test_place import begin

FIVE = "Clover Avenue 5, AB1 2CD Hillford"
AT = "43.25100, 76.92000"
LOOK_UP = {"look_up": "yes"}


@pytest.fixture
def book(tmp_path: Path) -> AddressBook:
    folder = tmp_path / "book"
    folder.mkdir()
    return made_up.book(folder)


def serve(desk: CaseworkBrowser, book: AddressBook | None, **more: Any) -> str:
    """Serve pages with a book, and return the address of a new circle."""
    desk.serve(replace(browsing.parts_of(desk.office), addresses=book, **more))
    address = f"{begin(desk)}/place?shape=circle"
    desk.open(address)
    return address


def values(desk: CaseworkBrowser) -> list[str]:
    """Return what the buttons of the hits send."""
    parts = desk.page.split('name="hit" value="')[1:]
    return [unescape(part.partition('"')[0]) for part in parts]


def test_an_address_is_searched_chosen_and_saved_with_its_point(
    desk: CaseworkBrowser, book: AddressBook
) -> None:
    serve(desk, book)
    desk.fill(name="home", radius_m="60", address="clover 5", pressed=LOOK_UP)
    assert desk.status == 200
    assert values(desk)[0] == f"{AT} | {FIVE}"
    assert "3 addresses. Choose the right one." in desk.text
    assert 'value="home"' in desk.page
    desk.fill(address="clover 5", pressed={"hit": values(desk)[0]})
    assert f'value="{FIVE}"' in desk.page
    assert f'value="{AT}"' in desk.page
    assert 'value="60"' in desk.page
    assert "Address and point are filled in." in desk.text
    desk.fill(name="home")
    assert desk.url.endswith("/places")
    assert "within 60 m of latitude 43.251, longitude 76.92." in desk.text
    assert f"Address: {FIVE}." in desk.text


def test_an_address_between_two_houses_says_that_nobody_measured_where_it_stands(
    desk: CaseworkBrowser, tmp_path: Path
) -> None:
    (tmp_path / "lines").mkdir()
    serve(desk, made_up.book(tmp_path / "lines", *made_up.houses(), *made_up.LINE))
    desk.fill(name="home", radius_m="60", address="long road", pressed=LOOK_UP)
    assert desk.text.count("Worked out between two numbered houses: it may stand elsewhere.") == 2
    two, four, _, _ = sorted(values(desk), key=lambda value: value[-1])
    assert two == "43.00000, 76.00000 | Long Road 2"
    desk.fill(address="long road", pressed={"hit": four})
    assert 'value="43.00000, 76.00333"' in desk.page
    assert 'value="Long Road 4"' in desk.page
    assert "The point was worked out between two numbered houses." in desk.text


def test_a_single_hit_is_not_chosen_by_itself(desk: CaseworkBrowser, book: AddressBook) -> None:
    serve(desk, book)
    desk.fill(address="eglise", pressed=LOOK_UP)
    assert len(values(desk)) == 1
    assert "1 address. Choose it if it is the one." in desk.text
    assert desk.form({"point"}).fields["point"] == ""


def test_an_address_that_is_saved_without_a_point_is_looked_up(
    desk: CaseworkBrowser, book: AddressBook
) -> None:
    serve(desk, book)
    desk.fill(name="farm", radius_m="60", address="lone farm")
    assert values(desk) == ["43.25800, 76.92000 | Lone Farm 1"]
    assert "near Nearby" in desk.text
    desk.fill(name="farm", radius_m="60", address="lone farm", point="43.1, 76.1")
    assert "Address: lone farm." in desk.text  # An officer who gives a point is not asked again.


@pytest.mark.parametrize("words", ["", "nowhere at all", '" OR *', "<script>", "x" * 5_000])
def test_what_is_not_found_is_said_and_shown_as_it_was_typed(
    desk: CaseworkBrowser, book: AddressBook, words: str
) -> None:
    serve(desk, book)
    desk.fill(name="home", address=words, pressed=LOOK_UP)
    assert desk.status == 200
    assert "No address in the book has all these words." in desk.text
    assert "<script>" not in desk.page.partition("<main")[2]
    assert desk.form({"address"}).fields["name"] == "home"


def test_without_a_book_there_is_no_search_and_that_is_said(desk: CaseworkBrowser) -> None:
    serve(desk, None)
    assert "There is no address book here" in desk.text
    assert 'name="look_up"' not in desk.page
    desk.fill(name="home", radius_m="60", address="clover", pressed=LOOK_UP)
    assert desk.status == 422  # A point is missing.
    desk.fill(name="home", radius_m="60", address="clover", point="43.2, 76.9")
    assert "Address: clover." in desk.text


@pytest.mark.parametrize(
    ("shape", "fields"),
    [
        ("area", {"corners": "43.20, 76.80\n43.20, 76.90\n43.25 76.90"}),
        ("way", {"points": "43.2, 76.9\n43.3, 76.9", "width_m": "12"}),
    ],
)
def test_other_places_have_an_address_that_is_typed(
    desk: CaseworkBrowser, book: AddressBook, shape: str, fields: dict[str, str]
) -> None:
    address = serve(desk, book).replace("circle", shape)
    desk.open(address)
    assert 'name="look_up"' not in desk.page
    desk.fill(
        name="park", address="Park Road", pressed={"look_up": "yes", "hit": f"{AT} | x"}, **fields
    )
    assert "Address: Park Road." in desk.text
    desk.open(address.replace("shape=" + shape, "name=park"))
    assert desk.form({"address"}).fields["address"] == "Park Road"


def test_a_hit_that_nobody_was_shown_is_read_like_any_typed_text(
    desk: CaseworkBrowser, book: AddressBook
) -> None:
    serve(desk, book)
    desk.fill(name="home", radius_m="60", pressed={"hit": "somewhere | <b>x</b>"})
    assert desk.status == 422
    desk.fill(name="home", radius_m="60", pressed={"hit": "1.0, 2.0 | <b>x</b>\n" + "y" * 300})
    assert "&lt;b&gt;x&lt;/b&gt;" in desk.page
    desk.fill(name="home")
    assert desk.status == 422
    assert "more than 200" in desk.text
    assert '<a href="#address">' in desk.page


def test_an_address_stays_with_its_place_until_it_is_taken_out(
    desk: CaseworkBrowser, book: AddressBook
) -> None:
    address = serve(desk, book)
    desk.fill(name="home", radius_m="60", address=FIVE, point=AT)
    draft = address.partition("/place?")[0]
    desk.open(f"{draft}/measured?name=home")
    desk.fill(point="", fixes="")
    desk.open(f"{draft}/place?name=home")
    assert desk.form({"address"}).fields["address"] == FIVE
    desk.fill(address="")
    desk.open(f"{draft}/places")
    assert "Address:" not in desk.text


def test_a_home_that_moves_leaves_its_address_behind_and_takes_one_that_was_looked_up(
    desk: CaseworkBrowser, scene: OfficeScene, book: AddressBook
) -> None:
    scene.order(ORDER.replace("radius_m: 60}", "radius_m: 60, address: Old Road 1}"))
    desk.serve(replace(browsing.parts_of(desk.office), addresses=book))
    desk.open("/console/orders/of/P-1/move?order=ALM-1")
    desk.fill(from_day="2026-04-01", radius_m="60", address="clover 5", pressed=LOOK_UP)
    desk.fill(from_day="2026-04-01", pressed={"hit": values(desk)[0]})
    assert desk.form({"point"}).fields["from_day"] == "2026-04-01"
    desk.fill(radius_m="60")
    assert f"The address of “home” is now {FIVE}." in desk.text
    desk.open("/console/orders/of/P-1/move?order=ALM-1")
    desk.fill(from_day="2026-04-01", radius_m="60", point="43.1, 76.1")
    assert "“home” no longer has the address Old Road 1." in desk.text


def test_a_book_that_breaks_while_the_service_runs_is_said(
    desk: CaseworkBrowser, book: AddressBook
) -> None:
    serve(desk, book)
    os.truncate(book.path, 5_000)
    desk.fill(name="home", address="clover 5", pressed=LOOK_UP)
    assert desk.status == 200
    assert "The address book cannot be read now." in desk.text


def test_hits_beyond_the_map_of_the_programme_come_last(
    desk: CaseworkBrowser, tmp_path: Path
) -> None:
    near, far = ("Near", 43.2, 76.9), ("Afar", 10.0, 10.0)
    book = made_up.book(tmp_path, *(
        made_up.house(at, lat_deg, lon_deg, street="Long Road", housenumber="5", city=town)
        for at, (town, lat_deg, lon_deg) in enumerate((far, near), 1)
    ))  # fmt: skip
    basemap = Basemap(-1, 0, "v", MapSource.OTHER, "", (76.0, 43.0, 77.0, 44.0))
    serve(desk, book, basemap=basemap)
    desk.fill(address="long road 5", pressed=LOOK_UP)
    assert [value.rpartition(" ")[2] for value in values(desk)] == ["Near", "Afar"]


def test_neither_the_address_nor_what_was_searched_for_can_be_read_on_the_disk(
    desk: CaseworkBrowser, book: AddressBook, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    serve(desk, book)
    desk.fill(name="home", address="eglise prevert", pressed=LOOK_UP)
    desk.fill(name="home", radius_m="60", address=FIVE, point=AT)
    assert f"Address: {FIVE}." in desk.text
    disk_bytes = b"".join(
        path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.parent.name != "book"
    )
    assert len(disk_bytes) > 10_000
    for words in ("Clover", "eglise", "prevert"):
        assert words.encode() not in disk_bytes
        assert words not in caplog.text
