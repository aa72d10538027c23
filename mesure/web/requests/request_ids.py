"""Request ids: each is in its answer, in the log and in the audit record.

It is always made here: a name from outside could carry a person's name into the log.
"""

from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ID_BYTES: Final = 12

Random = Callable[[int], bytes]


class RequestIds:
    """Gives each request its id, and sends it back as `X-Request-ID`."""

    def __init__(self, app: ASGIApp, random: Random) -> None:
        self._app = app
        self._random = random

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on under its id."""
        request_id = self._random(ID_BYTES).hex()
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        await self._app(scope, receive, send_named)
