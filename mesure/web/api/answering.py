"""From what an action gives to an answer: whole, or page by page, with a mark of its state.

The mark (`ETag`) is the revision of what is shown where it has one, else a digest of the answer.
Whoever asks again with it is told that nothing changed.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from mesure.web.api.asking import faulty
from mesure.web.api.endpoint import Endpoint
from mesure.web.problems import Fault, Problem

LIMIT_MAX: Final = 200
LIMIT: Final = 50
MARK_CHARS: Final = 22
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def encoded(value: object) -> bytes:
    """Return a value as JSON; times in RFC 3339."""
    return _ENCODER.encode(value)


def answer(endpoint: Endpoint, given: object, query: QueryParams, headers: Headers) -> Response:
    """Return the answer to a request."""
    if endpoint.gives_nothing:
        return Response(status_code=204)
    if endpoint.gives_list:
        assert isinstance(given, Sequence)
        body = encoded(_page(given, query))
    else:
        body = encoded(given)
    mark = _mark(given, body)
    said = {"ETag": mark, "Cache-Control": "no-store"}
    if endpoint.method == "GET" and _has(headers, mark):
        return Response(status_code=304, headers=said)
    return Response(body, endpoint.status, said, "application/json")


def _mark(given: object, body: bytes) -> str:
    revision = getattr(given, "revision", None)
    if isinstance(revision, int):
        return f'"{revision}"'
    return f'"{urlsafe_b64encode(sha256(body).digest()).decode()[:MARK_CHARS]}"'


def _has(headers: Headers, mark: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in headers.get("if-none-match", "").split(",")]
    return mark in known or "*" in known


# --- Pages -------------------------------------------------------------------------------------


def _page(items: Sequence[Any], query: QueryParams) -> dict[str, Any]:
    """Return the items behind the cursor, at most so many, and where to go on."""
    limit = _limit(query.get("limit"))
    start = _after(items, query.get("cursor"))
    shown = items[start : start + limit]
    more = start + limit < len(items)
    return {"items": shown, "next": _cursor(shown[-1]) if more else None}


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LIMIT_MAX):
        raise faulty([Fault("query: limit", f"a whole number from 1 to {LIMIT_MAX} is expected")])
    return int(text)


def _cursor(item: object) -> str:
    """Return what stands for an item: a digest of its first field, which is its name."""
    name = getattr(item, item.__struct_fields__[0]) if isinstance(item, msgspec.Struct) else item
    digest = sha256(b"mesure cursor 1\n" + encoded(name)).digest()
    return urlsafe_b64encode(digest).decode()[:MARK_CHARS]


def _after(items: Sequence[Any], cursor: str | None) -> int:
    if cursor is None:
        return 0
    for place, item in enumerate(items):
        if _cursor(item) == cursor:
            return place + 1
    raise Problem(410, "cursor-gone", "The list has changed; begin again without a cursor.")
