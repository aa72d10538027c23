"""Possible crossings: a way between two fixes that may lead through an exclusion zone.

Two fixes on either side of a small zone, five minutes apart, make a crossing possible, not
certain. The stretch between them is unknown; it is never a breach. Only steps longer than the
confidence circles of their ends count: a fix that wanders about has not walked.
"""

from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.assessment import Status
from mesure.evaluation.evidence.sampling import FixSampling
from mesure.evaluation.evidence.step_lengths import circles_m
from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.allowed_area import Boundary
from mesure.evaluation.filter.status_intervals import StatusInterval
from mesure.evaluation.filter.two_state_filter import Flags
from mesure.evaluation.policy import Policy
from mesure.geo import lines
from mesure.geo.fixes import F64, I64, Fixes

Gap = tuple[int, int]  # From the fix before to the fix after, in microseconds.

PIECES: Final = np.array([0.0, 0.25, 0.5, 0.75, 1.0])


class StepEnds(NamedTuple):
    """The ends of steps on one side."""

    observed_us: I64
    lat_deg: F64
    lon_deg: F64

    def rows(self, which: I64) -> "StepEnds":
        """Return the ends of some of the steps."""
        return StepEnds(self.observed_us[which], self.lat_deg[which], self.lon_deg[which])


class LongSteps(NamedTuple):
    """Steps longer than the errors of their ends explain, with no silence in them."""

    before: StepEnds
    after: StepEnds
    length_m: F64

    def rows(self, which: I64) -> "LongSteps":
        """Return some of the steps."""
        return LongSteps(self.before.rows(which), self.after.rows(which), self.length_m[which])


def leaps(fixes: Fixes, pace: FixSampling, policy: Policy) -> LongSteps:
    """Return the steps between fixes in which much may have happened."""
    ends = np.flatnonzero((pace.step_m > 0.0) & (pace.since_s <= policy.silence_s))
    begins = pace.heard_up_to[ends - 1]
    longer = pace.step_m[ends] > circles_m(fixes, begins, ends, policy)
    begins, ends = begins[longer], ends[longer]
    whole = StepEnds(fixes.observed_us, fixes.lat_deg, fixes.lon_deg)
    return LongSteps(whole.rows(begins), whole.rows(ends), pace.step_m[ends])


def possible(boundary: Boundary, steps: LongSteps, policy: Policy) -> list[Gap]:
    """Return the gaps between fixes whose straight line leads through a place to keep out of."""
    if not boundary.outside:
        return []
    first_ratio, last_ratio = _part_near(boundary, steps)
    rows = np.flatnonzero(first_ratio <= last_ratio)
    near = steps.rows(rows)
    through = _leads_through(boundary, near, (first_ratio[rows], last_ratio[rows]), policy.graze_m)
    crossed = np.flatnonzero(through)
    gaps = (near.before.observed_us[crossed], near.after.observed_us[crossed])
    return list(zip(*(edge_us.tolist() for edge_us in gaps), strict=True))


def _part_near(boundary: Boundary, steps: LongSteps) -> tuple[F64, F64]:
    """Return which part of each step lies near places to keep out of; first after last for none."""
    before, after = steps.before, steps.after
    first_ratio, last_ratio = np.ones(len(steps.length_m)), np.zeros(len(steps.length_m))
    for zone, grow_m in boundary.outside:
        if grow_m > 0.0:
            # The boxes do not hold all of it: look at every step from end to end.
            return np.zeros(len(steps.length_m)), np.ones(len(steps.length_m))
        part = lines.part_near(zone, before.lat_deg, before.lon_deg, after.lat_deg, after.lon_deg)
        first_ratio = np.minimum(first_ratio, part[0])
        last_ratio = np.maximum(last_ratio, part[1])
    return first_ratio, last_ratio


def _leads_through(
    boundary: Boundary, steps: LongSteps, part_ratio: tuple[F64, F64], graze_m: float
) -> Flags:
    """Return which straight lines between allowed points lead through what is not allowed.

    No piece of a line leads through that is no longer than the ways from its ends to the boundary.
    The other pieces are cut up, until they are no longer than `graze_m`: what such a piece may cut
    off is a hair's breadth.
    """
    inside = np.zeros(len(steps.length_m), np.bool_)
    for end in steps[:2]:
        inside |= _free_m(boundary, end.lat_deg, end.lon_deg) <= 0.0
    crossed = np.zeros(len(inside), np.bool_)
    rows = np.flatnonzero(~inside)
    first, last = (ratio[rows] for ratio in part_ratio)
    while len(rows):
        cuts = first[:, None] + (last - first)[:, None] * PIECES
        free_m = _free_m(boundary, *_on_the_way(steps, rows[:, None], cuts)).reshape(cuts.shape)
        crossed[rows[(free_m < 0.0).any(axis=1)]] = True
        piece_m = np.diff(cuts) * steps.length_m[rows][:, None]
        doubtful = (free_m[:, :-1] + free_m[:, 1:] < piece_m) & (piece_m > graze_m)
        which, piece = np.nonzero(doubtful & ~crossed[rows][:, None])
        rows, first, last = rows[which], cuts[which, piece], cuts[which, piece + 1]
    return crossed


def _free_m(boundary: Boundary, lat_deg: F64, lon_deg: F64) -> F64:
    """Return how far each point is from what is not allowed; negative in it."""
    return -allowed_area.measure(boundary, lat_deg, lon_deg)


def _on_the_way(steps: LongSteps, rows: I64, way_ratio: F64) -> tuple[F64, F64]:
    """Return the points that lie some share of the way along steps, one after another."""
    lat_deg, lon_deg = steps.before.lat_deg[rows], steps.before.lon_deg[rows]
    north_deg = steps.after.lat_deg[rows] - lat_deg
    east_deg = lines.shorter_way_deg(lon_deg, steps.after.lon_deg[rows])
    return (lat_deg + way_ratio * north_deg).ravel(), (lon_deg + way_ratio * east_deg).ravel()


def doubt(intervals: list[StatusInterval], gaps: list[Gap]) -> list[StatusInterval]:
    """Return the status intervals with the gaps made unknown where they were met."""
    if not gaps:
        return intervals
    result: list[StatusInterval] = []
    at = 0
    for interval in intervals:
        while at < len(gaps) and gaps[at][1] <= interval.start_us:
            at += 1
        result += _doubted(interval, gaps, at) if interval.status is Status.MET else [interval]
    return result


def _doubted(interval: StatusInterval, gaps: list[Gap], at: int) -> list[StatusInterval]:
    parts: list[StatusInterval] = []
    rest = interval
    while at < len(gaps) and gaps[at][0] < interval.end_us:
        gap = rest.clip(*gaps[at])._replace(status=Status.UNKNOWN, onset_us=-1)
        parts += [rest.over(rest.start_us, gap.start_us), gap]
        rest = rest.over(gap.end_us, rest.end_us)
        at += 1
    return [part for part in [*parts, rest] if part.start_us < part.end_us]
