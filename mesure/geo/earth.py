"""The earth as an ellipsoid: metres in a degree, and points in space.

Paper: NIMA TR8350.2, third edition (1997), for the WGS84 ellipsoid and its radii of curvature.
"""

from typing import Final, NamedTuple

import numpy as np

from mesure.geo.fixes import F64
from mesure.geo.numeric.elementary import RAD_PER_DEG, sin_cos_deg

SEMI_MAJOR_M: Final = 6378137.0
FLATTENING_RATIO: Final = 1.0 / 298.257223563
ECCENTRICITY2_RATIO: Final = FLATTENING_RATIO * (2.0 - FLATTENING_RATIO)
MEAN_RADIUS_M: Final = 6371008.8


class DegreeScale(NamedTuple):
    """How many metres lie in a degree at a latitude."""

    lat_m_per_deg: F64
    lon_m_per_deg: F64
    lon_m_per_deg2: F64  # How much `lon_m_per_deg` grows with each degree of latitude.


def scale(lat_deg: F64) -> DegreeScale:
    """Return the metres in a degree of latitude and of longitude.

    >>> [round(float(part)) for part in scale(np.float64(43.25))]
    [111098, 81210, -1329]
    """
    sine, cosine = sin_cos_deg(lat_deg)
    w2 = 1.0 - ECCENTRICITY2_RATIO * (sine * sine)
    normal = SEMI_MAJOR_M / np.sqrt(w2)
    meridian = normal * (1.0 - ECCENTRICITY2_RATIO) / w2
    lat_m_per_deg = meridian * RAD_PER_DEG
    return DegreeScale(
        lat_m_per_deg, normal * cosine * RAD_PER_DEG, -(lat_m_per_deg * sine * RAD_PER_DEG)
    )


def ecef_m(lat_deg: F64, lon_deg: F64) -> tuple[F64, F64, F64]:
    """Return points on the ellipsoid in metres from the centre of the earth.

    Distances between them need no care at the poles or where longitude jumps by 360 degrees.

    >>> [round(float(part)) for part in ecef_m(np.float64(0.0), np.float64(-180.0))]
    [-6378137, 0, 0]
    """
    sin_lat, cos_lat = sin_cos_deg(lat_deg)
    sin_lon, cos_lon = sin_cos_deg(lon_deg)
    normal = SEMI_MAJOR_M / np.sqrt(1.0 - ECCENTRICITY2_RATIO * (sin_lat * sin_lat))
    out = normal * cos_lat
    return out * cos_lon, out * sin_lon, normal * (1.0 - ECCENTRICITY2_RATIO) * sin_lat


def arc_m(chord_m: F64) -> F64:
    """Return the way over ground between two points that lie `chord_m` apart in space.

    The series of 2 R asin(chord / 2R) for a mean radius: right to 1 mm at 50 km, to 1 m at 500 km.
    """
    bend_ratio = (chord_m * chord_m) / (MEAN_RADIUS_M * MEAN_RADIUS_M)
    return chord_m * (1.0 + bend_ratio * (1.0 / 24.0 + bend_ratio * (3.0 / 640.0)))
