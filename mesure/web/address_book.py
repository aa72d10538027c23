"""Address book: street and number to a point, from the operator's own extract of OpenStreetMap.

One SQLite file that `mesure addresses` makes. It is searched on this machine, so no other learns
whose address somebody looks for. Words are the same for the book and for a search: small letters,
without accents, Kazakh letters as their Russian neighbours, figures apart from letters. No sign of
a search language is left in them.
Decision: docs/decisions/0055-addresses-are-looked-up-on-this-machine.md
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

FORM: Final = "mesure addresses 2"  # What a file says it is; another form has another number.
FORM_BEFORE: Final = "mesure addresses 1"  # It has no numbers that were worked out.
HITS_MAX: Final = 10
QUERY_CHARS_MAX: Final = 100
WORDS_MAX: Final = 8
PREFIX_CHARS_MIN: Final = 2  # A single letter begins half of all words.
CANDIDATES_MAX: Final = 5_000  # Of which the nearest to what was typed are shown.
OPCODES: Final = 10_000  # How often to ask whether a search has gone on too long,
OPCODES_TIMES_MAX: Final = 5_000  # and how often at most.
SAME_DEG: Final = 3  # Digits of a degree, about 100 m: an entrance and its house are one hit.
_ROWS: Final = (
    "SELECT street, number, postcode, town, near, lat_deg, lon_deg, is_between FROM address"
)
_ROWS_BEFORE: Final = _ROWS.replace("is_between", "0")
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_NEIGHBOURS: Final = str.maketrans("әғқңөұүһі", "агкноуухи")

Box = tuple[float, float, float, float]  # West, south, east, north, in degrees.


class AddressBookError(Exception):
    """Why a file cannot be the address book, or be searched: `str` says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class AddressBook:
    """A file that was looked at when the service started."""

    path: Path
    count: int
    has_between: bool = True  # False: a book of the form before, which cannot tell.


class BookRow(NamedTuple):
    """One address as the book has it; what is not known is empty."""

    street: str
    number: str
    postcode: str
    town: str
    near: str  # The nearest town or village, where the map does not say in which the address is.
    lat_deg: float
    lon_deg: float
    is_between: bool = False  # Worked out between two houses: nobody has measured where it stands.

    @property
    def address(self) -> str:
        """Return it on one line.

        >>> BookRow("Clover Avenue", "5", "AB1 2CD", "Hillford", "", 0.0, 0.0).address
        'Clover Avenue 5, AB1 2CD Hillford'
        """
        house = f"{self.street} {self.number}".strip()
        town = f"{self.postcode} {self.town}".strip()
        return ", ".join(part for part in (house, town) if part)


def words(text: str) -> list[str]:
    """Return the words of a text as the book has them.

    >>> words("Көктөбе көшесі 12Б"), words("Élysée-5"), words('a" OR NEAR(*')
    (['коктобе', 'кошеси', '12', 'б'], ['elysee', '5'], ['a', 'or', 'near'])
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _WORD.findall(plain.translate(_NEIGHBOURS))


def open_book(path: Path) -> AddressBook:
    """Look at a book; raises `AddressBookError` for what is no book, `OSError` if unreadable."""
    with path.open("rb"):  # Says why, where SQLite only says that it could not.
        pass
    with _reading(path) as book:
        about = dict(book.execute("SELECT key, value FROM about"))
        if about.get("form") not in {FORM, FORM_BEFORE}:
            raise AddressBookError("it is no address book of this version")
        book.execute("SELECT rowid FROM word WHERE word MATCH '\"1\"' LIMIT 1").fetchall()
        return AddressBook(path, int(about.get("count", "0")), about["form"] == FORM)


def search(book: AddressBook, text: str, area: Box | None) -> list[BookRow]:
    """Return the addresses that have all words of a text, the best first; those outside last.

    Raises `AddressBookError` where the file can no longer be read, or is searched for too long.
    """
    query_words = words(text[:QUERY_CHARS_MAX])[:WORDS_MAX]
    if not query_words:
        return []
    rows = _ROWS if book.has_between else _ROWS_BEFORE
    which = "WHERE id IN (SELECT rowid FROM word WHERE word MATCH ? LIMIT ?)"
    with _reading(book.path) as database:
        matching = database.execute(f"{rows} {which}", (_match(query_words), CANDIDATES_MAX))
        hits = [BookRow(*row)._replace(is_between=bool(row[-1])) for row in matching]
    hits.sort(key=lambda hit: _order(hit, query_words, area))
    return list(_different(hits))[:HITS_MAX]


def _match(query_words: Sequence[str]) -> str:
    """Return what the index is asked; in quotes nothing but letters and figures is left."""
    return " ".join(
        f'"{word}"*' if word.isalpha() and len(word) >= PREFIX_CHARS_MIN else f'"{word}"'
        for word in query_words
    )


def _order(hit: BookRow, query_words: Sequence[str], area: Box | None) -> tuple[object, ...]:
    """Return what sorts hits: inside the area, the very number, the very street, then by name."""
    number = words(hit.number)
    return (
        not _is_inside(hit, area),
        -len(number) if _stands_in(number, query_words) else 0,
        not set(words(hit.street)) <= set(query_words),
        hit.is_between,
        hit.street.casefold(),
        int(number[0]) if number and number[0].isdecimal() else 0,
        hit.number,
        hit.town,
        hit.near,
        hit.lat_deg,
        hit.lon_deg,
    )


def _stands_in(number: Sequence[str], query_words: Sequence[str]) -> bool:
    """Tell whether a number was typed as it is: 5/2 is not the 5 of a house and a 2 elsewhere."""
    length = len(number)
    return any(
        query_words[at : at + length] == number for at in range(len(query_words) - length + 1)
    )


def _is_inside(hit: BookRow, area: Box | None) -> bool:
    if area is None:
        return True
    west, south, east, north = area
    return west <= hit.lon_deg <= east and south <= hit.lat_deg <= north


def _different(hits: Sequence[BookRow]) -> Iterator[BookRow]:
    seen: set[tuple[str, float, float]] = set()
    for hit in hits:
        key = hit.address.casefold(), round(hit.lat_deg, SAME_DEG), round(hit.lon_deg, SAME_DEG)
        if key not in seen:
            seen.add(key)
            yield hit


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a book to read; nothing in it is run or changed, and no search goes on for ever."""
    times = 0

    def has_gone_on() -> int:
        nonlocal times
        times += 1
        return int(times > OPCODES_TIMES_MAX)

    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as book:
            book.execute("PRAGMA trusted_schema = OFF")
            book.set_progress_handler(has_gone_on, OPCODES)
            yield book
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise AddressBookError("it is no address book, or it is damaged") from error
