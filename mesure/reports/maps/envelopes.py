"""Envelopes: the confidence circles of a stay as one outline, so that forty do not make a stain.

The outline is the outer edge of all circles of the stay together, from its first fix to its last:
every circle lies in it, and nothing outside all circles does. A fix whose radius is not known has
no circle.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
import shapely

from mesure.geo.fixes import F64, Fixes
from mesure.reports.drawing import chart
from mesure.reports.drawing.chart import Plane
from mesure.reports.maps import stays

SPOT_M: Final = 60.0
"""How near fixes are of one stay, where no drawing has said so: some twice their usual error."""

_QUARTER: Final = 12  # Corners in a quarter of a circle.
_FLAT_RATIO: Final = 0.02  # An outline may be simpler by this share of the smallest circle in it.

Outline = tuple[tuple[F64, ...], ...]
"""Parts, each an outer ring and its holes, as rows of longitude and latitude."""


def on_drawing(fixes: Fixes, x: F64, y: F64) -> list[Outline]:
    """Return the outlines of the stays of fixes at these points of a drawing."""
    return _of(fixes, stays.of(fixes.observed_us, x, y))


def on_ground(fixes: Fixes) -> list[Outline]:
    """Return the outlines of the stays of fixes by how near they are on the ground."""
    if not len(fixes):
        return []
    plane = chart.plane_at(float(fixes.lat_deg[0]), float(fixes.lon_deg[0]))
    scale = stays.SPOT_PX / SPOT_M
    east_m, north_m = plane.east_m(fixes.lon_deg), plane.north_m(fixes.lat_deg)
    return _of(fixes, stays.of(fixes.observed_us, east_m * scale, north_m * scale))


def _of(fixes: Fixes, all_stays: Iterable[stays.Stay]) -> list[Outline]:
    ranges = (slice(stay.first, stay.last + 1) for stay in all_stays)
    outlines = (_outline(fixes, part) for part in ranges)
    return [outline for outline in outlines if outline]


def _outline(fixes: Fixes, part: slice) -> Outline:
    radii_m = fixes.radius95_m[part]
    known = ~np.isnan(radii_m)
    if not known.any():
        return ()
    lat_deg, lon_deg = fixes.lat_deg[part][known], fixes.lon_deg[part][known]
    plane = chart.plane_at(float(lat_deg[0]), float(lon_deg[0]))
    middles = shapely.points(plane.east_m(lon_deg), plane.north_m(lat_deg))
    circles = shapely.buffer(middles, radii_m[known], quad_segs=_QUARTER)
    flat_m = _FLAT_RATIO * float(radii_m[known].min())
    whole = shapely.simplify(shapely.union_all(circles), flat_m)
    return tuple(
        tuple(_degrees(plane, shapely.get_coordinates(ring)) for ring in shapely.get_rings(polygon))
        for polygon in shapely.get_parts(whole)
    )


def _degrees(plane: Plane, ring_m: F64) -> F64:
    lon_deg = plane.lon_deg + ring_m[:, 0] / plane.east_m_per_deg
    return np.column_stack([lon_deg, plane.lat_deg + ring_m[:, 1] / plane.north_m_per_deg])
