"""Connection close: in good order, and soon, whatever the other side does.

A client that is answered before its request was whole may still be sending it. It gets a while to
read the answer, and what it sends meanwhile is dropped; ended at once, the answer would be lost
with it. A client that reads nothing of the answer, or hardly anything, is cut off; one that reads
slowly gets all of it. Only what the other machine acknowledges counts as read: the kernel alone
holds megabytes, and TLS hands on at once whatever it was given, where nobody counts it.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from typing import Final

from mesure.service.http import acknowledged
from mesure.service.http.single_write import SingleWriteTransport

LINGER_S: Final = 2.0
LOOK_S: Final = 1.0  # How often it checks whether what was written is being read.
LOOKS_MAX: Final = 10  # Without so much being read; 1 kB/s: a poor mobile network gives more.
READ_BYTES_MIN: Final = 10_000
PIECE_BYTES: Final = 1 << 16


class GracefulTransport(SingleWriteTransport):
    """A transport that ends in good order; `has_more` tells whether a request is not whole yet."""

    __slots__ = (
        "_before",
        "_has_more",
        "_is_parting",
        "_is_tls",
        "_lingering",
        "_link",
        "_look",
        "_looks",
        "_taken",
        "_waiting",
        "_waiting_bytes",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        has_more: Callable[[], bool],
        link: socket.socket | None = None,
    ) -> None:
        super().__init__(transport, loop)
        self._has_more, self._link = has_more, link
        self._is_tls = transport.get_extra_info("sslcontext") is not None
        self._is_parting = False
        self._before = self._taken = self._looks = 0
        self._waiting: deque[memoryview] = deque()  # For TLS to be done with what it has.
        self._waiting_bytes = 0
        self._look: asyncio.TimerHandle | None = None
        self._lingering: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Have TLS report when it is done with what it has; begin once a receiver exists."""
        if self._is_tls:
            self._transport.set_write_buffer_limits(high=1, low=0)

    def write(self, data: bytes) -> None:
        """Write soon, unless this connection is about to end.

        What TLS has taken it does not count as unread, so it gets no more than a piece at once, and
        the next when it is done with that.
        """
        if self._is_parting:
            return
        if not self._is_tls or (len(data) <= PIECE_BYTES and not self._is_busy):
            super().write(data)
            return
        self.send()
        whole = memoryview(data)
        for begin in range(0, len(data), PIECE_BYTES):
            self._waiting.append(whole[begin : begin + PIECE_BYTES])
        self._waiting_bytes += len(data)
        self.go_on()

    def go_on(self) -> bool:
        """Hand on what waits for TLS, as much as it takes; tell whether nothing waits now."""
        while self._waiting and not self._transport.get_write_buffer_size():
            piece = self._waiting.popleft()
            self._waiting_bytes -= len(piece)
            self._transport.write(piece)
        return not self._waiting

    def is_closing(self) -> bool:
        """Tell whether nothing more is written."""
        return self._is_parting or self._transport.is_closing()

    def close(self) -> None:
        """Send what was written, and end; wait a little for somebody who is still sending."""
        if self._is_parting:
            return
        self.send()
        self._is_parting = True
        self.watch()
        if not self._has_more() or self._transport.is_closing():
            self._end()
            return
        if not self._is_tls:
            self._transport.write_eof()
        self._transport.resume_reading()
        self._lingering = self._loop.call_later(LINGER_S, self._end)

    def abort(self) -> None:
        """End at once."""
        self._is_parting = True
        self._transport.abort()

    def watch(self) -> None:
        """Look now and then whether what was written is being read, until all of it was."""
        if self._look is None and (self._unread or self._is_parting):
            self._begin_looking()
            self._look = self._loop.call_later(LOOK_S, self._looked)

    def end_wait(self) -> None:
        """Wait for nothing more: the connection has ended."""
        self._waiting.clear()
        self._waiting_bytes = 0
        for timer in (self._look, self._lingering):
            if timer is not None:
                timer.cancel()
        self._look = self._lingering = None

    @property
    def _unread(self) -> int:
        """Return how much was written that the other side has not taken."""
        unsent_bytes = self._transport.get_write_buffer_size() + self._waiting_bytes
        return unsent_bytes + acknowledged.bytes_pending(self._link)

    @property
    def _is_busy(self) -> bool:
        """Tell whether TLS has more than it could hand on."""
        return bool(self._waiting or self._transport.get_write_buffer_size())

    def _begin_looking(self) -> None:
        self._before, self._taken = self._unread, acknowledged.bytes_acknowledged(self._link)
        self._looks = 0

    def _end(self) -> None:
        """Close; with TLS when all was taken, for its own goodbye is waited for only briefly."""
        self._lingering = None
        if not (self._is_tls and self._unread):
            self._transport.close()

    def _looked(self) -> None:
        self._look, unread = None, self._unread
        acknowledged_bytes = acknowledged.bytes_acknowledged(self._link)
        if (
            unread <= self._before - READ_BYTES_MIN
            or acknowledged_bytes >= self._taken + READ_BYTES_MIN
        ):
            self._begin_looking()
        self._looks += 1
        if self._looks > LOOKS_MAX:
            self.abort()
        elif unread or self._is_parting:
            self._look = self._loop.call_later(LOOK_S, self._looked)
            if self._is_parting and self._lingering is None:
                self._end()
