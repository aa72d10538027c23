"""Resumption: a form sent after the session ended is completed after its sender signs in again.

What was typed travels through the door as one hidden field, and is kept nowhere. The one whose
session ended signs in again and sees the page of the form as they had filled it in;
nothing is done until they send it themselves. What cannot travel: attached files, and passwords.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mesure.web.requests import csrf

FIELD: Final = "resume"  # At the door: the form as JSON.
MARK: Final = "resumed"  # On the form that comes back: nothing is to be done yet.
QUERY: Final = "form"  # At the door's address: the form of which page comes with the request.
SAME_METHOD: Final = 307  # The browser sends the same form again, to the door.
BYTES_MAX: Final = 100_000
CARD_PATHS: Final = ("/portal", "/counsel")
# Forms of the door and of one's own account carry passwords.
_NEVER: Final = ("/sign-in", "/sign-out", "/set-up", "/account", "/language")


class InterruptedForm(msgspec.Struct, frozen=True):
    """A form that was not sent on: its address, its fields, and the page that it was on."""

    path: str
    fields: dict[str, str]
    page: str


def to_door(request: Request) -> Response | None:
    """Return the way to the door for a form whose sender is signed in no more; None: it has none.

    A browser takes the form along, as it was.
    """
    path = request.url.path
    if path.startswith(_NEVER):
        return None
    door = "/sign-in/card" if path.startswith(CARD_PATHS) else "/sign-in"
    return RedirectResponse(f"{door}?{QUERY}={quote(path, safe='')}", SAME_METHOD)


def page_of(request: Request) -> str:
    """Return the page that the form of a request was on; empty where the browser is silent."""
    try:
        return urlsplit(request.headers.get("referer", "")).path
    except ValueError:  # No address of ours.
        return ""


def encode_form(request: Request, fields: Mapping[str, str], path: str) -> str:
    """Return as JSON the form that a browser brought to the door; empty where it cannot go on."""
    typed = {name: value for name, value in fields.items() if name not in {csrf.FIELD, MARK}}
    page = page_of(request)
    body = msgspec.json.encode(InterruptedForm(path, typed, page))
    return body.decode() if len(body) <= BYTES_MAX else ""


def read(text: str) -> InterruptedForm | None:
    """Return the form that was interrupted; None where there is none that could go on."""
    try:
        form = msgspec.json.decode(text, type=InterruptedForm) if text else None
    except (msgspec.DecodeError, UnicodeError):
        return None
    if form is None or not is_local(form.path) or form.path.startswith(_NEVER):
        return None
    return form


def is_local(path: str) -> bool:
    """Tell whether a path is one of this service."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return is_ours and path.isprintable() and "\\" not in path
