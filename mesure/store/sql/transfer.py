"""Statements of export and import: a whole store read, and one taken in."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, delete, text

from mesure.store.sql.composing import at_most, rows_of
from mesure.store.sql.connection import StatementRunner
from mesure.store.sql.layout import TABLES
from mesure.store.values import tables
from mesure.store.values.faults import ConflictError
from mesure.store.values.tables import ALREADY_THERE, Row


@cache
def _rows(table: str, *, is_about: bool, numbered: bool) -> Select[Any]:
    """Return what asks for the rows of a table, sorted by what tells rows apart."""
    which = [text(f"({tables.ABOUT[table].format(who=':who')})")] if is_about else []
    names = ", ".join(tables.columns(table, numbered=numbered))
    order = tables.order(table).split(", ")
    return rows_of(TABLES[table], names).where(*which).order_by(*order)


class TransferReading(StatementRunner):
    """What is read of everything."""

    def rows(
        self, table: str, person: str | None = None, *, numbered: bool = False
    ) -> Iterator[Row]:
        """Yield every row of a table (`transfer.TABLES`), sorted by what tells rows apart.

        `person`: only what is about this person, of a table that has such (`transfer.ABOUT`).
        `numbered`: rows that are evidence come with their own number behind them.
        """
        statement = _rows(table, is_about=person is not None, numbered=numbered)
        answer = self._streamed(statement, who=person)
        return (tables.with_flags(table, row) for row in answer)


class TransferWork(TransferReading):
    """What is taken in."""

    def fill(
        self, table: str, rows: Iterable[Row], *, more: bool = False, numbered: bool = False
    ) -> int:
        """Keep rows of a table as they are, and return how many; the table must be empty.

        `more`: it need not be, for these follow others. `numbered`: rows that are evidence have
        their own number behind them.

        Nothing is checked but what the database itself checks: this is for what another store of
        the same schema gave, and for nothing else.
        """
        if table in ALREADY_THERE:
            self._put(delete(TABLES[table]))
        if not more and self._one(at_most(rows_of(TABLES[table], tables.order(table))), count=1):
            raise ConflictError(f"There is something in {table} already; nothing was taken in.")
        return self._fill(table, tables.columns(table, numbered=numbered), rows)

    @abstractmethod
    def _fill(self, table: str, names: Sequence[str], rows: Iterable[Row]) -> int:
        """Keep rows with these columns, and return how many, as is quickest for many."""
