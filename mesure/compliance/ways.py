"""Whether the device went there, or only its position did: ways seen, and jumps remembered.

Positions jump. A phone that flaps between networks, or a tag behind thick walls, is suddenly
elsewhere and back within minutes. So a fix on the wrong side is believed at once only where the way
there was seen, and not of a device whose position has lately jumped away and back: most jumps are
made by few devices, in few homes, again and again.

What is remembered belongs to one boundary of one person. It decides how soon a fix is believed,
never whether; it is forgotten after the time the policy gives.
Decision: docs/decisions/0025-ways-and-jumps.md
"""

from typing import Any, Final, NamedTuple

import numpy as np

from mesure.compliance import cadence
from mesure.compliance.cadence import NEVER_US, US_PER_S, Cadence
from mesure.compliance.lanes import Column, Flags, Indices
from mesure.compliance.policy import Policy
from mesure.positions.fixes import F64, I64, Fixes

NOWHERE: Final = -1
"""The number of a fix that there is not."""

PLAIN_LLR: Final = 1.0
"""A fix that says more than this for the wrong side says so plainly; a way starts before it."""

DAY_US: Final = 86_400 * 1_000_000


class Memory(NamedTuple):
    """What is kept of the fixes so far, for one boundary."""

    right: int  # The last fix that speaks for the right side, by its number,
    near: int  # and the last that does not plainly speak for the wrong one.
    told_llr: float  # What the last fix said.
    jumps_us: I64  # When the position was back from a jump: the last few times.


class Before(NamedTuple):
    """What was so before each fix of a block."""

    right: Indices
    near: Indices
    steady: Flags  # The position has not jumped for as long as the policy remembers.
    jumpy: Flags  # It has jumped so often within a day that movement proves nothing.


def start(policy: Policy) -> Memory:
    """Return the memory before the first fix."""
    few = int(policy.jumps_per_day_max)
    return Memory(NOWHERE, NOWHERE, 0.0, np.full(few, NEVER_US))


def recall(
    memory: Memory, fixes: Fixes, numbers: Indices, told_llr: F64, right: Flags, policy: Policy
) -> tuple[Before, Memory]:
    """Return what was so before each fix of a block, and the memory after it.

    `right` says which fixes speak for the right side. A jump ends with such a fix, next after one
    that plainly spoke for the wrong side, when the last one on the right side is not long ago.
    """
    since = np.maximum.accumulate(np.where(right, numbers, memory.right))
    near = np.maximum.accumulate(np.where(told_llr < PLAIN_LLR, numbers, memory.near))
    right_before = _shifted(memory.right, since)
    was_away = _shifted(memory.told_llr, told_llr) >= PLAIN_LLR
    observed_us = fixes.observed_us[numbers]
    away_us = observed_us - when_us(fixes, right_before)
    back = right & was_away & (away_us <= policy.jump_s_max * US_PER_S)

    back = _apart(memory.jumps_us[-1], observed_us, back, policy)
    few = len(memory.jumps_us)
    jumps_us = np.concatenate([memory.jumps_us, observed_us[back]])
    count = np.add.accumulate(back, dtype=np.intp)  # Of the jumps up to each fix, so that `few + count` are known.
    steady = observed_us - jumps_us[few - 1 + count] > policy.jump_memory_s * US_PER_S
    jumpy = observed_us - jumps_us[count] <= DAY_US
    return (
        Before(right_before, _shifted(memory.near, near), steady, jumpy),
        Memory(int(since[-1]), int(near[-1]), float(told_llr[-1]), jumps_us[-few:]),
    )


def _apart(last_us: int, observed_us: I64, back: Flags, policy: Policy) -> Flags:
    """Return the jumps that count: one in each correlation time, however often a device reports."""
    slot_us = int(policy.correlation_s * US_PER_S)
    rows = np.flatnonzero(back)
    slots = np.concatenate([[last_us], observed_us[rows]]) // slot_us
    counted = np.zeros(len(back), np.bool_)
    counted[rows[slots[1:] != slots[:-1]]] = True
    return counted


def _shifted(first: Any, column: Column) -> Column:
    """Return a column one place on, with `first` in the first place."""
    return np.concatenate([np.array([first], column.dtype), column[:-1]])


def when_us(fixes: Fixes, numbers: Indices) -> I64:
    """Return when the fixes were taken; long ago for a fix that there is not."""
    return np.where(numbers == NOWHERE, NEVER_US, fixes.observed_us[numbers])


def seen(
    fixes: Fixes, pace: Cadence, numbers: Indices, told_llr: F64, before: Before, policy: Policy
) -> Indices:
    """Return the places in the block of fixes whose way to the wrong side was seen.

    Such a fix speaks clearly for the wrong side, the position has not jumped lately, and one of two
    shows the way: a path that began on the right side, or near the boundary, and that the motion
    flag does not deny; or the Doppler speed of a device on its way.
    """
    clear = (told_llr >= policy.way_clear_llr) & before.steady
    rows = np.flatnonzero(clear)
    here = numbers[rows]
    path = pace.on_path[here] & follows(fixes, here, before.near[rows], policy)
    path &= fixes.motion[here] != 0
    way: Indices = rows[path | pace.fast[here]]
    return way


def follows(fixes: Fixes, numbers: Indices, others: Indices, policy: Policy) -> Flags:
    """Return which fixes come so soon after others that the way between them was seen."""
    gap_us = fixes.observed_us[numbers] - when_us(fixes, others)
    soon: Flags = gap_us <= policy.path_s_max * US_PER_S
    return soon
