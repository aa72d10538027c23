"""Style sheets, scripts and pictures, each under a name that says what is in it.

The name holds a piece of the file's digest, so a browser may keep a file for ever: another file
has another name. Only what was there at the start is served, and nothing is looked up on the disk
by what a request says.
"""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from mimetypes import guess_type
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from mesure.web.requests import problems
from mesure.web.requests.problems import Problem

PREFIX: Final = "/static/"
DIGEST_CHARS: Final = 12
VENDOR: Final = "vendor/"
# Files in these load each other by name, so their folder has the digest.
FOLDERS: Final = (VENDOR, "map/")
SQUEEZED: Final = (".css", ".js", ".mjs", ".svg", ".json")
FOR_EVER: Final = b"public, max-age=31536000, immutable"
TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
}

NOT_FOUND: Final = Problem(404, "not-found", "There is nothing under this address.")


@dataclass(frozen=True)
class StaticFile:
    """A file as it is served."""

    address: str
    media_type: str
    content: bytes

    @cached_property
    def squeezed(self) -> bytes | None:
        """Return it squeezed by gzip, where that makes it smaller; worked out when first asked."""
        if not self.address.endswith(SQUEEZED):
            return None
        squeezed = gzip.compress(self.content, mtime=0)
        return squeezed if len(squeezed) < len(self.content) else None


@cache
def own() -> "StaticFiles":
    """Return the files of the pages, read once."""
    return StaticFiles(resources.files("mesure.web") / "static")


class StaticFiles:
    """The files of some folders, and an ASGI application that serves them."""

    def __init__(self, *folders: Traversable) -> None:
        files = [file for folder in folders for file in _files(folder, "")]
        folders_ = {folder: f"{PREFIX}{folder}{_digest(files, folder)}/" for folder in FOLDERS}
        self._addresses = {name: _address(name, content, folders_) for name, content in files}
        self._served = {
            self._addresses[name]: StaticFile(self._addresses[name], _media_type(name), content)
            for name, content in files
        }

    def address(self, name: str) -> str:
        """Return the address of a file; raises `KeyError` for a file that is not there."""
        return self._addresses[name]

    def has(self, name: str) -> bool:
        """Tell whether a file is there; libraries of others need not be."""
        return name in self._addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Serve a file."""
        file = self._served.get(scope["path"])
        if file is None or scope["method"] not in ("GET", "HEAD"):
            await problems.answer(NOT_FOUND, scope, send)
            return
        content, coding = file.content, []
        wants_squeezed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if wants_squeezed and file.squeezed is not None:
            content, coding = file.squeezed, [(b"content-encoding", b"gzip")]
        headers = [
            (b"content-type", file.media_type.encode()),
            (b"content-length", str(len(content)).encode()),
            (b"cache-control", FOR_EVER),
            (b"vary", b"accept-encoding"),
            *coding,
        ]
        body = b"" if scope["method"] == "HEAD" else content
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


def _digest(files: Sequence[tuple[str, bytes]], folder: str) -> str:
    """Return a piece of the digest of all that lies in a folder."""
    content = b"".join(content for name, content in files if name.startswith(folder))
    return sha256(content).hexdigest()[:DIGEST_CHARS]


def _address(name: str, content: bytes, folders: Mapping[str, str]) -> str:
    for folder, address in folders.items():
        if name.startswith(folder):
            return address + name.removeprefix(folder)
    stem, dot, suffix = name.rpartition(".")
    digest = sha256(content).hexdigest()[:DIGEST_CHARS]
    return f"{PREFIX}{stem}.{digest}{dot}{suffix}" if dot else f"{PREFIX}{name}.{digest}"


def _media_type(name: str) -> str:
    suffix = name[name.rfind(".") :]
    media_type = TYPES.get(suffix) or guess_type(name)[0] or "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
