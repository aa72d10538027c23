"""How much a request may bring, and how slowly.

What is longer is refused before it fills the memory, and what comes in drops does not hold its
connection for ever.
"""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesure.web import problems
from mesure.web.problems import Problem

BODY_BYTES_MAX: Final = 1 << 20
LONG_BODY_BYTES_MAX: Final = 20 << 20  # An order with its maps has 16 MiB, and grows in base64.


BODY_S: Final = 30.0
BYTES_PER_S_MIN: Final = 10_000  # From then on: a poor mobile network gives more.

TOO_SLOW: Final = Problem(408, "too-slow", "What was sent did not come in time. Send it again.")


def too_long(bytes_max: int) -> Problem:
    """Return what is answered to a body of more than so many bytes."""
    return Problem(
        413, "too-long", f"What was sent is too long: at most {bytes_max} bytes are read here. "
        "Send less at once."
    )  # fmt: skip


class BodyLimits:
    """Refuses bodies that are too long, by what they announce and by what comes, or too slow."""

    def __init__(self, app: ASGIApp, long_paths: tuple[str, ...] = ()) -> None:
        self._app = app
        self._long_paths = long_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on as long as its body is short enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        long = scope["path"].startswith(self._long_paths) if self._long_paths else False
        bytes_max = LONG_BODY_BYTES_MAX if long else BODY_BYTES_MAX
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced[:20]) > bytes_max:
            await problems.answer(too_long(bytes_max), scope, send)
            return
        counted, is_whole = 0, False
        began_s = asyncio.get_running_loop().time()

        async def receive_counted() -> Message:
            nonlocal counted, is_whole
            if is_whole:  # What is awaited now is that whoever asked goes away.
                return await receive()
            try:
                async with asyncio.timeout_at(began_s + BODY_S + counted / BYTES_PER_S_MIN):
                    message = await receive()
            except TimeoutError:
                raise TOO_SLOW from None
            counted += len(message.get("body", b""))
            if counted > bytes_max:
                raise too_long(bytes_max)
            is_whole = not message.get("more_body", False)
            return message

        await self._app(scope, receive_counted, send)
