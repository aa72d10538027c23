"""Zones packed for measuring: circles, polygons and corridors as a few arrays.

A zone is the union of its shapes. Corners are WGS84 degrees and edges are straight in longitude
and latitude, as GeoJSON draws them (RFC 7946, section 3.1.1), so that a boundary runs where the
court's map says.

Edges are kept in *chains* of sixteen neighbours, and shapes that lie together in *blocks*; both
know the box they lie in, and a fix far from a box need not be measured against what is in it.

Known limit: within a degree of a pole a polygon's sides are told apart, but not measured rightly;
a circle is right everywhere.

An edge that two polygons of a zone share, one on either side of it, is a *seam*: it divides
nothing, and a point near it is not near the boundary. So a band round the whole earth has no sides.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mesure.geo import boxes, earth
from mesure.geo.boxes import Fence, GeoBox
from mesure.geo.fixes import F64, I64

Ring = tuple[tuple[float, float], ...]  # (lat_deg, lon_deg) of each corner.
Flags = NDArray[np.bool_]
Edge = tuple[float, ...]  # Latitude and longitude of where it starts, and of where it ends.

EDGES_PER_CHAIN: Final = 16
CHAINS_PER_BLOCK: Final = 64
SHAPES_PER_BLOCK: Final = 16


@dataclass(frozen=True, slots=True)
class CircleShape:
    """Everything within `radius_m` metres of a point."""

    lat_deg: float
    lon_deg: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class PolygonShape:
    """An area with holes; the first corner of a ring need not be repeated at its end.

    Longitudes are unwrapped: neighbours differ by less than 180 degrees, so that a ring over the
    antimeridian runs on past 180 (or -180).
    """

    outer: Ring
    holes: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True)
class CorridorShape:
    """Everything within half of `width_m` metres of a line, whose longitudes are unwrapped."""

    line: Ring
    width_m: float


Shape = CircleShape | PolygonShape | CorridorShape


class PackedLines(NamedTuple):
    """The edges of some polygons and corridors, which are the numbered *parts* of a block."""

    chain_deg: F64  # [7, chains]: four sides of a box; where it starts (lat, lon) and ends (lat).
    first: I64  # [parts + 1]: the first chain of each part, and the end of the last.
    part: I64  # [chains]: the part of each chain.
    edge_deg: F64  # [5, chains, 16]: start (lon, lat), lead (east, north), end (lat).
    is_seam: Flags  # [chains, 16]


@dataclass(frozen=True, slots=True, eq=False)
class ShapeBlock:
    """Shapes that lie together."""

    fence: Fence
    circle_m: F64  # [4, circles]: x, y and z of the centre in space, and the radius.
    lines: PackedLines
    half_width_m: F64  # [parts]: 0 for a polygon.
    is_polygon: Flags  # [parts]


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A union of shapes, ready to be measured against. Without any shape, everything is outside."""

    anchor_lon_deg: float  # Fixes are brought to within 180 degrees of it; shapes may go on beyond.
    blocks: tuple[ShapeBlock, ...]


class _Piece(NamedTuple):
    """One shape on its way into a block."""

    box: GeoBox
    circle: CircleShape | None = None
    paths_deg: tuple[F64, ...] = ()  # [2, corners]: latitude and longitude; rings are closed.
    half_width_m: float = 0.0
    margin_deg: tuple[float, float] = (0.0, 0.0)
    is_polygon: bool = False


def pack(shapes: Sequence[Shape]) -> Zone:
    """Return the zone that is the union of these shapes.

    >>> corner = PolygonShape(((0.0, 0.0), (0.0, 1.0), (1.0, 1.0)))
    >>> zone = pack([CircleShape(0.0, 0.0, 60.0), corner])
    >>> [(block.circle_m.shape, block.lines.edge_deg.shape) for block in zone.blocks]
    [((4, 1), (5, 1, 16))]
    """
    if not shapes:
        return Zone(0.0, ())
    anchor_lon_deg = _middle_lon_deg(shapes[0])
    pieces = [piece for shape in shapes for piece in _pieces(shape, anchor_lon_deg)]
    seams = _seams(pieces)
    blocks = tuple(_block(group, seams, anchor_lon_deg) for group in _groups(pieces))
    return Zone(anchor_lon_deg, blocks)


def near_lon_deg(zone: Zone, lon_deg: F64) -> F64:
    """Return longitudes as the zone counts them, which may run past 180."""
    return lon_deg - 360.0 * np.rint((lon_deg - zone.anchor_lon_deg) / 360.0)


def _middle_lon_deg(shape: Shape) -> float:
    if isinstance(shape, CircleShape):
        return shape.lon_deg
    corners = shape.outer if isinstance(shape, PolygonShape) else shape.line
    lons_deg = [lon_deg for _, lon_deg in corners]
    return (min(lons_deg) + max(lons_deg)) / 2.0


def _pieces(shape: Shape, anchor_lon_deg: float) -> Iterator[_Piece]:
    """Yield a shape, and again a turn away if it nears or crosses the meridian opposite."""
    shift_deg = -360.0 * round((_middle_lon_deg(shape) - anchor_lon_deg) / 360.0)
    yield (piece := _piece(shape, shift_deg))
    *_, west_deg, east_deg = piece.box
    sides_deg = ((anchor_lon_deg - west_deg, 360.0), (east_deg - anchor_lon_deg, -360.0))
    for away_deg, turn_deg in sides_deg:
        if away_deg > boxes.LON_DEG_MAX and piece.circle is None:  # Circles lie in space.
            yield _piece(shape, shift_deg + turn_deg)


def _piece(shape: Shape, shift_deg: float) -> _Piece:
    if isinstance(shape, PolygonShape):
        rings = [_path_deg(ring, shift_deg) for ring in (shape.outer, *shape.holes)]
        turned = [_turned(ring, -1 if hole else 1) for hole, ring in enumerate(rings)]
        box = boxes.union([boxes.box_of(ring) for ring in rings])
        return _Piece(box, None, tuple(turned), is_polygon=True)
    if isinstance(shape, CorridorShape) and len(set(shape.line)) > 1:
        path_deg, half_m = _path_deg(shape.line, shift_deg), shape.width_m / 2.0
        box = boxes.box_of(path_deg)
        margin_deg = boxes.margin_deg(box, half_m)
        return _Piece(boxes.grown(box, half_m), None, (path_deg,), half_m, margin_deg)
    if isinstance(shape, CorridorShape):  # It leads nowhere.
        shape = CircleShape(*shape.line[0], shape.width_m / 2.0)
    lon_deg = shape.lon_deg + shift_deg
    point = GeoBox(shape.lat_deg, shape.lat_deg, lon_deg, lon_deg)
    return _Piece(boxes.grown(point, shape.radius_m), shape)


def _path_deg(corners: Ring, shift_deg: float) -> F64:
    path_deg: F64 = np.array(corners, dtype=np.float64).T
    path_deg[1] += shift_deg
    return path_deg


def _turned(corners_deg: F64, turn: int) -> F64:
    """Return a closed ring with the inside on its left; `turn` is 1 for an outer ring, else -1."""
    ring_deg = np.concatenate([corners_deg, corners_deg[:, :1]], axis=1)
    lat_deg, lon_deg = ring_deg[0] - ring_deg[0, 0], ring_deg[1] - ring_deg[1, 0]
    doubled = lon_deg[:-1] * lat_deg[1:] - lon_deg[1:] * lat_deg[:-1]
    *_, area = accumulate(doubled.tolist())
    return ring_deg if area * turn >= 0.0 else ring_deg[:, ::-1]


def _seams(pieces: list[_Piece]) -> frozenset[Edge]:
    """Return the edges with an inside on both sides; each ring runs with its inside on the left."""
    rings = [path_deg for piece in pieces if piece.is_polygon for path_deg in piece.paths_deg]
    if len(rings) < 2:
        return frozenset()
    edges = {edge for path_deg in rings for edge in _edges(path_deg)}
    return frozenset(edge for edge in edges if edge[2:] + edge[:2] in edges)


def _edges(path_deg: F64) -> Iterator[Edge]:
    return ((*start, *end) for start, end in pairwise(path_deg.T.tolist()))


def _groups(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Yield shapes that lie together: strips from south to north, cut from west to east."""
    per_strip = SHAPES_PER_BLOCK * max(1, math.isqrt(len(pieces) // SHAPES_PER_BLOCK))
    from_south = sorted(pieces, key=lambda piece: piece.box.lat_min_deg)
    for first in range(0, len(pieces), per_strip):
        strip = from_south[first : first + per_strip]
        yield from _cut(sorted(strip, key=lambda piece: piece.box.lon_min_deg))


def _cut(strip: list[_Piece]) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    chains = 0
    for piece in strip:
        more = _chain_count(piece)
        if group and (len(group) == SHAPES_PER_BLOCK or chains + more > CHAINS_PER_BLOCK):
            yield group
            group, chains = [], 0
        group.append(piece)
        chains += more
    yield group


def _chain_count(piece: _Piece) -> int:
    return sum(-(-(path_deg.shape[1] - 1) // EDGES_PER_CHAIN) for path_deg in piece.paths_deg)


def _block(group: list[_Piece], seams: frozenset[Edge], anchor_lon_deg: float) -> ShapeBlock:
    circles = [piece.circle for piece in group if piece.circle is not None]
    parts = [piece for piece in group if piece.circle is None]
    widest_m = max([part.half_width_m for part in parts] + [one.radius_m for one in circles])
    return ShapeBlock(
        boxes.fence(boxes.union([piece.box for piece in group]), anchor_lon_deg, widest_m),
        _circle_m(circles),
        _lines(parts, seams),
        np.array([part.half_width_m for part in parts], dtype=np.float64),
        np.array([part.is_polygon for part in parts], dtype=np.bool_),
    )


def _circle_m(circles: list[CircleShape]) -> F64:
    if not circles:
        return np.empty((4, 0))
    lat_deg, lon_deg, radius_m = np.array(
        [(circle.lat_deg, circle.lon_deg, circle.radius_m) for circle in circles], dtype=np.float64
    ).T
    return np.array([*earth.ecef_m(lat_deg, lon_deg), radius_m])


class _Chains(NamedTuple):
    """The chains of one path."""

    chain_deg: F64
    edge_deg: F64
    is_seam: Flags


_NO_CHAINS: Final = _Chains(
    np.empty((7, 0)), np.empty((5, 0, EDGES_PER_CHAIN)), np.empty((0, EDGES_PER_CHAIN), np.bool_)
)


def _lines(parts: list[_Piece], seams: frozenset[Edge]) -> PackedLines:
    chains = [_chains(path_deg, part, seams) for part in parts for path_deg in part.paths_deg]
    chains.append(_NO_CHAINS)
    counts = [_chain_count(part) for part in parts]
    return PackedLines(
        np.concatenate([one.chain_deg for one in chains], axis=1),
        np.array(list(accumulate(counts, initial=0)), dtype=np.int64),
        np.repeat(np.arange(len(parts)), counts),
        np.concatenate([one.edge_deg for one in chains], axis=1),
        np.concatenate([one.is_seam for one in chains]),
    )


def _chains(path_deg: F64, piece: _Piece, seams: frozenset[Edge]) -> _Chains:
    """Cut a path into chains; the last is filled up with edges of no length."""
    lat_deg, lon_deg = _filled(path_deg[0]), _filled(path_deg[1])
    lats_deg, lat_ends_deg = _in_chains(lat_deg[:-1]), _in_chains(lat_deg[1:])
    lons_deg, lon_ends_deg = _in_chains(lon_deg[:-1]), _in_chains(lon_deg[1:])
    by_lat_deg, by_lon_deg = piece.margin_deg
    sides_deg = (
        np.minimum(lats_deg, lat_ends_deg).min(axis=1) - by_lat_deg,
        np.maximum(lats_deg, lat_ends_deg).max(axis=1) + by_lat_deg,
        np.minimum(lons_deg, lon_ends_deg).min(axis=1) - by_lon_deg,
        np.maximum(lons_deg, lon_ends_deg).max(axis=1) + by_lon_deg,
    )
    leads_deg = (lon_ends_deg - lons_deg, lat_ends_deg - lats_deg)
    is_seam = np.zeros(lats_deg.size, np.bool_)
    if seams and piece.is_polygon:
        is_seam[: path_deg.shape[1] - 1] = [edge in seams for edge in _edges(path_deg)]
    return _Chains(
        np.array([*sides_deg, lats_deg[:, 0], lons_deg[:, 0], lat_ends_deg[:, -1]]),
        np.array([lons_deg, lats_deg, *leads_deg, lat_ends_deg]),
        is_seam.reshape(-1, EDGES_PER_CHAIN),
    )


def _filled(side_deg: F64) -> F64:
    missing = -(len(side_deg) - 1) % EDGES_PER_CHAIN
    return np.concatenate([side_deg, np.repeat(side_deg[-1:], missing)])


def _in_chains(side_deg: F64) -> F64:
    return side_deg.reshape(-1, EDGES_PER_CHAIN)
