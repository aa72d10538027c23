"""Body limits: how much requests may bring: each, all of one caller, all together; how slowly.

What is longer is refused before it fills the memory, and what comes in drops does not hold its
connection for ever. A visitor who has not signed in brings little: a form, or what their device
signed. It is behind the layer that finds out who asks, and asks it again where a body took long:
one whose account was closed meanwhile would still carry out what they had begun.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesure.actions.framework.context import Actor
from mesure.actions.limits.memory_budget import MemoryBudget, MemoryReservation
from mesure.web.requests import problems, rates
from mesure.web.requests.problems import Problem

BODY_BYTES_MAX: Final = 1 << 20
LONG_BODY_BYTES_MAX: Final = 20 << 20  # An order with its maps has 16 MiB, and grows in base64.
STRANGERS_BYTES_MAX: Final = 1 << 17

# Held at once: what is read takes several times as much while it is worked on.
KNOWN_HELD_BYTES_MAX: Final = 64 << 20
ACCOUNT_HELD_BYTES_MAX: Final = 24 << 20
STRANGE_HELD_BYTES_MAX: Final = 16 << 20
ADDRESS_HELD_BYTES_MAX: Final = 2 << 20

BODY_S: Final = 30.0
SOON_S: Final = 2.0  # A sender who takes longer is looked up again.
BYTES_PER_S_MIN: Final = 10_000  # From then on: a poor mobile network gives more.

TOO_SLOW: Final = Problem(408, "too-slow", "What was sent did not come in time. Send it again.")
SIGNED_OUT: Final = Problem(
    401, "session", "You were signed out while this was being sent. Nothing was done; sign in."
)
FULL: Final = Problem(
    503,
    "full",
    "Too much is being sent at once. Wait until what you sent before has arrived; then send this "
    "again.",
    headers={"Retry-After": "10"},
)


def too_long(bytes_max: int) -> Problem:
    """Return what is answered to a body of more than `bytes_max` bytes."""
    return Problem(
        413, "too-long", f"What was sent is too long: at most {bytes_max} bytes are read here. "
        "Send less at once."
    )  # fmt: skip


class BodyLimits:
    """Refuses bodies that are too long, by what they announce and by what comes, or too slow."""

    def __init__(self, app: ASGIApp, long_paths: tuple[str, ...] = ()) -> None:
        self._app = app
        self._long_paths = long_paths
        self._known = MemoryBudget(KNOWN_HELD_BYTES_MAX, ACCOUNT_HELD_BYTES_MAX)
        self._strangers = MemoryBudget(STRANGE_HELD_BYTES_MAX, ADDRESS_HELD_BYTES_MAX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on as long as its body is short enough."""
        actor: Actor | None = scope["state"].get("actor")
        bytes_max = self._bytes_max(scope["path"], actor)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        size = announced.lstrip(b"0") or b"0"  # Of thousands of zeros Python makes no number.
        if not announced.isdigit() or int(size[:20]) > bytes_max:
            await problems.answer(too_long(bytes_max), scope, send)
            return
        with self._holding(scope, actor) as holding:
            if not holding.grow_to(int(size)):
                await problems.answer(FULL, scope, send)
                return
            again = None if actor is None else scope["state"].get("again")
            await self._app(scope, _counted(receive, bytes_max, holding, again), send)

    def _bytes_max(self, path: str, actor: Actor | None) -> int:
        if actor is None:
            return STRANGERS_BYTES_MAX
        is_long = bool(self._long_paths) and path.startswith(self._long_paths)
        return LONG_BODY_BYTES_MAX if is_long else BODY_BYTES_MAX

    def _holding(self, scope: Scope, actor: Actor | None) -> MemoryReservation:
        if actor is None:
            return self._strangers.open_reservation(rates.address_of(scope))
        return self._known.open_reservation(actor.account)


def _counted(
    receive: Receive,
    bytes_max: int,
    holding: MemoryReservation,
    again: Callable[[], Awaitable[Actor | None]] | None,
) -> Receive:
    """Return a way to receive a body that raises a problem where it is too long, or too slow.

    `again`: looks up anew who sends it; None: it was nobody.
    """
    counted, is_whole, loop = 0, False, asyncio.get_running_loop()
    began_s = loop.time()

    async def receive_counted() -> Message:
        nonlocal counted, is_whole
        if is_whole:  # What is awaited now is that the client goes away.
            return await receive()
        try:
            async with asyncio.timeout_at(began_s + BODY_S + counted / BYTES_PER_S_MIN):
                message = await receive()
        except TimeoutError:
            raise TOO_SLOW from None
        counted += len(message.get("body", b""))
        if counted > bytes_max:
            raise too_long(bytes_max)
        if not holding.grow_to(counted):
            raise FULL
        is_whole = not message.get("more_body", False)
        is_late = is_whole and loop.time() - began_s > SOON_S
        if is_late and again is not None and await again() is None:
            raise SIGNED_OUT
        return message

    return receive_counted
