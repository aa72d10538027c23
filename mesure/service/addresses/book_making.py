"""Making an address book: addresses in, one SQLite file out, whole or not at all.

An address of which the map does not say the town gets the nearest one beside it, so that two houses
of one street name can be told apart; it is not made a part of the address.
"""

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
from mesure.service.addresses.address_extracts import WHY, ExtractedAddress, Settlement
from mesure.web import address_book

AT_ONCE: Final = 10_000
_BLOCK: Final = 1 << 20
_TABLES: Final = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE address (
    id INTEGER PRIMARY KEY, street TEXT NOT NULL, number TEXT NOT NULL, postcode TEXT NOT NULL,
    town TEXT NOT NULL, near TEXT NOT NULL DEFAULT '', lat_deg REAL NOT NULL, lon_deg REAL NOT NULL
);
CREATE VIRTUAL TABLE word USING fts5(
    words, content = '', columnsize = 0, detail = none, tokenize = 'ascii', prefix = '2 3'
);
"""
_BATCH: Final = (
    "SELECT id, street, number, postcode, town, lat_deg, lon_deg FROM address "
    "WHERE id > ? ORDER BY id LIMIT ?"
)

ProgressCallback = Callable[[str], None]  # Is told how far it is.


class BookResult(NamedTuple):
    """What was made."""

    addresses: int
    size_bytes: int


def make(
    entries: Iterable[ExtractedAddress | Settlement],
    out: Path,
    credit: str,
    report_progress: ProgressCallback,
) -> BookResult:
    """Make a book and put it in its place; raises where there is no address to put into it."""
    file_writing.refuse_impossible(out)
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".mesure.") as folder:
            path = Path(folder) / "addresses.db"
            with closing(sqlite3.connect(path)) as book:
                book.execute("PRAGMA journal_mode = OFF")
                book.execute("PRAGMA synchronous = OFF")
                book.executescript(_TABLES)
                settlements = _take(entries, book, report_progress)
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
    entries: Iterable[ExtractedAddress | Settlement],
    book: sqlite3.Connection,
    report_progress: ProgressCallback,
) -> list[Settlement]:
    """Keep addresses as they come, and return the towns."""
    settlements: list[Settlement] = []
    left, count = iter(entries), 0
    while batch := list(islice(left, AT_ONCE)):
        addresses = [one for one in batch if isinstance(one, ExtractedAddress)]
        settlements += [one for one in batch if isinstance(one, Settlement)]
        book.executemany(
            "INSERT INTO address (street, number, postcode, town, lat_deg, lon_deg) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            addresses,
        )
        count += len(addresses)
        report_progress(f"reading: {count:,} addresses")
    return settlements


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
