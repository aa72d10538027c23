"""Service lease: a lock on a database that lives as long as the connection that took it.

A process that is killed releases it at once; a connection that is lost on the network is noticed by
the server within seconds. It keeps nothing safe: one change is made at a time anyway, and judges
are told apart by their epochs. It keeps two services from hindering each other, and lets one stand
by.
"""

from contextlib import suppress
from typing import Final

import psycopg
from psycopg import Connection

from mesure.store.postgres import store as postgres

_LOCK: Final = 0x6D657375_7266  # Beside that of changes.
# By what the server notices that a machine is gone which said no goodbye: within some ten seconds.
_KEPT_ALIVE: Final = (
    "SET tcp_keepalives_idle = 4",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)


class PostgresLease:
    """The lease of a database, while it is held."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the lease, or tell that another service has it."""
        if self._connection is None or self._connection.closed:
            self._connection = postgres.connect(self._dsn)
            self._connection.autocommit = True
            for statement in _KEPT_ALIVE:
                self._connection.execute(statement)
        row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
        return row is not None and bool(row[0])

    def keep(self) -> bool:
        """Tell whether the lease is held still; a server that was away is asked for it again."""
        try:
            if self._connection is None or self._connection.closed:
                return self.take()
            self._connection.execute("SELECT")
        except psycopg.OperationalError:
            self.close()  # Whoever uses the store notices, too, and waits; so does this.
        return True

    def close(self) -> None:
        """Let go of the lease."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._connection.close()
            self._connection = None
