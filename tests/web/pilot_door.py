"""The real door of phones, in front of a test's office: what an app sends goes the whole way in."""

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from mesure.instants import to_us
from tests.actions.house import Office
from tests.actions.receiving import Here
from tests.ingest import serving


def basic(login: str, password: str) -> dict[str, str]:
    coded = base64.b64encode(f"{login}:{password}".encode()).decode()
    return {"Authorization": f"Basic {coded}"}


def say(office: Office, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
    """Post what an app would post, at the office's hour, and return how it was answered."""

    async def post_message() -> httpx.Response:
        assert hasattr(office.keyring, "find_key")
        here = Here(Path(), office.store, office.keyring)  # type: ignore[arg-type]
        here.now_us = to_us(office.now)
        app, receiver, pilots = serving.listener(here)
        transport = httpx.ASGITransport(app, client=("192.0.2.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://pilot.test") as client:
            answer = await client.post(path, json=body, headers=headers)
        await receiver.close()
        await pilots.close()
        return answer

    with ThreadPoolExecutor(1) as apart:  # A browser under test has a loop in this thread.
        return apart.submit(lambda: asyncio.run(post_message())).result()
