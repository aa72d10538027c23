"""Small zones: what share of visits to them was seen, measured on real traces.

The judge protects whoever lives or waits beside a zone from errors that last, and so it misses most
visits to a zone that is no larger than those errors. What share of visits it tells was measured
with circles round the places at which real people stayed for ten minutes or more: 285 visits of
phones and loggers, one report a minute (docs/zone_check.md). Nothing here decides anything: it is
what an officer who enters such a zone is told before anybody relies on it.
"""

from typing import Final, NamedTuple


class VisitDetection(NamedTuple):
    """What was told of visits to the middle of a circle."""

    radius_m: float
    seen_ratio: float
    median_s: float  # Of those that were told, from the arrival.


SEEN: Final = (
    VisitDetection(25.0, 0.04, 2460.0),
    VisitDetection(30.0, 0.16, 2700.0),
    VisitDetection(40.0, 0.45, 2100.0),
    VisitDetection(50.0, 0.60, 1404.0),
    VisitDetection(80.0, 0.82, 528.0),
    VisitDetection(120.0, 0.94, 252.0),
)

SMALL_M: Final = 200.0
"""A zone this deep is entered by a walk that is seen, and no visit to it is next door as well."""

MOSTLY_SEEN_M: Final = 50.0  # The smallest measured circle in which most visits were told.
THROUGH_M: Final = 50.0  # Of 1,065 ways straight through a circle of this radius
THROUGH_RATIO: Final = 0.06  # so many were told.


def detection_at(depth_m: float) -> VisitDetection | None:
    """Return what was measured in the circle nearest to a zone, no larger where there is one.

    None for a zone too deep to be compared with any.

    >>> detection_at(45.0)
    VisitDetection(radius_m=40.0, seen_ratio=0.45, median_s=2100.0)
    >>> detection_at(10.0).radius_m, detection_at(200.0)
    (25.0, None)
    """
    if depth_m >= SMALL_M:
        return None
    return next((row for row in reversed(SEEN) if row.radius_m <= depth_m), SEEN[0])
