"""Transactions of SQLite: reading and writing by `sql`, and what it does in its own way."""

from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from mesure.store.commitments.row_digests import RowBinder
from mesure.store.sql.composing import SQLITE, into
from mesure.store.sql.layout import TABLES
from mesure.store.sql.reading import ReadTransaction
from mesure.store.sql.writing import WriteTransaction
from mesure.store.sqlite.connection import SqliteRunner
from mesure.store.values.tables import Row
from mesure.store.writing.audit_append import Salts


class SqliteReadTransaction(SqliteRunner, ReadTransaction):
    """One moment of the database, within the transaction that is open on the connection."""


class SqliteWriteTransaction(SqliteRunner, WriteTransaction):
    """A change, within the transaction that is open on the connection."""

    def __init__(self, connection: Connection, salts: Salts) -> None:
        super().__init__(connection)
        self._salts = salts
        self._binder = RowBinder(salts)

    def touch(self) -> None:
        """Have the disk written, though nothing is changed: can it be, just now?

        Setting a number of the file to what it is writes its first page.
        """
        [number] = self._connection.execute("PRAGMA user_version").fetchone()
        self._connection.execute(f"PRAGMA user_version = {number}")

    def _fill(self, table: str, names: Sequence[str], rows: Iterable[Row]) -> int:
        text = SQLITE[into(TABLES[table], ", ".join(names))].text
        return self._connection.executemany(text, rows).rowcount
