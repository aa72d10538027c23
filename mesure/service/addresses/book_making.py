"""Making an address book: addresses in, one SQLite file out, whole or not at all.

An address without a town on the map gets the nearest town beside it, so that two houses of one
street name can be told apart; it is not made a part of the address. Numbers between two houses are
worked out when all houses are known, and from the disk: a country has millions of them. A house
that the map has itself goes before the same number worked out near it.
"""

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import shapely

from mesure.geo.fixes import F64
from mesure.machine import file_writing
from mesure.machine.file_writing import FileWriteError
from mesure.machine.service_error import ServiceError
from mesure.service.addresses import between_houses
from mesure.service.addresses.address_extracts import (
    WHY,
    Entry,
    ExtractedAddress,
    NumberedLine,
    NumberedNode,
    Settlement,
)
from mesure.web import address_book

AT_ONCE: Final = 10_000
_BLOCK: Final = 1 << 20
_TABLES: Final = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE address (
    id INTEGER PRIMARY KEY, street TEXT NOT NULL, number TEXT NOT NULL, postcode TEXT NOT NULL,
    town TEXT NOT NULL, near TEXT NOT NULL DEFAULT '', lat_deg REAL NOT NULL,
    lon_deg REAL NOT NULL, is_between INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE work.numbered (
    node INTEGER PRIMARY KEY, street TEXT NOT NULL, number TEXT NOT NULL, postcode TEXT NOT NULL,
    town TEXT NOT NULL
);
CREATE TABLE work.line (id INTEGER PRIMARY KEY, points TEXT NOT NULL);
CREATE VIRTUAL TABLE word USING fts5(
    words, content = '', columnsize = 0, detail = none, tokenize = 'ascii', prefix = '2 3'
);
"""
_ADD: Final = (
    "INSERT INTO address (street, number, postcode, town, lat_deg, lon_deg, is_between) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
# About a kilometre: a street of the same name in the next village is another.
_MAPPED_ITSELF: Final = """
DELETE FROM address WHERE is_between AND EXISTS (
    SELECT 1 FROM address AS house WHERE house.street = address.street
    AND house.number = address.number AND NOT house.is_between
    AND abs(house.lat_deg - address.lat_deg) < 0.01
    AND abs(house.lon_deg - address.lon_deg) < 0.02
)
"""
_BATCH: Final = (
    "SELECT id, street, number, postcode, town, lat_deg, lon_deg FROM address "
    "WHERE id > ? ORDER BY id LIMIT ?"
)

ProgressCallback = Callable[[str], None]  # Receives how far it is.


class BookResult(NamedTuple):
    """What was made."""

    addresses: int
    size_bytes: int


def make(
    entries: Iterable[Entry], out: Path, credit: str, report_progress: ProgressCallback
) -> BookResult:
    """Make a book and put it in its place; raises where there is no address to put into it."""
    file_writing.refuse_impossible(out)
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".mesure.") as folder:
            path = Path(folder) / "addresses.db"
            with closing(sqlite3.connect(path)) as book:
                book.execute("PRAGMA journal_mode = OFF")
                book.execute("PRAGMA synchronous = OFF")
                # Beside the book: what the system has for temporary files may be memory.
                book.execute("ATTACH ? AS work", (str(Path(folder) / "work.db"),))
                book.execute("PRAGMA work.journal_mode = OFF")
                book.executescript(_TABLES)
                settlements = _take(entries, book, report_progress)
                _work_out_between(book, report_progress)
                count = _index(book, settlements, report_progress)
                if count == 0:
                    what, remedy = "there is no address on it", "give an extract with house numbers"
                    raise ServiceError(out, what, WHY, remedy)
                about = {"form": address_book.FORM, "count": str(count), "credit": credit}
                book.executemany("INSERT INTO about VALUES (?, ?)", about.items())
                book.commit()
            report_progress("writing the file")
            with path.open("rb") as file:
                file_writing.write(out, iter(lambda: file.read(_BLOCK), b""))
            return BookResult(count, path.stat().st_size)
    except (OSError, sqlite3.Error) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise FileWriteError(str(out), what.lower()) from None


def _take(
    entries: Iterable[Entry], book: sqlite3.Connection, report_progress: ProgressCallback
) -> list[Settlement]:
    """Keep addresses as they come, and return the towns."""
    settlements: list[Settlement] = []
    left, count = iter(entries), 0
    while batch := list(islice(left, AT_ONCE)):
        addresses = [(*one, 0) for one in batch if isinstance(one, ExtractedAddress)]
        settlements += [one for one in batch if isinstance(one, Settlement)]
        book.executemany(_ADD, addresses)
        book.executemany(
            "INSERT OR REPLACE INTO numbered VALUES (?, ?, ?, ?, ?)",
            [one for one in batch if isinstance(one, NumberedNode)],
        )
        book.executemany(
            "INSERT INTO line (points) VALUES (?)",
            [(json.dumps(one),) for one in batch if isinstance(one, NumberedLine)],
        )
        count += len(addresses)
        report_progress(f"reading: {count:,} addresses")
    return settlements


def _work_out_between(book: sqlite3.Connection, report_progress: ProgressCallback) -> None:
    """Add the numbers between houses; one line at a time is in memory."""
    count = 0
    for (points,) in book.execute("SELECT points FROM line ORDER BY id"):
        line = NumberedLine(*json.loads(points))
        found = (_house(book, node) for node in line.nodes)
        houses = {house.node: house for house in found if house is not None}
        placed = [(*one, 0) for one in between_houses.place_houses(line, houses)]
        placed += [(*one, 1) for one in between_houses.place_numbers(line, houses)]
        book.executemany(_ADD, placed)
        count += len(placed)
    if count:
        book.execute("CREATE INDEX by_house ON address (street, number)")
        book.execute(_MAPPED_ITSELF)
        book.execute("DROP INDEX by_house")
        report_progress(f"worked out between others: {count:,} addresses")


def _house(book: sqlite3.Connection, node: int) -> NumberedNode | None:
    row = book.execute("SELECT * FROM numbered WHERE node = ?", (node,)).fetchone()
    return None if row is None else NumberedNode(*row)


# --- Words -------------------------------------------------------------------------------------


def _index(
    book: sqlite3.Connection, settlements: Sequence[Settlement], report_progress: ProgressCallback
) -> int:
    """Enter the words of every address; return how many addresses there are."""
    towns = _Towns(settlements)
    count = last = 0
    while rows := book.execute(_BATCH, (last, AT_ONCE)).fetchall():
        near = towns.nearest([row[4:] for row in rows])
        book.executemany(
            "UPDATE address SET near = ? WHERE id = ?",
            [(name, row[0]) for row, name in zip(rows, near, strict=True) if name],
        )
        book.executemany("INSERT INTO word (rowid, words) VALUES (?, ?)", _words_of(rows, near))
        count, last = count + len(rows), rows[-1][0]
        report_progress(f"sorting words: {count:,} addresses")
    book.execute("INSERT INTO word (word) VALUES ('optimize')")
    return count


def _words_of(rows: Sequence[tuple[Any, ...]], near: Sequence[str]) -> Iterator[tuple[int, str]]:
    for (number, *parts), name in zip(rows, near, strict=True):
        postcode = parts[2].replace(" ", "")  # Many type it without its gap.
        said = " ".join((*parts[:4], name, postcode))
        yield number, " ".join(address_book.words(said))


class _Towns:
    """Towns and villages, to look for the nearest."""

    def __init__(self, settlements: Sequence[Settlement]) -> None:
        self._names = [one.name for one in settlements]
        points = np.array([one[1:] for one in settlements], np.float64).reshape(-1, 2)
        # One scale for the whole extract: which is nearest hardly changes by it.
        self._east = float(np.cos(np.radians(points[:, 0].mean()))) if len(points) else 1.0
        self._tree = shapely.STRtree(self._points(points))

    def _points(self, lat_lon_deg: F64) -> Any:  # noqa: ANN401  A column of points.
        placed: Any = shapely.points(lat_lon_deg[:, 1] * self._east, lat_lon_deg[:, 0])
        return placed

    def nearest(self, places: Sequence[tuple[str, float, float]]) -> list[str]:
        """Return the name of the nearest for each that names no town itself."""
        if not self._names:
            return [""] * len(places)
        points = np.array([place[1:] for place in places], np.float64)
        at = self._tree.nearest(self._points(points))
        return [
            "" if town else self._names[number]
            for (town, *_), number in zip(places, at.tolist(), strict=True)
        ]
