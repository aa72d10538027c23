"""The zones of an order made ready to be drawn on many maps and measured against."""

from dataclasses import dataclass

import numpy as np

from mesure.compliance import sides
from mesure.compliance.sides import Boundary, Region, Side
from mesure.orders.places import Circle, Corridor, Ring, Shape
from mesure.positions.fixes import F64, I64
from mesure.reports.chart import Box, Plane
from mesure.reports.replay_report import Zone


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A zone, its boundary as the judge measures it, and the extent of each of its shapes.

    Longitudes of a shape are counted from its own first point, so that none is torn apart where
    longitude jumps by 360 degrees.
    """

    zone: Zone
    boundary: Boundary
    south_deg: F64
    north_deg: F64
    first_lon_deg: F64
    west_deg: F64
    east_deg: F64
    margin_m: F64  # How far the shape reaches beyond its points.


def ground_of(zone: Zone) -> Ground:
    """Return a zone made ready."""
    name = zone.place.name
    region = (Region(name, zone.grow_m),)
    side = Side(outside=region) if zone.keep_out else Side(inside=region)
    boundary = sides.pack(side, {name: zone.place})
    extents = np.array([_extent(shape) for shape in zone.place.shapes], dtype=np.float64).T
    extents[-1] += zone.grow_m
    return Ground(zone, boundary, *extents)


def points_of(shape: Shape) -> Ring:
    """Return the points a shape is made of: its centre, its line or its outer corners."""
    if isinstance(shape, Circle):
        return ((shape.lat_deg, shape.lon_deg),)
    return shape.line if isinstance(shape, Corridor) else shape.outer


def _extent(shape: Shape) -> tuple[float, ...]:
    lats_deg, lons_deg = zip(*points_of(shape), strict=True)
    first_deg = lons_deg[0]
    sides_deg = (min(lats_deg), max(lats_deg), first_deg)
    return (*sides_deg, min(lons_deg) - first_deg, max(lons_deg) - first_deg, _margin_m(shape))


def _margin_m(shape: Shape) -> float:
    if isinstance(shape, Circle):
        return shape.radius_m
    return shape.width_m / 2.0 if isinstance(shape, Corridor) else 0.0


def box(plane: Plane, ground: Ground) -> Box:
    """Return the box that holds every shape of a zone."""
    west_m, south_m, east_m, north_m = _sides(plane, ground)
    return Box(float(west_m.min()), float(south_m.min()), float(east_m.max()), float(north_m.max()))


def seen(plane: Plane, ground: Ground, view: Box) -> I64:
    """Return the numbers of the shapes whose box touches a view."""
    west_m, south_m, east_m, north_m = _sides(plane, ground)
    across = (west_m <= view.east_m) & (east_m >= view.west_m)
    return np.flatnonzero(across & (south_m <= view.north_m) & (north_m >= view.south_m))


def _sides(plane: Plane, ground: Ground) -> tuple[F64, F64, F64, F64]:
    first_m, margin_m = plane.east_m(ground.first_lon_deg), ground.margin_m
    return (
        first_m + ground.west_deg * plane.east_m_per_deg - margin_m,
        plane.north_m(ground.south_deg) - margin_m,
        first_m + ground.east_deg * plane.east_m_per_deg + margin_m,
        plane.north_m(ground.north_deg) + margin_m,
    )
