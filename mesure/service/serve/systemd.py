"""Systemd notification: tells the service manager that we are ready, alive, or ending.

The protocol of sd_notify(3): a datagram to the socket that the environment names. Nothing happens
where there is none.
"""

import contextlib
import os
import socket
from typing import Final

from mesure.instants import US_PER_S

SOCKET: Final = "NOTIFY_SOCKET"
WATCHDOG: Final = "WATCHDOG_USEC"


def tell(*lines: str) -> bool:
    """Tell the manager something; False where there is none to tell."""
    where = os.environ.get(SOCKET)
    if not where:
        return False
    address = "\0" + where[1:] if where.startswith("@") else where
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel,
    ):
        channel.sendto("\n".join(lines).encode(), address)
        return True
    return False


def watchdog_s() -> float | None:
    """Return how often the manager wants a sign of life: twice in the time it waits for one."""
    text = os.environ.get(WATCHDOG, "")
    return int(text) / US_PER_S / 2 if text.isdigit() and int(text) else None
