"""Failover: one service at a time leads in a database; another stands by until that one is gone.

Both have the same keys. The standby listens nowhere, so nobody is led to it, and begins like any
other service when its turn has come. A node of a cluster does not wait: it serves beside the one
that leads (`cluster.leadership`). An embedded store has a lock of its folder instead.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from mesure.machine.service_error import TransientServiceError
from mesure.service.cluster.service_lease import WHY_ONE, Lease
from mesure.service.installation import stores
from mesure.service.installation.settings import Settings
from mesure.service.serve import store_retry, systemd
from mesure.store.values.faults import UnavailableError

Say = Callable[[str], None]

TRIED_EVERY_S: Final = 0.5
# As long as the server may take to notice that the machine with the lease is gone.
GONE_WITHIN_S: Final = 15.0

_STANDS_BY: Final = "Another service uses this database; this one stands by until that one is gone."
_WAITS: Final = (
    "Another service uses this database, and two would only hinder each other; this one waits "
    "until that one is gone. End one of the two."
)


_ONE_BY_ONE: Final = "Another service is beginning in this database; this one waits its turn."


@contextmanager
def hold_lease(settings: Settings, say: Say) -> Iterator[Lease | None]:
    """Wait until no other service leads, and hold the lease; None: the store is embedded.

    A node of a cluster waits for nobody, and does not have it yet.
    """
    lease = stores.lease(settings)
    if lease is None:
        yield None
        return
    try:
        if not settings.cluster:
            _wait(lease, settings, say)
        yield lease
    finally:
        lease.close()


@contextmanager
def turn_to_begin(lease: Lease | None, say: Say) -> Iterator[None]:
    """Make tables, keys and first entries while no other service does, nor one of another version.

    Two versions at once could not read what the other keeps, and the schema of the newer one would
    come under the older one while it works.
    """
    if lease is None:
        yield
        return
    store_retry.until_there(lease.join, say)
    _refuse_other_version(lease, say)
    has_said = False
    while not store_retry.until_there(lease.begin, say):
        if not has_said:
            has_said = True
            say(_ONE_BY_ONE)
        store_retry.notify_waiting("STATUS=waiting to begin")
        time.sleep(TRIED_EVERY_S)
    try:
        yield
    finally:
        with suppress(UnavailableError):  # With its connection the lock is gone as well.
            lease.end_beginning()


@contextmanager
def hold_beginning(settings: Settings, say: Say) -> Iterator[None]:
    """Do something to a database that is done before anything is served."""
    lease = stores.lease(settings)
    try:
        with turn_to_begin(lease, say):
            yield
    finally:
        if lease is not None:
            lease.close()


def _refuse_other_version(lease: Lease, say: Say) -> None:
    """Wait as long as a machine that is gone may still count, and refuse then."""
    until_s = time.monotonic() + GONE_WITHIN_S
    while store_retry.until_there(lease.has_other_version, say):
        if time.monotonic() >= until_s:
            what = "a service of another version of Mesure uses this database"
            why = "one of them could not read what the other keeps"
            remedy = "end all others first, then start this one, then the others in this version"
            raise TransientServiceError("database_url", what, why, remedy)
        store_retry.notify_waiting("STATUS=waiting for another version to end")
        time.sleep(TRIED_EVERY_S)


def check(lease: Lease | None) -> None:
    """Refuse to go on where another service has taken the database."""
    try:
        is_held = lease is None or lease.keep()
    except UnavailableError:
        return  # The server is away; the store waits for it as well.
    if not is_held:
        what, remedy = "another service uses this database now", "let one of the two run"
        raise TransientServiceError("database_url", what, WHY_ONE, remedy)


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
