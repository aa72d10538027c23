"""Making a basemap: shapes in, one file out (PMTiles 3), whole or not at all.

The same shapes give the same bytes.
"""

import gzip
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import numpy as np
from pmtiles import writer as pmtiles_writer
from pmtiles.tile import Compression, TileType, zxy_to_tileid

from mesure.machine import file_writing
from mesure.machine.file_writing import FileWriteError
from mesure.machine.service_error import ServiceError
from mesure.service.basemap import cutting, mercator
from mesure.service.basemap.cutting import Range
from mesure.service.basemap.shapes import LANGUAGES, LAYERS, ZOOM_MAX, ZOOMS, MapShape
from mesure.service.basemap.waiting import FAR, PART_ZOOM, Box, ShapeSpool
from mesure.web.map_tiles import MapSource

SHAPES_AT_ONCE: Final = 5_000
SQUEEZED: Final = 6  # How hard gzip tries: from here on it takes longer and saves little.
E7: Final = 10_000_000
_BLOCK: Final = 1 << 20
_WRITER: Final[Any] = pmtiles_writer.Writer  # Its methods have no types.

ProgressCallback = Callable[[str], None]  # Receives how far it is.


class BasemapResult(NamedTuple):
    """What was made."""

    shapes: int
    tiles: int
    size_bytes: int


def make(
    shapes: Iterable[MapShape],
    out: Path,
    source: MapSource,
    credit: str,
    report_progress: ProgressCallback,
) -> BasemapResult:
    """Make a map and put it in its place; raises where there is nothing to draw."""
    file_writing.refuse_impossible(out)
    try:
        with (
            tempfile.TemporaryDirectory(dir=out.parent, prefix=".mesure.") as folder,
            closing(ShapeSpool(Path(folder))) as waiting,
        ):
            _take(shapes, waiting, report_progress)
            if waiting.box is None:
                what, why = "there is nothing on it that a map shows", "no map was made"
                raise ServiceError(out, what, why, "give an extract with streets")
            count = _cut(waiting, waiting.box, report_progress)
            report_progress("writing the file")
            with (Path(folder) / "map").open("w+b") as file:
                _write(waiting, waiting.box, file, source, credit)
                size_bytes = file.tell()
                file.seek(0)
                file_writing.write(out, iter(lambda: file.read(_BLOCK), b""))
            return BasemapResult(waiting.count, count, size_bytes)
    except (OSError, sqlite3.Error) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise FileWriteError(str(out), what.lower()) from None


def _take(
    shapes: Iterable[MapShape], waiting: ShapeSpool, report_progress: ProgressCallback
) -> None:
    left = iter(shapes)
    while batch := list(islice(left, SHAPES_AT_ONCE)):
        waiting.add(batch)
        report_progress(f"reading: {waiting.count:,} shapes")


# --- Tiles ---------------------------------------------------------------------------------------


def _cut(waiting: ShapeSpool, box: Box, report_progress: ProgressCallback) -> int:
    """Cut all tiles, part by part, and return how many there are."""
    count, parts = 0, waiting.parts()
    for number, part in enumerate(parts, start=1):
        report_progress(f"cutting tiles: part {number:,} of {len(parts):,}, {count:,} tiles")
        tiles = list(_tiles(waiting, part, zoom_min(box)))
        waiting.keep(tiles)
        count += len(tiles)
    return count


def _tiles(waiting: ShapeSpool, part: int, first: int) -> Iterator[tuple[int, bytes]]:
    placed = list(waiting.of(part))
    zooms = range(first, PART_ZOOM) if part == FAR else range(max(first, PART_ZOOM), ZOOM_MAX + 1)
    for zoom in zooms:
        for x, y, content in cutting.tiles(placed, zoom, _range(part, zoom)):
            yield zxy_to_tileid(zoom, x, y), gzip.compress(content, SQUEEZED, mtime=0)


def _range(part: int, zoom: int) -> Range:
    if part == FAR:
        return 0, (1 << zoom) - 1, 0, (1 << zoom) - 1
    x, y = divmod(part, 1 << PART_ZOOM)
    more = zoom - PART_ZOOM
    return x << more, (x + 1 << more) - 1, y << more, (y + 1 << more) - 1


def zoom_min(box: Box) -> int:
    """Return the zoom at which the whole map fits on about a screen.

    >>> zoom_min((0.5, 0.5, 0.5001, 0.5001)), zoom_min((0.0, 0.0, 1.0, 1.0))
    (10, 0)
    """
    wide = max(box[2] - box[0], box[3] - box[1], 1e-9)
    return max(0, min(PART_ZOOM, int(np.floor(np.log2(1.0 / wide)))))


# --- The file ------------------------------------------------------------------------------------


def _write(waiting: ShapeSpool, box: Box, file: IO[bytes], source: MapSource, credit: str) -> None:
    writer = _WRITER(file)
    for number, content in waiting.tiles():
        writer.write_tile(number, content)
    corners = mercator.degrees(np.array([[box[0], box[3]], [box[2], box[1]]]))
    (west, south), (east, north) = (corners * E7).round().astype(int).tolist()
    header = {
        "version": 3,
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": zoom_min(box),
    }
    writer.finalize(header, _about(source, credit, zoom_min(box)))


def _about(source: MapSource, credit: str, first: int) -> dict[str, object]:
    """Return what the file says of itself."""
    words = {
        "kind": "String",
        **dict.fromkeys(("name", *map("name:{}".format, LANGUAGES)), "String"),
    }
    layers = [
        {
            "id": layer,
            "minzoom": max(first, min(ZOOMS[layer].values())),
            "maxzoom": ZOOM_MAX,
            "fields": words | ({"precedence": "Number"} if layer == "place" else {}),
        }
        for layer in LAYERS
    ]
    return {
        "name": "Mesure",
        "format": "pbf",
        "type": "baselayer",
        "attribution": credit,
        "source": source.value,
        "vector_layers": layers,
    }
