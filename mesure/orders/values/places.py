"""Places and their boundaries, as the order draws them.

A place is what the order names; its shapes say how far it extends. Corners are
WGS84 (latitude, longitude) in degrees and edges are straight in longitude and
latitude (RFC 7946, section 3.1.1). Nothing here measures distances: that is the
`geo` room.

A circle round an address may be *calibrated*: from a date on, everything as far from the point
where the device shows the home belongs to it as well. That can only help the person.
Decision: docs/decisions/0024-home-is-calibrated-in-the-open.md
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from mesure.orders.values.span import Span

AREA_LINE_M: Final = 15.0
"""How far the line of an area may be wrong.

Two published versions of the lines of Almaty's districts (OpenStreetMap of 2017 and of 2026) differ
by 5 to 15 m at the median. How much counts in the person's favour: `evaluation.filter.tolerance`.
"""

Ring = tuple[tuple[float, float], ...]  # (lat_deg, lon_deg) of each corner.


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within `radius_m` metres of a point."""

    lat_deg: float
    lon_deg: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """An area with holes; the first corner is not repeated at the end.

    Longitudes are unwrapped: neighbours differ by less than 180 degrees, so that
    a ring over the antimeridian runs on past 180 (or -180).
    """

    outer: Ring
    holes: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True)
class Corridor:
    """A way: everything within half of `width_m` metres of a line."""

    line: Ring
    width_m: float


Shape = Circle | Polygon | Corridor


@dataclass(frozen=True, slots=True)
class Calibration:
    """Where a device shows a home, as officers entered it: a point, and what it was measured by.

    `confirmed_by` and `during` are empty where the order does not say them.
    """

    lat_deg: float
    lon_deg: float
    start: datetime  # It counts from then on, until the next.
    by: str
    confirmed_by: str
    during: str  # What confirmed that the device was at home: "enrolment" or "beacon".
    fixes: int
    spread_m: float  # Half of the evidence lies within this distance of the point.


@dataclass(frozen=True, slots=True)
class Place:
    """A named place: the union of its shapes.

    `points_radius_m` is how far venues that are points on the map reach; None for other places.
    `is_by_map`: its corners come from a map file. It is the same place if somebody typed them.

    `address` is what people call where it is; empty where the order does not say it. Nothing is
    judged by it, so a place with another address is the same place.

    Calibrations are sorted by when they start. They widen a place where somebody must be at home,
    and nothing else.
    """

    name: str
    shapes: tuple[Shape, ...]
    calibrations: tuple[Calibration, ...] = ()
    points_radius_m: float | None = None
    is_by_map: bool = field(default=False, compare=False)
    # Not in `repr` either: what stands for an order in a checkpoint is made of it.
    address: str = field(default="", compare=False, repr=False)


def over(place: Place, span: Span) -> Iterator[tuple[Span, Place]]:
    """Yield a place as its calibrations leave it, from each to the next within a span.

    What comes back is drawn and measured like any other place, and has no calibrations left.
    """
    later = [one.start for one in place.calibrations if one.start in span]
    for start, end in pairwise([*sorted({span.start, *later}), span.end]):
        yield Span(start, end), widen(place, start)


def widen(place: Place, instant: datetime) -> Place:
    """Return a place with the circle that its calibration adds at an instant, if there is one."""
    begun = [one for one in place.calibrations if one.start <= instant]
    if not begun:
        return as_drawn(place)
    [circle] = place.shapes
    assert isinstance(circle, Circle), "only circles are calibrated"
    shown = replace(circle, lat_deg=begun[-1].lat_deg, lon_deg=begun[-1].lon_deg)
    return replace(place, shapes=(circle, shown), calibrations=())


def as_drawn(place: Place) -> Place:
    """Return a place without its calibrations."""
    return replace(place, calibrations=()) if place.calibrations else place
