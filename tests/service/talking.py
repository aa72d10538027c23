"""A server on loopback for a small application, and clients that talk to it byte by byte."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import uvloop
from starlette.types import ASGIApp

from mesure.service.http import listener

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
# What ends by itself does so within a second here; on a machine that is busy, later. What does not
# end does not end in this time either.
ENDS_S = 15.0
WITHIN_S = 60.0


def lenient_context() -> ssl.SSLContext:
    """Return what connects to the server."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class RunningListener:
    """A server that runs, and the connections to it."""

    def __init__(self, port: int, server: listener.HttpServer, tls: bool) -> None:
        self.port, self.server, self._tls = port, server, tls
        self._opened: list[asyncio.StreamWriter] = []

    async def connect(self, host: str = "127.0.0.1", plain: bool = False) -> Stream:
        """Connect from an address of this machine."""
        context = lenient_context() if self._tls and not plain else None
        stream = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=(host, 0), ssl=context
        )
        self._opened.append(stream[1])
        return stream

    @property
    def count(self) -> int:
        """Return how many connections the server holds."""
        return len(self.server.server_state.connections)

    async def holds(self, count: int, within_s: float = ENDS_S) -> bool:
        """Tell whether the server comes to hold a number of connections within a time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.count != count:
                    await asyncio.sleep(0.01)
        return self.count == count

    async def is_left(self, within_s: float = ENDS_S) -> bool:
        """Tell whether the server lets go of every connection within a time."""
        return await self.holds(0, within_s)

    def close(self) -> None:
        for writer in self._opened:
            writer.transport.abort()


def run(
    app: ASGIApp,
    talk: Callable[[RunningListener], Awaitable[None]],
    tls: tuple[Path, Path] | None = None,
) -> None:
    async def whole() -> None:
        server_socket = listener.bind_socket("127.0.0.1", 0)
        server = listener.server(app, (), tls)
        serving = asyncio.create_task(server.serve(sockets=[server_socket]))
        while not server.started:
            await asyncio.sleep(0.005)
        house = RunningListener(server_socket.getsockname()[1], server, tls is not None)
        try:
            async with asyncio.timeout(WITHIN_S):
                await talk(house)
        finally:
            house.close()
            server.should_exit = server.force_exit = True
            await serving

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # As the service does.
        runner.run(whole())


async def answer(stream: Stream, sent: bytes) -> bytes:
    """Send something, and return the first answer; empty: the connection was ended."""
    reader, writer = stream
    writer.write(sent)
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return head.partition(b"\r\n")[0] + b" " + await reader.readexactly(length)


async def ends(stream: Stream, drip: bytes = b"", within_s: float = ENDS_S) -> bool:
    """Tell whether a connection ends within a time, while something drips into it."""
    reader, writer = stream
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(within_s):
            while not reader.at_eof():
                writer.write(drip)
                with suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1 << 16), 0.02)
            return True
    return reader.at_eof() or reader.exception() is not None
