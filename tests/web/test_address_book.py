"""An address is found however it is typed, and nothing that is typed is taken for a command."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.service.addresses import book_making
from mesure.service.addresses.address_extracts import ExtractedAddress
from mesure.web import address_book
from mesure.web.address_book import HITS_MAX, AddressBook, AddressBookError
from tests.service.addresses import made_up

FIVE = "Clover Avenue 5, AB1 2CD Hillford"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> AddressBook:
    return made_up.book(tmp_path_factory.mktemp("book"))


def search_addresses(book: AddressBook, text: str) -> list[str]:
    return [hit.address for hit in address_book.search(book, text, None)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Clover Avenue 5", FIVE),
        ("5 Clover Avenue", FIVE),
        ("  CLOVER, ave 5 ", FIVE),
        ("5, clover avenue, hillford", FIVE),
        ("ab1 2cd", FIVE),
        ("AB12CD", FIVE),
        ("clover avenue 5/2", "Clover Avenue 5/2, AB1 2CD Hillford"),
        ("Көктөбе көшесі 12Б", "Көктөбе көшесі 12Б, 050010 Үлгі"),
        ("коктобе 12 б", "Көктөбе көшесі 12Б, 050010 Үлгі"),
        ("КӨКТӨБЕ 12", "Көктөбе көшесі 12Б, 050010 Үлгі"),
        ("050010", "Көктөбе көшесі 12Б, 050010 Үлгі"),
        ("елочная 7", "улица Ёлочная 7, 050011 Үлгі"),
        ("3 rue de l'eglise", "Rue de l’Église 3, Prévert"),
        ("RUE DE L’E\u0301GLISE", "Rue de l’Église 3, Prévert"),
    ],
)
def test_an_address_is_found_however_it_is_typed(book: AddressBook, text: str, first: str) -> None:
    assert search_addresses(book, text)[0] == first


def test_the_very_number_and_the_very_street_come_first(book: AddressBook) -> None:
    assert search_addresses(book, "clover avenue 5") == [
        FIVE, "Clover Avenue North 5, Hillford", "Clover Avenue 5/2, AB1 2CD Hillford",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "   ", '"', '""', "*", "-", "()", "NEAR(zz", "%", "'; DROP TABLE address; --", "\x00",
     "5555", "^", "street:", "{a b}", "a AND", "clover NOT avenue", "clover OR rue",
     "NEAR(clover avenue)", "🏠", "\ud800", "clover" * 2_000, "_", "🏠" * 500],
)  # fmt: skip
def test_nothing_typed_is_a_command_and_nothing_is_found_by_it(
    book: AddressBook, text: str
) -> None:
    assert search_addresses(book, text) == []


@given(st.text())
def test_whatever_is_typed_at_most_ten_hits_come_back(book: AddressBook, text: str) -> None:
    assert len(address_book.search(book, text, None)) <= HITS_MAX


def test_hits_outside_the_map_come_last(tmp_path: Path) -> None:
    far = [ExtractedAddress("Long Road", "5", "", "Aford", 10.0, 10.0)]
    near = [ExtractedAddress("Long Road", "5", "", "Zford", 43.0, 76.0)]
    book_making.make(far + near, tmp_path / "a.db", "", lambda _: None)
    book = address_book.open_book(tmp_path / "a.db")
    area = (75.0, 42.0, 77.0, 44.0)
    assert [hit.town for hit in address_book.search(book, "long road", None)] == ["Aford", "Zford"]
    assert [hit.town for hit in address_book.search(book, "long road", area)] == ["Zford", "Aford"]


def test_ten_hits_are_shown_by_number_and_each_house_once(tmp_path: Path) -> None:
    houses = [ExtractedAddress("Long Road", str(number), "", "", 43.0, 76.0 + number / 100)
              for number in (*range(30, 0, -1), *range(30, 0, -1))]  # fmt: skip
    book_making.make(houses, tmp_path / "a.db", "", lambda _: None)
    hits = address_book.search(address_book.open_book(tmp_path / "a.db"), "long", None)
    assert [hit.number for hit in hits] == [str(one) for one in range(1, HITS_MAX + 1)]


def test_a_search_that_goes_on_too_long_is_ended(
    book: AddressBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_book, "OPCODES", 1)
    monkeypatch.setattr(address_book, "OPCODES_TIMES_MAX", 1)
    with pytest.raises(AddressBookError):
        address_book.search(book, "clover", None)


def test_a_book_that_is_gone_or_cut_short_is_an_error_of_its_own(tmp_path: Path) -> None:
    book = made_up.book(tmp_path)
    os.truncate(book.path, book.path.stat().st_size // 2)
    with pytest.raises(AddressBookError):
        address_book.search(book, "clover", None)
    book.path.unlink()
    with pytest.raises(AddressBookError):
        address_book.search(book, "clover", None)
    assert not book.path.exists()


def test_a_search_changes_nothing(book: AddressBook) -> None:
    before = book.path.read_bytes()
    address_book.search(book, "clover", None)
    assert book.path.read_bytes() == before
    assert [one.name for one in book.path.parent.iterdir() if "addresses" in one.name] == [
        "addresses.db"
    ]


def test_a_file_with_views_that_do_something_is_not_obeyed(tmp_path: Path) -> None:
    book = made_up.book(tmp_path)
    with closing(sqlite3.connect(book.path)) as database, database:
        database.execute("DROP TABLE about")
        database.execute("CREATE VIEW about AS SELECT load_extension('x') AS key, '' AS value")
    with pytest.raises(AddressBookError):
        address_book.open_book(book.path)
