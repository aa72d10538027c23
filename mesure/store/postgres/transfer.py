"""Handing a whole store on, and taking one in, in PostgreSQL."""

from collections.abc import Iterable, Iterator
from typing import LiteralString

from psycopg import sql

from mesure.store.postgres.connection import Asking
from mesure.store.values import tables
from mesure.store.values.faults import ConflictError
from mesure.store.values.tables import ALREADY_THERE, Row


class PostgresTransferReading(Asking):
    """What is read of everything."""

    def rows(
        self, table: str, person: str | None = None, *, numbered: bool = False
    ) -> Iterator[Row]:
        """Yield every row of a table, sorted by what tells rows apart."""
        count, _ = tables.TABLES[table]
        names = tables.columns(table, numbered=numbered)
        columns = [sql.Identifier(name) for name in names]
        about: LiteralString = ""
        if person is not None:
            about = "WHERE " + tables.ABOUT[table].format(who="%(who)s")
        statement = sql.SQL("SELECT {} FROM {} {} ORDER BY {}").format(
            sql.SQL(", ").join(columns),
            sql.Identifier(table),
            sql.SQL(about),
            sql.SQL(", ").join(columns[:count]),
        )
        found = self._streamed(f"rows_of_{table}", statement, {"who": person})
        return (tables.told(table, row) for row in found)


class PostgresTransferWork(PostgresTransferReading):
    """What is taken in."""

    def fill(
        self, table: str, rows: Iterable[Row], *, more: bool = False, numbered: bool = False
    ) -> int:
        """Keep rows of a table as they are, and return how many; the table must be empty."""
        name = sql.Identifier(table)
        if table in ALREADY_THERE:
            self._connection.execute(sql.SQL("DELETE FROM {}").format(name))
        found = self._connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(name))
        if not more and found.fetchone():
            raise ConflictError(f"There is something in {table} already; nothing was taken in.")
        names = tables.columns(table, numbered=numbered)
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(name, columns)
        count = 0
        with self._connection.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        return count
