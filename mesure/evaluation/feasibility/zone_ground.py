"""Assumed home: where the person is taken to stay, and its distance to each boundary."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import shapely

from mesure.evaluation.filter import allowed_area, tolerance
from mesure.evaluation.filter.allowed_area import Side
from mesure.geo import earth
from mesure.orders.values.places import Circle, Place, Polygon, Ring, Shape

NEAR_M: Final = 1000.0  # A zone farther from home causes no false incident worth a figure.
PLACES_KEPT: Final = 64  # An order is measured for each class of device, without and with a beacon.
INSCRIBED_RATIO: Final = 0.01  # How exactly the widest circle in an area is found.


class GroundPoint(NamedTuple):
    """A point on the ground."""

    lat_deg: float
    lon_deg: float


class NearbyZone(NamedTuple):
    """One shape of a place to keep out of, as errors at home meet it."""

    room_m: float  # From home to the boundary; negative inside.
    depth_m: float  # From the boundary to the innermost point.
    extent_m: float  # From its middle to its farthest point, or a little more.


@lru_cache(maxsize=PLACES_KEPT)
def middle(place: Place) -> GroundPoint:
    """Return the innermost point of a place: that of its widest shape."""
    return max(map(_innermost, place.shapes), key=lambda candidate: candidate[1])[0]


@lru_cache(maxsize=PLACES_KEPT)
def depth_m(place: Place) -> float:
    """Return how far the innermost point of a place is from its boundary."""
    return max(_innermost(shape)[1] for shape in place.shapes)


@lru_cache(maxsize=PLACES_KEPT)
def exclusion_depths_m(place: Place) -> tuple[float, ...]:
    """Return how deep each shape to keep out of is: what is left of it when its line is wrong."""
    shrunk_m = tolerance.shrunk_m(place.shapes)
    pairs = zip(place.shapes, shrunk_m, strict=True)
    return tuple(_innermost(shape)[1] - less_m for shape, less_m in pairs)


def room_m(side: Side, places: Mapping[str, Place], point: GroundPoint) -> float:
    """Return how far a point is from the wrong side; negative on it. Tolerances are counted in."""
    lat_deg, lon_deg = np.array([point.lat_deg]), np.array([point.lon_deg])
    return -float(allowed_area.measure(allowed_area.pack(side, places), lat_deg, lon_deg)[0])


@lru_cache(maxsize=PLACES_KEPT)
def zones_near(side: Side, place: Place, point: GroundPoint) -> tuple[NearbyZone, ...]:
    """Return the shapes to keep out of that lie within a kilometre of a point, the nearest first.

    Each is measured by itself, with the tolerance that it has among the others. A shape of which
    the tolerance leaves nothing is no zone.
    """
    zones = []
    shrunk_m = tolerance.shrunk_m(place.shapes)
    for shape, less_m, left_m in zip(
        place.shapes, shrunk_m, exclusion_depths_m(place), strict=True
    ):
        if left_m > 0.0 and _may_be_near(shape, point):
            alone = replace(place, shapes=(shape,))
            [alone_less_m] = tolerance.shrunk_m(alone.shapes)
            away_m = room_m(side, {place.name: alone}, point) + less_m - alone_less_m
            if away_m <= NEAR_M:
                zones.append(NearbyZone(away_m, left_m, _extent_m(shape)))
    return tuple(sorted(zones))


def _extent_m(shape: Shape) -> float:
    """Return half the diagonal of the box that a shape lies in."""
    corners, wide_m = _corners(shape)
    lats_deg, lons_deg = zip(*corners, strict=True)
    scale = earth.scale(np.array(lats_deg[0]))
    north_m = (max(lats_deg) - min(lats_deg)) * float(scale.lat_m_per_deg) / 2.0
    east_m = (max(lons_deg) - min(lons_deg)) * float(scale.lon_m_per_deg) / 2.0
    return float(np.sqrt(north_m * north_m + east_m * east_m)) + wide_m


def _may_be_near(shape: Shape, point: GroundPoint) -> bool:
    """Say whether a shape may lie near a point; a yes may be wrong, a no is not."""
    corners, wide_m = _corners(shape)
    scale = earth.scale(np.array(point.lat_deg))
    margin_m = 2.0 * (NEAR_M + wide_m)
    lats_deg = [lat_deg - point.lat_deg for lat_deg, _ in corners]
    lons_deg = [lon_deg - point.lon_deg for _, lon_deg in corners]
    turns_deg = 360.0 * round((min(lons_deg) + max(lons_deg)) / 720.0)
    north_m = _gap(lats_deg, 0.0) * float(scale.lat_m_per_deg)
    east_m = _gap(lons_deg, turns_deg) * float(scale.lon_m_per_deg)
    return north_m <= margin_m and east_m <= margin_m


def _gap(sides_deg: list[float], turns_deg: float) -> float:
    return max(min(sides_deg) - turns_deg, turns_deg - max(sides_deg), 0.0)


def _corners(shape: Shape) -> tuple[Ring, float]:
    """Return the corners of a shape, and how far it may reach beyond them."""
    if isinstance(shape, Circle):
        return ((shape.lat_deg, shape.lon_deg),), shape.radius_m
    if isinstance(shape, Polygon):
        return shape.outer, 0.0
    return shape.line, shape.width_m / 2.0


def _innermost(shape: Shape) -> tuple[GroundPoint, float]:
    """Return the point of a shape that is farthest from its boundary, and how far it is."""
    if isinstance(shape, Circle):
        return GroundPoint(shape.lat_deg, shape.lon_deg), shape.radius_m
    if isinstance(shape, Polygon):
        return _inscribed(shape)
    half = len(shape.line) // 2
    (lat0_deg, lon0_deg), (lat1_deg, lon1_deg) = shape.line[half - 1], shape.line[half]
    way = GroundPoint((lat0_deg + lat1_deg) / 2.0, (lon0_deg + lon1_deg) / 2.0)
    return way, shape.width_m / 2.0


def _inscribed(area: Polygon) -> tuple[GroundPoint, float]:
    """Return the middle and the radius of the widest circle in an area, in a plane laid there."""
    lat0_deg, lon0_deg = area.outer[0]
    scale = earth.scale(np.array(lat0_deg))
    north_m, east_m = float(scale.lat_m_per_deg), max(float(scale.lon_m_per_deg), 1.0)
    rings = [
        [((lon - lon0_deg) * east_m, (lat - lat0_deg) * north_m) for lat, lon in ring]
        for ring in (area.outer, *area.holes)
    ]
    plane = shapely.Polygon(rings[0], rings[1:])
    west_m, south_m, right_m, top_m = plane.bounds
    finest_m = max(INSCRIBED_RATIO * min(right_m - west_m, top_m - south_m), 1e-3)
    radius = shapely.maximum_inscribed_circle(plane, tolerance=finest_m)
    (east, north), *_ = radius.coords
    return GroundPoint(lat0_deg + north / north_m, lon0_deg + east / east_m), float(radius.length)
