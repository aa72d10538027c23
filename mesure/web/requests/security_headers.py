"""Security headers: load from nowhere else, keep nothing, tell nobody.

There is no inline script or style, so none is allowed. A page may bring its own cache rule; without
one nothing is kept, because almost every answer is about somebody.

The referrer stays within the service. Not sending it at all would also turn the `Origin` of a
form into "null", and the check against forged requests needs it.
"""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MACHINES: Final = "default-src 'none'; frame-ancestors 'none'"
MACHINE_PATHS: Final = ("/api/", "/healthz", "/readyz", "/metrics")

ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
A_YEAR: Final = b"max-age=31536000"


class SecurityHeaders:
    """Adds to every answer the headers that a browser needs."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self._app = app
        self._always = [*ALWAYS, *([(b"strict-transport-security", A_YEAR)] if secure else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and complete the headers of its answer."""
        policy = MACHINES if scope["path"].startswith(MACHINE_PATHS) else PAGES

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                names = {name for name, _ in headers}
                headers += [pair for pair in self._always if pair[0] not in names]
                headers.append((b"content-security-policy", policy.encode()))
                if b"cache-control" not in names:
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, send_with_headers)
