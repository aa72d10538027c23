"""Device requests over HTTP: read within bounds of size and time, and answered once.

Raw ASGI: what devices send passes no framework on its way.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from mesure.actions.limits.memory_budget import MemoryReservation

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

TEXT: Final = "text/plain; charset=utf-8"
HEADER_CHARS_MAX: Final = 512


class GoneError(Exception):
    """The caller has gone; there is nobody to answer."""


class FullError(Exception):
    """Too much is being sent at once: by all, or from one address."""


class TooLargeError(Exception):
    """A body is larger than is read; `begun` is what was read of it, if anything."""

    def __init__(self, begun: bytes = b"") -> None:
        super().__init__()
        self.begun = begun


class TooSlowError(Exception):
    """A body did not come in time."""


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered."""

    status: int
    body: bytes = b""
    content_type: str = TEXT
    headers: dict[str, str] = field(default_factory=dict)


def sentence_response(status: int, sentence: str, **headers: str) -> Response:
    """Return an answer that is one sentence."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, sentence.encode() + b"\n", TEXT, named)


def later(status: int, wait_s: float, sentence: str) -> Response:
    """Return an answer that says when to come again."""
    return sentence_response(status, sentence, Retry_After=str(max(1, -int(-wait_s // 1))))


def header(scope: Scope, name: bytes) -> str:
    """Return a header; empty where there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)[:HEADER_CHARS_MAX].decode("latin-1").strip()
    return ""


def content_type(scope: Scope) -> str:
    """Return the type of a body, without its parameters."""
    return header(scope, b"content-type").partition(";")[0].strip().lower()


def credentials(scope: Scope) -> tuple[str, str]:
    """Return name and password of Basic authentication (RFC 7617); empty where there are none.

    >>> credentials({"headers": [(b"authorization", b"Basic amFuZTpzZWNyZXQ=")]})
    ('jane', 'secret')
    """
    scheme, _, coded = header(scope, b"authorization").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except ValueError:  # Of base64, of a sign that is none of it, or of what is no text.
        return "", ""
    return name, password


def address(scope: Scope) -> str:
    """Return where a request comes from; of IPv6 the network, since one house has many of those.

    >>> address({"client": ("2001:db8:1:2:3:4:5:6", 1)}), address({"client": None})
    ('2001:db8:1:2::', '-')
    """
    client = scope.get("client")
    return _network(str(client[0])) if client else "-"


@lru_cache(maxsize=4_096)
def _network(client: str) -> str:
    host = client.partition("%")[0]
    try:
        ip = ip_address(host)
    except ValueError:
        return host
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
        return str(IPv6Address(int(ip) >> 64 << 64))
    return host


async def body(scope: Scope, receive: Receive, bytes_max: int, within_s: float) -> bytes:
    """Return the body of a request; one that declares itself too large is not begun.

    Raises `TooLargeError`, `TooSlowError`, or `GoneError`.
    """
    length = header(scope, b"content-length")
    if length.isdecimal() and int(length) > bytes_max:  # `isdigit` is also true of “²”.
        raise TooLargeError
    return await _read(receive, bytes_max, within_s)


async def read_body(receive: Receive, bytes_max: int, within_s: float) -> bytes:
    """Return a body, or one byte more than the bounds of one that is larger."""
    try:
        return await _read(receive, bytes_max, within_s)
    except TooLargeError as large:
        return large.begun


async def _read(receive: Receive, bytes_max: int, within_s: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(within_s):
            while True:
                event = await receive()
                if event["type"] == "http.disconnect":
                    raise GoneError
                part: bytes = event.get("body", b"")
                parts.append(part)
                size += len(part)
                if size > bytes_max:
                    raise TooLargeError(b"".join(parts)[: bytes_max + 1])
                if not event.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise TooSlowError from None


async def answer(send: Send, response: Response) -> None:
    """Send an answer."""
    named = response.headers.items()
    headers = [
        (b"content-type", response.content_type.encode("latin-1")),
        (b"content-length", b"%d" % len(response.body)),
        (b"cache-control", b"no-store"),
        *((name.lower().encode(), value.encode("latin-1")) for name, value in named),
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def receive_within(receive: Receive, holding: MemoryReservation) -> Receive:
    """Return a way to receive a body as long as there is room for it; raises `FullError`."""
    size = 0

    async def receive_held() -> Event:
        nonlocal size
        event = await receive()
        size += len(event.get("body", b""))
        if not holding.grow_to(size):
            raise FullError
        return event

    return receive_held
