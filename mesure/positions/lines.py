"""Straight lines between fixes, and whether one may lead through a zone.

Straight in longitude and latitude, as the edges of zones are, the shorter way round the earth.
"""

import numpy as np

from mesure.positions import zones
from mesure.positions.fixes import F64
from mesure.positions.zones import Flags, Zone


def shorter_way_deg(from_lon_deg: F64, to_lon_deg: F64) -> F64:
    """Return how far east the second longitude lies of the first, between -180 and 180.

    >>> shorter_way_deg(np.array([179.0]), np.array([-179.0])).tolist()
    [2.0]
    """
    east_deg = to_lon_deg - from_lon_deg
    turned_deg: F64 = east_deg - 360.0 * np.rint(east_deg / 360.0)
    return turned_deg


def may_touch(
    zone: Zone, from_lat_deg: F64, from_lon_deg: F64, to_lat_deg: F64, to_lon_deg: F64
) -> Flags:
    """Return which lines share a box with a part of the zone; a yes may be wrong, a no is not."""
    start_deg = zones.near_lon_deg(zone, from_lon_deg)
    end_deg = start_deg + shorter_way_deg(from_lon_deg, to_lon_deg)
    south_deg, north_deg = (
        np.minimum(from_lat_deg, to_lat_deg),
        np.maximum(from_lat_deg, to_lat_deg),
    )
    west_deg, east_deg = np.minimum(start_deg, end_deg), np.maximum(start_deg, end_deg)
    touches = np.zeros(len(from_lat_deg), np.bool_)
    for block in zone.blocks:
        box = block.fence.box
        across = (south_deg <= box.lat_max_deg) & (north_deg >= box.lat_min_deg)
        # A line may reach past the antimeridian from the zone's side of the earth.
        for turn_deg in (-360.0, 0.0, 360.0):
            touches |= (
                across
                & (west_deg + turn_deg <= box.lon_max_deg)
                & (east_deg + turn_deg >= box.lon_min_deg)
            )
    return touches
