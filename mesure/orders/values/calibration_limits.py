"""Calibration limits: how far from its address the point of a home may lie.

Measured for the officer who proof-reads an order, and to refuse what is too far; judging measures
in the `geo` room. The sphere used here is right to half a per cent, which `SLACK_M` covers.
Decision: docs/decisions/0024-home-is-calibrated-in-the-open.md
"""

import math
from typing import Final

from mesure.orders.values.places import Circle

AWAY_M_MAX: Final = 30.0
"""No calibration lies farther from its address than this.

Positions by Wi-Fi of one make of phone lie 20 m to one side for whole sessions, and parcels lie
within 21 m of the house in 95 of 100 urban addresses; 30 m covers either, not both together.
Paper: Cayo and Talbot, Int. J. Health Geographics 2 (2003) 10, for parcels.
"""

RADIUS_RATIO_MAX: Final = 0.5
"""Nor farther than this share of the radius: the address stays well inside the new circle."""

SLACK_M: Final = 1.0
"""A point has a fixed number of digits: one on the limit is not refused for the last of them."""

_METRES_PER_DEG: Final = 111_195.0


def away_m_max(radius_m: float) -> float:
    """Return how far from the middle of a circle its calibrated point may lie.

    >>> away_m_max(60.0), away_m_max(40.0)
    (30.0, 20.0)
    """
    return min(AWAY_M_MAX, RADIUS_RATIO_MAX * radius_m)


def north_east_m(circle: Circle, point: tuple[float, float]) -> tuple[float, float]:
    """Return how far north and east of the middle of a circle a point close by lies.

    >>> home = Circle(43.25654, 76.92848, 60.0)
    >>> [round(part_m) for part_m in north_east_m(home, (43.25667, 76.92848))]
    [14, 0]
    """
    lat_deg, lon_deg = point
    turn_deg = lon_deg - circle.lon_deg
    turn_deg -= 360.0 * round(turn_deg / 360.0)
    narrow_ratio = math.cos(math.radians(circle.lat_deg))
    return (lat_deg - circle.lat_deg) * _METRES_PER_DEG, turn_deg * narrow_ratio * _METRES_PER_DEG


def away_m(circle: Circle, point: tuple[float, float]) -> float:
    """Return how far from the middle of a circle a point close by lies."""
    return math.hypot(*north_east_m(circle, point))
