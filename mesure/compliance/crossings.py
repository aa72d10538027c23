"""What may have happened between two fixes: a way through a place to keep out of.

Two fixes on either side of a small zone, five minutes apart, make a crossing possible, not
certain. The stretch between them is unknown; it is never a breach. Only steps longer than the
confidence circles of their ends count: a fix that wanders about has not walked.
"""

from typing import Final, NamedTuple

import numpy as np

from mesure.compliance import cadence, sides
from mesure.compliance.assessment import Status
from mesure.compliance.cadence import Cadence
from mesure.compliance.lanes import Flags
from mesure.compliance.policy import Policy
from mesure.compliance.sides import Boundary
from mesure.compliance.spells import Spell
from mesure.positions import lines
from mesure.positions.fixes import F64, I64, Fixes

Gap = tuple[int, int]  # From the fix before to the fix after, in microseconds.

GRAZE_M: Final = 1.0
"""A line that only grazes a boundary by less than this has not crossed it."""

STEPS_MAX: Final = 64


class Leaps(NamedTuple):
    """Steps longer than the errors of their ends explain, with no silence in them."""

    before: Fixes
    after: Fixes
    length_m: F64


def leaps(fixes: Fixes, pace: Cadence, policy: Policy) -> Leaps:
    """Return the steps between fixes in which much may have happened."""
    longer = cadence.longer_than_errors(fixes, pace.step_m, policy)
    ends = np.flatnonzero(longer & (pace.since_s <= policy.silence_s))
    return Leaps(fixes.rows(ends - 1), fixes.rows(ends), pace.step_m[ends])


def possible(boundary: Boundary, steps: Leaps) -> list[Gap]:
    """Return the gaps between fixes whose straight line leads through a place to keep out of."""
    if not boundary.outside:
        return []
    rows = np.flatnonzero(_may_touch(boundary, steps))
    before, after = steps.before.rows(rows), steps.after.rows(rows)
    crossed = np.flatnonzero(_leads_through(boundary, before, after, steps.length_m[rows]))
    gaps = (before.observed_us[crossed], after.observed_us[crossed])
    return list(zip(*(edge_us.tolist() for edge_us in gaps), strict=True))


def _may_touch(boundary: Boundary, steps: Leaps) -> Flags:
    """Return which steps come near enough to a place to keep out of to look at them."""
    before, after = steps.before, steps.after
    touches = np.zeros(len(before), np.bool_)
    for zone, grow_m in boundary.outside:
        touches |= grow_m > 0.0
        touches |= lines.may_touch(
            zone, before.lat_deg, before.lon_deg, after.lat_deg, after.lon_deg
        )
    return touches


def _leads_through(boundary: Boundary, before: Fixes, after: Fixes, length_m: F64) -> Flags:
    """Return which straight lines between allowed points lead through what is not allowed.

    From each point one may go on, in any direction, by its distance to the boundary: so a few
    strides reach the end of the line, or the boundary.
    """
    crossed = np.zeros(len(before), np.bool_)
    free_m = -sides.measure_within(boundary, before.lat_deg, before.lon_deg, length_m)
    end_m = -sides.measure_within(boundary, after.lat_deg, after.lon_deg, length_m)
    # A way through it is at least as long as the ways from its two ends to it.
    todo = np.flatnonzero((free_m > 0.0) & (end_m > 0.0) & (free_m + end_m < length_m))
    gone_m = np.zeros(len(before))
    for _ in range(STEPS_MAX):
        gone_m[todo] += np.maximum(free_m[todo], GRAZE_M)
        todo = todo[gone_m[todo] < length_m[todo]]
        if not len(todo):
            break
        lat_deg, lon_deg = _on_the_way(before, after, todo, gone_m[todo] / length_m[todo])
        free_m[todo] = -sides.measure(boundary, lat_deg, lon_deg)
        crossed[todo] = free_m[todo] < 0.0
        todo = todo[free_m[todo] >= 0.0]
    return crossed


def _on_the_way(before: Fixes, after: Fixes, rows: I64, way_ratio: F64) -> tuple[F64, F64]:
    lat_deg, lon_deg = before.lat_deg[rows], before.lon_deg[rows]
    turn_deg = lines.shorter_way_deg(lon_deg, after.lon_deg[rows])
    return lat_deg + way_ratio * (after.lat_deg[rows] - lat_deg), lon_deg + way_ratio * turn_deg


def doubt(told: list[Spell], gaps: list[Gap]) -> list[Spell]:
    """Return the spells with the gaps made unknown where they were met."""
    if not gaps:
        return told
    found: list[Spell] = []
    at = 0
    for spell in told:
        while at < len(gaps) and gaps[at][1] <= spell.start_us:
            at += 1
        found += _doubted(spell, gaps, at) if spell.status is Status.MET else [spell]
    return found


def _doubted(spell: Spell, gaps: list[Gap], at: int) -> list[Spell]:
    found: list[Spell] = []
    rest = spell
    while at < len(gaps) and gaps[at][0] < spell.end_us:
        gap = rest.clipped(*gaps[at])._replace(status=Status.UNKNOWN, onset_us=-1)
        found += [rest._replace(end_us=gap.start_us), gap]
        rest = rest._replace(start_us=gap.end_us)
        at += 1
    return [part for part in [*found, rest] if part.start_us < part.end_us]
