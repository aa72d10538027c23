"""A connection to SQLite with a transaction open on it, and how it is asked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from sqlite3 import Connection
from typing import Any, Final

import msgspec

_encode = msgspec.json.Encoder().encode
# Of some persons, those who were not erased.
LIVING: Final = (
    "SELECT person.id FROM json_each(?) AS asked CROSS JOIN person ON person.id = asked.value "
    "WHERE erased_us IS NULL"
)


class Asking:
    """One moment of the database, within the transaction that is open on the connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _all(self, statement: str, *values: object) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    def _one(self, statement: str, *values: object) -> Any:  # noqa: ANN401
        return self._connection.execute(statement, values).fetchone()

    def _put(self, statement: str, *values: object) -> int:
        return self._connection.execute(statement, values).rowcount

    def _each(self, statement: str, found: Iterable[Sequence[object]]) -> int:
        return self._connection.executemany(statement, found).rowcount


def marks(count: int) -> str:
    """Return as many places for values, as a statement writes them.

    >>> marks(3)
    '(?, ?, ?)'
    """
    return f"({', '.join('?' * count)})"


def listed(found: Collection[object] | Mapping[str, int]) -> str:
    """Return values as one, which `json_each` takes apart: one statement for however many.

    >>> listed(["P-1", "Ә-2"])
    '["P-1","Ә-2"]'
    """
    return _encode(found).decode()
