"""Connection to SQLite with a transaction open on it, and how it runs statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from operator import itemgetter
from sqlite3 import Connection, Cursor
from typing import Any

import msgspec

from mesure.store.sql.composing import SQLITE, Each, Statement
from mesure.store.sql.connection import StatementRunner

_encode = msgspec.json.Encoder().encode


class SqliteRunner(StatementRunner):
    """One moment of the database, within the transaction that is open on the connection.

    A statement is quick here and the commit is what costs, so one row at a time is asked for.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _ask(self, statement: Statement, **values: object) -> Cursor:
        text, names, lists = SQLITE[statement]
        for name in lists:  # As one text, which `json_each` takes apart.
            values[name] = _encode(values[name]).decode()
        return self._connection.execute(text, [values[name] for name in names])

    def _ask_ahead(self, statement: Statement, **values: object) -> list[Any]:
        return self._all(statement, **values)  # What is open could not be taken back.

    def _ask_for_each(
        self, each: Each, rows: Iterable[Sequence[Any]], **values: object
    ) -> list[Any]:
        text, rows = _for_one(each, rows, values)
        answer: list[Any] = []
        for row in rows:
            answer += self._connection.execute(text, row)
        return answer

    def _put_each(self, each: Each, rows: Iterable[Sequence[Any]]) -> int:
        text, rows = _for_one(each, rows, {})
        return self._connection.executemany(text, rows).rowcount

    def _streamed(self, statement: Statement, **values: object) -> Iterator[Any]:
        return iter(self._ask(statement, **values))

    def _together(self) -> AbstractContextManager[object]:
        return nullcontext()


def _for_one(
    each: Each, rows: Iterable[Sequence[Any]], values: Mapping[str, object]
) -> tuple[str, Iterable[Sequence[Any]]]:
    """Return the text for one row, and rows with their values as it has them."""
    text, names, _ = SQLITE[each.for_one]
    if values:
        more = tuple(values.values())
        rows = ((*row, *more) for row in rows)
    there = (*each.names, *values)
    if names == there:
        return text, rows
    assert {*names} == {*there}, "each value is in the statement"
    return text, map(itemgetter(*map(there.index, names)), rows)
