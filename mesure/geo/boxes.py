"""Boxes in longitude and latitude, so that fixes far from one need not be measured.

A box is only ever too large, and what it saves is work: no distance depends on it.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from mesure.geo import earth
from mesure.geo.fixes import F64
from mesure.geo.numeric.elementary import sin_cos_deg

LAT_M_PER_DEG_MIN: Final = 110_000.0
"""No degree of latitude is shorter; at the equator it has 110,574 m."""

SLACK_RATIO: Final = 1.1
"""How much farther than a distance a box must lie to be beyond it, within `Fence.reach_m_max`.

The plane of a fix is straight where the earth is not. A point d metres away in the plane is at
least d (1 - tan(latitude) d / 2R - d d / 8RR) metres away, which the limit below keeps within a
tenth of d.
"""

CURVED_RATIO: Final = 0.083  # Of the radius of the earth: where the slack is used up.
FAR_M_MAX: Final = 90_000.0  # With its slack less than a degree of latitude.
LON_DEG_MAX: Final = 170.0  # Beyond, a box may be nearer the other way round.


class GeoBox(NamedTuple):
    """The sides of a box; longitudes are infinite where they limit nothing."""

    lat_min_deg: float
    lat_max_deg: float
    lon_min_deg: float
    lon_max_deg: float


class Fence(NamedTuple):
    """A box, and how far from it one can tell unmeasured that all in it is beyond reach."""

    box: GeoBox
    lon_m_per_deg_min: float  # Holds up to a degree of latitude from the box.
    reach_m_max: float  # Negative where nothing can be said.


def box_of(path_deg: F64) -> GeoBox:
    """Return the box of a path [latitude, longitude]."""
    lat_deg, lon_deg = path_deg[0].tolist(), path_deg[1].tolist()
    return GeoBox(min(lat_deg), max(lat_deg), min(lon_deg), max(lon_deg))


def margin_deg(box: GeoBox, by_m: float) -> tuple[float, float]:
    """Return how many degrees of latitude and longitude hold all within `by_m` metres of a box."""
    far_m = SLACK_RATIO * by_m
    by_lat_deg = far_m / LAT_M_PER_DEG_MIN
    farthest_lat_deg = max(-box.lat_min_deg, box.lat_max_deg) + by_lat_deg
    lon_m_per_deg = _lon_m_per_deg(farthest_lat_deg)
    return by_lat_deg, far_m / lon_m_per_deg if lon_m_per_deg > 0.0 else np.inf


def grown(box: GeoBox, by_m: float) -> GeoBox:
    """Return a box that holds all within `by_m` metres of what the box holds.

    >>> [round(side_deg, 4) for side_deg in grown(GeoBox(0.0, 0.0, 0.0, 0.0), 1000.0)]
    [-0.01, 0.01, -0.0099, 0.0099]
    """
    by_lat_deg, by_lon_deg = margin_deg(box, by_m)
    return GeoBox(
        box.lat_min_deg - by_lat_deg,
        box.lat_max_deg + by_lat_deg,
        box.lon_min_deg - by_lon_deg,
        box.lon_max_deg + by_lon_deg,
    )


def _lon_m_per_deg(lat_deg: float) -> float:
    """Return the metres in a degree of longitude; 0 within a degree of a pole."""
    return 0.0 if lat_deg > 89.0 else float(earth.scale(np.array(lat_deg)).lon_m_per_deg)


def union(boxes: Sequence[GeoBox]) -> GeoBox:
    """Return the box that holds all of these."""
    sides = list(zip(*boxes, strict=True))
    return GeoBox(min(sides[0]), max(sides[1]), min(sides[2]), max(sides[3]))


def fence(box: GeoBox, anchor_lon_deg: float, widest_m: float) -> Fence:
    """Return the fence of shapes; none is wider than `widest_m` either side of line or centre."""
    to_west_deg, to_east_deg = anchor_lon_deg - box.lon_min_deg, box.lon_max_deg - anchor_lon_deg
    if max(to_west_deg, to_east_deg) > LON_DEG_MAX:
        box = box._replace(lon_min_deg=-np.inf, lon_max_deg=np.inf)
    lat_deg = max(-box.lat_min_deg, box.lat_max_deg) + 1.0
    lon_m_per_deg = _lon_m_per_deg(lat_deg)
    if lon_m_per_deg == 0.0:
        return Fence(box, 1.0, -1.0)
    sine, cosine = sin_cos_deg(np.array(lat_deg))
    curved_m = CURVED_RATIO * earth.SEMI_MAJOR_M * float(cosine / (cosine + sine))
    return Fence(box, lon_m_per_deg, min(FAR_M_MAX, curved_m - widest_m))
