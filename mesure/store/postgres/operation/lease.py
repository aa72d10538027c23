"""Locks of services on a database, which live as long as the connection that took them.

One service at a time has the lease: its holder judges, and does what must be done once. A process
that is killed releases it at once; a connection that is lost on the network is noticed by the
server within seconds, and so is a process that hangs: a holder that has begun to keep the lease and
then says nothing for a while loses it. It protects no data: one change is made at a time anyway,
and judges are distinguished by their epochs. It keeps two services from hindering each other.

Each service also has a membership, under the version of its program: by these the services that use
a database know of each other, and how many they are.
"""

from contextlib import suppress
from typing import Final, LiteralString
from zlib import crc32

import psycopg
from psycopg import Connection

from mesure.store.postgres import store as postgres

LEADING: Final = 0x6D657375_7266  # Beside that of changes.
JUDGING: Final = 0x6D657375_7268  # Its holder has the executors of a cluster judge.
_BEGINNING: Final = 0x6D657375_7267  # Its holder makes or migrates tables and keys.
_MEMBERS: Final = 0x6D657375  # The first of two numbers; the second says which version.
_STANDING: Final = "idle_session_timeout"
STANDING_MS: Final = 20_000  # `keep` is asked for each second or more often.
# By these the server notices within some ten seconds that a machine left without a goodbye.
_KEPT_ALIVE: Final = (
    "SET tcp_keepalives_idle = 4",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)
_OF_THIS: Final = (
    " FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = %s AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_TAKEN: Final = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted "
    "AND classid = %s AND objid = %s "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class PostgresLease:
    """The locks of one service; `version` is that of its program, `lock` what it has at a time."""

    def __init__(self, dsn: str, version: str = "", lock: int = LEADING) -> None:
        self._lock = lock
        self._dsn, self._version = dsn, crc32(version.encode()) & 0x7FFF_FFFF
        self._connection: Connection | None = None
        self._is_member = self._is_held = False

    def take(self) -> bool:
        """Take the lease, or tell that another service has it."""
        self._is_held = self._try(self._lock)
        return self._is_held

    def keep(self) -> bool:
        """Tell whether the lease is still held; a server that was away is asked for it again."""
        try:
            is_held = self._is_held and self._connection is not None and not self._connection.closed
            if not is_held and not self.take():
                return False
            # Not with `take`: its first holder may have tables to migrate.
            self._connected().execute(
                "SELECT set_config(%s, %s, false)", (_STANDING, f"{STANDING_MS}")
            )
        except psycopg.OperationalError:
            self._disconnect()  # Users of the store notice, too, and wait; so does this.
        return True

    def is_taken(self) -> bool:
        """Tell whether anybody has the lease now."""
        return self._run(_TAKEN, self._lock >> 32, self._lock & 0xFFFF_FFFF) > 0

    def join(self) -> None:
        """Be a member from now on, until it is closed; a connection that is lost joins again."""
        self._is_member = True
        self._run(*self._joining)

    def resign(self) -> None:
        """Let another have the lease; whatever is done next is done by a new connection."""
        self._disconnect()

    def begin(self) -> bool:
        """Take the turn to begin, while no other service does; False: another is beginning."""
        return self._try(_BEGINNING)

    def end_beginning(self) -> None:
        """Let the next one begin; a lock that was lost with its connection was let go of."""
        self._run("SELECT pg_advisory_unlock(%s)::int", _BEGINNING)

    def count_members(self) -> int:
        """Return how many services use the database, this one among them."""
        return self._run("SELECT count(DISTINCT pid)" + _OF_THIS, _MEMBERS)

    def has_other_version(self) -> bool:
        """Tell whether a service of another version uses the database."""
        statement = "SELECT count(*)" + _OF_THIS + " AND objid <> %s"
        return self._run(statement, _MEMBERS, self._version) > 0

    def close(self) -> None:
        """Let go of everything."""
        self._is_member = False
        self._disconnect()

    def _disconnect(self) -> None:
        self._is_held = False
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._connection.close()
            self._connection = None

    def _try(self, lock: int) -> bool:
        return bool(self._run("SELECT pg_try_advisory_lock(%s)::int", lock))

    def _run(self, statement: LiteralString, *values: int) -> int:
        with postgres.translate_faults(self._dsn):
            row = self._connected().execute(statement, values).fetchone()
        assert row is not None
        return int(row[0])

    @property
    def _joining(self) -> tuple[LiteralString, int, int]:
        return "SELECT pg_advisory_lock_shared(%s, %s)::text = ''", _MEMBERS, self._version

    def _connected(self) -> Connection:
        """Return the connection; a new one is a member again."""
        if self._connection is None or self._connection.closed:
            self._is_held = False
            self._connection = postgres.connect(self._dsn)
            self._connection.autocommit = True
            for statement in _KEPT_ALIVE:
                self._connection.execute(statement)
            if self._is_member:
                statement, *values = self._joining
                self._connection.execute(statement, values)
        return self._connection
