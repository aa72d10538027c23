"""An address book is made of an extract by one command, whole or not at all."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mesure.cli import door
from mesure.machine.file_writing import FileWriteError
from mesure.machine.service_error import ServiceError
from mesure.service.addresses import book_making
from mesure.service.addresses.address_extracts import ExtractedAddress
from mesure.web import address_book
from tests.service.addresses import made_up


def test_the_command_makes_a_book_and_says_how_many_addresses_it_has(tmp_path: Path) -> None:
    out = tmp_path / "addresses.db"
    arguments = ["addresses", str(made_up.extract(tmp_path)), "--out", str(out)]
    done = CliRunner().invoke(door.app, arguments)
    assert done.exit_code == 0, done.output
    assert f"{out}: {len(made_up.HOUSES)} addresses" in done.output
    assert "put it into the data folder as addresses.db" in done.output
    assert address_book.open_book(out).count == len(made_up.HOUSES)


def test_an_extract_without_addresses_is_refused_and_leaves_the_old_book(tmp_path: Path) -> None:
    old = made_up.book(tmp_path)
    with pytest.raises(ServiceError, match="there is no address on it"):
        made_up.book(tmp_path, made_up.node(1, 43.0, 76.0, place="town", name="Empty"))
    assert address_book.open_book(old.path).count == len(made_up.HOUSES)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["addresses.db", "town.osm"]


def test_where_no_file_can_be_it_is_said_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(FileWriteError, match="there is no folder"):
        book_making.make(iter(()), tmp_path / "none" / "a.db", "", lambda _: None)


def test_the_nearest_village_stands_beside_a_house_that_names_no_town(tmp_path: Path) -> None:
    book = made_up.book(tmp_path)
    [farm] = address_book.search(book, "lone farm 1", None)
    assert (farm.address, farm.near) == ("Lone Farm 1", "Nearby")
    assert [hit.address for hit in address_book.search(book, "1 nearby", None)] == ["Lone Farm 1"]
    [church] = address_book.search(book, "eglise 3", None)
    assert (church.town, church.near) == ("Prévert", "")


def test_more_than_one_batch_is_one_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_making, "AT_ONCE", 3)
    progress: list[str] = []
    houses = [ExtractedAddress("Long Road", str(one), "", "", 43.0, 76.0) for one in range(1, 9)]
    book_making.make(houses, tmp_path / "a.db", "", progress.append)
    book = address_book.open_book(tmp_path / "a.db")
    assert book.count == 8
    assert [hit.number for hit in address_book.search(book, "long road 8", None)] == ["8"]
    assert "reading: 8 addresses" in progress
    assert "sorting words: 8 addresses" in progress
