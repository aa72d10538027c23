"""Shape spool: shapes wait on disk, sorted by the part of the map that they touch.

Tiles then wait there until all of them are cut, since a file of tiles has them in a fixed order.

So a map of a country is made with the memory of one part of it. A part is a tile of `PART_ZOOM`;
what is on the map from farther away waits a second time, in one heap for the whole map.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import msgspec
import numpy as np
import shapely
from shapely import Geometry

from mesure.geo.fixes import F64
from mesure.service.basemap import mercator
from mesure.service.basemap.shapes import MapShape

PART_ZOOM: Final = 10
FAR: Final = -1  # The part of what is seen from far away.
BUFFER: Final = 1 / 64  # So much of a tile around it is drawn as well, or edges would show.
FEW: Final = 4  # What touches more parts is cut before it waits.

Part: TypeAlias = int  # x * 2**PART_ZOOM + y of a tile, or FAR.
Box: TypeAlias = tuple[float, float, float, float]  # West, north, east, south on the square.


class PlacedShape(NamedTuple):
    """A shape on the square that maps are cut from."""

    layer: str
    kind: str
    zoom: int
    names: tuple[tuple[str, str], ...]
    precedence: int
    geometry: Geometry


class _Kept(msgspec.Struct, array_like=True):
    layer: str
    kind: str
    zoom: int
    names: tuple[tuple[str, str], ...]
    precedence: int
    wkb: bytes


class ShapeSpool:
    """The shapes of a map that is being made."""

    def __init__(self, folder: Path) -> None:
        self._file = sqlite3.connect(folder / "shapes.db", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE shape (part INTEGER, body BLOB)")
        self._file.execute("CREATE TABLE tile (id INTEGER PRIMARY KEY, content BLOB)")
        self.count = 0
        self.box: Box | None = None

    def add(self, shapes: Sequence[MapShape]) -> None:
        """Take shapes in."""
        degrees = np.array([one.geometry for one in shapes], dtype=object)
        placed = shapely.transform(degrees, mercator.square)
        boxes: F64 = shapely.bounds(placed)
        is_there = np.isfinite(boxes).all(axis=1)
        wkbs = shapely.to_wkb(placed)
        rows: list[tuple[int, bytes]] = []
        for number in np.flatnonzero(is_there).tolist():
            rows += _rows(shapes[number], placed[number], wkbs[number], boxes[number].tolist())
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO shape VALUES (?, ?)", rows)
        self._file.execute("COMMIT")
        self.count += int(is_there.sum())
        self._widen(boxes[is_there])

    def _widen(self, boxes: F64) -> None:
        if len(boxes):
            least, most = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
            if self.box is not None:
                least, most = np.minimum(least, self.box[:2]), np.maximum(most, self.box[2:])
            self.box = (float(least[0]), float(least[1]), float(most[0]), float(most[1]))

    def parts(self) -> list[Part]:
        """Return the parts on which there is something."""
        self._file.execute("CREATE INDEX IF NOT EXISTS by_part ON shape (part)")
        rows = self._file.execute("SELECT DISTINCT part FROM shape ORDER BY part")
        return [int(row[0]) for row in rows]

    def of(self, part: Part) -> Iterator[PlacedShape]:
        """Yield the shapes of a part, in the order in which they came."""
        rows = self._file.execute("SELECT body FROM shape WHERE part = ? ORDER BY rowid", (part,))
        for (body,) in rows:
            stored_shape = msgspec.msgpack.decode(body, type=_Kept)
            attributes = (
                stored_shape.layer,
                stored_shape.kind,
                stored_shape.zoom,
                stored_shape.names,
                stored_shape.precedence,
            )
            yield PlacedShape(*attributes, shapely.from_wkb(stored_shape.wkb))

    def keep(self, tiles: Iterable[tuple[int, bytes]]) -> None:
        """Take tiles in, each with its number."""
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO tile VALUES (?, ?)", tiles)
        self._file.execute("COMMIT")

    def tiles(self) -> Iterator[tuple[int, bytes]]:
        """Yield the tiles in the order of their numbers."""
        yield from self._file.execute("SELECT id, content FROM tile ORDER BY id")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _rows(
    shape: MapShape, geometry: Geometry, wkb: bytes, box: Sequence[float]
) -> Iterator[tuple[Part, bytes]]:
    def body(wkb: bytes) -> bytes:
        stored_shape = _Kept(
            shape.layer, shape.kind, shape.zoom, shape.names, shape.precedence, wkb
        )
        return msgspec.msgpack.encode(stored_shape)

    parts, whole = list(_parts(box)), body(wkb)
    for part in parts:
        if len(parts) <= FEW:
            yield part, whole
        else:
            cut = shapely.clip_by_rect(geometry, *_box(part))
            if not cut.is_empty:
                yield part, body(cut.wkb)
    if shape.zoom < PART_ZOOM:
        yield FAR, whole


def _parts(box: Sequence[float]) -> Iterator[Part]:
    across = 1 << PART_ZOOM
    moved = (-BUFFER, -BUFFER, BUFFER, BUFFER)
    west, north, east, south = (
        min(across - 1, max(0, int(value * across + more)))
        for value, more in zip(box, moved, strict=True)
    )
    for x in range(west, east + 1):
        for y in range(north, south + 1):
            yield x * across + y


def _box(part: Part) -> Box:
    across = 1 << PART_ZOOM
    x, y = divmod(part, across)
    low, high = -BUFFER, 1 + BUFFER
    return (x + low) / across, (y + low) / across, (x + high) / across, (y + high) / across
