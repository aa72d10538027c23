"""Paths: whether the device went there or only its position did; remembers past jumps.

Positions jump. A phone that flaps between networks, or a tag behind thick walls, is suddenly
elsewhere and back within minutes. So a fix on the wrong side is believed at once only where the way
there was seen, and not from a device whose position has lately jumped away and back: most jumps are
made by few devices, in few homes, again and again.

What is remembered belongs to one boundary of one person. It decides how soon a fix is believed,
never whether; it is forgotten after the time the policy gives.
Decision: docs/decisions/0025-a-way-that-was-seen-is-a-second-look.md
"""

from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.evidence import step_lengths
from mesure.evaluation.evidence.sampling import FixSampling
from mesure.evaluation.filter.two_state_filter import Column, Flags, Indices
from mesure.evaluation.policy import Policy
from mesure.geo.fixes import F64, I64, Fixes, Provider
from mesure.instants import MIN_US, US_PER_DAY, US_PER_S

NOWHERE: Final = -1
"""The number of a fix that there is not."""

APART_RATIO: Final = 1.0
"""Two fixes are apart where their confidence circles do not meet: no one error explains both."""


class PathMemory(NamedTuple):
    """What is kept of the fixes so far, for one boundary."""

    right: int  # The last fix that speaks for the right side, by its number,
    near: int  # and the last that does not plainly speak for the wrong one,
    near_llr: float  # with what it said,
    near_us: int  # when it was taken, and where.
    near_lat_deg: float
    near_lon_deg: float
    told_llr: float  # What the last fix said.
    jumped_us: int  # When the position was last back from a jump.
    slot_llr: float  # What the last fix said that was looked at to count jumps,
    slot_right_us: int  # and when one of these last spoke for the right side.
    jumps_us: I64  # When counted jumps were over: the last few times.


class PriorPath(NamedTuple):
    """What was so before each fix of a block."""

    right_us: I64  # When a fix last spoke for the right side.
    near: Indices
    near_llr: F64
    stable: Flags  # The position has not jumped for as long as the policy remembers.
    unstable: Flags  # It has jumped so often within a day that movement proves nothing.


def start(policy: Policy) -> PathMemory:
    """Return the memory before the first fix."""
    few = int(policy.jumps_per_day_max)
    never = MIN_US, 0.0, MIN_US
    none = 0.0, MIN_US, 0.0, 0.0
    return PathMemory(NOWHERE, NOWHERE, *none, 0.0, *never, np.full(few, MIN_US))


def less(memory: PathMemory, dropped: int) -> PathMemory:
    """Return a memory of fixes of which the first `dropped` are no longer in hand."""
    right, near = (
        number - dropped if number >= dropped else NOWHERE for number in (memory.right, memory.near)
    )
    return memory._replace(right=right, near=near)


def memory_us(policy: Policy) -> int:
    """Return how far back a memory reaches: what lies before changes nothing."""
    return max(round(policy.jump_memory_s * US_PER_S), US_PER_DAY)


def update_memory(
    memory: PathMemory,
    fixes: Fixes,
    numbers: Indices,
    told_llr: F64,
    right: Flags,
    pace: FixSampling,
    policy: Policy,
) -> tuple[PriorPath, PathMemory]:
    """Return what was so before each fix of a block, and the memory after it.

    `right` says which fixes speak for the right side. A jump ends with such a fix, next after one
    that plainly spoke for the wrong side, when the last one on the right side is not long ago. It
    counts where it is one among the fixes that are looked at alone. Where a fix says nothing new,
    what the one before it said still holds.
    """
    first, end = int(numbers[0]), int(numbers[-1]) + 1
    told_llr, is_heard = _standing(memory, numbers, told_llr, pace.heard_up_to[first:end])
    observed_us = fixes.observed_us[first:end]
    begun_us = MIN_US if memory.right == NOWHERE else int(fixes.observed_us[memory.right])
    right_us = np.maximum.accumulate(np.where(right, observed_us, begun_us))
    is_near = is_heard & (told_llr < policy.plain_llr)
    near = np.maximum.accumulate(np.where(is_near, numbers, memory.near))
    in_hand = int(np.searchsorted(near, first))  # Before, it is that of the memory.
    near_llr = np.full(len(near), memory.near_llr)
    near_llr[in_hand:] = told_llr[near[in_hand:] - first]
    right_before_us = _shifted(right_us, begun_us)
    back = _back(observed_us, told_llr, right, memory.told_llr, right_before_us, policy)
    jumped_us = np.maximum.accumulate(np.where(back, observed_us, memory.jumped_us))
    steady = observed_us - jumped_us > policy.jump_memory_s * US_PER_S

    slots = np.flatnonzero(pace.looked_at[first:end])
    slot_right_us = np.maximum.accumulate(
        np.append(memory.slot_right_us, np.where(right[slots], observed_us[slots], MIN_US))
    )
    slot_columns = observed_us[slots], told_llr[slots], right[slots]
    back = _back(*slot_columns, memory.slot_llr, slot_right_us[:-1], policy)
    counted = slots[_apart(memory.jumps_us[-1], observed_us[slots], back, policy)]
    few = len(memory.jumps_us)
    jumps_us = np.concatenate([memory.jumps_us, observed_us[counted]])
    # With `few` more these are known; where none came, that is one number for all.
    count = np.searchsorted(counted, np.arange(len(right)), side="right") if len(counted) else 0
    jumpy = observed_us - jumps_us[count] <= US_PER_DAY
    near_before = _shifted(near, memory.near), _shifted(near_llr, memory.near_llr)
    last = int(near[-1])
    rights = np.flatnonzero(right)
    last_right = int(numbers[rights[-1]]) if len(rights) else memory.right
    after = PathMemory(
        last_right,
        last,
        float(near_llr[-1]),
        *_last_position(memory, fixes, last),
        float(told_llr[-1]),
        int(jumped_us[-1]),
        float(told_llr[slots[-1]]) if len(slots) else memory.slot_llr,
        int(slot_right_us[-1]),
        jumps_us[-few:],
    )
    return PriorPath(right_before_us, *near_before, steady, jumpy), after


def _standing(
    memory: PathMemory, numbers: Indices, told_llr: F64, heard_up_to: Indices
) -> tuple[F64, Flags]:
    """Return what each fix said or, of one that says nothing new, the last; and which are new."""
    is_heard: Flags = heard_up_to == numbers
    unheard = np.flatnonzero(~is_heard)
    if not len(unheard):
        return told_llr, is_heard
    first, last = int(numbers[0]), heard_up_to[unheard]
    standing = told_llr.copy()
    in_block_llr = told_llr[np.maximum(last - first, 0)]
    standing[unheard] = np.where(last < first, memory.told_llr, in_block_llr)
    return standing, is_heard


def _last_position(memory: PathMemory, fixes: Fixes, near: int) -> tuple[int, float, float]:
    """Return when the last fix near was taken, and where it lay; as kept, if it is not in hand."""
    if near == NOWHERE:
        return memory.near_us, memory.near_lat_deg, memory.near_lon_deg
    at_us = int(fixes.observed_us[near])
    return at_us, float(fixes.lat_deg[near]), float(fixes.lon_deg[near])


def _back(
    observed_us: I64,
    told_llr: F64,
    right: Flags,
    before_llr: float,
    right_before_us: I64,
    policy: Policy,
) -> Flags:
    """Return where the position is back from a jump, of fixes that follow each other."""
    was_away = _shifted(told_llr, before_llr) >= policy.plain_llr
    away_us = observed_us - right_before_us
    back: Flags = right & was_away & (away_us <= policy.jump_s_max * US_PER_S)
    return back


def _apart(last_us: int, observed_us: I64, back: Flags, policy: Policy) -> Indices:
    """Return which jumps count: one in each correlation time, however often a device reports."""
    slot_us = round(policy.correlation_s * US_PER_S)
    rows = np.flatnonzero(back)
    slots = np.append(last_us, observed_us[rows]) // slot_us
    counted: Indices = rows[slots[1:] != slots[:-1]]
    return counted


def _shifted(column: Column, before: object) -> Column:
    """Return a column one place on, with what was before it in the first place."""
    return np.concatenate([np.array([before], column.dtype), column[:-1]])


def when_us(fixes: Fixes, numbers: Indices) -> I64:
    """Return when the fixes were taken; long ago for a fix that there is not."""
    return np.where(numbers == NOWHERE, MIN_US, fixes.observed_us[numbers])


def fixes_with_path(
    fixes: Fixes,
    pace: FixSampling,
    numbers: Indices,
    told_llr: F64,
    before: PriorPath,
    memory: PathMemory,
    policy: Policy,
) -> Indices:
    """Return the places in the block of fixes whose way to the wrong side was seen.

    `memory` is the one before the block.

    Such a fix speaks clearly for the wrong side, the position has not jumped lately, and one of
    five shows the way. *A path* of two steps that began on the right side, or near the boundary.
    *One step over the boundary*, from a fix that had just come to it. *One step with a speed*: the
    Doppler speed at one of its ends says that the device is on its way. *One step beyond*: a fix
    that spoke plainly for the wrong side, and this one apart from it, so that no one error explains
    both. *A speed* said in two fixes running. All but the last are denied by a motion flag that
    says still, and by a home beacon heard on the way.
    """
    rows = np.flatnonzero((told_llr >= policy.way_clear_llr) & before.stable)
    if not len(rows):
        return rows
    here, near = numbers[rows], before.near[rows]
    walked = pace.on_path[here] & follows(fixes, here, near, policy)
    came = _steps(fixes, pace, near, here, policy)
    walked[came.places] |= _comes_over(fixes, pace, came, before.near_llr[rows], policy)
    walked[came.places] |= _is_sped(fixes, pace, came, policy)
    # The first fix plainly on the wrong side comes next after the last that was not, or after a
    # silence so long that nobody knows what was so before.
    after_near = np.maximum(_next_informative(pace, near), pace.begun[here])
    beyond = _steps(fixes, pace, after_near, here, policy)
    walked[beyond.places] |= _leads_on(fixes, beyond, near[beyond.places], memory, policy)
    walked &= ~_heard_home(fixes, here) & (fixes.motion[here] != 0)
    way: Indices = rows[walked | pace.fast[here]]
    return way


def _next_informative(pace: FixSampling, numbers: Indices) -> Indices:
    """Return the first fix after each that says something new."""
    return np.searchsorted(pace.heard_up_to, numbers, side="right")


class _Steps(NamedTuple):
    """Steps from one fix to another that may show something, of some pairs."""

    places: Indices  # Which of the pairs,
    first: Indices  # and the numbers of their ends.
    last: Indices
    mps: F64  # How fast the device went,
    far_m: F64  # and how far.
    circles_m: F64  # How wide the confidence circles of both ends are together.

    def lead(self, circles_ratio: float) -> Flags:
        """Return which are as long as that share of the circles at least."""
        leads: Flags = self.far_m >= circles_ratio * self.circles_m
        return leads


def _steps(
    fixes: Fixes, pace: FixSampling, first: Indices, last: Indices, policy: Policy
) -> _Steps:
    """Return the steps that follow soon, and are no faster than anybody in a street.

    Where the home beacon was heard at its beginning or since, there was no step.
    """
    may = (pace.heard[last] < first) & (first < last)
    places = np.flatnonzero(may & follows(fixes, last, first, policy))
    first, last = first[places], last[places]
    gap_us = np.maximum(fixes.observed_us[last] - fixes.observed_us[first], 1)
    far_m = step_lengths.apart_m(fixes, first, last)
    circles_m = step_lengths.circles_m(fixes, first, last, policy)
    mps = far_m * US_PER_S / gap_us
    slow = mps <= policy.step_mps_max
    ends = places[slow], first[slow], last[slow]
    return _Steps(*ends, mps[slow], far_m[slow], circles_m[slow])


def _is_sped(fixes: Fixes, pace: FixSampling, steps: _Steps, policy: Policy) -> Flags:
    """Return which steps are as long as the Doppler speed says that one of their ends has.

    Somebody turns, stops or sets off within a step, so that the two agree roughly. A receiver at
    rest that says a speed, and then jumps, agrees by chance. What networks call a speed is the step
    between two of their places, and no step begins at a mast.
    """
    sped = np.zeros(len(steps.mps), np.bool_)
    for end in (steps.first, steps.last):
        speed_mps = fixes.speed_mps[end]
        least_mps = np.minimum(steps.mps, speed_mps) * policy.speed_step_ratio_max
        agrees = least_mps >= np.maximum(steps.mps, speed_mps)
        measured = (fixes.provider[end] == Provider.GNSS) & (fixes.motion[end] != 0)
        sped |= pace.fast_once[end] & measured & agrees
    sped &= fixes.provider[steps.first] != Provider.CELL
    return sped & steps.lead(policy.path_step_ratio)


def _leads_on(
    fixes: Fixes, steps: _Steps, near: Indices, memory: PathMemory, policy: Policy
) -> Flags:
    """Return which steps from one place beyond to another lead on, apart from each other.

    On from where the device was within a day before: a wrong place that slides back, or two wrong
    places to the left and to the right, show no way. For a record that begins beyond, that is not
    known.
    """
    at, is_lost = np.maximum(near, 0), near == NOWHERE
    near_us = np.where(is_lost, memory.near_us, fixes.observed_us[at])
    near_deg = (
        np.where(is_lost, memory.near_lat_deg, fixes.lat_deg[at]),
        np.where(is_lost, memory.near_lon_deg, fixes.lon_deg[at]),
    )
    far_m, lead_m = (
        step_lengths.between_m(near_deg, (fixes.lat_deg[end], fixes.lon_deg[end]))
        for end in (steps.first, steps.last)
    )
    on: Flags = lead_m >= policy.path_straight_ratio * (far_m + steps.far_m)
    on |= fixes.observed_us[steps.first] - near_us > US_PER_DAY
    on &= (fixes.motion[steps.first] != 0) & steps.lead(APART_RATIO)
    return on


def _heard_home(fixes: Fixes, numbers: Indices) -> Flags:
    """Return which fixes have one that heard the home beacon among the two before them."""
    before, first = np.maximum(numbers - 1, 0), np.maximum(numbers - 2, 0)
    has_beacon: Flags = (fixes.beacon[before] == 1) | (fixes.beacon[first] == 1)
    return has_beacon


def _comes_over(
    fixes: Fixes, pace: FixSampling, steps: _Steps, near_llr: F64, policy: Policy
) -> Flags:
    """Return which steps lead over the boundary, from a fix that had just come to it.

    It left the side open already, and was new there: a step from the one before, or the first after
    a long silence, and then quite open. A person in the middle of a small place under a wide circle
    leaves the side open as well, but comes from nowhere. A jump from the middle of a place shows no
    way, however far; and two wide circles that creep across are one doubt, and no step.
    """
    near, near_llr = steps.first, near_llr[steps.places]
    before = pace.heard_up_to[np.maximum(near - 1, 0)]
    came_m = policy.path_step_ratio * step_lengths.circles_m(fixes, before, near, policy)
    is_first = (pace.since_s[near] > policy.silence_incident_s) & (near_llr > -policy.plain_llr)
    is_new = (pace.step_m[near] >= came_m) | is_first
    comes: Flags = is_new & (near_llr > -policy.boundary_llr_max)
    return comes & steps.lead(policy.step_circles_ratio)


def follows(fixes: Fixes, numbers: Indices, others: Indices, policy: Policy) -> Flags:
    """Return which fixes come so soon after others that the way between them was seen."""
    gap_us = fixes.observed_us[numbers] - when_us(fixes, others)
    soon: Flags = gap_us <= policy.path_s_max * US_PER_S
    return soon
