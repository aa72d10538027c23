"""Any request of the pages and of the API, whole: cookies, forms, parts, languages, names."""

import asyncio
import re
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from structlog.typing import EventDict

from mesure.privacy.roles import Role
from mesure.web import website as website_
from mesure.web.api.table import ENDPOINTS
from mesure.web.requests import csrf
from mesure.web.signed_in import SECURE_NAME
from tests.fuzz import scratch
from tests.fuzz.api_targets import BODIES
from tests.fuzz.target import split, target
from tests.web import pages_of_actions
from tests.web import service as services
from tests.web.service import ORIGIN, WebService

ROLES = (Role.OFFICER, Role.SUPERVISOR, Role.OPERATOR, Role.INSPECTOR, Role.PERSON)


def _say_nothing(_logger: object, _level: str, _event: EventDict) -> EventDict:
    raise structlog.DropEvent


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    scratch.stack().callback(loop.close)
    return loop


@cache
def _website() -> tuple[WebService, list[dict[bytes, bytes]]]:
    folder = scratch.folder() / "website"
    folder.mkdir()
    structlog.configure(processors=[_say_nothing])
    running = scratch.stack().enter_context(services.service(folder))
    office = running.office
    running.app = website_.build(services.parts(office, running.tokens))
    officer = office.account("A-officer", Role.OFFICER)
    office.person("P-1", officer)
    actors = [officer] + [
        office.account(f"A-{role}", role, "P-1" if role is Role.PERSON else None)
        for role in ROLES[1:]
    ]
    sessions = [running.session(actor) for actor in actors]
    own = [
        {
            b"cookie": f"{SECURE_NAME}={session}".encode(),
            b"x-csrf-token": csrf.token(session).encode(),
        }
        for session in sessions
    ]
    return running, own


METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE")
KINDS = (
    b"application/x-www-form-urlencoded",
    b"multipart/form-data; boundary=x",
    b"application/json",
)
PART_HEAD = b'--x\r\nContent-Disposition: form-data; name="content"; filename="a.pdf"\r\n\r\n'
PART = PART_HEAD + b"%PDF-1.7\r\n--x--\r\n"
HEAD_BYTES = 4  # Which page, in two of them; how it is asked and by whom; the kind of the body.
NAME = re.compile(r"\{[^}]*\}")


@cache
def _patterns() -> list[str]:
    return sorted(
        {
            route.path
            for route in pages_of_actions.routes_of(_website()[0].office)
            if hasattr(route, "path")
        }
        | {one.address for one in ENDPOINTS}
    )


def _visited() -> list[bytes]:
    """Every address, as everybody in turn; half of them with a form."""
    bodies = (b"login=first&password=x&name=%ff", PART, BODIES[0])
    return [
        number.to_bytes(2, "big") + bytes([(number % 6) * len(METHODS) + how, kind])
        + b"purpose=supervision&case_number=A-1\0fr;q=0.5\0P-1\0" + bodies[kind]
        for number in range(len(_patterns()))
        for how, kind in ((0, 0), (1, number % 3))
    ]  # fmt: skip


@target("website", _visited, share=2, seconds_max=4.0)
def website(data: bytes) -> None:
    """Any request of anybody gets an answer that is none of a broken service."""
    head = data[:HEAD_BYTES].ljust(HEAD_BYTES, b"\0")
    query, header, name, body = split(data[HEAD_BYTES:], 4)
    running, own = _website()
    pattern = _patterns()[int.from_bytes(head[:2], "big") % len(_patterns())]
    who, how = divmod(head[2], len(METHODS))
    fields = {
        b"host": ORIGIN.removeprefix("https://").encode(),
        b"origin": ORIGIN.encode(),
        b"content-type": KINDS[head[3] % len(KINDS)],
        b"accept-language": header,
        b"if-match": header,
        **(own[who % 6] if who % 6 < len(own) else {}),
    }
    path = NAME.sub(lambda _: name.decode("utf-8", "replace"), pattern)
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "https",
        "method": METHODS[how], "path": path, "raw_path": quote(path).encode(),
        "query_string": query, "headers": list(fields.items()), "client": ("192.0.2.7", 1),
        "server": ("mesure.example", 443), "root_path": "",
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: Any) -> None:
        sent.append(event)

    _loop().run_until_complete(running.app(scope, receive, send))
    assert sent[0]["status"] != HTTPStatus.INTERNAL_SERVER_ERROR, path
