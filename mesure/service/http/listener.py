"""HTTP server and its socket: bound before anything is begun, closed within seconds."""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import Config

from mesure.machine.service_error import ServiceError
from mesure.service.http import connections, entrance
from mesure.service.http.connections import ConnectionCounter
from mesure.service.http.entrance import ConnectionListener
from mesure.service.http.http_protocol import BoundedHttpProtocol

BACKLOG: Final = 2_048
GRACE_S: Final = 3  # For requests that are being answered when the service ends.
WHY: Final = "nothing was started"

_SAID: Final = {
    errno.EADDRINUSE: (
        "this port is taken",
        "stop what listens there, or name another with --port",
    ),
    errno.EACCES: (
        "this port needs rights",
        "name one from 1024 on, and let a proxy have this one",
    ),
    errno.EADDRNOTAVAIL: ("this is no address of this machine", "name one of its own with --host"),
}


def bind_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens there, or say why there is none."""
    where = f"{host}:{port}"
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        remedy = "write an address, or a name that this machine can look up"
        raise ServiceError(where, f"this is no address ({error})", WHY, remedy) from None
    listening_socket = socket.socket(family, kind)
    try:
        listening_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening_socket.bind(address)
        listening_socket.listen(BACKLOG)
    except OSError as error:
        listening_socket.close()
        what, remedy = _SAID.get(error.errno or 0, (str(error.strerror), "name another"))
        raise ServiceError(where, what, WHY, remedy) from None
    return listening_socket


class HttpServer(uvicorn.Server):
    """A server that is started and ended by the service, which alone hears signals."""

    def __init__(
        self, config: Config, open_connections: ConnectionCounter, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(config)
        self._held, self._tls = open_connections, tls

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the service."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen at sockets that are bound already."""
        loop = asyncio.get_running_loop()

        def make_protocol() -> BoundedHttpProtocol:
            return BoundedHttpProtocol(
                self._held,
                config=self.config,
                server_state=self.server_state,
                app_state={},
                _loop=loop,
            )

        entrances = [
            ConnectionListener(one, self._tls, self._held, make_protocol) for one in sockets or ()
        ]
        self.servers = entrances  # type: ignore[assignment]
        self.started = True


def server(app: ASGIApp, proxies: Sequence[str], tls: tuple[Path, Path] | None) -> HttpServer:
    """Return the server of an application; `tls` are a certificate and its key."""
    config = Config(
        app,
        http=BoundedHttpProtocol,
        interface="asgi3",
        ws="none",  # So whatever is within is asked for HTTP alone.
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=GRACE_S,
        backlog=BACKLOG,
    )
    open_connections = ConnectionCounter(connections.bounds(), proxies)
    return HttpServer(config, open_connections, None if tls is None else entrance.tls_context(*tls))
