"""Channel between services that use one database: what one sends, all others receive.

It carries what may be lost (`NOTIFY`): nothing of it is stored, and a node that was not connected
when something was said never hears it. Nothing in it may say anything about anybody.
"""

from collections.abc import Iterable

from psycopg import Connection

from mesure.store.postgres import store as postgres
from mesure.store.postgres.operation.own_connection import OwnConnection


class PostgresChannel:
    """One service's end of a channel; it connects, also anew, when it is used."""

    def __init__(self, dsn: str, name: str) -> None:
        """`name`: one word in small letters."""
        self._dsn, self._name = dsn, name
        self._connection = OwnConnection(dsn, self._listen)

    def exchange(self, payloads: Iterable[str]) -> list[str]:
        """Say something to all others, and return what they said since the last time."""
        with postgres.translate_faults(self._dsn):
            connection = self._connection.open()
            for payload in payloads:
                connection.execute("SELECT pg_notify(%s, %s)", (self._name, payload))
            connection.execute("SELECT")  # With the answer comes what was said until then.
            own = connection.info.backend_pid
            return [one.payload for one in connection.notifies(timeout=0) if one.pid != own]

    def close(self) -> None:
        """Receive nothing more."""
        self._connection.close()

    def _listen(self, connection: Connection) -> None:
        # Nobody waits for the disk on account of what may be lost.
        connection.execute("SET synchronous_commit = off")
        connection.execute(f"LISTEN {self._name}")
