"""Allowed area: the right side of each boundary, and how far a fix lies on the wrong side.

A condition allows a region: the inside of some places, the outside of others, or both where an
authorised absence lets the person be somewhere as well. The distance to that region is positive on
the wrong side. A boundary's tolerance only ever helps the person: places to be in grow by it,
places to keep out of shrink (`tolerance`).
Decision: docs/decisions/0022-the-first-judge.md
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mesure.evaluation.filter import tolerance
from mesure.geo import distance, zones
from mesure.geo.fixes import F64
from mesure.geo.zones import Zone
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.values.places import Circle, Place, Polygon, Shape


class Region(NamedTuple):
    """A place of the order, by name, made larger by `grow_m` metres on every side."""

    place: str
    grow_m: float = 0.0

    @property
    def name(self) -> str:
        """Return what a person is said to have been inside or outside of.

        >>> Region("stadium", 100.0).name
        'stadium + 100 m'
        """
        return f"{self.place} + {self.grow_m:g} m" if self.grow_m else self.place


class Side(NamedTuple):
    """Where a condition lets the person be: inside any of some, or outside all of others."""

    inside: tuple[Region, ...] = ()
    outside: tuple[Region, ...] = ()
    hears_home: bool = False  # The home beacon is in a place where the person may be,
    misses_home: bool = False  # and the person may be nowhere else.
    widens: bool = False  # Calibrations of the places where the person may be count.
    sees_ways: bool = False  # The person rests there, so that a way out of it is evidence.


def also(bound: BindingSpan) -> tuple[Region, ...]:
    """Return the place where an authorised absence lets the person be as well, if there is one."""
    return () if bound.also_at is None else (Region(bound.also_at),)


class Boundary(NamedTuple):
    """A side with its places packed for measuring."""

    inside: tuple[tuple[Zone, float], ...]  # With how far each is grown, in metres.
    outside: tuple[tuple[Zone, float], ...]
    hears_home: bool
    misses_home: bool
    sees_ways: bool
    is_small: bool  # It is round small places to keep out of, and nothing else.


def pack(side: Side, places: Mapping[str, Place]) -> Boundary:
    """Return the boundary of a side, its tolerance applied in the person's favour."""
    return Boundary(
        tuple(part for region in side.inside for part in _inside(region, places[region.place])),
        tuple(part for region in side.outside for part in _outside(region, places[region.place])),
        side.hears_home,
        side.misses_home,
        side.sees_ways,
        not side.inside and all(_is_small(region, places[region.place]) for region in side.outside),
    )


def _is_small(region: Region, place: Place) -> bool:
    return all(tolerance.is_small(shape, region.grow_m) for shape in place.shapes)


def measure(boundary: Boundary, lat_deg: F64, lon_deg: F64) -> F64:
    """Return how far each fix lies on the wrong side, in metres; negative on the right side."""
    return _combine(boundary, lambda zone: distance.distance_m(zone, lat_deg, lon_deg))


def measure_within(boundary: Boundary, lat_deg: F64, lon_deg: F64, reach_m: F64) -> F64:
    """Return the same, exact where it is at most `reach_m`; elsewhere infinite with its sign."""
    widest_m = max((abs(grow_m) for _, grow_m in boundary.inside + boundary.outside), default=0.0)
    return _combine(
        boundary,
        lambda zone: distance.distance_within_m(zone, lat_deg, lon_deg, reach_m + widest_m),
    )


def _combine(boundary: Boundary, signed: Callable[[Zone], F64]) -> F64:
    parts = [signed(zone) - grow_m for zone, grow_m in boundary.inside]
    if boundary.outside:
        nearest = [signed(zone) - grow_m for zone, grow_m in boundary.outside]
        parts.append(-_smallest(nearest))
    return _smallest(parts)


def _smallest(parts: list[F64]) -> F64:
    least = parts[0]
    for part in parts[1:]:
        least = np.minimum(least, part)
    return least


def _inside(region: Region, place: Place) -> Iterator[tuple[Zone, float]]:
    grown_m = [tolerance.grown_m(shape) for shape in place.shapes]
    yield from _alike(place.shapes, [region.grow_m + more_m for more_m in grown_m])


def _outside(region: Region, place: Place) -> Iterator[tuple[Zone, float]]:
    shrunk_m = tolerance.shrunk_m(place.shapes)
    yield from _alike(place.shapes, [region.grow_m - less_m for less_m in shrunk_m])


def _alike(shapes: Sequence[Shape], grow_m: Sequence[float]) -> Iterator[tuple[Zone, float]]:
    """Yield the shapes that grow or shrink alike as one zone, those that grow most first."""
    for alike_m in sorted(set(grow_m), reverse=True):
        pairs = zip(shapes, grow_m, strict=True)
        yield zones.pack([_shape(shape) for shape, one_m in pairs if one_m == alike_m]), alike_m


def _shape(shape: Shape) -> zones.Shape:
    match shape:
        case Circle():
            return zones.CircleShape(shape.lat_deg, shape.lon_deg, shape.radius_m)
        case Polygon():
            return zones.PolygonShape(shape.outer, shape.holes)
    return zones.CorridorShape(shape.line, shape.width_m)
