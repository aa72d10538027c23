"""Failover: one service at a time in a database; another stands by until that one is gone.

Both have the same keys. Whoever stands by listens nowhere, so that nobody is led to it, and begins
like any other service when its turn has come. An embedded store has a lock of its folder instead.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from mesure.machine.service_error import TransientServiceError
from mesure.service.installation import stores
from mesure.service.installation.settings import Settings
from mesure.service.serve import store_retry, systemd
from mesure.store.values.faults import UnavailableError

Say = Callable[[str], None]

TRIED_EVERY_S: Final = 0.5
# As long as the server may take to notice that the machine is gone which had the lease.
GONE_WITHIN_S: Final = 15.0

_STANDS_BY: Final = "Another service uses this database; this one stands by until that one is gone."
_WAITS: Final = (
    "Another service uses this database, and two would only hinder each other; this one waits "
    "until that one is gone. End one of the two."
)


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
def hold_lease(settings: Settings, say: Say) -> Iterator[Lease | None]:
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
        raise TransientServiceError("database_url", what, why, "let one of the two run")


def _wait(lease: Lease, settings: Settings, say: Say) -> None:
    say_at_s = time.monotonic() + (0.0 if settings.standby else GONE_WITHIN_S)
    has_said = False
    while not store_retry.until_there(lease.take, say):
        if not has_said and time.monotonic() >= say_at_s:
            has_said = True
            say(_STANDS_BY if settings.standby else _WAITS)
            if settings.standby:
                systemd.tell("READY=1")
        store_retry.notify_waiting("STATUS=standing by")
        time.sleep(TRIED_EVERY_S)
