"""Transactions of PostgreSQL: reading and writing by `sql`, and what it does in its own way."""

from collections.abc import Iterable, Sequence

from psycopg import Connection, sql

from mesure.store.commitments.row_digests import RowBinder
from mesure.store.postgres.connection import PostgresRunner
from mesure.store.sql.reading import ReadTransaction
from mesure.store.sql.writing import WriteTransaction
from mesure.store.values.tables import Row
from mesure.store.writing.audit_append import Salts


class PostgresReadTransaction(PostgresRunner, ReadTransaction):
    """One moment of the database, within the transaction that is open on the connection."""


class PostgresWriteTransaction(PostgresRunner, WriteTransaction):
    """A change, within the transaction that is open on the connection."""

    def __init__(self, connection: Connection, salts: Salts) -> None:
        super().__init__(connection)
        self._salts = salts
        self._binder = RowBinder(salts)

    def touch(self) -> None:
        """Have the disk written, though nothing is changed: can it be, just now?"""
        self._connection.execute("SELECT pg_logical_emit_message(true, 'mesure', 'touch')")

    def _fill(self, table: str, names: Sequence[str], rows: Iterable[Row]) -> int:
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
        count = 0
        with self._connection.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        return count
