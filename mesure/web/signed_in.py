"""Signed-in callers: the holder of a session cookie, or the service account of a bearer token.

A browser comes with a cookie that scripts cannot read. Another program comes with a bearer token,
and only to the API. One who brings neither is a visitor, and is told so where that is not enough.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mesure.actions.accounts import sessions
from mesure.actions.accounts.sessions import Session
from mesure.actions.framework.context import VISITOR, Actor, Context
from mesure.web.dependencies import Dependencies
from mesure.web.requests import problems, rates
from mesure.web.requests.problems import Problem
from mesure.web.requests.rates import RateBuckets

API: Final = "/api/"
TOKEN_CHARS_MAX: Final = 200
BACKGROUND: Final = "mesure-background"
NAME: Final = "mesure"
# A browser takes a cookie of this name only over TLS, from this very host and for all its paths.
SECURE_NAME: Final = "__Host-mesure"

NOT_KNOWN: Final = Problem(
    401,
    "not-known",
    "This token is not known here, or holds no longer. Ask for a new one.",
    headers={"WWW-Authenticate": 'Bearer realm="mesure", error="invalid_token"'},
)


def cookie_name(parts: Dependencies) -> str:
    """Return the name of the session's cookie."""
    return SECURE_NAME if parts.is_secure else NAME


def cookie(parts: Dependencies, token: str) -> str:
    """Return the cookie of a session that begins; an empty token takes it away again."""
    secure = "; Secure" if parts.is_secure else ""
    ends = "" if token else "; Max-Age=0"
    return f"{cookie_name(parts)}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{ends}"


def forget(answer: Response) -> None:
    """Have a browser forget what it keeps: pages that were read stay readable without a network."""
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'


def take_session(parts: Dependencies, answer: Response) -> None:
    """Take a session from a browser, and all that it keeps with it."""
    answer.headers.append("Set-Cookie", cookie(parts, ""))
    forget(answer)


def context_of(parts: Dependencies, scope: Scope, actor: Actor | None = None) -> Context:
    """Return the context in which the caller does something."""
    who = actor or scope["state"].get("actor") or VISITOR
    context = parts.contexts(who, problems.request_id(scope), rates.address_of(scope))
    state = scope["state"]
    context = replace(
        context,
        on_refusal=lambda: state.update(refusal_entered=True),
        only_person=scope.get("path_params", {}).get("person"),
    )
    session: Session | None = scope["state"].get("signed_in")
    return context if session is None else replace(context, signed_in_at=session.began_at)


async def still(scope: Scope) -> bool:
    """Tell whether the caller may still ask: they may have signed out meanwhile."""
    again: Callable[[], Awaitable[Actor | None]] = scope["state"]["again"]
    return await again() is not None


class SessionAuthentication:
    """Finds out who asks, and lets nobody ask too often."""

    def __init__(self, app: ASGIApp, parts: Dependencies) -> None:
        self._app, self._parts = app, parts
        self._buckets = RateBuckets(
            "pages of an account", parts.limits.by_account, parts.now, parts.share
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on together with who asks."""
        try:
            actor = await self._actor(scope)
            self._count(actor)
        except Problem as problem:
            await problems.answer(problem, scope, send)
            return
        scope["state"] |= {"actor": actor, "again": partial(self._again, scope)}
        await self._app(scope, receive, send)

    def _count(self, actor: Actor | None) -> None:
        wait_s = 0 if actor is None else self._buckets.take(actor.account)
        if wait_s:
            raise rates.too_often(wait_s)

    async def _actor(self, scope: Scope) -> Actor | None:
        headers = Headers(scope=scope)
        kind, _, brought = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and scope["path"].startswith(API):
            return await self._service(scope, brought.strip())
        token = cookie_parser(headers.get("cookie", "")).get(cookie_name(self._parts), "")
        session = await self._session(scope, token)
        if session is None:
            return None
        scope["state"] |= {"session": token, "signed_in": session}
        return session.actor

    async def _again(self, scope: Scope) -> Actor | None:
        """Return who asks, looked up anew; that alone keeps no session alive."""
        token = scope["state"].get("session")
        context = context_of(self._parts, scope)
        if token is None:
            brought = Headers(scope=scope).get("authorization", "").partition(" ")[2].strip()
            return await run_in_threadpool(self._parts.by_token, context, brought)
        look = context.store, context.keyring, token, context.now, context.procedure
        session = await run_in_threadpool(sessions.peek, *look)
        return None if session is None else session.actor

    async def _service(self, scope: Scope, token: str) -> Actor:
        actor = None
        if 0 < len(token) <= TOKEN_CHARS_MAX:
            context = context_of(self._parts, scope)
            actor = await run_in_threadpool(self._parts.by_token, context, token)
        if actor is None:
            raise NOT_KNOWN
        scope["state"]["bearer"] = True
        return actor

    async def _session(self, scope: Scope, token: str) -> Session | None:
        if not 0 < len(token) <= TOKEN_CHARS_MAX:
            return None
        context = context_of(self._parts, scope)
        look = context.store, context.keyring, token, context.now, context.procedure
        # A list that a script keeps fresh is no sign that somebody is there.
        if BACKGROUND in Headers(scope=scope):
            return await run_in_threadpool(sessions.peek, *look)
        return await run_in_threadpool(sessions.resume, *look, context.salts)
