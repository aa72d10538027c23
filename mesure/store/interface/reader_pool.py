"""Reader pool: connections that wait for the next reader; a closed one lends and keeps none."""

import threading
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from mesure.store.values.faults import UnavailableError

READERS_MAX: Final = 8  # That wait; there may be more readers.


class Closable(Protocol):
    """A connection."""

    def close(self) -> None:
        """Let go of it."""


C = TypeVar("C", bound=Closable)


class ReaderPool(Generic[C]):
    """Connections of a store for reading, from as many threads as like."""

    def __init__(self, connect: Callable[[], C]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._is_closed = False
        self.waiting: list[C] = []

    def take(self) -> C:
        """Return a connection that waited, or else a new one; refuse where the store is closed."""
        with self._lock:
            if self._is_closed:
                raise UnavailableError("The store is closed; nothing more is read.")
            if self.waiting:
                return self.waiting.pop()
        return self._connect()

    def give_back(self, connection: C) -> None:
        """Keep a connection for the next reader, unless there are enough or the store is closed."""
        with self._lock:
            if not self._is_closed and len(self.waiting) < READERS_MAX:
                self.waiting.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Let go of what waits, and of what is given back later."""
        with self._lock:
            self._is_closed = True
            waiting, self.waiting = self.waiting, []
        for connection in waiting:
            connection.close()
