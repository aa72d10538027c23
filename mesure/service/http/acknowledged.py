"""Acknowledged bytes: what the other side of a connection has received, as the kernel knows it.

The event loop counts what it holds itself. Megabytes more may wait in the kernel, and below TLS.
Source: Linux, include/uapi/linux/tcp.h (struct tcp_info) and tcp(7) (SIOCOUTQ)
"""

import fcntl
import socket
import struct
import termios
from typing import Final

_INFO_BYTES: Final = 128
_ACKNOWLEDGED: Final = struct.Struct("=120xQ")  # tcpi_bytes_acked
_WAITING: Final = struct.Struct("=i")


def bytes_acknowledged(link: socket.socket | None) -> int:
    """Return how many bytes the other side has acknowledged since it connected.

    0 where that is not known: the connection has ended, or the system does not say.
    """
    try:
        info = link.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES) if link else b""
        count: int = _ACKNOWLEDGED.unpack(info)[0]
    except (OSError, ValueError, AttributeError, struct.error):
        return 0
    return count


def bytes_pending(link: socket.socket | None) -> int:
    """Return how many bytes the kernel holds that were not acknowledged; 0 where it cannot say."""
    try:
        buffer = fcntl.ioctl(link, termios.TIOCOUTQ, bytes(_WAITING.size)) if link else b""
        count: int = _WAITING.unpack(buffer)[0]
    except (OSError, ValueError, struct.error):
        return 0
    return count
