"""Coverage: how much round the home an order forbids: shares of streets and of listed venues.

A place to keep out of may take from somebody a tenth of the streets near home or half of them, and
the officer who enters the order should see which. What lies within walking distance of the home is
counted; where the order does not say where that is, what lies round the middle of the place itself.
Streets come from the map that the installation holds, and venues from its approved lists; what it
does not hold is not guessed. These are lengths on a map, and nothing is judged by them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import Geometry, LineString, Point, Polygon

from mesure.evaluation.feasibility import zone_check, zone_ground
from mesure.geo.fixes import F64
from mesure.orders.model.conditions import Exclusion
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.places import Circle, Corridor, Place, Ring, Shape
from mesure.reports.drawing import chart
from mesure.reports.drawing.chart import Plane

WITHIN_M: Final = 2000.0
"""How far from home is counted: half an hour on foot, there or back.

Reason: what is farther away says little about daily life, and a whole town would hide a street."""

Line = F64  # Points of a street, one in each row: latitude, longitude.
At = tuple[float, float]


@dataclass(frozen=True, slots=True)
class NearbyFeatures:
    """What the installation holds about the ground near a point."""

    streets: Sequence[Line] | None  # None: it holds no streets.
    venues: Mapping[str, Sequence[At]]  # By category, latitude first.


@dataclass(frozen=True, slots=True, eq=False)
class WalkingArea:
    """What lies within walking distance of a point, laid out in metres."""

    plane: Plane
    near: Geometry
    streets: Geometry | None  # None: no streets are held.
    venues: Mapping[str, Sequence[Point]]  # By category.


@dataclass(frozen=True, slots=True)
class StreetLength:
    """How long the streets are, and how much of them a place covers."""

    whole_m: float
    covered_m: float

    @property
    def covered_ratio(self) -> float:
        """Return the share that is covered; `whole_m` must not be zero."""
        return self.covered_m / self.whole_m


@dataclass(frozen=True, slots=True)
class VenueCount:
    """How many venues there are, and how many of them a place covers."""

    whole: int
    covered: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one condition takes from what lies near."""

    condition: str
    place: str
    is_home: bool  # It is counted round the home, and not round the place itself.
    streets: StreetLength | None  # None: no streets are held, or none is near.
    venues: Mapping[str, VenueCount]  # By category; those of which none is near are left out.


def middle(version: OrderVersion, condition: str) -> tuple[At, bool]:
    """Return round which point it is counted, and whether that is the home."""
    home = zone_check.home(version)
    if home is not None:
        return zone_ground.middle(home), True
    [duty] = [one.duty for one in version.conditions if one.id == condition]
    assert isinstance(duty, Exclusion), "asked of places to keep out of only"
    return zone_ground.middle(version.places[duty.keep_out_of]), False


def exclusions(version: OrderVersion) -> list[str]:
    """Return the conditions that keep somebody out of a place."""
    return [one.id for one in version.conditions if isinstance(one.duty, Exclusion)]


def laid_out(at: At, around: NearbyFeatures) -> WalkingArea:
    """Lay out what is held round a point, for all conditions that are counted round it."""
    plane = chart.plane_at(*at)
    near = Point(0.0, 0.0).buffer(WITHIN_M)
    venues = {
        category: [point for point in _points(plane, places) if shapely.covers(near, point)]
        for category, places in around.venues.items()
    }
    streets = None if around.streets is None else _streets(around.streets, plane, near)
    return WalkingArea(plane, near, streets, venues)


def of_condition(version: OrderVersion, condition: str, ground: WalkingArea) -> Coverage:
    """Return what a condition takes from what lies round its middle."""
    [duty] = [one.duty for one in version.conditions if one.id == condition]
    assert isinstance(duty, Exclusion), "asked of places to keep out of only"
    place = version.places[duty.keep_out_of]
    _, is_home = middle(version, condition)
    zone = shapely.intersection(_zone(place, ground.plane), ground.near)
    return Coverage(
        condition,
        place.name,
        is_home,
        _length(ground.streets, zone),
        {category: _count(points, zone) for category, points in ground.venues.items() if points},
    )


def _streets(streets: Sequence[Line], plane: Plane, near: Geometry) -> Geometry:
    """Return the streets as one, so that a street given twice is there once."""
    lines = [LineString(_metres(plane, street)) for street in streets if len(street) > 1]
    inside = shapely.intersection(np.array(lines, np.object_), near)
    return shapely.union_all(inside)


def _length(streets: Geometry | None, zone: Geometry) -> StreetLength | None:
    whole_m = 0.0 if streets is None else float(shapely.length(streets))
    if whole_m == 0.0:
        return None
    return StreetLength(whole_m, float(shapely.length(shapely.intersection(streets, zone))))


def _count(points: Sequence[Point], zone: Geometry) -> VenueCount:
    return VenueCount(len(points), sum(bool(shapely.covers(zone, point)) for point in points))


def _points(plane: Plane, venues: Sequence[At]) -> list[Point]:
    return [Point(*_point(plane, at)) for at in venues]


def _zone(place: Place, plane: Plane) -> Geometry:
    return shapely.union_all([_area(shape, plane) for shape in place.shapes])


def _area(shape: Shape, plane: Plane) -> Geometry:
    if isinstance(shape, Circle):
        return Point(*_point(plane, (shape.lat_deg, shape.lon_deg))).buffer(shape.radius_m)
    if isinstance(shape, Corridor):
        return LineString(_ring(plane, shape.line)).buffer(shape.width_m / 2.0)
    return Polygon(_ring(plane, shape.outer), [_ring(plane, hole) for hole in shape.holes])


def _ring(plane: Plane, ring: Ring) -> list[At]:
    return [_point(plane, at) for at in ring]


def _point(plane: Plane, at: At) -> At:
    [point_m] = _metres(plane, shapely.get_coordinates(Point(*at)))
    return float(point_m[0]), float(point_m[1])


def _metres(plane: Plane, points_deg: F64) -> F64:
    """Return points as metres east and north of the middle."""
    east_m, north_m = plane.east_m(points_deg[:, 1]), plane.north_m(points_deg[:, 0])
    points_m: F64 = shapely.get_coordinates(shapely.points(east_m, north_m))
    return points_m
