"""Style sheets, scripts and pictures, each under a name that says what is in it.

The name holds a piece of the file's digest, so a browser may keep a file for ever: another file
has another name. Only what was there at the start is served, and nothing is looked up on the disk
by what a request says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources.abc import Traversable
from mimetypes import guess_type
from typing import Final

from starlette.types import Receive, Scope, Send

from mesure.web import problems
from mesure.web.problems import Problem

PREFIX: Final = "/static/"
DIGEST_CHARS: Final = 12
FOR_EVER: Final = b"public, max-age=31536000, immutable"
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}

NOT_FOUND: Final = Problem(404, "not-found", "There is nothing under this address.")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is served."""

    address: str
    media_type: str
    content: bytes


class StaticFiles:
    """The files of some folders, and an ASGI application that serves them."""

    def __init__(self, *folders: Traversable) -> None:
        found = [file for folder in folders for file in _files(folder, "")]
        self._addresses = {name: _address(name, content) for name, content in found}
        self._served = {
            self._addresses[name]: StaticFile(self._addresses[name], _media_type(name), content)
            for name, content in found
        }

    def address(self, name: str) -> str:
        """Return the address of a file; raises `KeyError` for a file that is not there."""
        return self._addresses[name]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Serve a file."""
        file = self._served.get(scope["path"])
        if file is None or scope["method"] not in ("GET", "HEAD"):
            await problems.answer(NOT_FOUND, scope, send)
            return
        headers = [
            (b"content-type", file.media_type.encode()),
            (b"content-length", str(len(file.content)).encode()),
            (b"cache-control", FOR_EVER),
        ]
        body = b"" if scope["method"] == "HEAD" else file.content
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _files(folder: Traversable, above: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.startswith((".", "__")):
            continue
        if path.is_dir():
            yield from _files(path, f"{above}{path.name}/")
        else:
            yield above + path.name, path.read_bytes()


def _address(name: str, content: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    digest = sha256(content).hexdigest()[:DIGEST_CHARS]
    return f"{PREFIX}{stem}.{digest}{dot}{suffix}" if dot else f"{PREFIX}{name}.{digest}"


def _media_type(name: str) -> str:
    suffix = name[name.rfind(".") :]
    found = TYPES.get(suffix) or guess_type(name)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith("text/") else found
