"""Clock of the server: one time for all machines that use a database, whatever theirs say."""

from typing import Final

from psycopg import Connection

from mesure.store.postgres import store as postgres

_NOW_US: Final = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


class PostgresClock:
    """Asks the server what time it is; it connects, also anew, when it is asked."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Connection | None = None

    def now_us(self) -> int:
        """Return this instant in microseconds since 1970-01-01T00:00:00Z."""
        with postgres.translate_faults(self._dsn):
            row = self._connected().execute(_NOW_US).fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        """Ask no more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = postgres.connect(self._dsn)
            self._connection.autocommit = True
        return self._connection
