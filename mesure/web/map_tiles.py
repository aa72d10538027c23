"""Map tiles behind zones and fixes: one file, of which a browser asks for the parts it shows.

It is opened once, at the start, and read by position, so a file that is replaced meanwhile does no
harm. Only those who are signed in get it. It tells nothing about anybody, but which pieces somebody
looks at does: they are asked of this service alone, and no browser keeps them.
Decision: docs/decisions/0038-a-map-of-our-own-making.md
"""

import json
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from pmtiles.tile import Compression, TileType, deserialize_header
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mesure.orders.text.catalogue import Catalogue

PREFIX: Final = "/basemap/"
MEDIA_TYPE: Final = "application/vnd.pmtiles"
HEADER_BYTES: Final = 127
FIRST_BYTES: Final = 16_384  # By the specification, header and first directory lie in them.
ABOUT_BYTES_MAX: Final = 1 << 20
CREDIT_CHARS_MAX: Final = 300
DIGEST_CHARS: Final = 12
WORLD_DEG: Final = (-180.0, -85.0, 180.0, 85.0)
NEEDED: Final = frozenset({"road", "water", "place"})
AT_ONCE: Final = 4 << 20  # Longer than any tile.
_BLOCK: Final = 1 << 18
_RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
_MARKS: Final = re.compile(r"<[^>]*>")


class MapSource(Enum):
    """Where what is on a map comes from; each is credited in its own way."""

    OPENSTREETMAP = "openstreetmap"
    SIMULATED = "simulated"
    OTHER = "other"


class BasemapError(Exception):
    """Why a file cannot be the map: `str` says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Basemap:
    """A map that is open."""

    handle: int
    size_bytes: int
    version: str  # Another file has another one.
    source: MapSource
    credit: str
    box_deg: tuple[float, float, float, float] = WORLD_DEG  # West, south, east, north.

    @property
    def address(self) -> str:
        """Return the address under which it is asked for."""
        return f"{PREFIX}{self.version}.pmtiles"

    def piece(self, first: int, count: int) -> bytes:
        """Return bytes of the file; fewer where it has become shorter meanwhile."""
        return os.pread(self.handle, count, first)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.handle)


def credit_of(basemap: Basemap, catalogue: Catalogue) -> str:
    """Return whose work the streets are, as shown on a map and below it."""
    if basemap.source is MapSource.SIMULATED:
        return catalogue.text("A made-up town")
    if basemap.source is MapSource.OPENSTREETMAP:
        return catalogue.text("© OpenStreetMap contributors")
    return basemap.credit


def open_basemap(path: Path) -> Basemap:
    """Open a map; raises `BasemapError` for what is no map, `OSError` where it cannot be read."""
    handle = os.open(path, os.O_RDONLY)
    try:
        file_status = os.fstat(handle)
        first = os.pread(handle, FIRST_BYTES, 0)
        about = _about(handle, first, file_status.st_size)
    except BaseException:
        os.close(handle)
        raise
    stamp = f"{file_status.st_size} {file_status.st_mtime_ns} ".encode()
    version = sha256(stamp + first).hexdigest()[:DIGEST_CHARS]
    named = str(about.get("source", ""))
    source = MapSource(named) if named in {one.value for one in MapSource} else MapSource.OTHER
    credit = _MARKS.sub("", str(about.get("attribution", "")))[:CREDIT_CHARS_MAX].strip()
    if source is MapSource.OTHER and "openstreetmap" in credit.lower():
        source = MapSource.OPENSTREETMAP
    return Basemap(handle, file_status.st_size, version, source, credit, _box_deg(first))


def _box_deg(first: bytes) -> tuple[float, float, float, float]:
    """Return what a map covers, as its header says; the whole world where that is no such box."""
    header = deserialize_header(first)
    west, south = header["min_lon_e7"] / 1e7, header["min_lat_e7"] / 1e7
    east, north = header["max_lon_e7"] / 1e7, header["max_lat_e7"] / 1e7
    is_box = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if is_box else WORLD_DEG


def _about(handle: int, first: bytes, size_bytes: int) -> dict[str, Any]:
    """Return what a file says of itself, once it is known to be such a file, and whole."""
    if len(first) < HEADER_BYTES or not first.startswith(b"PMTiles\x03"):
        raise BasemapError("it is no PMTiles file of version 3")
    try:
        header = deserialize_header(first)
    except ValueError:
        raise BasemapError("its header cannot be read") from None
    if (
        header["tile_type"] is not TileType.MVT
        or header["tile_compression"] is not Compression.GZIP
    ):
        raise BasemapError("its tiles are no vector tiles squeezed by gzip")
    if size_bytes < header["tile_data_offset"] + header["tile_data_length"]:
        raise BasemapError("its end is missing")
    count = min(header["metadata_length"], ABOUT_BYTES_MAX)
    squeezed = os.pread(handle, count, header["metadata_offset"])
    try:
        about = json.loads(zlib.decompressobj(wbits=31).decompress(squeezed, ABOUT_BYTES_MAX))
        layers = {str(layer["id"]) for layer in about["vector_layers"]}
    except (zlib.error, ValueError, TypeError, KeyError, RecursionError):
        raise BasemapError("what it says of itself cannot be read") from None
    if not layers >= NEEDED:
        raise BasemapError("it has not the layers that `mesure basemap` makes")
    return dict(about)


# --- Served --------------------------------------------------------------------------------------


def route(basemap: Basemap) -> Route:
    """Return where the map is asked for."""

    def serve(request: Request) -> Response:
        if request.scope["state"].get("actor") is None:
            raise HTTPException(404)
        return _answer(request, basemap)

    return Route(basemap.address, serve, methods=["GET"])


def _answer(request: Request, basemap: Basemap) -> Response:
    tag = f'"{basemap.version}"'
    always = {"Accept-Ranges": "bytes", "ETag": tag, "Cache-Control": "no-store"}
    range_header, only_if = request.headers.get("range"), request.headers.get("if-range")
    if range_header is None or (only_if is not None and only_if != tag):
        span, status = (0, basemap.size_bytes), 200
    else:
        byte_range = _span(range_header, basemap.size_bytes)
        if byte_range is None:
            whole = {"Content-Range": f"bytes */{basemap.size_bytes}"}
            return Response(status_code=416, headers=always | whole)
        span, status = byte_range, 206
        last = span[1] - 1
        always["Content-Range"] = f"bytes {span[0]}-{last}/{basemap.size_bytes}"
    if request.method != "HEAD" and span[1] - span[0] <= AT_ONCE:
        content = basemap.piece(span[0], span[1] - span[0])
        if len(content) < span[1] - span[0]:
            raise HTTPException(404)  # Somebody has cut the file short since the start.
        return Response(content, status, always, MEDIA_TYPE)
    always["Content-Length"] = str(span[1] - span[0])
    pieces = () if request.method == "HEAD" else _pieces(basemap, *span)
    return StreamingResponse(pieces, status, always, MEDIA_TYPE)


def _span(range_header: str, size_bytes: int) -> tuple[int, int] | None:
    """Return the first byte that is asked for and the one after the last; None if there is none.

    >>> _span("bytes=0-9", 100), _span("bytes=90-", 100), _span("bytes=-5", 100)
    ((0, 10), (90, 100), (95, 100))
    >>> _span("bytes=100-", 100), _span("bytes=0-1,5-6", 100), _span("bytes=-", 100)
    (None, None, None)
    """
    match = _RANGE.fullmatch(range_header.strip())
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start = int(first)
        end = min(size_bytes, int(last) + 1) if last else size_bytes
    return (start, end) if start < end else None


def _pieces(basemap: Basemap, first: int, end: int) -> Iterator[bytes]:
    while first < end:
        piece = basemap.piece(first, min(_BLOCK, end - first))
        if not piece:
            return
        yield piece
        first += len(piece)
