"""Lock server: what the nodes of a cluster ask for the lease, with the seconds of the simulation.

The lease is the product's own; its connection is not. A session that says nothing for as long as it
has set is ended, and its locks with it, as PostgreSQL does it. Over a real server the locks are
real, and the simulation decides nothing but when a session is ended.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final
from unittest import mock

from mesure_lab.whole.drawn.scenery import S
from mesure_lab.whole.simulated.clock_and_chance import SimulatedTime

NOWHERE: Final = "host=locks.example dbname=mesure"
MS_US: Final = 1_000
LONGEST_US: Final = 25 * S  # After this a session that said nothing has ended.
ENDS: Final = "SELECT set_config"
LETS_GO: Final = "SELECT pg_advisory_unlock_all"
LEASE: Final = (0x6D657375_7266,)
Lock = tuple[int, ...]


class LockServer:
    """The sessions of a server, and the locks that they have."""

    def __init__(self, time: SimulatedTime) -> None:
        self._time = time
        self._sessions: list[LockSession] = []

    @property
    def now_us(self) -> int:
        """Return what time it is."""
        return self._time.now_us

    def connect(self, _dsn: str) -> "LockSession":
        """Begin a session."""
        session = LockSession(self)
        self._sessions.append(session)
        return session

    def end_idle(self) -> None:
        """End each session that has said nothing for too long."""
        for session in self._sessions:
            if session.is_overdue:
                session.end()
        self._sessions = [one for one in self._sessions if not one.has_ended]

    def cut(self) -> None:
        """End the session that has the lease, which does not know of it."""
        for session in self._sessions:
            if LEASE in session.locks:
                session.end()

    def has_other(self, session: "LockSession", lock: Lock) -> bool:
        """Tell whether another session has a lock."""
        return any(lock in one.locks for one in self._sessions if one is not session)

    def members(self, first: int) -> Iterator[int]:
        """Yield the second number of each lock of some sessions that has this first one."""
        for session in self._sessions:
            yield from (lock[1] for lock in session.locks if len(lock) > 1 and lock[0] == first)


class LockSession:
    """A session; `real`: a connection that has the locks in earnest."""

    def __init__(self, server: LockServer, real: Any = None) -> None:  # noqa: ANN401
        self._server, self._real = server, real
        self.locks: set[Lock] = set()
        self.autocommit = False
        self.has_ended = False  # At the server.
        self.closed = False  # As far as this side knows.
        self._ends_after_us: int | None = None
        self._said_us = server.now_us

    @property
    def is_overdue(self) -> bool:
        """Tell whether it has said nothing for longer than it may."""
        limit_us = self._ends_after_us
        return limit_us is not None and self._server.now_us > self._said_us + limit_us

    def end(self) -> None:
        """Let go of every lock, whether their holders know or not."""
        self.has_ended = True
        self.locks.clear()
        if self._real is not None:
            self._real.execute(LETS_GO + "()")
            self._real.close()

    def close(self) -> None:
        """End it from this side."""
        self.closed = True
        if not self.has_ended:
            self.end()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> "LockAnswer":
        """Answer what a lease asks for."""
        import psycopg  # Only who asks for it has to have it.

        self._server.end_idle()
        if self.has_ended:
            self.closed = True
            raise psycopg.OperationalError("terminating connection due to idle-session timeout")
        self._said_us = self._server.now_us
        if statement.startswith(ENDS):
            self._ends_after_us = int(values[1]) * MS_US
            return LockAnswer(0)
        if self._real is not None:
            row = self._real.execute(statement, values)
            number = row.fetchone()[0] if row.description else 0
            if number and "try_advisory_lock" in statement:
                self.locks.add(tuple(values))
            return LockAnswer(number)
        return LockAnswer(self._answer(statement, *map(int, values)))

    def _answer(self, statement: str, *values: int) -> int:
        if "try_advisory_lock" in statement:
            is_free = not self._server.has_other(self, values)
            self.locks |= {values} if is_free else set()
            return is_free
        if "advisory_lock_shared" in statement:
            self.locks.add(values)
        elif statement.startswith(LETS_GO):
            self.locks.clear()
        elif "advisory_unlock" in statement:
            self.locks.discard(values)
        elif "count(" in statement:
            first, *others = values
            return sum(member not in others for member in self._server.members(first))
        return 0


class LockAnswer:
    """One number."""

    def __init__(self, number: int) -> None:
        self._number = number

    def fetchone(self) -> tuple[int]:
        """Return the row."""
        return (self._number,)


class RealLocks(LockServer):
    """The locks of a real server, whose sessions end by the simulated clock."""

    def connect(self, dsn: str) -> LockSession:
        """Begin a session there."""
        from mesure.store.postgres import store as postgres

        session = LockSession(self, postgres.connect(dsn))
        self._sessions.append(session)
        return session


class LeaseConnections:
    """What a lease knows of the store: how to connect, and what its faults mean."""

    def __init__(self, locks: LockServer) -> None:
        from mesure.store.postgres import store as postgres

        self.connect, self.translate_faults = locks.connect, postgres.translate_faults


@contextmanager
def simulate_locks(locks: LockServer) -> Iterator[None]:
    """Have leases ask this server while this lasts."""
    from mesure.store.postgres.operation import lease

    patched: AbstractContextManager[Any] = mock.patch.object(
        lease, "postgres", LeaseConnections(locks)
    )
    with patched:
        yield


class WaitingTime:
    """Seconds that pass while somebody waits, and at no other time."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def monotonic(self) -> float:
        """Return how long it was waited."""
        return self._now_s

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._now_s += seconds
