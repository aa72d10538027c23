"""Systemd notification: tells the service manager that we are ready, alive, or ending.

The protocol of sd_notify(3): a datagram to the socket that the environment names. Nothing happens
where there is none.
"""

import contextlib
import os
import socket
from typing import Final

SOCKET: Final = "NOTIFY_SOCKET"


def tell(*lines: str) -> bool:
    """Tell the manager something; False where there is none to tell."""
    where = os.environ.get(SOCKET)
    if not where:
        return False
    address = "\0" + where[1:] if where.startswith("@") else where
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto("\n".join(lines).encode(), address)
        return True
    return False
