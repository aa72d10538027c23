"""Stays: where fixes stayed in one spot of a map, from the first fix to the last.

A map writes times beside fixes. What it writes is read as how long somebody was there, so a stay
ends with its last fix and not with the last that was needed to decide.
"""

from typing import Final, NamedTuple

import numpy as np

from mesure.geo.fixes import F64, I64
from mesure.instants import US_PER_S

SPOT_PX: Final = 40.0  # Fixes nearer than this are one spot: their labels would lie on each other.
AWAY_US: Final = 600 * US_PER_S  # A jump elsewhere that lasts no longer does not end a stay.
_BLOCK: Final = 64


class Stay(NamedTuple):
    """The first and the last fix of a stay, by their places among the fixes."""

    first: int
    last: int


def of(observed_us: I64, x: F64, y: F64) -> list[Stay]:
    """Return the stays of fixes, in time; a fix that is alone in its spot is one as well.

    >>> of(np.array([0, 1, 2]), np.array([0.0, 5.0, 90.0]), np.zeros(3))
    [Stay(first=0, last=1), Stay(first=2, last=2)]
    """
    stays: list[Stay] = []
    first = 0
    while first < len(x):
        last = _last_near(x, y, first)
        stays.append(Stay(first, last))
        first = last + 1
    return _joined(stays, observed_us, x, y)


def _last_near(x: F64, y: F64, first: int) -> int:
    """Return the last of the fixes that follow a fix in its spot without a break."""
    start, size = first + 1, _BLOCK
    while start < len(x):
        apart = np.hypot(x[start : start + size] - x[first], y[start : start + size] - y[first])
        beyond = np.flatnonzero(apart > SPOT_PX)
        if len(beyond):
            return start + int(beyond[0]) - 1
        start, size = start + size, size * 2
    return len(x) - 1


def _joined(stays: list[Stay], observed_us: I64, x: F64, y: F64) -> list[Stay]:
    """Return stays of which those in the same spot, a moment apart, are one."""
    joined: list[Stay] = []
    for stay in stays:
        at = _before(joined, stay, observed_us, x, y)
        if at is None:
            joined.append(stay)
        else:
            joined[at:] = [Stay(joined[at].first, stay.last)]
    return joined


def _before(joined: list[Stay], stay: Stay, observed_us: I64, x: F64, y: F64) -> int | None:
    """Return which stay a stay goes on; None: it begins anew."""
    for at in range(len(joined) - 1, -1, -1):
        earlier = joined[at]
        if observed_us[stay.first] - observed_us[earlier.last] > AWAY_US:
            return None
        if np.hypot(x[stay.first] - x[earlier.first], y[stay.first] - y[earlier.first]) <= SPOT_PX:
            return at
    return None
