"""Problem details (RFC 9457): what went wrong, as a machine reads it.

Every error of the service has this one form. `detail` is a sentence for a clerk: what is wrong, why
it matters, what to do. It never repeats what was sent, so no name comes back in an error or a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.types import Scope, Send

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing that is wrong with what was sent, and where."""

    where: str
    what: str


class Problem(HTTPException):
    """A request that was not fulfilled, and why.

    `kind` is a short name, the same for the same cause: the last part of `type`.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        faults: tuple[FieldFault, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.kind = kind
        self.faults = faults

    def body(self, request_id: str) -> bytes:
        """Return the problem as JSON."""
        body: dict[str, Any] = {
            "type": f"urn:mesure:problem:{self.kind}",
            "title": title(self.status_code),
            "status": self.status_code,
            "detail": self.detail,
            "request_id": request_id,
        }
        if self.faults:
            body["faults"] = [{"where": one.where, "what": one.what} for one in self.faults]
        return msgspec.json.encode(body)


# As RFC 9110 calls them; Python before 3.13 has the names of older standards.
_TITLES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}


def title(status: int) -> str:
    """Return what a status is called, the same on every Python (RFC 9110, section 15)."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


def request_id(scope: Scope) -> str:
    """Return the id that was given to a request; "-" before it has one."""
    return str(scope.get("state", {}).get("request_id", "-"))


def note(problem: Problem, scope: Scope) -> None:
    """Note in a request what is answered to it."""
    scope.get("state", {})["problem"] = problem.kind


async def answer(problem: Problem, scope: Scope, send: Send) -> None:
    """Send a problem as the whole answer."""
    note(problem, scope)
    body = problem.body(request_id(scope))
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *(
            (name.lower().encode(), value.encode())
            for name, value in (problem.headers or {}).items()
        ),
    ]
    await send({"type": "http.response.start", "status": problem.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
