"""Distance: how far each fix lies from a zone's boundary: negative inside, positive outside.

The distance to an edge is measured in a plane laid at the fix itself, scaled as the ellipsoid is
there, so that it is right near the boundary however large the zone; farther away it is corrected
for the degree of longitude that changes on the way. Circles are measured through space, which
works at poles and across the antimeridian alike. Which side a fix is on is decided in longitude
and latitude, where the edges are straight.

Outside, the distance of a zone is that to its nearest shape; inside, it is the depth in the shape
in which the fix lies deepest, which is less than the depth in the union where shapes overlap.

Invariant: the number for a fix depends on the fix, the zone and its reach alone, to the last bit.
"""

from typing import Final

import numpy as np

from mesure.geo import cells, earth, nearest_point, zones
from mesure.geo.boxes import LAT_M_PER_DEG_MIN, SLACK_RATIO, Fence
from mesure.geo.cells import Cells
from mesure.geo.earth import DegreeScale
from mesure.geo.fixes import F64
from mesure.geo.numeric.elementary import RAD_PER_DEG
from mesure.geo.zones import Flags, ShapeBlock, Zone

ROWS_PER_CHUNK: Final = 16_384
PAIRS_PER_CHUNK: Final = 500_000  # Of a fix and a shape or chain: keeps memory bounded.
CELLS_FROM: Final = 4_096  # Fixes; for fewer, measuring cells takes longer than it saves.


def distance_m(zone: Zone, lat_deg: F64, lon_deg: F64) -> F64:
    """Return the distance of each fix to the boundary in metres, negative inside.

    >>> from mesure.geo import zones
    >>> home = zones.pack([zones.CircleShape(43.25, 76.95, 60.0)])
    >>> distance_m(home, np.array([43.25, 43.251]), np.array([76.95, 76.95])).round(1).tolist()
    [-60.0, 51.1]
    """
    return _measured(zone, None, lat_deg, lon_deg, np.full(len(lat_deg), np.inf))


def distance_within_m(zone: Zone, lat_deg: F64, lon_deg: F64, reach_m: F64) -> F64:
    """Return the same where it is at most `reach_m`, and elsewhere infinity with its sign."""
    rough = _cells(zone) if len(lat_deg) >= CELLS_FROM else None
    signed_m = _measured(zone, rough, lat_deg, lon_deg, reach_m)
    beyond_m = np.where(signed_m < 0.0, -np.inf, np.inf)
    return np.where(np.abs(signed_m) <= reach_m, signed_m, beyond_m)


def _measured(zone: Zone, rough: Cells | None, lat_deg: F64, lon_deg: F64, reach_m: F64) -> F64:
    """Return exact distances, or less exact ones of the right sign where they are beyond reach."""
    signed_m = np.full(len(lat_deg), np.inf)
    for first in range(0, len(lat_deg), ROWS_PER_CHUNK):
        rows = slice(first, first + ROWS_PER_CHUNK)
        near_lon_deg = zones.near_lon_deg(zone, lon_deg[rows])
        for block in zone.blocks:
            columns = (lat_deg[rows], near_lon_deg, reach_m[rows], signed_m[rows])
            _measure_block(block, rough, *columns)
    return signed_m + 0.0  # No negative zero: which of two zeros is the least is not settled.


def _cells(zone: Zone) -> Cells | None:
    """Return what cells tell of a zone that is one polygon or corridor with many edges.

    None for others: a seam between two shapes is no boundary, so that a distance may leap there.
    """
    if len(zone.blocks) != 1 or not cells.is_told(zone.blocks[0]):
        return None
    [block] = zone.blocks
    lat_deg, lon_deg = cells.centres_deg(block.fence)
    signed_m = np.full(len(lat_deg), np.inf)
    _measure_block(block, None, lat_deg, lon_deg, signed_m.copy(), signed_m)
    return cells.cells_of(block.fence, signed_m)


def _measure_block(
    block: ShapeBlock, rough: Cells | None, lat_deg: F64, lon_deg: F64, reach_m: F64, signed_m: F64
) -> None:
    """Lower `signed_m` to the distances of a block where they are less."""
    near = np.flatnonzero(_is_near(block.fence, lat_deg, lon_deg, reach_m))
    if rough is not None:
        is_sure, beyond_m = cells.tell(rough, lat_deg[near], lon_deg[near], reach_m[near])
        signed_m[near[is_sure]] = beyond_m[is_sure]
        near = near[~is_sure]
    circles, chains = block.circle_m.shape[1], len(block.lines.part)
    step = max(PAIRS_PER_CHUNK // max(circles, chains), 1)
    for first in range(0, len(near), step):
        rows = near[first : first + step]
        if circles:
            circles_m = _circles_m(block.circle_m, lat_deg[rows], lon_deg[rows])
            signed_m[rows] = np.minimum(signed_m[rows], circles_m)
        if chains:
            parts_m = _parts_m(block, lat_deg[rows], lon_deg[rows], reach_m[rows])
            signed_m[rows] = np.minimum(signed_m[rows], parts_m)


def _is_near(fence: Fence, lat_deg: F64, lon_deg: F64, reach_m: F64) -> Flags:
    """Say which fixes may be in a block or within reach of it; a yes may be wrong, a no is not."""
    box, lon_m_per_deg, reach_m_max = fence
    up_deg = np.maximum(box.lat_min_deg - lat_deg, lat_deg - box.lat_max_deg)
    across_deg = np.maximum(box.lon_min_deg - lon_deg, lon_deg - box.lon_max_deg)
    gate_m = SLACK_RATIO * reach_m + 1.0
    is_near = (up_deg * LAT_M_PER_DEG_MIN <= gate_m) & (across_deg * lon_m_per_deg <= gate_m)
    return is_near | (reach_m > reach_m_max)


def _circles_m(circle_m: F64, lat_deg: F64, lon_deg: F64) -> F64:
    """Return the least signed distance to any circle."""
    x, y, z = earth.ecef_m(lat_deg, lon_deg)
    centre_x, centre_y, centre_z, radius_m = circle_m[:, :, None]
    dx, dy, dz = x - centre_x, y - centre_y, z - centre_z
    away_m = earth.arc_m(np.sqrt(dx * dx + dy * dy + dz * dz)) - radius_m
    least_m: F64 = away_m.min(axis=0)
    return least_m


def _parts_m(block: ShapeBlock, lat_deg: F64, lon_deg: F64, reach_m: F64) -> F64:
    """Return the least signed distance to any polygon or corridor."""
    gate_m = np.where(reach_m <= block.fence.reach_m_max, SLACK_RATIO * reach_m + 1.0, np.inf)
    planes = nearest_point.planes(lat_deg, lon_deg, gate_m)
    feet = nearest_point.nearest(block.lines, planes)
    boundary_m = np.where(
        np.isinf(feet.distance2_deg), np.inf, _length_m(feet.east_deg, feet.north_deg, planes.scale)
    )
    half_width_m, is_polygon = block.half_width_m[:, None], block.is_polygon[:, None]
    is_inside = feet.is_inside & is_polygon
    signed_m = np.where(is_inside, -boundary_m, boundary_m - half_width_m)
    least_m: F64 = signed_m.min(axis=0)
    return least_m


def _length_m(east_deg: F64, north_deg: F64, scale: DegreeScale) -> F64:
    """Return the length of a way from the fix, with the degree of longitude of its middle."""
    bend_rad2 = (RAD_PER_DEG * RAD_PER_DEG / 8.0) * (north_deg * north_deg)
    middle = scale.lon_m_per_deg * (1.0 - bend_rad2) + scale.lon_m_per_deg2 * (north_deg * 0.5)
    east_m, north_m = east_deg * middle, north_deg * scale.lat_m_per_deg
    return np.sqrt(east_m * east_m + north_m * north_m)
