"""HTTP as devices and people speak it: heads within bounds of size and time, answers in one piece.

The server that we use bounds neither, so that a single stranger could fill the memory with a header
that never ends, or hold a thousand connections with requests that never begin.
"""

import asyncio
from typing import Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mesure.runtime.one_write import OneWrite

HEAD_BYTES_MAX: Final = 1 << 16  # And what came together with it, a quarter of a megabyte at most.
HEAD_S_MAX: Final = 20.0


class BoundedHeads(HttpToolsProtocol):
    """HTTP as the server reads it, but for heads that are too long or come too slowly."""

    _late: asyncio.TimerHandle | None = None  # None: no head is awaited.
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await the first request."""
        self._out = OneWrite(transport, self.loop)
        super().connection_made(cast(asyncio.Transport, self._out))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Await nothing more."""
        self._await_no_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, as long as the head is not too long."""
        awaited = self._late
        super().data_received(data)
        if awaited is None or awaited is not self._late:
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES_MAX:
            self.send_400_response("The head of this request is too long.")

    def on_message_begin(self) -> None:
        """Await the rest of a head that begins."""
        super().on_message_begin()
        if self._late is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """Go on with what stands behind the head."""
        self._await_no_head()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Send an answer that is whole, before the next is begun."""
        self._out.send()
        super().on_response_complete()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._late = self.loop.call_later(HEAD_S_MAX, self.transport.close)

    def _await_no_head(self) -> None:
        if self._late is not None:
            self._late.cancel()
        self._late = None
