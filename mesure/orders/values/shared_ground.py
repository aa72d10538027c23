"""Shared ground of two places, for questions about an order; nobody is judged by it.

Shapes are laid in a plane at one of them, which is right to a few metres in a town.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from mesure.orders.values.places import Circle, Corridor, Place, Polygon, Ring, Shape

NEAR_DEG: Final = 1.0  # Shapes farther from each other share no ground, unless they are countries.
_METRES_PER_DEG: Final = 111_195.0


class _Box(NamedTuple):
    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float


class _Plane(NamedTuple):
    """A plane laid at a point, with metres to the east and to the north."""

    lat_deg: float
    lon_deg: float

    def lay(self, ring: Ring) -> list[tuple[float, float]]:
        turns_deg = 360.0 * round((ring[0][1] - self.lon_deg) / 360.0)
        east_m = _METRES_PER_DEG * max(math.cos(math.radians(self.lat_deg)), 0.01)
        return [
            ((lon - turns_deg - self.lon_deg) * east_m, (lat - self.lat_deg) * _METRES_PER_DEG)
            for lat, lon in ring
        ]


def do_meet(place: Place, other: Place) -> bool:
    """Tell whether there is ground that belongs to both places."""
    plane = _plane(place)
    pairs = ((here, there) for here in place.shapes for there in _near(other.shapes, here))
    return any(_drawn(here, plane).intersects(_drawn(there, plane)) for here, there in pairs)


def is_within(place: Place, zone: Place) -> bool:
    """Tell whether all of a place belongs to a zone."""
    plane = _plane(place)
    return all(
        _union(_near(zone.shapes, shape), plane).covers(_drawn(shape, plane))
        for shape in place.shapes
    )


def holds_middle(zone: Place, place: Place) -> bool:
    """Tell whether the middle of a place belongs to a zone."""
    plane, shape = _plane(place), place.shapes[0]
    middle = _drawn(shape, plane).representative_point()
    if isinstance(shape, Circle):
        middle = shapely.Point(0.0, 0.0)
    return any(_drawn(there, plane).covers(middle) for there in _near(zone.shapes, shape))


def _plane(place: Place) -> _Plane:
    return _Plane(*_line(place.shapes[0])[0])


def _line(shape: Shape) -> Ring:
    match shape:
        case Circle():
            return ((shape.lat_deg, shape.lon_deg),)
        case Corridor():
            return shape.line
    return shape.outer


def _near(shapes: Iterable[Shape], here: Shape) -> Iterator[Shape]:
    """Yield the shapes whose boxes lie near that of another."""
    south, west, north, east = _box(here)
    for shape in shapes:
        box = _box(shape)
        turns_deg = 360.0 * round((west + east - box.west_deg - box.east_deg) / 720.0)
        if (
            south - box.north_deg < NEAR_DEG
            and box.south_deg - north < NEAR_DEG
            and west - turns_deg - box.east_deg < NEAR_DEG
            and box.west_deg - (east - turns_deg) < NEAR_DEG
        ):
            yield shape


def _box(shape: Shape) -> _Box:
    lats_deg, lons_deg = zip(*_line(shape), strict=True)
    return _Box(min(lats_deg), min(lons_deg), max(lats_deg), max(lons_deg))


def _union(shapes: Iterable[Shape], plane: _Plane) -> BaseGeometry:
    return shapely.union_all([_drawn(shape, plane) for shape in shapes])


def _drawn(shape: Shape, plane: _Plane) -> BaseGeometry:
    match shape:
        case Circle():
            return shapely.Point(*plane.lay(_line(shape))).buffer(shape.radius_m)
        case Polygon():
            return shapely.Polygon(plane.lay(shape.outer), [plane.lay(one) for one in shape.holes])
    return shapely.LineString(plane.lay(shape.line)).buffer(shape.width_m / 2.0)
