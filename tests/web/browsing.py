"""Somebody at a browser without a script: opens pages, follows where it is sent, sends forms.

The whole application stands behind it, on a real store, over ASGI and without a network.
"""

import asyncio
import re
from dataclasses import dataclass, field, replace
from html import unescape
from zoneinfo import ZoneInfo

import httpx

from mesure.actions.framework.context import Actor, Context
from mesure.record import rendering
from mesure.web import website
from mesure.web.dependencies import Contexts, Dependencies
from tests.actions.house import Office

ORIGIN = "http://127.0.0.1:8080"
ALMATY = ZoneInfo("Asia/Almaty")


def parts_of(
    office: Office, contexts: Contexts | None = None, origin: str = ORIGIN
) -> Dependencies:
    """Return what the application is built from, in an office of tests."""

    def context(actor: Actor, request: str, address: str) -> Context:
        return replace(office.context(actor, address), request=request)

    context_factory = contexts or context
    return Dependencies(
        context_factory,
        rendering.page_catalogue,
        lambda: office.now,
        office.chance,
        origin,
        zone=ALMATY,
    )


def expect_faults_in_order(page: str) -> None:
    """Expect faults of a form to lead to its fields, in the order in which those are read."""
    _, _, faults = page.partition('<div class="faults"')
    named = re.findall(r'<li><a href="#([^"]+)">', faults.partition("</ul>")[0])
    places = [page.find(f'id="{name}"') for name in named]
    assert -1 not in places, f"no field of a fault: {named}"
    assert places == sorted(places), f"faults are not in the order of their fields: {named}"


@dataclass
class Browser:
    """A browser; it keeps cookies, and the page that it shows."""

    office: Office
    languages: str = "en"
    contexts: Contexts | None = None
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    page: str = ""
    status: int = 0
    address: str = ""
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    headers_sent: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    redirects: list[httpx.Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._app = website.build(parts_of(self.office, self.contexts))

    def serve(self, parts: Dependencies) -> None:
        """Have the application built from other parts."""
        self._app = website.build(parts)

    def open(self, address: str) -> str:
        """Open an address, and return the page."""
        return self._ask("GET", address)

    def send(self, address: str, **fields: str) -> str:
        """Send a form of the page that is shown, with the hidden fields it came with."""
        return self._ask("POST", address, self._hidden() | fields)

    def _hidden(self) -> dict[str, str]:
        hidden = re.findall(r'name="(csrf|seen)" value="([^"]*)"', self.page)
        return {name: unescape(value) for name, value in hidden if value}

    def attach(self, address: str, document: tuple[str, bytes], **fields: str) -> str:
        """Send a form with a document."""
        return self._ask("POST", address, self._hidden() | fields, {"document": document})

    @property
    def text(self) -> str:
        """Return what the page says, without its marks."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page)).split())

    def was_cleared(self) -> bool:
        """Tell whether it was told at last to forget what it keeps; this one keeps nothing."""
        return any("clear-site-data" in one.headers for one in self.redirects)

    def _ask(
        self,
        method: str,
        address: str,
        data: dict[str, str] | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
    ) -> str:
        async def send_request() -> httpx.Response:
            transport = httpx.ASGITransport(
                self._app, client=("192.0.2.7", 1), raise_app_exceptions=False
            )
            headers = {"Accept": "text/html", "Accept-Language": self.languages}
            headers |= {"Sec-Fetch-Site": "same-origin", **self.headers_sent}
            async with httpx.AsyncClient(
                transport=transport, base_url=ORIGIN, headers=headers, cookies=self.cookies,
                follow_redirects=True,
            ) as client:  # fmt: skip
                answer = await client.request(method, address, data=data, files=files)
                self.cookies = client.cookies
                return answer

        answer = asyncio.run(send_request())
        self.content = answer.content
        self.page, self.status, self.headers = answer.text, answer.status_code, answer.headers
        self.address = answer.url.path
        self.redirects = answer.history
        expect_faults_in_order(self.page)
        return self.page
