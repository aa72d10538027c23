"""Connection listener: connections are counted before anything is read; TLS comes soon or never.

A connection that has not shown yet that it can speak TLS counts like every other.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from mesure.service.http.connections import ConnectionCounter
from mesure.service.http.http_protocol import BoundedHttpProtocol

HANDSHAKE_S: Final = 5.0
GOODBYE_S: Final = 10.0  # Until the end of what was sent last is taken.
AT_ONCE: Final = 64
FULL_S: Final = 0.2  # After which is tried again, when there are no more files to be had.


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return how TLS is spoken here."""
    ssl_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ssl_context.minimum_version = ssl.TLSVersion.TLSv1_2
    ssl_context.load_cert_chain(certificate, key)
    return ssl_context


class ConnectionListener:
    """A socket that listens, and its connections; it takes the place of a server."""

    def __init__(
        self,
        listener: socket.socket,
        tls: ssl.SSLContext | None,
        connections: ConnectionCounter,
        make_protocol: Callable[[], BoundedHttpProtocol],
    ) -> None:
        self._listener, self._tls = listener, tls
        self._held, self._made = connections, make_protocol
        self._loop = asyncio.get_running_loop()
        self._coming: set[asyncio.Task[None]] = set()
        self._is_open = True
        listener.setblocking(False)
        self._loop.add_reader(listener, self._accept)

    def close(self) -> None:
        """Let nobody else in."""
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._listener)
        for task in self._coming:
            task.cancel()

    async def wait_closed(self) -> None:
        """Wait until nobody is coming in any more."""
        await asyncio.gather(*self._coming, return_exceptions=True)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                client_socket, peer = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # There are no more files: those who are here go on.
                self._loop.remove_reader(self._listener)
                self._loop.call_later(FULL_S, self._again)
                return
            self._let_in(client_socket, str(peer[0]))

    def _again(self) -> None:
        if self._is_open:
            self._loop.add_reader(self._listener, self._accept)

    def _let_in(self, client_socket: socket.socket, host: str) -> None:
        protocol = self._made()
        if not self._held.admit(protocol, host):
            client_socket.close()
            return
        client_socket.setblocking(False)
        protocol.link = client_socket
        task = self._loop.create_task(self._begin(client_socket, protocol))
        protocol.coming = task
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _begin(self, client_socket: socket.socket, protocol: BoundedHttpProtocol) -> None:
        tls = self._tls
        bounds = (
            {"ssl_handshake_timeout": HANDSHAKE_S, "ssl_shutdown_timeout": GOODBYE_S} if tls else {}
        )
        try:
            with suppress(OSError, asyncio.TimeoutError):  # No TLS, or none in time.
                await self._loop.connect_accepted_socket(
                    lambda: protocol, client_socket, ssl=tls, **bounds
                )
        finally:
            if not protocol.is_begun:
                self._held.leave(protocol)
                client_socket.close()
