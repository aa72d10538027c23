"""Incident stream: a connection that stays, on which each change is sent as it comes.

Server-sent events, as browsers and most libraries read them. A client that is cut off comes again
with the number of the last event, and misses nothing. Each group of events is a look of its own.
One question to the store serves all who wait.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mesure.actions.framework.action import perform
from mesure.actions.notifications import incident_feed
from mesure.actions.notifications.incident_feed import IncidentChanges, IncidentFeedRequest
from mesure.web import languages, signed_in
from mesure.web.api import answering
from mesure.web.api.asking import faulty
from mesure.web.dependencies import Dependencies
from mesure.web.requests import problem_answers
from mesure.web.requests.problems import FieldFault, Problem

PATH: Final = "/events"
MEDIA_TYPE: Final = "text/event-stream"
POLL_S: Final = 0.25
BEAT_S: Final = 15.0  # So that nothing between takes the connection for dead.
LASTS_S: Final = 600.0  # Then the caller shows again who they are.
STREAMS_MAX: Final = 4  # Of one account.
NUMBER_DIGITS_MAX: Final = 15

TOO_MANY: Final = Problem(
    429,
    "too-many-streams",
    f"At most {STREAMS_MAX} streams are open for one account. Close one first.",
    headers={"Retry-After": "10"},
)


class ChangeWatermark:
    """How far the changes have come; asked for by many, read once."""

    def __init__(self, parts: Dependencies) -> None:
        self._parts = parts
        self._newest, self._read_s = 0, float("-inf")
        self._reading = asyncio.Lock()

    async def is_past(self, request: Request, after: int) -> bool:
        """Tell whether something came after this number."""
        async with self._reading:
            if self._newest <= after and monotonic() - self._read_s >= POLL_S:
                context = signed_in.context_of(self._parts, request.scope)
                known = max(self._newest, 0)
                self._newest = await run_in_threadpool(incident_feed.newest, context, known)
                self._read_s = monotonic()
        return self._newest > after


def routes(parts: Dependencies) -> list[Route]:
    """Return the route of the stream."""
    tide, streams = ChangeWatermark(parts), Counter[str]()

    async def stream(request: Request) -> Response:
        actor = request.scope["state"].get("actor")
        if actor is None:
            language = languages.of_request(request, parts.languages)
            raise problem_answers.nobody(parts.catalogues(language))
        after = _after(request)
        if streams[actor.account] >= STREAMS_MAX:
            raise TOO_MANY
        if request.method == "HEAD":
            return Response(media_type=MEDIA_TYPE)
        counted = _Counted(streams, actor.account)
        try:
            first = await _look(parts, request, after)  # Callers who may not are refused at once.
        except BaseException:
            counted.ends()
            raise
        return _Stream(_events(parts, request, tide, first), counted)

    return [Route(PATH, stream)]


def _after(request: Request) -> int:
    text = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX):
        raise faulty([FieldFault("query: after", "the number of an event is expected")])
    return int(text)


async def _look(parts: Dependencies, request: Request, after: int) -> IncidentChanges:
    context = signed_in.context_of(parts, request.scope)
    return await run_in_threadpool(
        perform, context, incident_feed.follow, IncidentFeedRequest(after=after)
    )


class _Counted:
    """A stream of an account, counted from before its first look until it has ended."""

    def __init__(self, streams: Counter[str], account: str) -> None:
        self._streams, self._account = streams, account
        streams[account] += 1

    def ends(self) -> None:
        """Count it no more."""
        self._streams[self._account] -= 1
        if not self._streams[self._account]:
            del self._streams[self._account]


class _Stream(StreamingResponse):
    """The answer that stays open; it ends however its connection ends."""

    def __init__(self, events: AsyncIterator[bytes], counted: _Counted) -> None:
        super().__init__(events, media_type=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"})
        self._counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and count the stream until then."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._counted.ends()


async def _events(
    parts: Dependencies, request: Request, tide: ChangeWatermark, first: IncidentChanges
) -> AsyncIterator[bytes]:
    """Yield what changed and, now and then, a sign that the connection is alive.

    A caller who signed out, or has no account or token any more, hears nothing more.
    """
    changes, until_s, beat_s = first, monotonic() + LASTS_S, monotonic() + BEAT_S
    yield _written(changes)
    while monotonic() < until_s and not await request.is_disconnected():
        is_past = await tide.is_past(request, changes.after)
        if (is_past or monotonic() >= beat_s) and not await signed_in.still(request.scope):
            return
        if is_past:
            changes = await _look(parts, request, changes.after)
            yield _written(changes)
        elif monotonic() >= beat_s:
            beat_s = monotonic() + BEAT_S
            yield b": alive\n\n"
        else:
            await asyncio.sleep(POLL_S)


def _written(changes: IncidentChanges) -> bytes:
    """Return events as they are sent; the last line moves the number on past what is not shown."""
    lines = [
        b"id: %d\nevent: incident\ndata: %s\n\n" % (change.change, answering.encode(change))
        for change in changes.changes
    ]
    return b"".join(lines) + b"id: %d\nevent: after\ndata: %d\n\n" % (changes.after, changes.after)


def describe() -> dict[str, Any]:
    """Return the description of the stream."""
    after = {
        "name": "after",
        "in": "query",
        "required": False,
        "description": "The number of the last event that was read; `Last-Event-ID` does the same.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 0,
    }
    description = (
        "Each event `incident` has an `IncidentChange` as its data and its number as its id. "
        "The event `after` only moves the number on. The stream ends after ten minutes; come "
        "again with the last number. For: officer, service, supervisor."
    )
    return {
        "operationId": "incidents_stream",
        "tags": ["Incidents"],
        "summary": "Follow incidents as they are raised and as they change.",
        "description": description,
        "parameters": [after],
        "responses": {
            "200": {
                "description": "Server-sent events.",
                "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
            },
            **{
                str(status): {"$ref": f"#/components/responses/Problem{status}"}
                for status in (401, 403, 422, 429, 500, 503)
            },
        },
    }
