"""Refused requests of people who have signed in, entered in the audit log.

An action enters its refusals by itself. This module records what never reaches one: a page of
another role, a form that no page of ours sent, what is too long or cannot be read. An address that
is not there is no refusal, and a visitor who has not signed in is not entered. It is behind the
layer that finds out who asks, and in front of whatever refuses a request unread.
"""

from collections.abc import Sequence
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesure.actions.framework import early_refusals
from mesure.actions.framework.early_refusals import EarlyRefusal
from mesure.actions.refusals.refusals import TranslatableReason
from mesure.privacy.access_refusal import AccessRefusal
from mesure.web import signed_in
from mesure.web.dependencies import Dependencies
from mesure.web.requests.csrf import FOREIGN
from mesure.web.requests.problems import Problem

FORBIDDEN: Final = 403
TOO_LONG: Final = 413
UNREADABLE: Final = (400, 415, 422)
REFUSED: Final = (FORBIDDEN, TOO_LONG, *UNREADABLE)


class RefusalsEntered:
    """Enters requests that are refused, unless an action has entered the refusal."""

    def __init__(self, app: ASGIApp, parts: Dependencies, routes: Sequence[BaseRoute]) -> None:
        self._app, self._parts, self._routes = app, parts, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on; a refusal is in the audit log before it is answered."""
        if scope["state"].get("actor") is None:
            await self._app(scope, receive, send)
            return
        # As it came: a router writes into it what it makes of the address.
        original_scope = dict(scope)

        async def send_entered(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._enter(original_scope, message["status"])
            await send(message)

        try:
            await self._app(scope, receive, send_entered)
        except Problem as problem:
            scope["state"]["problem"] = problem.kind
            await self._enter(original_scope, problem.status_code)
            raise

    async def _enter(self, scope: Scope, status: int) -> None:
        state = scope["state"]
        if status not in REFUSED or state.get("refusal_entered"):
            return
        page = pattern(self._routes, scope)
        if page is None:
            return
        state["refusal_entered"] = True
        context = signed_in.context_of(self._parts, scope)
        reason = _reason(status, state)
        await run_in_threadpool(early_refusals.enter, context, reason, scope["method"], page)


def _reason(status: int, state: dict[str, Any]) -> TranslatableReason:
    """Return why, as a word of a closed list."""
    if status == FORBIDDEN:
        kind = state.get("problem")
        return EarlyRefusal.FOREIGN if kind == FOREIGN.kind else AccessRefusal.ROLE
    return EarlyRefusal.TOO_LONG if status == TOO_LONG else EarlyRefusal.FAULTY


def pattern(routes: Sequence[BaseRoute], scope: Scope) -> str | None:
    """Return the pattern of the route that answers an address; None: there is none.

    >>> from starlette.routing import Mount, Route
    >>> routes = [Mount("/api", routes=[Route("/orders/{order}", print)])]
    >>> asked = {"type": "http", "method": "GET", "path": "/api/orders/O-1"}
    >>> pattern(routes, asked), pattern(routes, {**asked, "path": "/api/persons"})
    ('/api/orders/{order}', None)
    """
    for route in routes:
        match, inside = route.matches(scope)
        if match is Match.FULL:
            path = str(getattr(route, "path", ""))
            within = getattr(route, "routes", None)
            if within is None:
                return path
            # A mount without routes has files under it; nobody is refused those.
            inner_pattern = pattern(within, {**scope, **inside})
            return None if inner_pattern is None else path + inner_pattern
    return None
