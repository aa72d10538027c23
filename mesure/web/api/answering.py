"""Answering: an action's result as an answer, whole or page by page, with a mark of its state.

The mark (`ETag`) is the revision of what is shown where it has one, else a digest of the answer.
A caller that asks again with it is told that nothing changed.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from mesure.web.api import asking
from mesure.web.api.endpoint import Endpoint
from mesure.web.requests.problems import Problem

LIMIT: Final = 50
MARK_CHARS: Final = 22
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def encode(value: object) -> bytes:
    """Return a value as JSON; times in RFC 3339."""
    return _ENCODER.encode(value)


def answer(endpoint: Endpoint, result: object, query: QueryParams, headers: Headers) -> Response:
    """Return the answer to a request."""
    if endpoint.shape is not None:
        result = endpoint.shape(result)
    if endpoint.gives_nothing:
        return Response(status_code=204)
    if endpoint.gives_list:
        assert isinstance(result, Sequence)
        body = encode(_page(endpoint, result, query))
    else:
        body = encode(result if endpoint.wraps is None else {endpoint.wraps: result})
    mark = mark_of(result, body)
    response_headers = {"ETag": mark, "Cache-Control": "no-store"}
    if endpoint.method == "GET" and is_among(headers.get("if-none-match", ""), mark):
        return Response(status_code=304, headers=response_headers)
    return Response(body, endpoint.status, response_headers, "application/json")


def mark_of(result: object, body: bytes | None = None) -> str:
    """Return the mark of what is shown."""
    body = encode(result) if body is None else body
    revision = getattr(result, "revision", None)
    if isinstance(revision, int):
        return f'"{revision}"'
    return f'"{urlsafe_b64encode(sha256(body).digest()).decode()[:MARK_CHARS]}"'


def is_among(header: str, mark: str) -> bool:
    """Tell whether a header names a mark, or any."""
    known = [one.strip().removeprefix("W/") for one in header.split(",")]
    return mark in known or "*" in known


# --- Pages -------------------------------------------------------------------------------------


def _page(endpoint: Endpoint, items: Sequence[Any], query: QueryParams) -> dict[str, Any]:
    """Return the items behind the cursor, up to the limit, and where to go on.

    An action that pages by itself has begun behind the cursor, and keeps to the limit.
    """
    if endpoint.page is not None:
        most = _limit(query, endpoint.page) if endpoint.takes_limit else endpoint.page
        mark = endpoint.mark or _name
        return {"items": items, "next": mark(items[-1]) if len(items) >= most else None}
    limit, marks = _limit(query, LIMIT), _marks(items)
    start = _after(marks, query.get("cursor"))
    more = start + limit < len(items)
    shown = items[start : start + limit]
    return {"items": shown, "next": marks[start + limit - 1] if more else None}


def _limit(query: QueryParams, usual: int) -> int:
    text = query.get(asking.LIMIT)
    return usual if text is None else asking.limit(text)


def _marks(items: Sequence[Any]) -> list[str]:
    """Return what stands for each item: a digest of its name, or of all of it where names repeat.

    The first field of an item is its name.
    """
    names = [encode(_name(item)) for item in items]
    named = names if len(set(names)) == len(names) else [encode(item) for item in items]
    return [_digest(one) for one in named]


def _digest(named: bytes) -> str:
    digest = sha256(b"mesure cursor 1\n" + named).digest()
    return urlsafe_b64encode(digest).decode()[:MARK_CHARS]


def _name(item: object) -> object:
    return getattr(item, item.__struct_fields__[0]) if isinstance(item, msgspec.Struct) else item


def _after(marks: Sequence[str], cursor: str | None) -> int:
    if cursor is None:
        return 0
    if cursor not in marks:
        raise Problem(410, "cursor-gone", "The list has changed; begin again without a cursor.")
    return marks.index(cursor) + 1
