"""The whole application on a real store in a temporary folder, asked without a network."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from mesure.actions.accounts import sessions
from mesure.actions.framework.context import Actor, Context
from mesure.record import rendering
from mesure.web import app
from mesure.web.dependencies import Dependencies
from mesure.web.requests import csrf
from mesure.web.requests.rates import RequestLimits, RequestRate
from mesure.web.signed_in import SECURE_NAME
from tests.actions import house
from tests.actions.house import Office

ORIGIN = "https://mesure.example"
OFTEN = RequestRate(burst=100_000, per_minute=100_000)


@dataclass
class WebService:
    """The application, who has a session, and who has a token."""

    office: Office
    app: ASGIApp
    tokens: dict[str, Actor] = field(default_factory=dict)

    def session(self, actor: Actor) -> str:
        """Begin a session for somebody whose account is there."""
        begun: list[str] = []

        def begin(doing: Any) -> None:
            begun.append(sessions.begin(doing, actor.account))

        context = self.office.context(actor)
        self.office.store.write(lambda work: begin(_doing(work, context)))
        return begun[-1]

    def ask(
        self,
        method: str,
        path: str,
        actor: Actor | None = None,
        *,
        token: str | None = None,
        client: str = "192.0.2.7",
        headers: dict[str, str] | None = None,
        **arguments: Any,
    ) -> httpx.Response:
        """Ask once: as somebody who has signed in, with a token, or as nobody."""
        own: dict[str, str] = {}
        if token is not None:
            own["Authorization"] = f"Bearer {token}"
        if actor is not None:
            session = self.session(actor)
            own |= {"Cookie": f"{SECURE_NAME}={session}", "X-CSRF-Token": csrf.token(session)}

        async def send_request() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(client, 1))
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as asking:
                return await asking.request(
                    method, path, headers={**own, **(headers or {})}, **arguments
                )

        return asyncio.run(send_request())


def _doing(work: Any, context: Context) -> Any:
    from mesure.actions.framework.action import ActionContext
    from mesure.actions.notifications.webhooks import list_webhooks

    return ActionContext(work, context, list_webhooks, None)


def parts(office: Office, tokens: dict[str, Actor], **more: Any) -> Dependencies:
    """Return what the application is built from."""

    def contexts(actor: Actor, request: str, address: str) -> Context:
        return Context(
            office.store, office.keyring, office.now, office.chance, actor, request, address=address
        )

    return Dependencies(
        contexts=contexts,
        catalogues=rendering.page_catalogue,
        now=lambda: office.now,
        random=office.chance,
        by_token=lambda context, token: tokens.get(token),
        origin=ORIGIN,
        **{"limits": RequestLimits(OFTEN, OFTEN, OFTEN), **more},
    )


@contextmanager
def service(folder: Path, **more: Any) -> Iterator[WebService]:
    with house.office(folder) as office:
        tokens: dict[str, Actor] = {}
        yield WebService(office, app.build(parts(office, tokens, **more)), tokens)
