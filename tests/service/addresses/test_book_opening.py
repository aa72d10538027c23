"""The service starts without an address book, and says so where one was named or is broken."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mesure.service.addresses import book_opening
from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.settings import Settings
from mesure.web import address_book
from mesure.web.address_book import AddressBook
from tests.service.addresses import made_up


def open_book(folder: Path, **named: object) -> tuple[AddressBook | None, list[str]]:
    messages: list[str] = []
    settings = Settings.model_validate(named)
    book = book_opening.open_addresses(
        settings, DataFolder(folder, folder / "keys"), messages.append
    )
    return book, messages


def test_the_book_in_the_data_folder_is_opened_unasked(tmp_path: Path) -> None:
    made_up.book(tmp_path)
    book, messages = open_book(tmp_path)
    assert book is not None
    assert (book.count, messages) == (len(made_up.HOUSES), [])


def test_without_one_nothing_is_said_but_where_a_setting_names_it(tmp_path: Path) -> None:
    assert open_book(tmp_path) == (None, [])
    path = tmp_path / "other.db"
    book, [sentence] = open_book(tmp_path, addresses=path)
    assert book is None
    assert sentence == (
        f"{path}: there is no such file; addresses are typed in full, and everything else runs; "
        "check the setting “addresses”."
    )


def test_a_folder_or_a_file_that_is_no_book_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "addresses.db").mkdir()
    [sentence] = open_book(tmp_path)[1]
    assert "is a directory" in sentence
    (tmp_path / "addresses.db").rmdir()
    (tmp_path / "addresses.db").write_bytes(b"no database" * 100)
    [sentence] = open_book(tmp_path)[1]
    assert "it is no address book, or it is damaged" in sentence
    assert "make it again: mesure addresses" in sentence


def test_a_book_of_the_form_before_is_searched_as_ever(tmp_path: Path) -> None:
    with closing(sqlite3.connect(made_up.book(tmp_path).path)) as database, database:
        database.execute("ALTER TABLE address DROP COLUMN is_between")
        database.execute("UPDATE about SET value = 'mesure addresses 1' WHERE key = 'form'")
    book, sentences = open_book(tmp_path)
    assert book is not None
    assert sentences == []
    assert [hit.is_between for hit in address_book.search(book, "lone farm", None)] == [False]


@pytest.mark.parametrize("form", ["mesure addresses 99", None])
def test_a_book_of_another_form_is_refused(tmp_path: Path, form: str | None) -> None:
    with closing(sqlite3.connect(made_up.book(tmp_path).path)) as database, database:
        database.execute("UPDATE about SET value = coalesce(?, '') WHERE key = 'form'", (form,))
    book, [sentence] = open_book(tmp_path)
    assert book is None
    assert "no address book of this version" in sentence
