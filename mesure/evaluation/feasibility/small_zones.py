"""Small zones: what share of visits to them was seen, measured on real traces.

The judge protects people who live or wait beside a zone from errors that last, and believes
somebody who has just come. What share of visits it sees was measured with circles round the places
at which phones stayed for an hour and more after a trip: 25 stays with at least three reports, one
a minute (docs/zone_check.md; a test measures again where the traces are). Nothing here decides
anything: it is what an officer who enters such a zone is told before anybody relies on it.
"""

from typing import Final, NamedTuple


class VisitDetection(NamedTuple):
    """What was reported of visits to the middle of a circle."""

    radius_m: float
    seen: int  # Of `VISITS`.
    median_s: float  # Of those that were seen, from the arrival.


VISITS: Final = 25
SEEN: Final = (
    VisitDetection(25.0, 21, 88.0),
    VisitDetection(30.0, 23, 78.0),
    VisitDetection(40.0, 24, 74.0),
    VisitDetection(50.0, 25, 60.0),
)

SMALL_M: Final = 200.0
"""A zone this deep is entered by a walk that is seen, and no visit to it is next door as well."""

MOSTLY_SEEN_M: Final = 25.0  # The smallest measured circle: five visits in six were seen.
THROUGH_M: Final = 50.0  # Of 2,364 ways straight through a circle of this radius
THROUGH_RATIO: Final = 0.12  # this share was seen.


def detection_at(depth_m: float) -> VisitDetection | None:
    """Return what was measured in the circle nearest to a zone, no larger where there is one.

    None for a zone too deep to be compared with any.

    >>> detection_at(45.0)
    VisitDetection(radius_m=40.0, seen=24, median_s=74.0)
    >>> detection_at(10.0).radius_m, detection_at(200.0)
    (25.0, None)
    """
    if depth_m >= SMALL_M:
        return None
    return next((row for row in reversed(SEEN) if row.radius_m <= depth_m), SEEN[0])
