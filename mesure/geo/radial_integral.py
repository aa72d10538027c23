"""Radial integral: the chance of being inside overlapping shapes, along rays from the fix.

Along a ray one knows where shapes begin and end, and how much of a Gaussian lies between two
distances; ground that several shapes share counts once. The chance is the mean over the rays, which
was wrong by 0.001 at most where the exact chance is known: a boundary seen edge-on lies between two
of them.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from mesure.geo import distance, earth, nearest_point
from mesure.geo.error_model import Component
from mesure.geo.fixes import F64, I64
from mesure.geo.nearest_point import TINY, NearbyEdges
from mesure.geo.numeric.elementary import exp, sin_cos_deg
from mesure.geo.zones import Flags, ShapeBlock, Zone

RAYS: Final = 360
PAIRS_PER_CHUNK: Final = 2048
_NORTH, _EAST = sin_cos_deg(np.arange(RAYS, dtype=np.float64) + 0.2345)  # No usual direction.


class _Crossings(NamedTuple):
    """Where rays enter and leave shapes."""

    slot: I64  # The fix and the ray: fix * RAYS + ray.
    away_m: F64
    change: I64  # 1 where a shape begins, -1 where it ends.


def p_inside(zone: Zone, lat_deg: F64, lon_deg: F64, mixture: list[Component], gate_m: F64) -> F64:
    """Return the chance of being inside any shape; longitudes are as the zone counts them."""
    polygon_counts = np.zeros(len(lat_deg), np.int64)  # By how many polygons.
    crossings = [_Crossings(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))]
    for block in zone.blocks:
        if block.circle_m.size:
            crossings += _of_circles(block.circle_m, lat_deg, lon_deg, gate_m)
        if block.lines.edge_deg.size:
            planes = nearest_point.planes(lat_deg, lon_deg, gate_m)
            is_inside = (
                nearest_point.nearest(block.lines, planes).is_inside & block.is_polygon[:, None]
            )
            polygon_counts += np.count_nonzero(is_inside, axis=0)
            part = block.lines.part
            edges = nearest_point.edges_near(block.lines, planes, gate_m, block.half_width_m[part])
            is_area = block.is_polygon[part[edges.chain]]
            crossings += (_of_polygons(few) for few in _chunks(edges, np.flatnonzero(is_area)))
            ways = _chunks(edges, np.flatnonzero(~is_area))
            crossings += (_of_corridors(few, block) for few in ways)
    joined = _Crossings(*(np.concatenate(column) for column in zip(*crossings, strict=True)))
    return _mean(joined, polygon_counts, mixture)


def _chunks(edges: NearbyEdges, which: I64) -> Iterator[NearbyEdges]:
    for first in range(0, len(which), PAIRS_PER_CHUNK):
        few = which[first : first + PAIRS_PER_CHUNK]
        yield NearbyEdges._make(column[few] for column in edges)


# --- Where rays cross shapes -----------------------------------------------------------------


def _of_polygons(edges: NearbyEdges) -> _Crossings:
    """Return the crossings of edges: outward where the fix is on the inner side, else inward."""
    along, aside = _turned(edges)
    away_m = -edges.left_m[:, None] / aside
    place_m = away_m * along
    is_hit = (place_m >= edges.start_m[:, None]) & (place_m < edges.end_m[:, None])
    edge, ray = np.nonzero(is_hit & (away_m > 0.0))
    change = np.where(edges.left_m[edge] > 0.0, -1, 1)
    return _Crossings(edges.row[edge] * RAYS + ray, away_m[edge, ray], change)


def _of_corridors(edges: NearbyEdges, block: ShapeBlock) -> _Crossings:
    """Return the crossings of the piece round each edge: a rectangle with a circle at each end."""
    along, aside = _turned(edges)
    width_m = block.half_width_m[block.lines.part[edges.chain], None]
    left_m, start_m, end_m = edges.left_m[:, None], edges.start_m[:, None], edges.end_m[:, None]
    sides_m = _Piece((-left_m - width_m) / aside, (width_m - left_m) / aside)
    ends_m = _Piece(start_m / along, end_m / along)
    rectangle = _Piece(
        np.maximum(np.minimum(*sides_m), np.minimum(*ends_m)),
        np.minimum(np.maximum(*sides_m), np.maximum(*ends_m)),
    )
    whole = _if_any(rectangle, rectangle.enters_m <= rectangle.leaves_m)
    for place_m in (start_m, end_m):
        towards_m = place_m * along - left_m * aside
        circle = _through_circle(towards_m, place_m * place_m + left_m * left_m, width_m)
        whole = _Piece(
            np.minimum(whole.enters_m, circle.enters_m), np.maximum(whole.leaves_m, circle.leaves_m)
        )
    return _ends(edges.row, whole)


def _of_circles(circle_m: F64, lat_deg: F64, lon_deg: F64, gate_m: F64) -> Iterator[_Crossings]:
    """Yield the crossings of circles, laid flat by the direction and distance of the centre."""
    here_m = np.array(earth.ecef_m(lat_deg, lon_deg))
    distances_m = distance.to_centres_m(circle_m, lat_deg, lon_deg)
    for centre_m, radius_m, distance_m in zip(
        circle_m[:3].T, circle_m[3], distances_m, strict=True
    ):
        row = np.flatnonzero(distance_m - radius_m < gate_m)
        ways_m = centre_m[:, None] - here_m[:, row]
        east_m, north_m = earth.east_north_m(lat_deg[row], lon_deg[row], *ways_m)
        ground_m, away_m = np.sqrt(east_m * east_m + north_m * north_m), distance_m[row]
        stretch = away_m / np.maximum(ground_m, TINY)
        east_m, north_m = east_m * stretch, north_m * stretch
        towards_m = east_m[:, None] * _EAST + north_m[:, None] * _NORTH
        yield _ends(row, _through_circle(towards_m, (away_m * away_m)[:, None], radius_m))


class _Piece(NamedTuple):
    """How far along a ray a convex shape begins and ends; it ends before it begins where missed."""

    enters_m: F64
    leaves_m: F64


def _through_circle(towards_m: F64, away2_m2: F64, radius_m: F64) -> _Piece:
    """Return the piece within a circle whose centre lies `towards_m` metres along the ray."""
    half2_m2 = radius_m * radius_m - (away2_m2 - towards_m * towards_m)
    half_m = np.sqrt(np.maximum(half2_m2, 0.0))
    return _if_any(_Piece(towards_m - half_m, towards_m + half_m), half2_m2 > 0.0)


def _if_any(piece: _Piece, is_hit: Flags) -> _Piece:
    return _Piece(
        np.where(is_hit, piece.enters_m, np.inf), np.where(is_hit, piece.leaves_m, -np.inf)
    )


def _ends(row: I64, piece: _Piece) -> _Crossings:
    """Return both ends of the pieces that lie ahead; those round the fix begin at it."""
    shape, ray = np.nonzero(piece.leaves_m > np.maximum(piece.enters_m, 0.0))
    slot = row[shape] * RAYS + ray
    enters_m, leaves_m = np.maximum(piece.enters_m[shape, ray], 0.0), piece.leaves_m[shape, ray]
    change = np.repeat(np.array([1, -1]), len(slot))
    return _Crossings(np.concatenate([slot, slot]), np.concatenate([enters_m, leaves_m]), change)


def _turned(edges: NearbyEdges) -> tuple[F64, F64]:
    """Return how far each ray leads along each edge, and to the left of it: [edges, rays]."""
    east, north = edges.east_ratio[:, None], edges.north_ratio[:, None]
    return _not_zero(east * _EAST + north * _NORTH), _not_zero(east * _NORTH - north * _EAST)


def _not_zero(ratio: F64) -> F64:
    return np.where(ratio == 0.0, TINY, ratio)


# --- What lies between them ------------------------------------------------------------------


def _mean(crossings: _Crossings, polygon_counts: I64, mixture: list[Component]) -> F64:
    """Return the mean over the rays of the share of the mixture that lies in shapes."""
    slot, away_m, change = (
        column[np.lexsort((crossings.away_m, crossings.slot))] for column in crossings
    )
    total = np.add.accumulate(change)
    first = np.flatnonzero(np.diff(slot, prepend=-1))
    before = np.repeat((total - change)[first], np.diff(first, append=len(slot)))
    row = slot // RAYS
    shapes = total - before + polygon_counts[row]
    sign = (shapes > 0).astype(np.int64) - (shapes - change > 0)
    turns = np.flatnonzero(sign)
    p_inside = np.zeros(len(polygon_counts))
    for p_holds, sigma_m in mixture:
        ratio = away_m[turns] / sigma_m[row[turns]]
        p_beyond = exp(ratio * ratio * -0.5)
        p_rays = np.bincount(row[turns], sign[turns] * p_beyond, len(polygon_counts)) / RAYS
        p_inside += p_holds * ((polygon_counts > 0) + p_rays)
    return p_inside
