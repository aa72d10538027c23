"""One service at a time in a database, and another one that stands by until that one is gone.

Both have the same keys. Whoever stands by listens nowhere, so that nobody is led to it, and begins
like any other service when its turn has come. An embedded store has a lock of its folder instead.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from mesure.runtime import stores, systemd
from mesure.runtime.service_error import ServiceError
from mesure.runtime.settings import Settings
from mesure.store.faults import UnavailableError

Say = Callable[[str], None]

TRIED_EVERY_S: Final = 0.5
# As long as the server may take to notice that the machine is gone which had the lease.
GONE_WITHIN_S: Final = 15.0


class Lease(Protocol):
    """What one service has at a time."""

    def take(self) -> bool:
        """Take it, or tell that another one has it."""
        ...

    def keep(self) -> bool:
        """Tell whether it is held still."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


@contextmanager
def leased(settings: Settings, say: Say) -> Iterator[Lease | None]:
    """Wait until no other service uses the database, and hold it; None: the store is embedded."""
    lease = stores.lease(settings)
    if lease is None:
        yield None
        return
    try:
        _wait(lease, settings, say)
        yield lease
    finally:
        lease.close()


def check(lease: Lease | None) -> None:
    """Refuse to go on where another service has taken the database."""
    try:
        is_held = lease is None or lease.keep()
    except UnavailableError:
        return  # The server is away; the store waits for it as well.
    if not is_held:
        what, why = "another service uses this database now", "two would only hinder each other"
        raise ServiceError("database_url", what, why, "let one of the two run")


def _wait(lease: Lease, settings: Settings, say: Say) -> None:
    until_s, has_said = time.monotonic() + GONE_WITHIN_S, False
    while not _taken(lease, settings):
        if not settings.standby and time.monotonic() > until_s:
            what, why = "another service uses this database", "nothing was started"
            raise ServiceError("database_url", what, why, "end that one, or set standby = true")
        if settings.standby and not has_said:
            say("Another service uses this database; this one stands by until that one is gone.")
            has_said = True
            systemd.tell("READY=1", "STATUS=standing by")
        systemd.tell("WATCHDOG=1")
        time.sleep(TRIED_EVERY_S)


def _taken(lease: Lease, settings: Settings) -> bool:
    try:
        return lease.take()
    except UnavailableError:
        if settings.standby:  # The database may be moving to another machine just now.
            return False
        raise
