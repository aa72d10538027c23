"""Error pages: what went wrong, why, and what to do now.

Inside, every error is a problem for a machine to read. Where a browser asked for a page, this piece
surrounds everything and says the same as a page, in the reader's language. Nothing that was sent is
repeated, and a browser keeps its own headers and its status.
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import msgspec
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mesure.orders.text.catalogue import Catalogue
from mesure.web.page_templates import PageTemplates
from mesure.web.requests.problems import MEDIA_TYPE
from mesure.web.requests.security_headers import MACHINE_PATHS
from mesure.web.shared.visits import SEE_OTHER, SIGN_IN
from mesure.web.shared.words.page_texts import PageTexts

_REPLACED: Final = {b"content-type", b"content-length", b"content-language", b"vary"}


@dataclass(frozen=True, slots=True)
class ErrorPageText:
    """What an error page says."""

    title: str
    lines: tuple[str, ...]


class ErrorPages:
    """Says problems as pages, where a browser asked for one."""

    def __init__(self, app: ASGIApp, pages: PageTemplates) -> None:
        self._app, self._pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and put a page in the place of a problem."""
        if not _wants_page(scope):
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        began: Message | None = None
        body = b""

        async def send_page(message: Message) -> None:
            nonlocal began, body
            if message["type"] == "http.response.start":
                if _kind(message) != MEDIA_TYPE:
                    await send(message)
                    return
                began = message
            elif began is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await self._say(scope, began, body, send)

        await self._app(scope, receive, send_page)

    async def _say(self, scope: Scope, began: Message, body: bytes, send: Send) -> None:
        request = Request(scope)
        status: int = began["status"]
        if status == 401 and scope["method"] in ("GET", "HEAD"):
            there = quote(scope["path"], safe="")
            await _send(RedirectResponse(f"{SIGN_IN}?next={there}", SEE_OTHER), began, send)
            return
        problem: dict[str, Any] = msgspec.json.decode(body) if body else {}
        texts = self._pages.catalogue(request)
        own = Headers(raw=began["headers"]).get("content-language") == texts.language
        page_text = _said(status, texts, str(problem.get("detail", "")) if own else "")
        contents = {
            "said": page_text,
            "status": status,
            "here": "/",
            "faults": [str(fault.get("what", "")) for fault in problem.get("faults", ())],
        }
        contents["problem_id"] = problem.get("request_id", "-")
        page = self._pages.page(request, "error.html", contents, status)
        await _send(page, began, send)


async def _send(page: Response, began: Message, send: Send) -> None:
    original = [pair for pair in began["headers"] if pair[0].lower() not in _REPLACED]
    names = {name for name, _ in original}
    own = [pair for pair in page.raw_headers if pair[0] not in names]
    head = {"type": "http.response.start", "status": page.status_code, "headers": [*original, *own]}
    await send(head)
    await send({"type": "http.response.body", "body": page.body})


def _wants_page(scope: Scope) -> bool:
    if scope["path"].startswith((*MACHINE_PATHS, "/static/", "/device", "/pilot")):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _kind(message: Message) -> str:
    return Headers(raw=message["headers"]).get("content-type", "")


def _said(status: int, catalogue: PageTexts | Catalogue, detail: str) -> ErrorPageText:
    """Return what to say; `detail` is the reason in the reader's language, where there is one."""
    titles: dict[int, tuple[str, str]] = {
        401: (
            catalogue.text("Please sign in again"),
            catalogue.text("You were signed out because nothing happened for a while."),
        ),
        403: (
            catalogue.text("You cannot open this"),
            catalogue.text("Go back and open the page again. If that does not help, ask for help."),
        ),
        404: (
            catalogue.text("This page is not here"),
            catalogue.text("It may have moved, or been erased. Start again from the first page."),
        ),
        409: (
            catalogue.text("This has changed in the meantime"),
            catalogue.text("Somebody may have been quicker. Open the page again and look."),
        ),
        413: (
            catalogue.text("That is too long"),
            catalogue.text("Go back, make it shorter, and send it again."),
        ),
        422: (
            catalogue.text("This cannot be read"),
            catalogue.text("Go back, look at what you entered, and send it again."),
        ),
        429: (
            catalogue.text("That was too often"),
            catalogue.text("Wait a minute and try again. Nothing is lost."),
        ),
    }
    broken = (
        catalogue.text("Something is wrong with the service"),
        catalogue.text("It is not your fault, and nothing is held against anybody for it."),
    )
    title, advice = titles.get(status, broken if status >= 500 else titles[404])
    return ErrorPageText(title, (detail, advice) if detail and status != 401 else (advice,))
