import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import httpx
import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import OpenAccount
from mesure.actions.framework.context import Actor, Context
from mesure.actions.framework.identity_provider import Directory
from mesure.privacy.roles import Role
from mesure.web import website
from mesure.web.sign_in.directory_login import SENT, THERE
from tests.actions import house, provider
from tests.actions.house import Office
from tests.actions.provider import BACK, CLIENT, SECRET, FakeProvider
from tests.web.browsing import ORIGIN, parts_of


@dataclass
class RedirectedBrowser:
    """A browser that stays where it is sent, so that a test sees where that is."""

    office: Office
    provider: FakeProvider
    directory: Directory
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def __post_init__(self) -> None:
        self._app = website.build(parts_of(self.office, self._context))

    def _context(self, actor: Actor, request: str, address: str) -> Context:
        self.provider.now_s = int(self.office.now.timestamp())
        base_context = self.office.context(actor, address)
        return replace(base_context, request=request, directory=self.directory)

    def get(self, address: str, **headers: str) -> httpx.Response:
        async def send_request() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, client=("192.0.2.7", 1))
            request_headers = {"Accept": "text/html", **headers}
            async with httpx.AsyncClient(
                transport=transport, base_url=ORIGIN, headers=request_headers, cookies=self.cookies
            ) as client:
                answer = await client.get(address)
                self.cookies = client.cookies
                return answer

        return asyncio.run(send_request())

    def there_and_back(self) -> httpx.Response:
        """Go to the directory, and come back from it as from another site."""
        state, code = self.provider.visit(self.get(THERE).headers["location"])
        query = urlencode({"state": state, "code": code})
        return self.get(f"{THERE}/back?{query}", **{"sec-fetch-site": "cross-site"})


@pytest.fixture
def browser(office: Office) -> Iterator[RedirectedBrowser]:
    chief, _ = house.first_supervisor(office)
    opened = OpenAccount("Bota", Role.OFFICER, email="bota@example.org")
    office.do(chief, staff_accounts.open_account, opened)
    with provider.run_provider() as there, httpx.Client(trust_env=False) as client:
        directory = Directory(there.issuer, CLIENT, SECRET, BACK, client)
        yield RedirectedBrowser(office, there, directory)


def test_whom_the_directory_knows_comes_in(browser: RedirectedBrowser) -> None:
    assert THERE in browser.get("/sign-in").text
    back = browser.there_and_back()
    assert (back.status_code, back.headers["location"]) == (303, "/console")
    assert browser.get("/console").status_code == 200
    assert SENT not in browser.cookies


def test_another_browser_does_not_come_in_with_what_was_caught(browser: RedirectedBrowser) -> None:
    state, code = browser.provider.visit(browser.get(THERE).headers["location"])
    browser.cookies.clear()
    back = browser.get(f"{THERE}/back?{urlencode({'state': state, 'code': code})}")
    assert back.status_code == 403
    assert "not valid" in back.text


def test_a_directory_that_is_away_is_said_on_the_page(browser: RedirectedBrowser) -> None:
    browser.directory = replace(browser.directory, issuer="http://127.0.0.1:1")
    away = browser.get(THERE)
    assert away.status_code == 503
    assert "does not answer" in away.text


def test_without_a_directory_no_page_speaks_of_one(office: Office) -> None:
    house.first_supervisor(office)

    async def fetch_page() -> str:
        transport = httpx.ASGITransport(website.build(parts_of(office)))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return (await client.get("/sign-in", headers={"Accept": "text/html"})).text

    assert THERE not in asyncio.run(fetch_page())
