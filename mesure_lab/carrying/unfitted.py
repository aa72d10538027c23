"""Errors that nothing was fitted to: what a judge has to survive that its makers did not foresee.

Two of them, each switched on for a town as a whole. *Doubled*: every error is twice as large, and
the claims stay as they were. *Wander*: now and then the position of a device that lies still walks
away at the pace of a person, stays, and walks back, with a good claim all the while.

The bytes of this file were fixed before any threshold was tuned on a simulated town: its SHA-256
stands in docs/simulated_towns.md, and a test compares the two. Whoever changes a number here has
fitted the unfitted, and must say so there.

No table gives these numbers; all are assumed. A wander in fifty hours at rest is one in two days,
four times what 25 days of resting phones without an exit at 100 m allow (`false_exits`: at most
0.12 a day): hard, not absurd. Reach and stay are those of the peers' synthetic trial.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass

from mesure_lab.dice import Dice

ERROR_RATIO = 2.0  # Doubled.

WANDERS_PER_H = 0.02
REACH_M = 120.0  # Median of how far it leads; 95 in a hundred lie below 530 m.
REACH_EIGHTHS = 4
REACH_M_MAX = 600.0
PACE_MPS = (0.3, 1.2)  # From a stroll indoors to a usual walk.
KNEE_RATIO = 0.3  # The path bends halfway, by up to this share of its reach to either side.
STAY_S = 420.0  # Median of how long it stays there; 95 in a hundred lie below half an hour.
STAY_EIGHTHS = 4
STAY_S_MAX = 3600.0
CLAIM_M = (5.0, 15.0)  # What the device claims all the while.
P_SPEED_AGREES = 0.5  # Else the speed it reports is that of a device at rest.


@dataclass(frozen=True, slots=True)
class Wander:
    """A broken line in time, added to the true place: out, a stay, and back the same way."""

    times_s: tuple[float, ...]
    east_m: tuple[float, ...]
    north_m: tuple[float, ...]
    claim_m: float
    pace_mps: float
    speed_agrees: bool

    @property
    def start_s(self) -> float:
        """When it sets off."""
        return self.times_s[0]

    @property
    def end_s(self) -> float:
        """When it is back."""
        return self.times_s[-1]

    def at(self, instant_s: float) -> tuple[float, float]:
        """Return how far east and north it has led; nowhere before its start and after its end."""
        after = bisect_right(self.times_s, instant_s)
        if after in (0, len(self.times_s)):
            return (0.0, 0.0)
        before = after - 1
        since_s = instant_s - self.times_s[before]
        along = since_s / (self.times_s[after] - self.times_s[before])
        return (
            self.east_m[before] + along * (self.east_m[after] - self.east_m[before]),
            self.north_m[before] + along * (self.north_m[after] - self.north_m[before]),
        )


def wanders(start_s: float, end_s: float, dice: Dice) -> list[Wander]:
    """Return the wanders of a device that lies still from `start_s` up to `end_s`, in order.

    They are drawn minute by minute, so that one more person in town changes nothing; one that
    would outlast the rest is left out.
    """
    found: list[Wander] = []
    minute_s = start_s
    while minute_s < end_s:
        if dice.happens(WANDERS_PER_H / 60.0):
            wander = _wander(minute_s, dice)
            is_free = not found or found[-1].end_s < wander.start_s
            if is_free and wander.end_s < end_s:
                found.append(wander)
        minute_s += 60.0
    return found


def _wander(start_s: float, dice: Dice) -> Wander:
    reach_m = min(REACH_M_MAX, REACH_M * dice.around_one(REACH_EIGHTHS))
    pace_mps = dice.between(*PACE_MPS)
    stay_s = min(STAY_S_MAX, STAY_S * dice.around_one(STAY_EIGHTHS))
    east, north = _direction(dice)
    bend = KNEE_RATIO * dice.between(-1.0, 1.0)
    knee = (reach_m * (0.5 * east - bend * north), reach_m * (0.5 * north + bend * east))
    end = (reach_m * east, reach_m * north)
    half_s = reach_m * math.sqrt(0.25 + bend * bend) / pace_mps
    times_s = [start_s]
    for step_s in (half_s, half_s, stay_s, half_s, half_s):
        times_s.append(times_s[-1] + step_s)
    line = ((0.0, 0.0), knee, end, end, knee, (0.0, 0.0))
    return Wander(
        times_s=tuple(times_s),
        east_m=tuple(point[0] for point in line),
        north_m=tuple(point[1] for point in line),
        claim_m=dice.between(*CLAIM_M),
        pace_mps=pace_mps,
        speed_agrees=dice.happens(P_SPEED_AGREES),
    )


def _direction(dice: Dice) -> tuple[float, float]:
    """Return a direction by a point in a disc, which needs no sine."""
    while True:
        east, north = dice.between(-1.0, 1.0), dice.between(-1.0, 1.0)
        square = east * east + north * north
        if 0.01 < square <= 1.0:
            length = math.sqrt(square)
            return (east / length, north / length)
