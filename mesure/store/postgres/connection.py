"""A connection to PostgreSQL with a transaction open on it, and how it is asked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, LiteralString

from psycopg import Connection, sql

FETCHED: Final = 500  # Rows a round trip where there may be many.


class Asking:
    """One moment of the database, within the transaction that is open on the connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _all(self, statement: LiteralString, *values: object) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    def _one(self, statement: LiteralString, *values: object) -> Any:  # noqa: ANN401
        return self._connection.execute(statement, values).fetchone()

    def _streamed(
        self,
        name: str,
        statement: LiteralString | sql.Composed,
        values: Sequence[object] | Mapping[str, object] | None = None,
    ) -> Iterator[Any]:
        """Yield rows as they come, under the name of a cursor that nobody else has open."""
        with self._connection.cursor(name) as cursor:
            cursor.itersize = FETCHED
            yield from cursor.execute(statement, values)

    def _put(self, statement: LiteralString, *values: object) -> int:
        return self._connection.execute(statement, values).rowcount


def columns(found: Sequence[Sequence[object]], count: int) -> list[list[object]]:
    """Return rows as columns, of which there are so many though there be no row."""
    return [[row[n] for row in found] for n in range(count)]
