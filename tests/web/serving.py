"""A small application behind one piece of the frame, asked over ASGI without a network."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

ORIGIN = "https://mesure.example"


def ask(
    app: ASGIApp,
    method: str = "GET",
    path: str = "/",
    *,
    state: dict[str, Any] | None = None,
    client: str = "192.0.2.7",
    **arguments: Any,
) -> httpx.Response:
    """Ask once, and return the answer; `state` is what earlier pieces would have put there."""

    async def app_with_state(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"request_id": "r", **(state or {})}
        await app(scope, receive, send)

    async def send_request() -> httpx.Response:
        transport = httpx.ASGITransport(app_with_state, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as asking:
            return await asking.request(method, path, **arguments)

    return asyncio.run(send_request())


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body that came."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
