"""Single write: the head of an answer and its body go out in one piece.

The server hands over both apart, and each would be a call of the system, a packet, and with TLS a
record. For the short answers that devices get, that was most of what answering cost.
"""

import asyncio
from typing import Any, Final

JOINED_BYTES_MAX: Final = 1 << 16  # What is longer is not gathered: it would be copied for nothing.


class SingleWriteTransport:
    """A transport that gathers what is written until the step ends, or until it is told to send.

    Whatever else a transport does, the one behind it does.
    """

    __slots__ = ("_later", "_loop", "_parts", "_size", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []
        self._size = 0
        self._later: asyncio.Handle | None = None

    def write(self, data: bytes) -> None:
        """Write soon: with what else is written in this step."""
        if self._later is None:
            self._later = self._loop.call_soon(self.send)
        self._parts.append(data)
        self._size += len(data)
        if self._size > JOINED_BYTES_MAX:
            self.send()

    def send(self) -> None:
        """Send what was written; nothing, if the other side has gone."""
        if self._later is None:
            return
        self._later.cancel()
        parts, is_long = self._parts, self._size > JOINED_BYTES_MAX
        self._parts, self._size, self._later = [], 0, None
        for part in parts if is_long else (b"".join(parts),):
            if not self._transport.is_closing():
                self._transport.write(part)

    def close(self) -> None:
        """Send what was written, and close."""
        self.send()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._transport, name)
