"""Web Mercator: where a point lies on the square that maps are cut from (EPSG:3857, scaled to 1).

East is to the right and north is up, so the second number grows towards the south. A tile of zoom
`z` is one of `2**z` by `2**z` equal squares.
"""

from typing import Final

import numpy as np

from mesure.geo.fixes import F64

LAT_DEG_MAX: Final = 85.05  # Beyond, the square ends.


def square(degrees: F64) -> F64:
    """Return where points in degrees, longitude first, lie on the square.

    >>> square(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    lat_rad = np.radians(np.clip(degrees[:, 1], -LAT_DEG_MAX, LAT_DEG_MAX))
    down = 0.5 - np.arctanh(np.sin(lat_rad)) / (2.0 * np.pi)
    return np.column_stack([degrees[:, 0] / 360.0 + 0.5, down])


def degrees(points: F64) -> F64:
    """Return the degrees of points on the square.

    >>> degrees(square(np.array([[76.92848, 43.25654]]))).round(7).tolist()
    [[76.92848, 43.25654]]
    """
    lat_rad = np.arcsin(np.tanh((0.5 - points[:, 1]) * 2.0 * np.pi))
    return np.column_stack([(points[:, 0] - 0.5) * 360.0, np.degrees(lat_rad)])
