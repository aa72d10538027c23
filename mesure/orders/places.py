"""Places and their boundaries, as the order draws them.

A place is what the order names; its shapes say how far it extends. Corners are
WGS84 (latitude, longitude) in degrees and edges are straight in longitude and
latitude (RFC 7946, section 3.1.1). Nothing here measures distances: that is the
`positions` room.
"""

from dataclasses import dataclass

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
class Place:
    """A named place: the union of its shapes.

    `tolerance_m` is how far the drawn boundary itself may be wrong, in metres. It can only
    help the person: an inclusion grows by it, an exclusion shrinks by it.
    """

    name: str
    shapes: tuple[Shape, ...]
    tolerance_m: float = 0.0
