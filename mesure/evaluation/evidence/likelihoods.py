"""Likelihoods: one person's fixes, as columns, turned into evidence for each boundary.

This is the path that must be fast: no Python object for a fix, a bounded number of fixes in hand
at a time.
"""

from typing import NamedTuple

import numpy as np

from mesure import instants
from mesure.evaluation.evidence import path, sampling
from mesure.evaluation.evidence.path import PathMemory, PriorPath
from mesure.evaluation.evidence.sampling import BLOCK_FIXES, FixSampling
from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter import two_state_filter as lanes
from mesure.evaluation.filter.allowed_area import Boundary
from mesure.evaluation.filter.status_intervals import NO_CHANGES, DecisionChanges
from mesure.evaluation.filter.two_state_filter import (
    CAME,
    CAME_BACK,
    SUPPORTED,
    FilterState,
    FilterThresholds,
    Flags,
    Indices,
    Likelihood,
)
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import Rules
from mesure.geo import error_model
from mesure.geo.fixes import F64, I8, I64, Fixes, Provider
from mesure.geo.numeric import elementary

# Asked for once and given back untouched: from then on the allocator of glibc keeps what it gets
# back between one person and the next, instead of asking the kernel for it anew, page by page.
np.empty(4_000_000)


class EvidenceState(NamedTuple):
    """State of all lanes after some fixes; a run from here hears what one long run would.

    Memories name fixes by their numbers among those in hand.
    """

    lanes: FilterState
    memories: tuple[PathMemory, ...]


class FilterColumns(NamedTuple):
    """What every lane said after each of some fixes: a row for each lane."""

    seen_us: I64
    decided: I8
    odds: F64
    changes: tuple[DecisionChanges, ...]


def begin(rules: Rules) -> EvidenceState:
    """Return the state of lanes that have received nothing."""
    count = len(rules.boundaries)
    return EvidenceState(lanes.start(count), (path.start(rules.policy),) * count)


def run_filter(
    rules: Rules, fixes: Fixes, pace: FixSampling, mark: EvidenceState, rows: slice
) -> tuple[FilterColumns, EvidenceState]:
    """Return what all lanes said after these fixes, from their earlier state, and the end."""
    first, end = rows.start, rows.stop
    count, limits = len(rules.boundaries), thresholds(rules.policy)
    seen_us = np.empty((count, end - first), np.int64)
    room = lanes.allocate_buffers(count, end - first)
    changes = [[NO_CHANGES] for _ in range(count)]
    state, memories = mark
    for at in range(first, end, BLOCK_FIXES):
        block = slice(at, min(at + BLOCK_FIXES, end))
        out = slice(block.start - first, block.stop - first)
        pull, memories = _likelihood(rules, fixes, pace, block, memories, seen_us[:, out])
        drift = sampling.drift(pace, block, rules.policy)
        into = room._replace(first=out.start)
        track = lanes.run(state, drift, fixes.observed_us[block], pull, limits, into)
        state = track.end
        for lane_changes, onset_us in zip(changes, track.onset_us, strict=True):
            lane_changes.append(DecisionChanges.of(onset_us, at))
    joined = tuple(map(DecisionChanges.join, changes))
    return FilterColumns(seen_us, room.decided, room.odds, joined), EvidenceState(state, memories)


def thresholds(policy: Policy) -> FilterThresholds:
    """Return the thresholds of a policy, those on chances as odds."""
    return FilterThresholds(
        policy.p_not_met / (1.0 - policy.p_not_met),
        policy.p_met / (1.0 - policy.p_met),
        policy.certainty_max_odds,
        policy.look_again_ratio,
        policy.p_arrival / (1.0 - policy.p_arrival),
        policy.p_return / (1.0 - policy.p_return),
    )


class FixBlock(NamedTuple):
    """Some fixes in hand, with how far each may lie from where the device was."""

    rows: slice
    numbers: Indices
    part: Fixes
    sigma_m: F64
    reach_m: F64


class BoundaryEvidence(NamedTuple):
    """What one lane heard in a block, part by part; the parts add up to `llr`."""

    told_llr: F64  # What each fix says by itself,
    weight_ratio: F64  # and how much of that counts.
    before: PriorPath
    way: Indices  # The fixes whose way was seen: they count in full, and say more.
    llr: F64
    look_ratio: F64
    right_us: I64  # When the lane was last seen right.
    arrived: I8  # Somebody has just come, and it is not plain to which side.
    memory: PathMemory


def block_of(rules: Rules, fixes: Fixes, rows: slice) -> FixBlock:
    """Return a block of fixes, to be heard by each lane."""
    part = fixes.rows(rows)
    sigma_m = error_model.sigma_m(rules.model, part.provider, part.radius95_m)
    reach_m = error_model.reach_m(
        rules.model, part.provider, sigma_m, rules.policy.evidence_max_llr
    )
    return FixBlock(rows, np.arange(rows.start, rows.start + len(part)), part, sigma_m, reach_m)


def _likelihood(
    rules: Rules,
    fixes: Fixes,
    pace: FixSampling,
    rows: slice,
    memories: tuple[PathMemory, ...],
    seen_us: I64,
) -> tuple[Likelihood, tuple[PathMemory, ...]]:
    """Return the pull of a block of fixes on each lane; write when each was last seen right."""
    block = block_of(rules, fixes, rows)
    shape = seen_us.shape
    llr, looks = np.empty(shape), np.empty(shape)
    is_recent, arrived = np.empty(shape, np.bool_), np.empty(shape, np.int8)
    silence_us = round(rules.policy.silence_s * instants.US_PER_S)
    after = []
    for lane, boundary in enumerate(rules.boundaries):
        evidence = boundary_evidence(rules, boundary, fixes, pace, block, memories[lane])
        llr[lane], looks[lane], seen_us[lane] = evidence.llr, evidence.look_ratio, evidence.right_us
        is_recent[lane] = block.part.observed_us - evidence.right_us <= silence_us
        arrived[lane] = evidence.arrived
        after.append(evidence.memory)
    return Likelihood(elementary.exp(llr), llr, looks, is_recent, arrived), tuple(after)


def boundary_evidence(
    rules: Rules,
    boundary: Boundary,
    fixes: Fixes,
    pace: FixSampling,
    block: FixBlock,
    memory: PathMemory,
) -> BoundaryEvidence:
    """Return what one lane heard: each fix by its weight, the beacon, and the ways seen."""
    policy, part = rules.policy, block.part
    told_llr = _log_likelihood(rules, boundary, block, pace.arrived_ratio[block.rows] > 0.0)
    told_llr[pace.heard_up_to[block.rows] != block.numbers] = 0.0
    right = told_llr <= -policy.evidence_min_llr
    before, after = path.update_memory(memory, fixes, block.numbers, told_llr, right, pace, policy)
    way = np.empty(0, np.intp)
    if boundary.sees_ways:
        way = path.fixes_with_path(fixes, pace, block.numbers, told_llr, before, memory, policy)

    weight_ratio = _weight_ratio(boundary, pace, block.rows, told_llr, before.unstable)
    weight_ratio[way] = 1.0
    llr = told_llr * weight_ratio
    llr[way] += policy.way_llr
    if boundary.hears_home:
        llr += beacon_llr(part, boundary, policy) * pace.beacon_weight_ratio[block.rows]

    looks = np.zeros(len(part))
    wrong = np.flatnonzero(told_llr >= policy.evidence_min_llr)
    here = block.numbers[wrong]
    gap_us = part.observed_us[wrong] - before.right_us[wrong]
    supported = pace.on_path[here] & (gap_us <= policy.path_s_max * instants.US_PER_S)
    supported |= pace.beacon_lost[here] & boundary.misses_home
    looks[wrong] = np.where(supported, SUPPORTED, weight_ratio[wrong])
    looks[way] = np.where(told_llr[way] >= policy.evidence_min_llr, SUPPORTED, 0.0)
    right_us = np.where(right, part.observed_us, before.right_us)
    arrived = _arrived(boundary, pace, block.rows, told_llr, policy)
    return BoundaryEvidence(
        told_llr, weight_ratio, before, way, llr, looks, right_us, arrived, after
    )


def _arrived(
    boundary: Boundary, pace: FixSampling, rows: slice, told_llr: F64, policy: Policy
) -> I8:
    """Return where somebody has just come whom what held before says nothing of.

    To a small place to keep out of, unless the fix says plainly that they are elsewhere. And back
    to where they rest, as soon as a fix lies there at all: what was earned a kilometer away does
    not bind a person who has come to the door. One that leaps faster than anybody drives has not.
    Decision: docs/decisions/0064-coming-home-ends-being-surely-away.md
    """
    came, arrived = pace.came[rows], np.zeros(len(told_llr), np.int8)
    if boundary.is_small:
        arrived[came & (told_llr > -policy.boundary_llr_max)] = CAME
    elif boundary.sees_ways:
        leaps = pace.step_m[rows] > policy.path_mps_max * pace.since_s[rows]
        arrived[came & (told_llr < 0.0) & ~leaps] = CAME_BACK
    return arrived


def _weight_ratio(
    boundary: Boundary, pace: FixSampling, rows: slice, told_llr: F64, unstable: Flags
) -> F64:
    """Return how much of what each fix says counts.

    Where somebody rests, wild spells last and lead away: what speaks of an absence there counts
    least. That a device moves proves nothing where its position jumps about, but for the second
    step of a path on. Where it has just come its errors are new: that counts for the right side
    everywhere, so that nobody who is home stays absent; and for both sides of a place to keep out
    of, into which errors seldom lead.
    """
    jumps = unstable & ~pace.on_path[rows]
    usual_ratio = np.where(jumps, pace.still_ratio[rows], pace.weight_ratio[rows])
    arrived_ratio = np.maximum(usual_ratio, pace.arrived_ratio[rows])
    if boundary.is_small:
        return arrived_ratio
    wrong_ratio = usual_ratio
    if boundary.sees_ways and pace.away_ratio is not pace.weight_ratio:
        wrong_ratio = np.where(jumps, pace.away_still_ratio[rows], pace.away_ratio[rows])
    return np.where(told_llr < 0.0, arrived_ratio, wrong_ratio)


def alone_llr(rules: Rules, boundary: Boundary, fixes: Fixes) -> F64:
    """Return how strongly each fix speaks for the wrong side by itself, to be shown.

    It is what the judge hears of the fix, before weights, ways and the fixes around it.
    """
    block, nobody = block_of(rules, fixes, slice(0, len(fixes))), np.zeros(len(fixes), np.bool_)
    return _log_likelihood(rules, boundary, block, nobody)


def _log_likelihood(rules: Rules, boundary: Boundary, block: FixBlock, arrived: Flags) -> F64:
    """Return how strongly each fix speaks for the wrong side: above zero it does.

    Not the chance of being outside but how much worse the best point of the right side explains
    the fix than the best point of the wrong one: a circle that covers the whole place is no
    evidence either way.
    """
    part, cap_llr = block.part, rules.policy.evidence_max_llr
    wrong_m = allowed_area.measure_within(boundary, part.lat_deg, part.lon_deg, block.reach_m)
    near = np.flatnonzero(np.abs(wrong_m) < block.reach_m)
    told_llr = np.where(wrong_m > 0.0, cap_llr, -cap_llr)
    sigma_m = block.sigma_m[near]
    errs_less = _errs_less(boundary, part.provider[near], wrong_m[near], arrived[near])
    if errs_less.any():
        resting_m = sigma_m * rules.policy.resting_circle_ratio
        resting_m = np.minimum(np.maximum(resting_m, rules.policy.error_floor_m), sigma_m)
        sigma_m = np.where(errs_less, resting_m, sigma_m)
    fall_llr = -error_model.log_ratio(rules.model, part.provider[near], wrong_m[near], sigma_m)
    told_near_llr = np.minimum(fall_llr, cap_llr)
    told_llr[near] = np.where(wrong_m[near] > 0.0, told_near_llr, -told_near_llr)
    if boundary.hears_home:
        # The radio at home is heard: whatever the sky says, the device is there.
        told_llr[part.beacon == 1] = -cap_llr
    return told_llr


def _errs_less(boundary: Boundary, provider: I8, wrong_m: F64, arrived: Flags) -> Flags:
    """Return which fixes are of a device that rests, which errs less than its circle says.

    What leads into a small place to keep out of leads there past all that lies round it. A device
    just come home is where networks are known: they err by a third of what they claim.
    """
    if boundary.is_small:
        return wrong_m > 0.0
    if not boundary.sees_ways:
        return np.zeros(len(wrong_m), np.bool_)
    is_home: Flags = arrived & (wrong_m < 0.0) & (provider == Provider.WIFI)
    return is_home


def beacon_llr(part: Fixes, boundary: Boundary, policy: Policy) -> F64:
    """Return what hearing the home beacon says, or missing it, before it is weighed."""
    missed_llr = policy.beacon_missed_llr if boundary.misses_home else 0.0
    missed = np.where(part.beacon == 0, missed_llr, 0.0)
    return np.where(part.beacon == 1, policy.beacon_heard_llr, missed)
