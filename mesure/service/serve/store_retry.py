"""Store retry: a store that is unavailable at start is waited for, as it is later.

A machine that comes up may have its database a minute later; what is left of a service that was
killed may hold the file for a moment. A process that waits says so, and why.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from mesure.instants import US_PER_S
from mesure.service.serve import systemd
from mesure.store.values.faults import MisnamedError, UnavailableError

T = TypeVar("T")

TRIED_EVERY_S: Final = 1.0
SAID_EVERY_S: Final = 60.0
LONGER_US: Final = 60 * US_PER_S  # The service manager is asked for so much more time at each try.

Say = Callable[[str], None]


def until_there(work: Callable[[], T], say: Say, ends: Callable[[], bool] = lambda: False) -> T:
    """Do something in the store, again and again while it is away; `ends`: give up."""
    say_at_s = time.monotonic()
    while True:
        try:
            return work()
        except MisnamedError:
            raise
        except UnavailableError as error:
            if ends():
                raise
            if time.monotonic() >= say_at_s:
                say(f"{error} It is tried again until it is there; nothing is served before.")
                say_at_s = time.monotonic() + SAID_EVERY_S
        notify_waiting("STATUS=waiting for the store")
        time.sleep(TRIED_EVERY_S)


def notify_waiting(status: str) -> None:
    """Tell the service manager that this lives and is waiting, and needs more time to be ready."""
    systemd.tell("WATCHDOG=1", status, f"EXTEND_TIMEOUT_USEC={LONGER_US}")
