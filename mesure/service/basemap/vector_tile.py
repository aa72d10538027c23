"""Vector tile: one tile of a map as bytes, Mapbox Vector Tile 2.1, which is a protocol buffer.

What has the same words is one feature with several parts: the houses of a tile cost nothing but
their corners.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
import shapely
from shapely import Geometry
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon

from mesure.geo.fixes import F64

EXTENT: Final = 4096  # Units across a tile.
VERSION: Final = 2
_MOVE, _LINE, _CLOSE = 1, 2, 7
_POINT, _LINES, _AREAS = 1, 2, 3

Words: TypeAlias = tuple[tuple[str, str | int], ...]  # What is said of a feature.
Parts: TypeAlias = Mapping[Words, Geometry]  # In units of the tile, which grow to the south.


def tile(layers: Mapping[str, Parts]) -> bytes:
    """Return a tile; empty where nothing of it can be seen."""
    written = [_layer(name, parts) for name, parts in layers.items()]
    return b"".join(_field(3, one) for one in written if one)


def _layer(name: str, parts: Parts) -> bytes:
    keys: dict[str, int] = {}
    values: dict[str | int, int] = {}
    features: list[bytes] = []
    for words, geometry in parts.items():
        kind, commands = _drawn(geometry)
        if commands:
            tags = [
                number
                for key, value in words
                for number in (
                    keys.setdefault(key, len(keys)),
                    values.setdefault(value, len(values)),
                )
            ]
            body = _field(2, _varints(tags)) + _number(3, kind) + _field(4, _varints(commands))
            features.append(_field(2, body))
    if not features:
        return b""
    attribute_fields = [_field(3, key.encode()) for key in keys] + [
        _field(4, _value(value)) for value in values
    ]
    return b"".join(
        [
            _field(1, name.encode()),
            *features,
            *attribute_fields,
            _number(5, EXTENT),
            _number(15, VERSION),
        ]
    )


def _value(value: str | int) -> bytes:
    return _field(1, value.encode()) if isinstance(value, str) else _number(5, value)


# --- Geometry ------------------------------------------------------------------------------------


def _drawn(geometry: Geometry) -> tuple[int, list[int]]:
    """Return the type of a geometry, and the commands that draw it."""
    pen = _Pen()
    for part in shapely.get_parts(geometry):
        if isinstance(part, Polygon):
            pen.area(part)
        elif isinstance(part, LineString):
            pen.line(_rounded(part))
        elif isinstance(part, Point):
            pen.point(_rounded(part)[0])
    lines = isinstance(geometry, LineString | MultiLineString)
    areas = isinstance(geometry, Polygon | MultiPolygon)
    return (_AREAS if areas else _LINES if lines else _POINT), pen.commands


class _Pen:
    """Writes each point as a step from the one before."""

    def __init__(self) -> None:
        self.commands: list[int] = []
        self._x = self._y = 0

    def point(self, at: Sequence[int]) -> None:
        self._steps(_MOVE, [at])

    def line(self, points: Sequence[Sequence[int]]) -> None:
        points = _without_repeats(points)
        if len(points) > 1:
            self._steps(_MOVE, points[:1])
            self._steps(_LINE, points[1:])

    def area(self, area: Polygon) -> None:
        """Draw an area, its edge one way round and its holes the other."""
        if not self._ring(_rounded(area.exterior), is_hole=False):
            return
        for hole in area.interiors:
            self._ring(_rounded(hole), is_hole=True)

    def _ring(self, points: Sequence[Sequence[int]], *, is_hole: bool) -> bool:
        points = _without_repeats(points)[:-1]  # The last is the first.
        twice = _twice_the_area(points) if len(points) > 2 else 0
        if twice == 0:
            return False
        if (twice < 0) is not is_hole:
            points = points[::-1]
        self._steps(_MOVE, points[:1])
        self._steps(_LINE, points[1:])
        self.commands.append(_CLOSE | 1 << 3)
        return True

    def _steps(self, command: int, points: Sequence[Sequence[int]]) -> None:
        self.commands.append(command | len(points) << 3)
        for x, y in points:
            across, down = x - self._x, y - self._y
            self.commands += ((across << 1) ^ (across >> 63), (down << 1) ^ (down >> 63))
            self._x, self._y = x, y


def _rounded(geometry: Geometry) -> list[list[int]]:
    points: F64 = shapely.get_coordinates(geometry)
    rounded: list[list[int]] = np.rint(points).astype(np.int64).tolist()
    return rounded


def _without_repeats(points: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    return [at for number, at in enumerate(points) if number == 0 or at != points[number - 1]]


def _twice_the_area(ring: Sequence[Sequence[int]]) -> int:
    """Return twice the area, below zero where the ring turns the other way.

    >>> _twice_the_area([(0, 0), (2, 0), (2, 2), (0, 2)])
    8
    """
    after = [*ring[1:], ring[0]]
    return sum(
        x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(ring, after, strict=True)
    )


# --- Bytes ---------------------------------------------------------------------------------------


def _field(number: int, body: bytes) -> bytes:
    return _varints((number << 3 | 2, len(body))) + body


def _number(number: int, value: int) -> bytes:
    return _varints((number << 3, value))


def _varints(values: Iterable[int]) -> bytes:
    """Return numbers in as few bytes as each needs.

    >>> _varints([1, 300]).hex()
    '01ac02'
    """
    written = bytearray()
    for value in values:
        left = value
        while left > 0x7F:
            written.append(left & 0x7F | 0x80)
            left >>= 7
        written.append(left)
    return bytes(written)
