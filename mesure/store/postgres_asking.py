"""A connection to PostgreSQL with a transaction open on it, and how it is asked."""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Connection


class Asking:
    """One moment of the database, within the transaction that is open on the connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _all(self, statement: LiteralString, *values: object) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    def _one(self, statement: LiteralString, *values: object) -> Any:  # noqa: ANN401
        return self._connection.execute(statement, values).fetchone()

    def _put(self, statement: LiteralString, *values: object) -> int:
        return self._connection.execute(statement, values).rowcount


def columns(found: Sequence[Sequence[object]], count: int) -> list[list[object]]:
    """Return rows as columns, of which there are so many though there be no row."""
    return [[row[n] for row in found] for n in range(count)]
