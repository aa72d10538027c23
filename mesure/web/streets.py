"""The streets of the map that the installation holds, near a point: their lines, and their names.

The same file that is drawn behind zones and fixes is read here tile by tile: Mapbox Vector Tile
2.1, of which only the lines of one layer are wanted. A tile is from our own file, but it is read as
if it came from outside: what does not fit is no street, and nothing is read beyond its end.
Decision: docs/decisions/0038-a-map-of-our-own-making.md
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from math import asinh, atan, ceil, cos, degrees, floor, log2, pi, radians, sinh, tan
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from pmtiles.reader import Reader
from shapely import LineString

from mesure.geo.fixes import F64
from mesure.reports.drawing import svg_paths
from mesure.reports.drawing.chart import Frame
from mesure.web.map_tiles import Basemap

LAYER: Final = b"road"
TILES_MAX: Final = 100
TILE_BYTES_MAX: Final = 8 << 20
METRES_PER_DEGREE: Final = 111_320.0
TILE_PX: Final = 256  # How wide a tile is drawn at its own zoom.
FLAT_PX: Final = 0.7  # Lines are drawn to this precision.
_MOVE, _LINE = 1, 2
_LINES: Final = 2  # The kind of a feature that is lines.
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_Reader: Final[Any] = Reader  # Its methods have no types.


def near(basemap: Basemap, lat_deg: float, lon_deg: float, within_m: float) -> list[F64]:
    """Return the streets near a point, as rows of latitude and longitude; cut at tiles' edges."""
    reader = _Reader(basemap.piece)
    zoom = int(reader.header()["max_zoom"])
    lat_span = within_m / METRES_PER_DEGREE
    lon_span = lat_span / max(cos(radians(lat_deg)), 0.01)
    west, north = _tile(lat_deg + lat_span, lon_deg - lon_span, zoom)
    east, south = _tile(lat_deg - lat_span, lon_deg + lon_span, zoom)
    return [
        _degrees(line, column, row, zoom)
        for column, row in _tiles((west, north), (east, south), zoom)
        for line in _of_tile(reader.get(zoom, column % 2**zoom, row))
    ]


def _tiles(
    north_west: tuple[float, float], south_east: tuple[float, float], zoom: int
) -> list[tuple[int, int]]:
    """Return the tiles between two corners, by column and row; none where they are too many.

    Columns go round the earth, and are counted on; rows end where the map does, before the poles.
    """
    columns = range(floor(north_west[0]), ceil(south_east[0]))
    rows = range(max(0, floor(north_west[1])), min(2**zoom, ceil(south_east[1])))
    if len(columns) * len(rows) > TILES_MAX:
        return []
    return [(column, row) for column in columns for row in rows]


class NamedLine(NamedTuple):
    """A part of a street on a tile, in parts of its width, and what it is called."""

    names: Mapping[str, str]  # "name" is on the signs, "name:kk" is Kazakh, ...
    line: F64


def names_near(
    basemap: Basemap, points: Sequence[tuple[float, float]], within_m: float, language: str
) -> list[str]:
    """Return the name of the nearest street to each point; empty where none is near enough.

    Points are latitude and longitude in degrees; a name is in a language where the map has it.
    """
    reader = _Reader(basemap.piece)
    zoom = int(reader.header()["max_zoom"])
    tiles: dict[tuple[int, int], list[NamedLine]] = {}

    def lines_of(column: int, row: int) -> list[NamedLine]:
        if (column, row) not in tiles:
            is_on_map = 0 <= row < 2**zoom
            tile = reader.get(zoom, column % 2**zoom, row) if is_on_map else None
            tiles[column, row] = _named_of_tile(tile)
        return tiles[column, row]

    names: list[str] = []
    for lat_deg, lon_deg in points:
        x, y = _tile(lat_deg, lon_deg, zoom)
        tile_m = 360.0 * METRES_PER_DEGREE * max(cos(radians(lat_deg)), 0.01) / 2**zoom
        reach = within_m / tile_m
        nearest, name = reach, ""
        for column in range(floor(x - reach), floor(x + reach) + 1):
            for row in range(floor(y - reach), floor(y + reach) + 1):
                here = shapely.Point(x - column, y - row)
                for named in lines_of(column, row):
                    away = shapely.distance(LineString(named.line), here)
                    if away <= nearest:
                        nearest = away
                        name = named.names.get(f"name:{language}") or named.names["name"]
        names.append(name)
    return names


def on_drawing(basemap: Basemap, frame: Frame) -> str:
    """Return the streets under a drawing as one path, as many as its scale has room for."""
    reader = _Reader(basemap.piece)
    header = reader.header()
    across_m = METRES_PER_DEGREE * 360.0 * cos(radians(frame.north_deg))
    wanted = floor(log2(across_m / TILE_PX / frame.m_per_px))
    zoom = min(max(wanted, int(header["min_zoom"])), int(header["max_zoom"]))
    north_west = _tile(frame.north_deg, frame.west_deg, zoom)
    south_east = _tile(frame.south_deg, frame.east_deg, zoom)
    paper = shapely.box(0.0, 0.0, svg_paths.WIDTH, svg_paths.HEIGHT)
    lines = [
        LineString(np.column_stack(svg_paths.on_frame(frame, *_degrees(line, x, y, zoom).T[::-1])))
        for x, y in _tiles(north_west, south_east, zoom)
        for line in _of_tile(reader.get(zoom, x % 2**zoom, y))
    ]
    seen = shapely.simplify(shapely.intersection(np.array(lines, np.object_), paper), FLAT_PX)
    parts = shapely.get_parts(seen)
    whole = shapely.line_merge(shapely.union_all(parts[shapely.length(parts) > FLAT_PX]))
    return "".join(
        svg_paths.polyline(*shapely.get_coordinates(part).T) for part in shapely.get_parts(whole)
    )


def _tile(lat_deg: float, lon_deg: float, zoom: int) -> tuple[float, float]:
    """Return where a point lies, counted in tiles from the north-west."""
    count = float(2**zoom)
    return (
        (lon_deg + 180.0) / 360.0 * count,
        (1.0 - asinh(tan(radians(lat_deg))) / pi) / 2.0 * count,
    )


def _degrees(line: F64, column: int, row: int, zoom: int) -> F64:
    count = float(2**zoom)
    lon_deg = (column + line[:, 0]) / count * 360.0 - 180.0
    turned = pi * (1.0 - 2.0 * (row + line[:, 1]) / count)
    lat_deg = np.array([degrees(atan(sinh(one))) for one in turned])
    return np.column_stack([lat_deg, lon_deg])


# --- A tile ------------------------------------------------------------------------------------


def _of_tile(squeezed: bytes | None) -> Iterator[F64]:
    """Yield the lines of a tile in parts of its width, cut at its edges: tiles overlap a little."""
    whole = shapely.box(0.0, 0.0, 1.0, 1.0)
    for feature in _features(squeezed):
        for line in feature.lines:
            inside = shapely.intersection(LineString(line), whole)
            for part in shapely.get_parts(inside):
                if isinstance(part, LineString) and part.length > 0.0:
                    yield shapely.get_coordinates(part)


def _named_of_tile(squeezed: bytes | None) -> list[NamedLine]:
    """Return the streets of a tile that have a name, with what lies a little beyond its edges."""
    return [
        NamedLine(feature.names, line)
        for feature in _features(squeezed)
        if feature.names.get("name")
        for line in feature.lines
    ]


class _Feature(NamedTuple):
    """A street on a tile: what it is called, and its lines in parts of the tile's width."""

    names: Mapping[str, str]
    lines: Sequence[F64]


def _features(squeezed: bytes | None) -> list[_Feature]:
    """Return the streets of a tile; none where it is not a well-formed tile."""
    if squeezed is None:
        return []
    try:
        tile = zlib.decompressobj(wbits=31).decompress(squeezed, TILE_BYTES_MAX)
        return [feature for layer in _layers(tile) for feature in _features_of_layer(layer)]
    except (zlib.error, ValueError, IndexError):
        return []


def _features_of_layer(layer: "Layer") -> Iterator[_Feature]:
    keys, values = _texts(layer, 3), [_value(value) for value in _messages(layer, 4)]
    for feature in _messages(layer, 2):
        lines = tuple(_feature(feature, _extent(layer)))
        yield _Feature(_names(feature, keys, values), lines)


Layer = list[tuple[int, int | bytes]]


def _layers(tile: bytes) -> Iterator[Layer]:
    """Yield the fields of the layer of streets."""
    for number, message in _fields(tile):
        if number == 3 and isinstance(message, bytes):
            layer = list(_fields(message))
            if (1, LAYER) in layer:
                yield layer


def _extent(layer: Layer) -> float:
    extent = next((one for key, one in layer if key == 5), 4096)
    assert isinstance(extent, int), "a field of this number is a number here"
    return float(extent)


def _messages(layer: Layer, number: int) -> Iterator[bytes]:
    return (one for key, one in layer if key == number and isinstance(one, bytes))


def _texts(message: Layer, number: int) -> list[str]:
    return [one.decode(errors="replace") for one in _messages(message, number)]


def _value(value: bytes) -> str:
    """Return the text of a value; nothing where it is a number."""
    return next(iter(_texts(list(_fields(value)), 1)), "")


def _names(feature: bytes, keys: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    """Return what a feature is called, by language."""
    tags = dict(_fields(feature)).get(2)
    numbers = list(_varints(tags)) if isinstance(tags, bytes) else []
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    named = {keys[key]: values[value] for key, value in pairs}
    return {key: name for key, name in named.items() if key.partition(":")[0] == "name"}


def _feature(feature: bytes, extent: float) -> Iterator[F64]:
    parts = dict(_fields(feature))
    commands = parts.get(4)
    if parts.get(3) != _LINES or not isinstance(commands, bytes):
        return
    numbers = iter(_varints(commands))
    x = y = 0
    line: list[tuple[float, float]] = []
    for command in numbers:
        what, times = command & 7, command >> 3
        if what not in (_MOVE, _LINE):
            raise ValueError(what)
        for _ in range(times):
            x, y = x + _signed(next(numbers, 0)), y + _signed(next(numbers, 0))
            if what == _MOVE:
                if len(line) > 1:
                    yield np.array(line)
                line = []
            line.append((x / extent, y / extent))
    if len(line) > 1:
        yield np.array(line)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the fields of a protocol buffer: numbers, and what has a length, as bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        wire = key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if wire == _BYTES:
            length, at = _varint(message, at)
        elif wire in (_EIGHT, _FOUR):
            length = 8 if wire == _EIGHT else 4
        else:
            raise ValueError(wire)
        if at + length > len(message):
            raise ValueError(length)
        yield key >> 3, message[at : at + length]
        at += length


def _varints(packed: bytes) -> Iterator[int]:
    at = 0
    while at < len(packed):
        value, at = _varint(packed, at)
        yield value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError(shift)


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)
