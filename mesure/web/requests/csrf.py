"""CSRF protection: was it this service's own page that asked for the change?

A browser sends the session's cookie no matter whose page started the request. So a change that
comes with a session must bring a token that only our own pages can read, and no browser may say
that another site asked for it. The token is a hash of the secret of the session: it needs no place
of its own, ends with the session, and says nothing about the secret.

Requests with a bearer token are not checked: no browser adds that by itself.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesure.web.requests import problems
from mesure.web.requests.problems import Problem

HEADER: Final = "x-csrf-token"
FIELD: Final = "csrf"
DOMAIN: Final = b"mesure csrf 1\n"  # So that this hash is never one of something else.
API: Final = "/api/"
SAFE: Final = {"GET", "HEAD", "OPTIONS"}
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")

FOREIGN: Final = Problem(
    403,
    "foreign-request",
    "This change was not asked for by a page of this service. Open the page again and repeat it.",
)


def token(session: str) -> str:
    """Return the token that pages of a session carry.

    >>> token("secret") == token("secret"), "secret" in token("secret")
    (True, False)
    """
    digest = sha256(DOMAIN + session.encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


class CsrfCheck:
    """Refuses changes that a foreign page asked for; comes after whatever reads the session."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on if it is our own."""
        if scope["state"].get("bearer"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        session = scope["state"].get("session")
        is_safe = scope["method"] in SAFE
        # A link to a page may come from anywhere. A look through the API is entered as somebody's,
        # and no other site makes somebody look.
        may_be_foreign = is_safe and not scope["path"].startswith(API)
        if not may_be_foreign and is_foreign(headers):
            await problems.answer(FOREIGN, scope, send)
            return
        if is_safe:
            await self._app(scope, receive, send)
            return
        if session is not None:
            brought = headers.get(HEADER)
            if brought is None and headers.get("content-type", "").startswith(FORMS):
                body = await _whole(receive)
                receive = _again(body, receive)
                try:
                    brought = await _field(scope, body)
                except MultiPartException:  # Its sender has no page of ours.
                    brought = None
            if not hmac.compare_digest((brought or "").encode(), token(session).encode()):
                await problems.answer(FOREIGN, scope, send)
                return
        await self._app(scope, receive, send)


def is_foreign(headers: Headers) -> bool:
    """Tell whether the browser says that another site's page asked.

    >>> is_foreign(Headers({"sec-fetch-site": "cross-site"}))
    True
    >>> is_foreign(Headers({"origin": "https://mesure.example", "host": "mesure.example"}))
    False
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")


def is_own(headers: Headers) -> bool:
    """Tell whether somebody came here from our own page, or by an act of their own.

    A browser that says nothing of where it came from still names our own page as its referrer.

    >>> [is_own(Headers({"sec-fetch-site": site})) for site in ("none", "same-site")]
    [True, False]
    >>> is_own(Headers({"referer": "https://mesure.example/console", "host": "mesure.example"}))
    True
    >>> is_own(Headers({"host": "mesure.example"}))
    False
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    host = headers.get("referer", "").partition("://")[2].partition("/")[0]
    return host != "" and host == headers.get("host", "")


async def _whole(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, then: Receive) -> Receive:
    """Return a way to receive a body that was received before."""
    is_replayed = False

    async def receive() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await then()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _field(scope: Scope, body: bytes) -> str | None:
    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    async with Request(dict(scope), _again(body, nothing)).form(max_files=20) as form:
        value = form.get(FIELD)
    return value if isinstance(value, str) else None
