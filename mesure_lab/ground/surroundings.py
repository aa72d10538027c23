"""Surroundings of a simulated person: a home, places to go, and their places in the order."""

from collections.abc import Callable
from typing import Final

import numpy as np

from mesure.geo.numeric import elementary
from mesure_lab import columns
from mesure_lab.columns import Stream
from mesure_lab.dice import Dice
from mesure_lab.ground import lives, town_order
from mesure_lab.ground.days import Number, Surroundings
from mesure_lab.ground.lives import distance_m
from mesure_lab.ground.street_grid import Parcel, Streets
from mesure_lab.ground.town import Point
from mesure_lab.ground.town_order import OrderBoundaries

RADII_M: Final = (60.0, 100.0, 150.0)
RADIUS_SHARES: Final = (0.4, 0.4, 0.2)  # Assumed.
# Where the order puts the home: beside where it is, up to 20 m (homes that are geocoded: 20 m).
OFFSET_AXIS_M: Final = 6.0
OFFSET_M_MAX: Final = 20.0
LIVED_IN_M: Final = 1_200.0  # Homes, work and friends lie this far from the middle, either way.
TOWN_M: Final = 2_700.0
DISTRICT_CORNERS: Final = 36
DISTRICT_M: Final = (1_900.0, 2_250.0)  # From the middle to a corner.
EXCLUDED_CORNERS: Final = 6
EXCLUDED_M: Final = (70.0, 140.0)
CLEAR_OF_M: Final = 350.0  # The excluded place lies this far from where the person ought to be.


def surroundings(streets: Streets, seed: int) -> tuple[Surroundings, OrderBoundaries]:
    """Return the places of a person's life and the boundaries of the order."""
    stream, dice = Stream(seed, "ground"), Dice(seed, "places")
    district = _ring((0.0, 0.0), DISTRICT_M, DISTRICT_CORNERS, stream)
    lived_in = [streets.parcel(dice, within_m=LIVED_IN_M) for _ in range(Number.BEYOND)]
    beyond = _parcel_where(streets, dice, lambda door: not _is_in(district, door))
    excluded = _parcel_where(
        streets,
        dice,
        lambda door: (
            _is_in(district, door)
            and all(distance_m(door, parcel.door) > CLEAR_OF_M for parcel in lived_in)
        ),
    )
    radius = int(columns.pick(stream.shares(1), RADIUS_SHARES)[0])
    ground = OrderBoundaries(
        home=_geocoded(lived_in[Number.HOME].door, stream),
        radius_m=RADII_M[radius],
        district=district,
        excluded=_ring(excluded.door, EXCLUDED_M, EXCLUDED_CORNERS, stream),
    )
    parcels = (*lived_in, beyond, excluded)
    return Surroundings(streets, parcels, ground.home, ground.radius_m), ground


def _parcel_where(streets: Streets, dice: Dice, fits: Callable[[Point], bool]) -> Parcel:
    while True:
        parcel = streets.parcel(dice, within_m=TOWN_M)
        if fits(parcel.door):
            return parcel


def _is_in(ring: tuple[Point, ...], point: Point) -> bool:
    return bool(town_order.contains(ring, np.array([point[0]]), np.array([point[1]]))[0])


def _ring(
    middle: Point, reach_m: tuple[float, float], corners: int, stream: Stream
) -> tuple[Point, ...]:
    """Return a ring around a point, as far from it as chance says at each corner."""
    away_m = reach_m[0] + (reach_m[1] - reach_m[0]) * stream.shares(corners)
    sine, cosine = elementary.sin_cos_deg(columns.TURN_DEG * np.arange(corners) / corners)
    east_m, north_m = middle[0] + away_m * cosine, middle[1] + away_m * sine
    return tuple(zip(east_m.tolist(), north_m.tolist(), strict=True))


def _geocoded(home: Point, stream: Stream) -> Point:
    east_m, north_m = (OFFSET_AXIS_M * stream.normals(2)).tolist()
    off_m = lives.length_m([(0.0, 0.0), (east_m, north_m)])
    ratio = min(1.0, OFFSET_M_MAX / max(off_m, 1e-9))
    return (home[0] + ratio * east_m, home[1] + ratio * north_m)
