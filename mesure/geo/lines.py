"""Straight lines between fixes, and which part of one may lie in a zone.

Straight in longitude and latitude, as the edges of zones are, the shorter way round the earth.
"""

from typing import Final

import numpy as np

from mesure.geo import zones
from mesure.geo.fixes import F64
from mesure.geo.zones import Zone

TURNS_DEG: Final = (-360.0, 0.0, 360.0)
"""A line may reach a zone from beyond the antimeridian, on either side."""

STILL_DEG: Final = 1e-12
"""A line that changes by less does not change; far less than a hair's breadth."""


def shorter_way_deg(from_lon_deg: F64, to_lon_deg: F64) -> F64:
    """Return how far east the second longitude lies of the first, between -180 and 180.

    >>> shorter_way_deg(np.array([179.0]), np.array([-179.0])).tolist()
    [2.0]
    """
    east_deg = to_lon_deg - from_lon_deg
    turned_deg: F64 = east_deg - 360.0 * np.rint(east_deg / 360.0)
    return turned_deg


def part_near(
    zone: Zone, from_lat_deg: F64, from_lon_deg: F64, to_lat_deg: F64, to_lon_deg: F64
) -> tuple[F64, F64]:
    """Return from where to where on each line the boxes of a zone lie, as shares of its length.

    A line that meets none begins after it ends. What lies outside the part is outside the zone.
    """
    start_deg = zones.near_lon_deg(zone, from_lon_deg)
    east_deg = shorter_way_deg(from_lon_deg, to_lon_deg)
    first_ratio, last_ratio = np.ones(len(start_deg)), np.zeros(len(start_deg))
    for block in zone.blocks:
        box = block.fence.box
        across = _between(from_lat_deg, to_lat_deg - from_lat_deg, box.lat_min_deg, box.lat_max_deg)
        for turn_deg in TURNS_DEG:
            along = _between(start_deg + turn_deg, east_deg, box.lon_min_deg, box.lon_max_deg)
            enters = np.maximum(np.maximum(across[0], along[0]), 0.0)
            leaves = np.minimum(np.minimum(across[1], along[1]), 1.0)
            meets = enters <= leaves
            first_ratio = np.where(meets, np.minimum(first_ratio, enters), first_ratio)
            last_ratio = np.where(meets, np.maximum(last_ratio, leaves), last_ratio)
    return first_ratio, last_ratio


def _between(start_deg: F64, change_deg: F64, low_deg: float, high_deg: float) -> tuple[F64, F64]:
    """Return when a coordinate that changes evenly enters and leaves a range."""
    still = np.abs(change_deg) < STILL_DEG
    change_deg = np.where(still, STILL_DEG, change_deg)
    at_low, at_high = (low_deg - start_deg) / change_deg, (high_deg - start_deg) / change_deg
    return np.minimum(at_low, at_high), np.maximum(at_low, at_high)
