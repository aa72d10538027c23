"""Whether the device went there, or only its position did: ways seen, and jumps remembered.

Positions jump. A phone that flaps between networks, or a tag behind thick walls, is suddenly
elsewhere and back within minutes. So a fix on the wrong side is believed at once only where the way
there was seen, and not of a device whose position has lately jumped away and back: most jumps are
made by few devices, in few homes, again and again.

What is remembered belongs to one boundary of one person. It decides how soon a fix is believed,
never whether; it is forgotten after the time the policy gives.
Decision: docs/decisions/0025-ways-and-jumps.md
"""

from typing import Final, NamedTuple

import numpy as np

from mesure.compliance import cadence
from mesure.compliance.cadence import NEVER_US, US_PER_S, Cadence
from mesure.compliance.lanes import Column, Flags, Indices
from mesure.compliance.policy import Policy
from mesure.compliance.spells import DAY_US
from mesure.positions.fixes import F64, I64, Fixes

NOWHERE: Final = -1
"""The number of a fix that there is not."""


class Memory(NamedTuple):
    """What is kept of the fixes so far, for one boundary."""

    right: int  # The last fix that speaks for the right side, by its number,
    near: int  # and the last that does not plainly speak for the wrong one,
    near_llr: float  # with what it said.
    told_llr: float  # What the last fix said.
    jumps_us: I64  # When the position was back from a jump: the last few times.


class Before(NamedTuple):
    """What was so before each fix of a block."""

    right_us: I64  # When a fix last spoke for the right side.
    near: Indices
    near_llr: F64
    steady: Flags  # The position has not jumped for as long as the policy remembers.
    jumpy: Flags  # It has jumped so often within a day that movement proves nothing.


def start(policy: Policy) -> Memory:
    """Return the memory before the first fix."""
    few = int(policy.jumps_per_day_max)
    return Memory(NOWHERE, NOWHERE, 0.0, 0.0, np.full(few, NEVER_US))


def less(memory: Memory, dropped: int) -> Memory:
    """Return a memory of fixes of which the first so many are no longer in hand."""
    right, near = (
        number - dropped if number >= dropped else NOWHERE for number in (memory.right, memory.near)
    )
    return memory._replace(right=right, near=near)


def remembered_us(policy: Policy) -> int:
    """Return how far back a memory reaches: what lies before changes nothing."""
    return max(round(policy.jump_memory_s * US_PER_S), DAY_US)


def recall(
    memory: Memory, fixes: Fixes, numbers: Indices, told_llr: F64, right: Flags, policy: Policy
) -> tuple[Before, Memory]:
    """Return what was so before each fix of a block, and the memory after it.

    `right` says which fixes speak for the right side. A jump ends with such a fix, next after one
    that plainly spoke for the wrong side, when the last one on the right side is not long ago.
    """
    first, end = int(numbers[0]), int(numbers[-1]) + 1
    observed_us = fixes.observed_us[first:end]
    begun_us = NEVER_US if memory.right == NOWHERE else int(fixes.observed_us[memory.right])
    right_us = np.maximum.accumulate(np.where(right, observed_us, begun_us))
    near = np.maximum.accumulate(np.where(told_llr < policy.plain_llr, numbers, memory.near))
    in_hand = int(np.searchsorted(near, first))  # Before, it is that of the memory.
    near_llr = np.full(len(near), memory.near_llr)
    near_llr[in_hand:] = told_llr[near[in_hand:] - first]
    right_before_us = _shifted(right_us, begun_us)
    was_away = _shifted(told_llr, memory.told_llr) >= policy.plain_llr
    away_us = observed_us - right_before_us
    back = right & was_away & (away_us <= policy.jump_s_max * US_PER_S)

    back = _apart(memory.jumps_us[-1], observed_us, back, policy)
    few = len(memory.jumps_us)
    jumps_us = np.concatenate([memory.jumps_us, observed_us[back]])
    # With `few` more these are known; where none came, that is one number for all.
    count = np.add.accumulate(back, dtype=np.intp) if back.any() else 0
    steady = observed_us - jumps_us[few - 1 + count] > policy.jump_memory_s * US_PER_S
    jumpy = observed_us - jumps_us[count] <= DAY_US
    near_before = _shifted(near, memory.near), _shifted(near_llr, memory.near_llr)
    rights = np.flatnonzero(right)
    last_right = int(numbers[rights[-1]]) if len(rights) else memory.right
    last = last_right, int(near[-1]), float(near_llr[-1]), float(told_llr[-1])
    return Before(right_before_us, *near_before, steady, jumpy), Memory(*last, jumps_us[-few:])


def _apart(last_us: int, observed_us: I64, back: Flags, policy: Policy) -> Flags:
    """Return the jumps that count: one in each correlation time, however often a device reports."""
    slot_us = int(policy.correlation_s * US_PER_S)
    rows = np.flatnonzero(back)
    slots = np.concatenate([[last_us], observed_us[rows]]) // slot_us
    counted = np.zeros(len(back), np.bool_)
    counted[rows[slots[1:] != slots[:-1]]] = True
    return counted


def _shifted(column: Column, before: object) -> Column:
    """Return a column one place on, with what was before it in the first place."""
    return np.concatenate([np.array([before], column.dtype), column[:-1]])


def when_us(fixes: Fixes, numbers: Indices) -> I64:
    """Return when the fixes were taken; long ago for a fix that there is not."""
    return np.where(numbers == NOWHERE, NEVER_US, fixes.observed_us[numbers])


def seen(
    fixes: Fixes, pace: Cadence, numbers: Indices, told_llr: F64, before: Before, policy: Policy
) -> Indices:
    """Return the places in the block of fixes whose way to the wrong side was seen.

    Such a fix speaks clearly for the wrong side, the position has not jumped lately, and one of
    three shows the way: a path of two steps that began on the right side, or near the boundary; one
    step over the boundary, from a fix that had just come to it; or the Doppler speed of a device on
    its way, in two fixes running. The first two are denied by a motion flag that says still, and by
    a home beacon heard on the way.
    """
    rows = np.flatnonzero((told_llr >= policy.way_clear_llr) & before.steady)
    here = numbers[rows]
    path = pace.on_path[here] & follows(fixes, here, before.near[rows], policy)
    over = _steps_over(fixes, pace, here, before.near[rows], before.near_llr[rows], policy)
    walked = (path | over) & ~_heard_home(fixes, here) & (fixes.motion[here] != 0)
    way: Indices = rows[walked | pace.fast[here]]
    return way


def _heard_home(fixes: Fixes, numbers: Indices) -> Flags:
    """Return which fixes have one that heard the home beacon among the two before them."""
    before, first = np.maximum(numbers - 1, 0), np.maximum(numbers - 2, 0)
    heard: Flags = (fixes.beacon[before] == 1) | (fixes.beacon[first] == 1)
    return heard


def _steps_over(
    fixes: Fixes, pace: Cadence, numbers: Indices, near: Indices, near_llr: F64, policy: Policy
) -> Flags:
    """Return which fixes lie over the boundary, a step from one that had just come to it.

    Two fixes show the way where the first had left the side open already, and was new there: a step
    from the one before it, or the first after a long silence, and then quite open. Who sits in the
    middle of a small place under a wide circle leaves the side open as well, but comes from
    nowhere. A jump from the middle of a place shows no way, however far; nobody in a town steps
    faster than the policy says. Two wide circles that creep across are one doubt, and no step.
    """
    at = np.maximum(near, 0)
    gap_s = (fixes.observed_us[numbers] - when_us(fixes, near)) / US_PER_S
    step_m = cadence.apart_m(fixes, at, numbers)
    came_m = policy.path_step_ratio * cadence.circles_m(fixes, np.maximum(at - 1, 0), at, policy)
    is_first = (pace.since_s[at] > policy.silence_incident_s) & (near_llr > -policy.plain_llr)
    is_new = (pace.step_m[at] >= came_m) | is_first
    over: Flags = is_new & (near_llr > -policy.boundary_llr_max) & (gap_s <= policy.path_s_max)
    over &= step_m <= policy.step_mps_max * gap_s
    over &= step_m >= policy.step_circles_ratio * cadence.circles_m(fixes, at, numbers, policy)
    return over


def follows(fixes: Fixes, numbers: Indices, others: Indices, policy: Policy) -> Flags:
    """Return which fixes come so soon after others that the way between them was seen."""
    gap_us = fixes.observed_us[numbers] - when_us(fixes, others)
    soon: Flags = gap_us <= policy.path_s_max * US_PER_S
    return soon
