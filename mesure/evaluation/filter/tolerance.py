"""Tolerance: how far the line of an area may be wrong, by its shape and not by the file's source.

Two published versions of the lines of Almaty's districts differ by 5 to 15 m at the median, so the
line of an area may be that far from the one that the court meant. That only ever helps the person.
Where one must stay, every area grows by it. Where one must keep out, a large area shrinks by it,
and a small one does not: a yard or a building is drawn by what stands there, and to take fifteen
metres from every side of it would leave nothing to keep out of. In between it is in proportion, so
that no zone becomes smaller by being drawn larger. Circles and ways are as the order gives them.
Decision: docs/decisions/0044-the-tolerance-depends-on-the-shape.md
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from mesure.geo import earth
from mesure.orders.values.places import AREA_LINE_M, Circle, Polygon, Ring, Shape

SMALL_M: Final = 30.0
"""Twice the tolerance. A square of 120 m has this measure: as large as a block of houses, and so
small that its visits are seen only just more often than not."""

SHRINK_RATIO: Final = 0.5
"""How much of what a measure has beyond `SMALL_M` may be taken: a zone always keeps the half."""

SMALL_RADIUS_M: Final = 200.0
"""Up to this radius, visits were measured to be recognised; a walk deeper in than that is seen."""


def is_small(shape: Shape, grow_m: float = 0.0) -> bool:
    """Tell whether a shape to keep out of, grown so much, is small, so that arrivals count there.

    A circle of 200 m is, and a square of 400 m; a way is not, for one passes along it.
    """
    if isinstance(shape, Circle):
        return shape.radius_m + grow_m <= SMALL_RADIUS_M
    return isinstance(shape, Polygon) and 2.0 * _measure_m(shape) + grow_m <= SMALL_RADIUS_M


def grown_m(shape: Shape) -> float:
    """Return how far a shape where one must stay reaches beyond its line."""
    return AREA_LINE_M if isinstance(shape, Polygon) else 0.0


def shrunk_m(shapes: Sequence[Shape]) -> tuple[float, ...]:
    """Return how far inside its line each shape to keep out of begins, in whole metres.

    Areas of one place that share a corner are parts of one, so that nobody is let in between them.
    """
    measures_m = [_measure_m(one) if isinstance(one, Polygon) else 0.0 for one in shapes]
    of_part = _parts(shapes)
    largest_m: dict[int, float] = {}
    for part, measure_m in zip(of_part, measures_m, strict=True):
        largest_m[part] = max(largest_m.get(part, 0.0), measure_m)
    return tuple(_taken_m(largest_m[part]) for part in of_part)


def _taken_m(measure_m: float) -> float:
    return float(math.floor(min(max(SHRINK_RATIO * (measure_m - SMALL_M), 0.0), AREA_LINE_M)))


def _parts(shapes: Sequence[Shape]) -> list[int]:
    """Return a number for each shape, the same for areas that hang together by their corners."""
    above = list(range(len(shapes)))

    def root(number: int) -> int:
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    first: dict[tuple[float, float], int] = {}
    for number, shape in enumerate(shapes):
        for corner in shape.outer if isinstance(shape, Polygon) else ():
            above[root(number)] = root(first.setdefault(corner, number))
    return [root(number) for number in range(len(shapes))]


def _measure_m(area: Polygon) -> float:
    """Return a length that the widest circle in an area has as its radius at least.

    It is the area over the length of its lines, which holds for every area with one hole at most;
    with more, those take a share each. A square has a quarter of its side, half of what fits in.
    """
    lat_deg, _ = area.outer[0]
    scale = earth.scale(np.array(lat_deg))
    north_m, east_m = float(scale.lat_m_per_deg), float(scale.lon_m_per_deg)
    around_m, inside_m2 = _lengths(area.outer, north_m, east_m)
    for hole in area.holes:
        hole_m, hole_m2 = _lengths(hole, north_m, east_m)
        around_m, inside_m2 = around_m + hole_m, inside_m2 - hole_m2
    return inside_m2 / (around_m * max(1.0, (len(area.holes) + 1) / 2.0))


def _lengths(ring: Ring, north_m: float, east_m: float) -> tuple[float, float]:
    """Return how long a ring is and what it encloses, in a plane laid at the area."""
    around_m = twice_m2 = 0.0
    lat0_deg, lon0_deg = ring[0]
    points = [((lat - lat0_deg) * north_m, (lon - lon0_deg) * east_m) for lat, lon in ring]
    for (north0, east0), (north1, east1) in pairwise((*points, points[0])):
        step_north, step_east = north1 - north0, east1 - east0
        around_m += math.sqrt(step_north * step_north + step_east * step_east)
        twice_m2 += north0 * east1 - north1 * east0
    return around_m, abs(twice_m2) / 2.0
