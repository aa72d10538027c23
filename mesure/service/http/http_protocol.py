"""HTTP protocol: heads within bounds of size and time, answers in one piece.

The server that we use bounds neither, so that a single stranger could fill the memory with a header
that never ends, or hold a thousand connections with requests that never begin. It also takes fields
behind a body for a part of the head. Nobody needs those, and someone who could add them could sign
in with another's cookie, or stand in for the proxy: they are counted and dropped.
"""

import asyncio
import socket
from http import HTTPStatus
from typing import Any, Final, cast

import httptools
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mesure.service.http.connection_close import GracefulTransport
from mesure.service.http.connections import ConnectionCounter

HEAD_BYTES_MAX: Final = 1 << 14  # Of one that has not ended yet, and what came together with it.
FIELDS_MAX: Final = 100
FIELD_BYTES: Final = 4  # The colon and the blanks of each.
HEAD_S_MAX: Final = 20.0
AHEAD_MAX: Final = 16  # Requests that a connection sends before the first is answered.

TOO_LONG: Final = "The head of this request is too long."
NOT_HTTP: Final = "This is not HTTP as it is spoken here."


class _BoundError(Exception):
    """A head, or what follows a body, is too long."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """HTTP as the server reads it, but for heads that are too long or come too slowly."""

    _late: asyncio.TimerHandle | None = None  # None: no head is awaited.
    _raw_bytes = 0  # Of a head, or of what is in and after a body, that has not ended.
    _is_head = False
    _is_over = False
    _fields = 0  # Of the head, or of what follows its body.
    _field_bytes = 0
    _bodies = 0  # Parts of bodies that were read.
    is_begun = False  # It may be that TLS does not begin.
    coming: asyncio.Task[None] | None = None  # Until then.
    link: socket.socket | None = None

    def __init__(self, connections: ConnectionCounter, **made_with: Any) -> None:  # noqa: ANN401
        super().__init__(**made_with)
        self._held = connections
        self._waits_since_s = self.loop.time()
        self._inside, self.app = self.app, self._answer

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await the first request."""
        self.is_begun, self.coming = True, None
        self._out = GracefulTransport(
            transport, self.loop, lambda: self._is_head or self._has_more, self.link
        )
        super().connection_made(cast(asyncio.Transport, self._out))
        self._out.begin()
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Await nothing more."""
        self._is_over = True
        self._await_no_head()
        self._held.leave(self)
        self._out.end_wait()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """End a connection on which nothing more comes; it is closed by us, and watched."""
        self._out.close()
        return self.scheme == "http"

    def pause_writing(self) -> None:
        """Wait until more of an answer is read, though not for ever."""
        super().pause_writing()
        self._out.watch()

    def resume_writing(self) -> None:
        """Go on writing what waits, and take more of an answer when nothing does."""
        if self._out.go_on():
            super().resume_writing()

    def shutdown(self) -> None:
        """End when the service does: at once where nothing is being answered."""
        if self._out.is_closing() or self._is_head:
            self.cut()
        else:
            super().shutdown()

    @property
    def waits_since_s(self) -> float | None:
        """Return since when the other side is waited for; None while we are at work."""
        cycle = self._newest
        is_working = cycle is not None and not cycle.response_complete
        is_waited_for = self._has_more or self.flow.write_paused
        return self._waits_since_s if is_waited_for or not is_working else None

    def cut(self) -> None:
        """End the connection at once."""
        self._is_over = True
        if self.is_begun:
            self.transport.abort()
        elif self.coming is not None:
            self.coming.cancel()

    def data_received(self, data: bytes) -> None:
        """Read on, as long as neither the head nor what follows the body is too long."""
        if self._is_over:
            return
        awaited, bodies = self._late, self._bodies
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # To nothing that is spoken here: it is answered.
            self.cycle.keep_alive = False
            self._is_over = True
        except httptools.HttpParserError as error:
            if isinstance(error.__context__, _BoundError):
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, TOO_LONG)
            else:
                self._refuse(HTTPStatus.BAD_REQUEST, NOT_HTTP)
            return
        is_moving = awaited is not self._late or bodies != self._bodies
        self._raw_bytes = 0 if is_moving else self._raw_bytes + len(data)
        if self._raw_bytes > HEAD_BYTES_MAX:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, TOO_LONG)
        elif bodies != self._bodies and self._has_more and not self.cycle.response_complete:
            self.flow.pause_reading()  # Until more of the body is asked for.

    def on_message_begin(self) -> None:
        """Await the rest of a head that begins."""
        if len(self.pipeline) >= AHEAD_MAX:
            raise _BoundError
        super().on_message_begin()
        self._is_head, self._fields, self._field_bytes = True, 0, 0
        if self._late is None:
            self._await_head()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head; drop one that follows a body."""
        self._fields += 1
        self._count(name, value)
        if self._fields > FIELDS_MAX:
            raise _BoundError
        if self._is_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Go on with what follows the head."""
        self._await_no_head()
        self._is_head, self._fields, self._field_bytes = False, 0, 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._bodies += 1
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Send an answer that is whole, before the next is begun."""
        self._out.send()
        self._waits_since_s = self.loop.time()
        if self._has_more:  # A client answered early may never end: it is left here.
            self._out.close()
        super().on_response_complete()
        self._out.watch()
        if not self._out.is_closing() and not self.pipeline and self._late is None:
            self._await_head()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is answered before it is whole is the last on its connection."""

        async def send_on(message: Message) -> None:
            cycle = self.cycle
            if message["type"] == "http.response.start" and cycle.scope is scope:
                cycle.keep_alive = cycle.keep_alive and not cycle.more_body
            await send(message)

        await self._inside(scope, receive, send_on)

    @property
    def _has_more(self) -> bool:
        """Tell whether the body of the request that was read last is not whole."""
        return self._newest is not None and self._newest.more_body

    @property
    def _newest(self) -> RequestResponseCycle | None:
        """Return the request that was read last; None before the first."""
        return self.cycle

    def _count(self, *parts: bytes) -> None:
        self._field_bytes += sum(map(len, parts)) + FIELD_BYTES
        if self._field_bytes > HEAD_BYTES_MAX:
            raise _BoundError

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        """Say what is wrong, unless another answer is under way, and read nothing more."""
        self._is_over = True
        if not self._is_answering:
            head = (
                f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: text/plain\r\n"
                f"content-length: {len(sentence)}\r\nconnection: close\r\n\r\n"
            )
            self.transport.write((head + sentence).encode())
        self.transport.close()

    @property
    def _is_answering(self) -> bool:
        cycle = self._newest
        if cycle is None or (cycle.response_complete and not self.pipeline):
            return False
        return cycle.response_started or bool(self.pipeline)

    def _await_head(self) -> None:
        self._raw_bytes, self._waits_since_s = 0, self.loop.time()
        self._late = self.loop.call_later(HEAD_S_MAX, self.transport.close)

    def _await_no_head(self) -> None:
        if self._late is not None:
            self._late.cancel()
        self._late = None
