"""Clock of the server: one time for all machines that use a database, whatever theirs say."""

from typing import Final

from mesure.store.postgres import store as postgres
from mesure.store.postgres.operation.own_connection import OwnConnection

_NOW_US: Final = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


class PostgresClock:
    """Asks the server what time it is; it connects, also anew, when it is asked."""

    def __init__(self, dsn: str) -> None:
        self._dsn, self._connection = dsn, OwnConnection(dsn)

    def now_us(self) -> int:
        """Return this instant in microseconds since 1970-01-01T00:00:00Z."""
        with postgres.translate_faults(self._dsn):
            row = self._connection.open().execute(_NOW_US).fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        """Ask no more."""
        self._connection.close()
