"""Map ground: the zones of an order made ready to be drawn on many maps and measured against."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.allowed_area import Boundary, Region, Side
from mesure.geo.fixes import F64, I64
from mesure.orders.values.places import Circle, Corridor, Polygon, Ring, Shape
from mesure.reports.drawing.chart import Plane, PlaneBox
from mesure.reports.replay.replay_report import ReportedZone


class Extents(NamedTuple):
    """The boxes of some lines or rings; one element for each.

    Longitudes are counted from the first point of each, so that none is torn apart where longitude
    jumps by 360 degrees.
    """

    south_deg: F64
    north_deg: F64
    first_lon_deg: F64
    west_deg: F64
    east_deg: F64
    margin_m: F64  # How far it reaches beyond its points.


@dataclass(frozen=True, slots=True, eq=False)
class ZoneGround:
    """A zone, its boundary as the judge measures it, and the extent of each shape and hole."""

    zone: ReportedZone
    boundary: Boundary
    shapes: Extents
    holes: tuple[Extents, ...]  # Of each shape.


def ground_of(zone: ReportedZone) -> ZoneGround:
    """Return a zone made ready."""
    name = zone.place.name
    region = (Region(name, zone.grow_m),)
    side = Side(outside=region) if zone.keep_out else Side(inside=region)
    boundary = allowed_area.pack(side, {name: zone.place})
    shapes = zone.place.shapes
    extents = _extents((points_of(shape), _margin_m(shape) + zone.grow_m) for shape in shapes)
    holes = (_extents((hole, 0.0) for hole in holes_of(shape)) for shape in shapes)
    return ZoneGround(zone, boundary, extents, tuple(holes))


def holes_of(shape: Shape) -> tuple[Ring, ...]:
    """Return the holes of a shape."""
    return shape.holes if isinstance(shape, Polygon) else ()


def points_of(shape: Shape) -> Ring:
    """Return the points a shape is made of: its centre, its line or its outer corners."""
    if isinstance(shape, Circle):
        return ((shape.lat_deg, shape.lon_deg),)
    return shape.line if isinstance(shape, Corridor) else shape.outer


def _extents(lines: Iterable[tuple[Ring, float]]) -> Extents:
    """Return the boxes of lines and how far each reaches beyond its points."""
    extents = [_extent(line, margin_m) for line, margin_m in lines]
    return Extents(*np.array(extents, dtype=np.float64).reshape(-1, len(Extents._fields)).T)


def _extent(line: Ring, margin_m: float) -> tuple[float, ...]:
    lats_deg, lons_deg = zip(*line, strict=True)
    first_deg = lons_deg[0]
    sides_deg = (min(lats_deg), max(lats_deg), first_deg)
    return (*sides_deg, min(lons_deg) - first_deg, max(lons_deg) - first_deg, margin_m)


def _margin_m(shape: Shape) -> float:
    if isinstance(shape, Circle):
        return shape.radius_m
    return shape.width_m / 2.0 if isinstance(shape, Corridor) else 0.0


def box(plane: Plane, ground: ZoneGround) -> PlaneBox:
    """Return the box that holds every shape of a zone."""
    west_m, south_m, east_m, north_m = _sides(plane, ground.shapes)
    return PlaneBox(
        float(west_m.min()), float(south_m.min()), float(east_m.max()), float(north_m.max())
    )


def shapes_in_view(plane: Plane, ground: ZoneGround, view: PlaneBox) -> I64:
    """Return the numbers of the shapes whose box touches a view."""
    return np.flatnonzero(_touches(_sides(plane, ground.shapes), view))


def holes_seen(
    plane: Plane, ground: ZoneGround, number: int, view: PlaneBox, across_m_min: float
) -> list[Ring]:
    """Return the holes of a shape whose box touches a view and is not too small to be seen."""
    sides = _sides(plane, ground.holes[number])
    west_m, south_m, east_m, north_m = sides
    is_large = np.maximum(east_m - west_m, north_m - south_m) >= across_m_min
    rings = holes_of(ground.zone.place.shapes[number])
    return [rings[hole] for hole in np.flatnonzero(_touches(sides, view) & is_large).tolist()]


def _touches(sides_m: tuple[F64, F64, F64, F64], view: PlaneBox) -> NDArray[np.bool_]:
    west_m, south_m, east_m, north_m = sides_m
    across = (west_m <= view.east_m) & (east_m >= view.west_m)
    touches: NDArray[np.bool_] = across & (south_m <= view.north_m) & (north_m >= view.south_m)
    return touches


def _sides(plane: Plane, extents: Extents) -> tuple[F64, F64, F64, F64]:
    first_m, margin_m = plane.east_m(extents.first_lon_deg), extents.margin_m
    return (
        first_m + extents.west_deg * plane.east_m_per_deg - margin_m,
        plane.north_m(extents.south_deg) - margin_m,
        first_m + extents.east_deg * plane.east_m_per_deg + margin_m,
        plane.north_m(extents.north_deg) + margin_m,
    )
