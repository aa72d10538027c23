"""An officer at a browser without a script, who fills in the forms that a page really has."""

import asyncio
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx

from mesure.actions.accounts import sessions
from mesure.actions.cases.colleagues import list_colleagues
from mesure.actions.framework.action import ActionContext
from mesure.actions.framework.context import Actor
from mesure.web.languages import COOKIE
from mesure.web.signed_in import NAME
from tests.actions.scene import OfficeScene
from tests.web.browsing import ORIGIN, Browser

Files = dict[str, tuple[str, bytes]]


@dataclass
class FoundForm:
    """A form of a page: where it goes, and what its fields hold."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    words: str = ""


class _Forms(HTMLParser):
    """Reads the forms of a page as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[FoundForm] = []
        self._open: FoundForm | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._open = FoundForm(values.get("action", ""))
            self.found.append(self._open)
        if self._open is None:
            return
        name = values.get("name", "")
        if tag in ("input", "select", "textarea") and name:
            self._open.names.add(name)
        if tag == "input" and name and values.get("type") not in ("checkbox", "radio", "file"):
            self._open.fields[name] = values.get("value", "")
        elif tag == "input" and name and "checked" in values:
            self._open.fields[name] = values.get("value", "on")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in values or self._select not in self._open.fields:
                self._open.fields[self._select] = values.get("value", "")
        elif tag == "textarea":
            self._area = name
            self._open.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.words += data
            if self._area:
                self._open.fields[self._area] += data


@dataclass
class CaseworkBrowser(Browser):
    """The browser of somebody who works on cases."""

    url: str = ""

    @classmethod
    def of(cls, scene: OfficeScene, actor: Actor, languages: str = "en") -> "CaseworkBrowser":
        """Return the browser of somebody who has signed in."""
        desk = cls(scene.office, languages)
        desk.cookies.set(NAME, session(scene, actor), domain="127.0.0.1")
        desk.cookies.set(COOKIE, languages, domain="127.0.0.1")  # The account's goes before asking.
        return desk

    def fill(self, **fields: Any) -> str:
        """Fill in the form that has these fields, and send it.

        `button`: a word that the form says; `files`: what is uploaded, by the name of the field;
        `pressed`: what the button says that is pressed, where it has a name.
        """
        button, files = fields.pop("button", ""), fields.pop("files", None)
        pressed = fields.pop("pressed", {})
        form = self.form(set(fields) | set(files or {}), button)
        data = {**form.fields, **fields, **pressed}
        return self.post(form.action or self.url, data, files)

    def form(self, names: set[str], button: str = "") -> FoundForm:
        """Return the first form of the page that has some fields, and says a word."""
        parser = _Forms()
        parser.feed(self.page)
        for form in parser.found:
            if names <= form.names and button in form.words and form.action != "/language":
                return form
        raise AssertionError(f"no form with {sorted(names)} and {button!r} on {self.url}")

    def post(self, address: str, data: dict[str, str], files: Files | None = None) -> str:
        """Send a form."""
        return self.ask("POST", address, data=data, files=files or None)

    def open(self, address: str) -> str:
        """Open an address, and return the page."""
        return self.ask("GET", address)

    def order_file(self) -> str:
        """Return the order file that the page of a version shows."""
        text = self.page.partition('mono file">')[2].partition("</pre>")[0]
        assert text, f"no order file on {self.url}"
        return unescape(text)

    def follow(self, words: str) -> str:
        """Follow the first link that says this."""
        parser = _Links()
        parser.feed(self.page)
        for address, link_text in parser.found:
            if words in " ".join(link_text.split()):
                return self.open(address)
        raise AssertionError(f"no link says {words!r} on {self.url}")

    def ask(self, method: str, address: str, **arguments: Any) -> str:
        """Ask once, and go where one is sent."""

        async def send_request() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, client=("192.0.2.7", 1))
            headers = {"Accept": "text/html", "Accept-Language": self.languages}
            async with httpx.AsyncClient(
                transport=transport, base_url=ORIGIN, headers=headers, cookies=self.cookies,
                follow_redirects=True,
            ) as client:  # fmt: skip
                answer = await client.request(method, address, **arguments)
                self.cookies = client.cookies
                return answer

        answer = asyncio.run(send_request())
        self.page, self.status, self.headers = answer.text, answer.status_code, answer.headers
        self.address, self.url = answer.url.path, str(answer.url).removeprefix(ORIGIN)
        return self.page


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append((dict(attributes).get("href") or "", ""))
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            address, link_text = self.found[-1]
            self.found[-1] = (address, link_text + data)


def session(scene: OfficeScene, actor: Actor) -> str:
    """Begin a session for somebody whose account is there."""
    begun: list[str] = []
    context = scene.office.context(actor)
    scene.office.store.write(
        lambda work: begun.append(
            sessions.begin(ActionContext(work, context, list_colleagues, None), actor.account)
        )
    )
    return begun[-1]
