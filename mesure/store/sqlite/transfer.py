"""Handing a whole store on, and taking one in, in SQLite."""

from collections.abc import Iterable, Iterator

from mesure.store.sqlite.connection import Asking, marks
from mesure.store.values import tables
from mesure.store.values.faults import ConflictError
from mesure.store.values.tables import ALREADY_THERE, Row


class SqliteTransferReading(Asking):
    """What is read of everything."""

    def rows(
        self, table: str, person: str | None = None, *, numbered: bool = False
    ) -> Iterator[Row]:
        """Yield every row of a table, sorted by what tells rows apart."""
        names = ", ".join(tables.columns(table, numbered=numbered))
        which = "" if person is None else f"WHERE {tables.ABOUT[table].format(who=':who')} "
        found = self._connection.execute(
            f"SELECT {names} FROM {table} {which}ORDER BY {tables.order(table)}", {"who": person}
        )
        return (tables.told(table, row) for row in found)


class SqliteTransferWork(SqliteTransferReading):
    """What is taken in."""

    def fill(
        self, table: str, rows: Iterable[Row], *, more: bool = False, numbered: bool = False
    ) -> int:
        """Keep rows of a table as they are, and return how many; the table must be empty."""
        if table in ALREADY_THERE:
            self._put(f"DELETE FROM {table}")
        if not more and self._one(f"SELECT 1 FROM {table} LIMIT 1"):
            raise ConflictError(f"There is something in {table} already; nothing was taken in.")
        names = tables.columns(table, numbered=numbered)
        into = f"INSERT INTO {table} ({', '.join(names)}) VALUES {marks(len(names))}"
        count = 0
        for row in rows:
            count += self._put(into, *row)
        return count
