"""Request log: one line for each request, and nothing in it about anybody.

The audit log says who did what to whom, where it is sealed and can be erased. Here are the pattern
of the route (never the address or the query), the status, the time it took, and the id under which
the audit record can be found.
"""

from time import perf_counter
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesure.instants import US_PER_S
from mesure.web.requests import problem_answers, problems
from mesure.web.requests.error_frames import frames
from mesure.web.requests.metrics import METHODS, OTHER, route_of
from mesure.web.requests.problems import Problem

GONE: Final = 499  # The client went away before the request was whole; nobody is answered.

BROKEN: Final = Problem(
    500,
    "broken",
    "Something is wrong with the service itself. Give the operator the request id; "
    "it stands in the log.",
)


class RequestLog:
    """Writes a line for each request, and answers what went wrong inside with a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._log = structlog.get_logger("mesure.web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and log how it ended."""
        status, began_s = 0, perf_counter()

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_seen)
        except ClientDisconnect:
            status = status or GONE
        except Problem as problem:  # From a piece of the frame, before any route was found.
            if not status:
                await problems.answer(problem, scope, send_seen)
        except Exception as error:  # noqa: BLE001  The last place: it is logged and answered.
            answered = problem_answers.of_store(error) or BROKEN
            self._log.error(
                "request_broken",
                request_id=problems.request_id(scope),
                error=type(error).__name__,
                frames=frames(error),
            )
            if not status:
                await problems.answer(answered, scope, send_seen)
        took_us = int((perf_counter() - began_s) * US_PER_S)
        self._log.info("request", took_us=took_us, status=status, **_said_of(scope))


def _said_of(scope: Scope) -> dict[str, str]:
    actor = scope.get("state", {}).get("actor")
    return {
        "request_id": problems.request_id(scope),
        "method": scope["method"] if scope["method"] in METHODS else OTHER,
        "route": route_of(scope),
        "role": actor.role.value if actor is not None else "nobody",
    }
