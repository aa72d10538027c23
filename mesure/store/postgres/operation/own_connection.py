"""Own connection to PostgreSQL: opened when it is used, and anew where the server went away."""

from collections.abc import Callable

from psycopg import Connection

from mesure.store.postgres import store as postgres


class OwnConnection:
    """A connection of its own, on which each statement is a change by itself."""

    def __init__(self, dsn: str, begin: Callable[[Connection], None] = lambda _: None) -> None:
        """`begin`: what is run on it first, each time that it is opened."""
        self._dsn, self._begin = dsn, begin
        self._connection: Connection | None = None

    def open(self) -> Connection:
        """Return it, open."""
        if self._connection is None or self._connection.closed:
            self._connection = postgres.connect(self._dsn)
            self._connection.autocommit = True
            self._begin(self._connection)
        return self._connection

    def close(self) -> None:
        """Let go of it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
