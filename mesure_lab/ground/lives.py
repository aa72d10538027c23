"""True life of a person: timed stays and ways.

This is the truth that the judge never sees. A life is a gapless run of legs; each leg is a
stay at a place or a way walked or driven at one speed. Times are whole seconds since
1970-01-01T00:00:00Z.
"""

import itertools
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from mesure_lab.ground import town
from mesure_lab.ground.town import Point

WALK_MPS = 1.3  # A usual walking pace.
DRIVE_MPS = 8.0  # Town traffic with its stops, 29 km/h.


class Movement(Enum):
    """How the person is moving."""

    STILL = "still"
    WALK = "walk"
    DRIVE = "drive"


SPEED_MPS = {Movement.WALK: WALK_MPS, Movement.DRIVE: DRIVE_MPS}


@dataclass(frozen=True, slots=True)
class Leg:
    """From `start_s` up to `end_s` along `line`; a stay has a line of one point.

    `place` names where a stay is, and where a way leads.
    """

    start_s: int
    end_s: int
    line: tuple[Point, ...]
    movement: Movement
    place: str


@dataclass(frozen=True, slots=True)
class Trip:
    """Leave at `leave_s` for `place`, on foot or by car."""

    leave_s: int
    place: str
    movement: Movement


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the person truly is at one instant, and how they are moving."""

    point: Point
    movement: Movement
    speed_mps: float
    place: str  # Empty on a way.


@dataclass(frozen=True, slots=True)
class Life:
    """A gapless run of legs, in order of time."""

    legs: tuple[Leg, ...]
    starts_s: tuple[int, ...]

    def at(self, instant_s: float) -> Moment:
        """Return where the person is; before the first leg and after the last, at its end."""
        leg = self.legs[max(0, bisect_right(self.starts_s, instant_s) - 1)]
        if leg.movement is Movement.STILL:
            return Moment(leg.line[0], leg.movement, 0.0, leg.place)
        along = (instant_s - leg.start_s) / (leg.end_s - leg.start_s)
        point = _point_along(leg.line, min(1.0, max(0.0, along)))
        return Moment(point, leg.movement, SPEED_MPS[leg.movement], "")


def live(start: str, start_s: int, end_s: int, trips: Iterable[Trip]) -> Life:
    """Lead a life: stay at `start` until the first trip, at its goal until the next, and so on.

    Trips must be in order of time and none may leave before the one before has arrived.
    """
    legs: list[Leg] = []
    place, since_s = start, start_s
    for trip in trips:
        legs.append(_stay(place, since_s, trip.leave_s))
        arrive_s = trip.leave_s + travel_s(place, trip.place, trip.movement)
        line = town.way(town.PLACES[place], town.PLACES[trip.place])
        legs.append(Leg(trip.leave_s, arrive_s, line, trip.movement, trip.place))
        place, since_s = trip.place, arrive_s
    legs.append(_stay(place, since_s, end_s))
    return Life(tuple(legs), tuple(leg.start_s for leg in legs))


def travel_s(start: str, goal: str, movement: Movement) -> int:
    """Return how long the way from one place to another takes, in whole seconds."""
    line = town.way(town.PLACES[start], town.PLACES[goal])
    return math.ceil(length_m(line) / SPEED_MPS[movement])


def spans_beyond(life: Life, centre: Point, radius_m: float) -> list[tuple[int, int]]:
    """Return the spans, in whole seconds, in which the person is beyond `radius_m` of a point."""
    spans: list[tuple[int, int]] = []
    for leg in life.legs:
        for start_s, end_s in _spans_beyond_of_leg(leg, centre, radius_m):
            if spans and spans[-1][1] == start_s:
                spans[-1] = (spans[-1][0], end_s)
            else:
                spans.append((start_s, end_s))
    return spans


def distance_m(first: Point, second: Point) -> float:
    """Return the distance between two points of the town."""
    east_m, north_m = first[0] - second[0], first[1] - second[1]
    return math.sqrt(east_m * east_m + north_m * north_m)


def length_m(line: Sequence[Point]) -> float:
    """Return how long a way is."""
    total_m = 0.0
    for start, end in itertools.pairwise(line):
        total_m += distance_m(start, end)
    return total_m


def _stay(place: str, start_s: int, end_s: int) -> Leg:
    assert start_s < end_s, f"the stay at {place} ends before it starts"
    return Leg(start_s, end_s, (town.PLACES[place],), Movement.STILL, place)


def _point_along(line: tuple[Point, ...], along_ratio: float) -> Point:
    left_m = along_ratio * length_m(line)
    for start, end in itertools.pairwise(line):
        step_m = distance_m(start, end)
        if left_m <= step_m:
            ratio = left_m / step_m
            return (start[0] + ratio * (end[0] - start[0]), start[1] + ratio * (end[1] - start[1]))
        left_m -= step_m
    return line[-1]


def _spans_beyond_of_leg(leg: Leg, centre: Point, radius_m: float) -> Iterator[tuple[int, int]]:
    if leg.movement is Movement.STILL:
        if distance_m(leg.line[0], centre) > radius_m:
            yield leg.start_s, leg.end_s
        return
    life = Life((leg,), (leg.start_s,))
    for second in range(leg.start_s, leg.end_s):
        if distance_m(life.at(second).point, centre) > radius_m:
            yield second, second + 1
