"""Connection to PostgreSQL with a transaction open on it, and how it runs statements."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from typing import Any, Final

from psycopg import Connection, Cursor

from mesure.store.sql.composing import POSTGRES, Each, Statement
from mesure.store.sql.connection import StatementRunner

FETCHED: Final = 500  # Rows a round trip where there may be many.


class PostgresRunner(StatementRunner):
    """One moment of the database, within the transaction that is open on the connection.

    A round trip is what costs here, so rows go together in one statement, as arrays, and statements
    that do not wait for each other's answers are sent together. A row alone goes without arrays.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursors = count()

    def _ask(self, statement: Statement, **values: object) -> Cursor[Any]:
        text, names, _ = POSTGRES[statement]
        return self._connection.execute(text, [values[name] for name in names])

    def _ask_ahead(self, statement: Statement, **values: object) -> Cursor[Any]:
        return self._ask(statement, **values)

    def _ask_for_each(
        self, each: Each, rows: Iterable[Sequence[Any]], **values: object
    ) -> Iterable[Any]:
        return self._ask_all(each, rows, values) or ()

    def _put_each(self, each: Each, rows: Iterable[Sequence[Any]]) -> int:
        answer = self._ask_all(each, rows, {})
        return 0 if answer is None else answer.rowcount

    def _put_all(self, *parts: tuple[Each, Sequence[Sequence[Any]]]) -> None:
        *before, last = [_for_rows(each, rows, {}) for each, rows in parts if rows]
        within = ", ".join(f"part_{n} AS ({text})" for n, (text, _) in enumerate(before))
        text = f"WITH {within} {last[0]}" if within else last[0]
        self._connection.execute(text, [value for _, row in (*before, last) for value in row])

    def _ask_all(
        self, each: Each, rows: Iterable[Sequence[Any]], values: dict[str, object]
    ) -> Cursor[Any] | None:
        """Ask for all rows at once, if there are any."""
        rows = list(rows)
        return self._connection.execute(*_for_rows(each, rows, values)) if rows else None

    def _streamed(self, statement: Statement, **values: object) -> Iterator[Any]:
        text, names, _ = POSTGRES[statement]
        with self._connection.cursor(f"rows_{next(self._cursors)}") as cursor:
            cursor.itersize = FETCHED
            yield from cursor.execute(text, [values[name] for name in names])

    def _together(self) -> AbstractContextManager[object]:
        if self._connection.pgconn.pipeline_status:
            return nullcontext()  # Another within would wait for what was sent so far.
        return self._connection.pipeline()


def _for_rows(
    each: Each, rows: Sequence[Sequence[Any]], values: dict[str, object]
) -> tuple[str, list[object]]:
    """Return the text for these rows, of which there are some, and its values."""
    text, names, _ = POSTGRES[each.for_all if rows[1:] else each.for_one]
    columns = map(list, zip(*rows, strict=True)) if rows[1:] else rows[0]
    whole = dict(zip(each.names, columns, strict=True)) | values
    return text, [whole[name] for name in names]
