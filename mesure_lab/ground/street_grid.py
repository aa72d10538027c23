"""The streets of a simulated town: a bent grid, so that routes have corners and homes have fronts.

Crossings lie where a grid has them, each moved a little; a street is the straight line between two
neighbours. Buildings stand back from the middle of a street. Everything is in metres from the
town's origin, and nothing here exists. Sizes are assumed: blocks of 90 by 110 metres.
"""

from dataclasses import dataclass
from typing import Final

from mesure_lab.dice import Dice
from mesure_lab.ground.town import Point

EAST_M: Final = 90.0
NORTH_M: Final = 110.0
BEND_M: Final = 14.0
SET_BACK_M: Final = (9.0, 24.0)
HALF_WIDTH: Final = 28  # Crossings from the middle of the town to its edge: 2.5 to 3 km.

Crossing = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A building beside a street: its door, and the crossings of its street."""

    door: Point
    front: Point  # Where its path meets the street.
    ends: tuple[Crossing, Crossing]


class Streets:
    """The street plan that a seed gives."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._places: dict[Crossing, Point] = {}

    def place(self, crossing: Crossing) -> Point:
        """Return where a crossing lies."""
        if crossing not in self._places:
            dice = Dice(self._seed, f"crossing {crossing[0]} {crossing[1]}")
            self._places[crossing] = (
                EAST_M * crossing[0] + dice.between(-BEND_M, BEND_M),
                NORTH_M * crossing[1] + dice.between(-BEND_M, BEND_M),
            )
        return self._places[crossing]

    def parcel(self, dice: Dice, near: Point = (0.0, 0.0), within_m: float = 2_000.0) -> Parcel:
        """Return a building somewhere within a square around a point, and within the town."""
        middle = (
            near[0] + dice.between(-within_m, within_m),
            near[1] + dice.between(-within_m, within_m),
        )
        start = (_inside(round(middle[0] / EAST_M)), _inside(round(middle[1] / NORTH_M)))
        end = (start[0] + 1, start[1]) if dice.happens(0.5) else (start[0], start[1] + 1)
        along = dice.between(0.2, 0.8)
        back_m = dice.between(*SET_BACK_M) * (1.0 if dice.happens(0.5) else -1.0)
        first, second = self.place(start), self.place(end)
        front = (
            first[0] + along * (second[0] - first[0]),
            first[1] + along * (second[1] - first[1]),
        )
        # A street runs nearly along an axis; its buildings stand on the other one.
        door = (
            (front[0], front[1] + back_m) if start[1] == end[1] else (front[0] + back_m, front[1])
        )
        return Parcel(door, front, (start, end))

    def way(self, start: Parcel, goal: Parcel, dice: Dice) -> list[Point]:
        """Return the corners of a way along the streets, turning by chance where it may."""
        here = _nearer(start, goal.ends[0])
        there = _nearer(goal, here)
        line = [start.door, start.front]
        if start.ends != goal.ends:
            line.append(self.place(here))
            while here != there:
                here = _next(here, there, dice)
                line.append(self.place(here))
        return [*line, goal.front, goal.door]


def _inside(number: int) -> int:
    return max(-HALF_WIDTH, min(HALF_WIDTH - 1, number))


def _nearer(parcel: Parcel, goal: Crossing) -> Crossing:
    """Return the end of the parcel's street from which it is fewer crossings to the goal."""
    first, second = parcel.ends
    return first if _blocks(first, goal) <= _blocks(second, goal) else second


def _blocks(crossing: Crossing, other: Crossing) -> int:
    return abs(crossing[0] - other[0]) + abs(crossing[1] - other[1])


def _next(here: Crossing, there: Crossing, dice: Dice) -> Crossing:
    east, north = there[0] - here[0], there[1] - here[1]
    if dice.share() * (abs(east) + abs(north)) < abs(east):
        return (here[0] + (1 if east > 0 else -1), here[1])
    return (here[0], here[1] + (1 if north > 0 else -1))
