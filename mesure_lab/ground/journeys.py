"""True movements of a person, as a broken line in time: the truth that no judge sees.

A journey is a gapless run of stays and ways. Its corners carry the second at which the person was
there; between two corners the person moves evenly. Times are whole seconds since
1970-01-01T00:00:00Z, places are metres from the town's origin.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np

from mesure.geo.fixes import F64, I8, I64
from mesure_lab.ground.lives import distance_m
from mesure_lab.ground.town import Point
from mesure_lab.rules.readings import Flags

Zone = Callable[[F64, F64], Flags]  # Which points (east, north) lie on the wrong side.
SpanS = tuple[int, int]  # From, up to.

ON_THE_WAY: Final = -1


class JourneyMotion(IntEnum):
    """How somebody moves."""

    STILL = 0
    WALK = 1
    DRIVE = 2


class Moments(NamedTuple):
    """Where somebody truly was at each of some instants."""

    east_m: F64
    north_m: F64
    going: I8
    place: I64  # Number of the place of a stay, or ON_THE_WAY.
    speed_mps: F64


@dataclass(frozen=True, slots=True)
class Journey:
    """The corners of the broken line, and how the person went on from each."""

    time_s: F64
    east_m: F64
    north_m: F64
    going: I8
    place: I64

    def at(self, instant_s: F64) -> Moments:
        """Return where the person was; before the first corner and after the last, there."""
        last = len(self.time_s) - 2
        leg = np.clip(np.searchsorted(self.time_s, instant_s, "right") - 1, 0, last)
        length_s = self.time_s[leg + 1] - self.time_s[leg]
        along = np.clip((instant_s - self.time_s[leg]) / length_s, 0.0, 1.0)
        step_east_m = self.east_m[leg + 1] - self.east_m[leg]
        step_north_m = self.north_m[leg + 1] - self.north_m[leg]
        step_m = np.sqrt(step_east_m * step_east_m + step_north_m * step_north_m)
        return Moments(
            self.east_m[leg] + along * step_east_m,
            self.north_m[leg] + along * step_north_m,
            self.going[leg],
            self.place[leg],
            step_m / length_s,
        )

    def spans_on(self, wrong_side: Zone) -> list[SpanS]:
        """Return, to the second, the spans in which the person was on the wrong side."""
        second_s = self._seconds()
        moments = self.at(second_s)
        is_wrong = wrong_side(moments.east_m, moments.north_m)
        changes = np.flatnonzero(np.diff(np.concatenate([[False], is_wrong, [False]])))
        ends_s = np.append(second_s, self.time_s[-1])
        return [
            (int(ends_s[first]), int(ends_s[last]))
            for first, last in zip(changes[::2], changes[1::2], strict=True)
        ]

    def stays(self) -> list[tuple[int, int, int]]:
        """Return from when until when the person stayed at which place."""
        return [
            (int(start_s), int(end_s), int(place))
            for start_s, end_s, place in zip(self.time_s, self.time_s[1:], self.place, strict=False)
            if place != ON_THE_WAY
        ]

    def _seconds(self) -> F64:
        """Return every second on a way, and the first of every stay: nothing changes in one."""
        parts = [
            np.arange(start_s, end_s) if going != JourneyMotion.STILL else np.array([start_s])
            for start_s, end_s, going in zip(self.time_s, self.time_s[1:], self.going, strict=False)
        ]
        return np.concatenate(parts).astype(np.float64)


@dataclass(slots=True)
class Diary:
    """A journey while it is being written: where the person is, and since when."""

    now_s: int
    here: Point
    place: int
    _corners: list[tuple[int, Point, JourneyMotion, int]] = field(default_factory=list)

    def stay_until(self, until_s: int) -> None:
        """Stay here; no time passes when it is later already."""
        if until_s > self.now_s:
            self._corners.append((self.now_s, self.here, JourneyMotion.STILL, self.place))
            self.now_s = until_s

    def go(self, line: Sequence[Point], going: JourneyMotion, pace_mps: float, place: int) -> None:
        """Go along a line that begins here, and be at `place` at its end."""
        for start, end in itertools.pairwise(line):
            step_m = distance_m(start, end)
            if step_m > 0.0:
                self._corners.append((self.now_s, start, going, ON_THE_WAY))
                self.now_s += max(1, math.ceil(step_m / pace_mps))
        self.here, self.place = line[-1], place

    def journey(self) -> Journey:
        """Return what was written, up to now."""
        corners = [*self._corners, (self.now_s, self.here, JourneyMotion.STILL, self.place)]
        return Journey(
            np.array([corner[0] for corner in corners], np.float64),
            np.array([corner[1][0] for corner in corners]),
            np.array([corner[1][1] for corner in corners]),
            np.array([corner[2] for corner in corners], np.int8),
            np.array([corner[3] for corner in corners], np.int64),
        )


def travel_s(line: Sequence[Point], pace_mps: float) -> int:
    """Return how long a way takes."""
    steps_m = [distance_m(start, end) for start, end in itertools.pairwise(line)]
    return sum(max(1, math.ceil(step_m / pace_mps)) for step_m in steps_m if step_m > 0.0)


def overlaps(spans: Sequence[SpanS], windows: Sequence[SpanS]) -> list[SpanS]:
    """Return what each span shares with each window, in order of the spans.

    >>> overlaps([(0, 10), (20, 30)], [(5, 25)])
    [(5, 10), (20, 25)]
    """
    parts = [
        (max(span[0], window[0]), min(span[1], window[1])) for span in spans for window in windows
    ]
    return [part for part in parts if part[0] < part[1]]
