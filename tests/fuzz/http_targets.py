"""HTTP as the server reads it from a connection, in pieces of any size."""

import asyncio
from functools import cache
from typing import Any, cast

import uvicorn
from uvicorn.server import ServerState

from mesure.service.http import connections
from mesure.service.http.connections import ConnectionCounter
from mesure.service.http.http_protocol import BoundedHttpProtocol
from tests.fuzz import scratch
from tests.fuzz.target import KIB, target
from tests.service.test_http_protocol import CHUNKED, WHOLE, count_bytes


class _Wire(asyncio.Transport):
    """A connection without a socket: what is written is kept, and everything is read at once."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.7", 1), "sockname": ("192.0.2.1", 80)})
        self.written, self.is_closed = bytearray(), False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.is_closed, "something is written to what was closed"
        self.written += data

    def close(self) -> None:
        self.is_closed = True

    abort = close

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        """Say that nothing more is written."""

    def is_closing(self) -> bool:
        return self.is_closed

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Have none."""

    def pause_reading(self) -> None:
        """Go on: all that comes was sent already."""

    def resume_reading(self) -> None:
        """Go on."""


class _Broken:
    """What the loop was told that nobody took care of."""

    def __init__(self) -> None:
        self.faults: list[object] = []

    def hear(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.faults.append(context.get("exception") or context["message"])


@cache
def _server() -> tuple[asyncio.AbstractEventLoop, uvicorn.Config, _Broken]:
    loop, broken = asyncio.new_event_loop(), _Broken()
    scratch.stack().callback(loop.close)
    loop.set_exception_handler(broken.hear)
    config = uvicorn.Config(
        count_bytes, http=BoundedHttpProtocol, interface="asgi3", ws="none", lifespan="off",
        log_config=None, access_log=False, server_header=False,
    )  # fmt: skip
    config.load()
    return loop, config, broken


HEADS = [
    WHOLE,
    CHUNKED + b"Cookie: a=b\r\n\r\n",
    b"GET /heads?a=b HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n" * 2,
    b"GET / HTTP/1.0\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
]


@target("http", lambda: [bytes([cut]) + head for head in HEADS for cut in (0, 9)], share=20)
def http(data: bytes) -> None:
    """Bytes of a connection, in pieces of any size, are answered in HTTP or not at all."""
    loop, config, broken = _server()
    size, sent = (data[:1] or b"\0")[0] or len(data) or 1, data[1:]

    async def talk() -> bytes:
        counter = ConnectionCounter(connections.bounds())
        protocol = BoundedHttpProtocol(
            counter, config=config, server_state=ServerState(), app_state={}, _loop=loop
        )
        wire = _Wire()
        protocol.connection_made(wire)
        for begin in range(0, len(sent), size):
            if wire.is_closed:
                break
            protocol.data_received(sent[begin : begin + size])
            await asyncio.sleep(0)
        for _ in range(4):
            await asyncio.sleep(0)
        protocol.connection_lost(None)
        for task in asyncio.all_tasks() - {cast(asyncio.Task[Any], asyncio.current_task())}:
            await asyncio.wait([task], timeout=5)
        return bytes(wire.written)

    answered = loop.run_until_complete(talk())
    assert not broken.faults, broken.faults
    assert answered == b"" or answered.startswith(b"HTTP/1.1 "), answered[:80]
    assert len(answered) <= 64 * KIB + 4 * len(data)
