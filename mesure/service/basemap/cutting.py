"""Cutting tiles: shapes cut into the tiles of one zoom, simplified to what is seen at it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from shapely import Geometry

from mesure.geo.fixes import F64
from mesure.service.basemap import vector_tile
from mesure.service.basemap.shapes import LAYERS, ZOOM_MAX
from mesure.service.basemap.vector_tile import EXTENT, Words
from mesure.service.basemap.waiting import BUFFER, PlacedShape

SEEN: Final = 4.0  # Units of a tile that make half a pixel of a screen.
AREA_SEEN: Final = (4 * SEEN) ** 2  # Of an area: two pixels by two.
POLYGONS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
LINES: Final = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)


class Tile(NamedTuple):
    """A tile that was cut."""

    x: int
    y: int
    content: bytes


Range = tuple[int, int, int, int]  # The first and last tile across, and down.


def tiles(placed: Sequence[PlacedShape], zoom: int, within: Range) -> Iterator[Tile]:
    """Yield the tiles of a zoom on which there is something, of those within a range."""
    shown = [one for one in placed if one.zoom <= zoom]
    if not shown:
        return
    geometries = np.array([one.geometry for one in shown], dtype=object)
    units: np.ndarray = shapely.transform(geometries, lambda at: at * (EXTENT * (1 << zoom)))
    if zoom < ZOOM_MAX:
        units = _plain(units)
    touched: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, box in enumerate(shapely.bounds(units).tolist()):
        for at in _touched(box, within):
            touched[at].append(number)
    for (x, y), numbers in sorted(touched.items()):
        content = _tile(x, y, [shown[number] for number in numbers], units[numbers])
        if content:
            yield Tile(x, y, content)


def _plain(units: np.ndarray) -> np.ndarray:
    """Return shapes without what is too small to be seen; some become empty."""
    plain: np.ndarray = shapely.simplify(units, SEEN, preserve_topology=False)
    areas: F64 = shapely.area(plain)
    small = np.isin(shapely.get_type_id(plain), POLYGONS) & (areas < AREA_SEEN)
    plain[small] = shapely.Point()
    return plain


def _touched(box: Sequence[float], within: Range) -> Iterator[tuple[int, int]]:
    if box[0] != box[0]:  # Empty.
        return
    low, high = -BUFFER, BUFFER
    west, east = int(box[0] / EXTENT + low), int(box[2] / EXTENT + high)
    north, south = int(box[1] / EXTENT + low), int(box[3] / EXTENT + high)
    for x in range(max(west, within[0]), min(east, within[1]) + 1):
        for y in range(max(north, within[2]), min(south, within[3]) + 1):
            yield x, y


def _tile(x: int, y: int, shown: Sequence[PlacedShape], units: np.ndarray) -> bytes:
    origin, buffer = np.array([x, y]) * EXTENT, BUFFER * EXTENT
    moved: np.ndarray = shapely.transform(units, lambda at: at - origin)
    cut: np.ndarray = _clipped(moved, buffer)
    layers: dict[str, dict[Words, list[Geometry]]] = {layer: defaultdict(list) for layer in LAYERS}
    for placed_shape, geometry in zip(shown, cut, strict=True):
        if not geometry.is_empty:
            layers[placed_shape.layer][_words(placed_shape)].append(geometry)
    joined = {
        layer: {words: _joined(parts) for words, parts in grouped.items()}
        for layer, grouped in layers.items()
    }
    return vector_tile.tile(joined)


def _clipped(moved: np.ndarray, buffer: float) -> np.ndarray:
    """Return what of the shapes lies on the tile; most of them lie there whole."""
    low, high = -buffer, EXTENT + buffer
    boxes: F64 = shapely.bounds(moved)
    beyond = (boxes[:, :2] < low).any(axis=1) | (boxes[:, 2:] > high).any(axis=1)
    if beyond.any():
        moved[beyond] = shapely.clip_by_rect(moved[beyond], low, low, high, high)
    return moved


def _words(placed_shape: PlacedShape) -> Words:
    precedence = (("precedence", placed_shape.precedence),) if placed_shape.layer == "place" else ()
    return (("kind", placed_shape.kind), *placed_shape.names, *precedence)


def _joined(parts: Sequence[Geometry]) -> Geometry:
    """Return shapes of the same words as one; streets that meet become one line."""
    flat = shapely.get_parts(np.array(parts, dtype=object))
    kinds = shapely.get_type_id(flat)
    areas, lines = flat[np.isin(kinds, POLYGONS)], flat[np.isin(kinds, LINES)]
    joined: Any
    if len(areas):
        joined = shapely.multipolygons(areas)
    elif len(lines):
        joined = shapely.line_merge(shapely.multilinestrings(lines))
    else:
        joined = shapely.multipoints(flat[kinds == shapely.GeometryType.POINT])
    geometry: Geometry = joined
    return geometry
