"""Pages in a real Chromium, served by the real application on a real store. `make browser` runs it.

Without `make browser` nothing here is collected: a fresh machine has neither Chromium nor npm.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from mesure.web.dependencies import Contexts, Dependencies
from mesure.web.requests.rates import RequestLimits
from tests.actions import house
from tests.actions.hashing import quick_hashes
from tests.actions.house import Office
from tests.browser import streets
from tests.web import browsing, counted, filled, venued
from tests.web.filled import TOKENS, Evening, Filled
from tests.web.service import OFTEN
from tests.web.venued import Venued

__all__ = ["quick_hashes"]

collect_ignore_glob = [] if os.environ.get("BROWSER_TESTS") else ["test_*"]
if not os.environ.get("SCREENS"):
    collect_ignore_glob.append("test_screens.py")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # Maps are drawn by a processor that plays a graphics card; pages need not be, and cost a third.
    "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
]


EXPECTED = ("GL Driver", "blocked by Playwright")  # Of the machine and of the test itself.


@dataclass
class ServedPages:
    """Where pages are served."""

    origin: str


@dataclass
class ServedOffice(ServedPages):
    """An office whose pages are served, and where."""

    office: Office
    there: Filled
    venued: Venued | None = None


@contextmanager
def site(
    office: Office,
    contexts: Contexts,
    changed: Callable[[Dependencies], Dependencies] = lambda parts: parts,
) -> Iterator[ServedPages]:
    """Serve the pages of an office on a free port."""
    from mesure.web import website

    with socket.socket() as listening_socket:
        listening_socket.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{listening_socket.getsockname()[1]}"
        parts = browsing.parts_of(office, contexts, origin)
        # The clock stands still here, so that no bucket would ever fill again.
        often = RequestLimits(OFTEN, OFTEN, OFTEN, OFTEN)
        parts = replace(parts, basemap=streets.open_basemap(), limits=often)
        config = uvicorn.Config(website.build(changed(parts)), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening_socket]}, daemon=True
        )
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield ServedPages(origin)
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def serve_office(
    folder: Path,
    night: Evening,
    changed: Callable[[Dependencies], Dependencies] = lambda parts: parts,
) -> Iterator[ServedOffice]:
    """Serve the pages of a filled office on a free port."""
    with house.office(folder) as office:
        there = filled.fill(office, night)
        counted.fill(office)
        counted.sign_log(office)
        with site(office, filled.with_trail(office, night), changed) as at:
            yield ServedOffice(at.origin, office, there)


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return filled.judge_evening(tmp_path_factory.mktemp("evening"))


def chromium_path() -> str | None:
    """Return which Chromium is used, if there is any."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def chromium_running() -> Iterator[Any]:
    """Start the Chromium of this machine, or say how to name one."""
    from playwright.sync_api import sync_playwright

    program = chromium_path()
    assert program, "There is no Chromium here. Install it, or name it: make browser CHROMIUM=/path"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with chromium_running() as browser:
        yield browser


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory, night: Evening) -> Iterator[ServedOffice]:
    """An office for tests that change nothing in it."""
    with serve_office(tmp_path_factory.mktemp("office"), night) as site:
        yield replace(site, venued=venued.fill(site.office, site.there))


@pytest.fixture
def fresh(tmp_path: Path, night: Evening) -> Iterator[ServedOffice]:
    """An office for one test alone."""
    with serve_office(tmp_path, night) as site:
        yield site


def until(page: Any, expression: str) -> Any:
    """Wait until an expression is true on a page, and return it.

    The browser's own waiting evaluates strings within the page, which its policy forbids.
    """
    for _ in range(300):
        value = page.evaluate(expression)
        if value:
            return value
        page.wait_for_timeout(50)
    raise AssertionError(f"it never became true: {expression}")


class WatchedPage:
    """A page of somebody's, and everything that it asked for or complained of."""

    def __init__(
        self, browser: Any, at: ServedPages, who: str | None, language: str = "en", **more: Any
    ) -> None:
        self.at = at
        settings = {"viewport": {"width": 1200, "height": 900}, **more}
        self.context = browser.new_context(**settings)
        cookies = {"mesure_language": language}
        if who is not None:
            cookies["mesure"] = TOKENS[who]
        self.context.add_cookies(
            [{"name": name, "value": value, "url": at.origin} for name, value in cookies.items()]
        )
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        expected = any(said in message.text for said in EXPECTED)
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(message.text)

    def open(self, path: str) -> Any:
        return self.page.goto(f"{self.at.origin}{path}")

    def elsewhere(self) -> list[str]:
        """Return what was asked of any other place."""
        ours = (self.at.origin, "data:", "blob:")
        return [url for url in self.asked if not url.startswith(ours)]

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Any]:
    """Return what opens a watched page; afterwards nothing may have been asked elsewhere."""
    opened: list[WatchedPage] = []

    def watch(at: ServedPages, who: str | None, **more: Any) -> WatchedPage:
        opened.append(WatchedPage(chromium, at, who, **more))
        return opened[-1]

    yield watch
    for visit in opened:
        visit.close()
    assert not [url for one in opened for url in one.elsewhere()]
    assert not [said for one in opened for said in one.complaints]
