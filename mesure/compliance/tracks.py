"""The columns of one person's fixes turned into what each boundary's lane said.

This is the path that must be fast: no Python object for a fix, a bounded number of fixes in hand
at a time.
"""

from typing import Final

import numpy as np

from mesure.compliance import cadence, lanes, sides
from mesure.compliance.cadence import NEVER_US, Cadence
from mesure.compliance.lanes import SUPPORTED, Flags, Limits, Pull
from mesure.compliance.policy import Policy
from mesure.compliance.rules import Rules
from mesure.compliance.sides import Boundary
from mesure.compliance.spells import Said
from mesure.positions import elementary, error_model
from mesure.positions.fixes import F64, I64, Fixes

BLOCK_FIXES: Final = 131_072
"""Fixes in hand at a time: enough for numpy to be quick, few enough for memory to stay small."""

# Asked for once and given back untouched: from then on the allocator of glibc keeps what it gets
# back between one person and the next, instead of asking the kernel for it anew, page by page.
np.empty(4_000_000)


def listen(rules: Rules, fixes: Fixes, pace: Cadence, in_time: Flags | None = None) -> list[Said]:
    """Return what each lane of the rules said after each fix."""
    receipts_us = fixes.received_us
    if in_time is not None:
        receipts_us = np.where(in_time, receipts_us, NEVER_US)
    known_us = np.maximum.accumulate(receipts_us)
    count = len(rules.boundaries)
    odds, decided = np.empty((count, len(fixes))), np.empty((count, len(fixes)), np.int8)
    onset_us, seen_us = (np.empty((count, len(fixes)), np.int64) for _ in range(2))
    limits = _limits(rules.policy)
    state = lanes.start(count)
    last_seen_us = np.full(count, NEVER_US)
    for first in range(0, len(fixes), BLOCK_FIXES):
        block = slice(first, first + BLOCK_FIXES)
        pull, seen_us[:, block] = _pull(rules, fixes, pace, block, last_seen_us)
        drift = lanes.each(lambda column, part=block: column[part], pace.drift)
        track = lanes.run(state, drift, fixes.observed_us[block], pull, limits)
        odds[:, block], decided[:, block], onset_us[:, block], state = track
        last_seen_us = seen_us[:, block][:, -1]
    return [
        Said(fixes.observed_us, known_us, seen_us[i], decided[i], onset_us[i], odds[i])
        for i in range(count)
    ]


def _limits(policy: Policy) -> Limits:
    return Limits(
        policy.p_not_met / (1.0 - policy.p_not_met),
        policy.p_met / (1.0 - policy.p_met),
        policy.certainty_max_odds,
    )


def _pull(
    rules: Rules, fixes: Fixes, pace: Cadence, block: slice, last_seen_us: I64
) -> tuple[Pull, I64]:
    """Return the pull of a block of fixes on each lane, and when each was last seen right."""
    part = fixes.rows(block)
    policy = rules.policy
    count = len(rules.boundaries)
    llr = np.empty((count, len(part)))
    looks, seen = np.empty(llr.shape), np.empty(llr.shape, np.bool_)
    seen_us = np.empty(llr.shape, np.int64)
    sigma_m = error_model.sigma_m(rules.model, part.provider, part.radius95_m)
    reach_m = error_model.reach_m(rules.model, part.provider, sigma_m, policy.evidence_max_llr)
    for lane, boundary in enumerate(rules.boundaries):
        told = _tell(rules, boundary, part, sigma_m, reach_m)
        llr[lane] = told * pace.weight_ratio[block]
        if boundary.hears_home:
            beacon = _beacon(part, boundary, policy)
            llr[lane] += beacon * pace.beacon_weight_ratio[block]
            told = np.where(part.beacon == 1, -policy.evidence_max_llr, told)
        right = told <= -policy.evidence_min_llr
        since = np.maximum.accumulate(np.where(right, part.observed_us, last_seen_us[lane]))
        seen_us[lane] = since
        seen[lane] = part.observed_us - since <= policy.silence_s * cadence.US_PER_S
        path = pace.on_path[block] & _follows(last_seen_us[lane], since, part.observed_us, policy)
        supported = path | (pace.beacon_lost[block] & boundary.misses_home)
        weight = np.where(supported, SUPPORTED, pace.weight_ratio[block])
        looks[lane] = np.where(told >= policy.evidence_min_llr, weight, 0.0)
    return Pull(elementary.exp(llr), llr, looks, seen), seen_us


def _tell(rules: Rules, boundary: Boundary, part: Fixes, sigma_m: F64, reach_m: F64) -> F64:
    """Return how strongly each fix speaks for the wrong side: above zero it does.

    Not the chance of being outside but how much worse the best point of the right side explains
    the fix than the best point of the wrong one: a circle that covers the whole place is no
    evidence either way.
    """
    wrong_m = sides.measure_within(boundary, part.lat_deg, part.lon_deg, reach_m)
    cap_llr = rules.policy.evidence_max_llr
    near = np.flatnonzero(np.abs(wrong_m) < reach_m)
    told = np.where(wrong_m > 0.0, cap_llr, -cap_llr)
    fall_llr = -error_model.log_ratio(
        rules.model, part.provider[near], wrong_m[near], sigma_m[near]
    )
    told_near = np.minimum(fall_llr, cap_llr)
    told[near] = np.where(wrong_m[near] > 0.0, told_near, -told_near)
    return told


def _beacon(part: Fixes, boundary: Boundary, policy: Policy) -> F64:
    missed_llr = policy.beacon_missed_llr if boundary.misses_home else 0.0
    missed = np.where(part.beacon == 0, missed_llr, 0.0)
    return np.where(part.beacon == 1, policy.beacon_heard_llr, missed)


def _follows(before_us: int, since_us: I64, observed_us: I64, policy: Policy) -> Flags:
    """Return where a fix shortly before speaks for the right side: the way out was seen.

    `before_us` is the last such fix before these.
    """
    right_us = np.concatenate([[before_us], since_us[:-1]])
    follows: Flags = observed_us - right_us <= policy.path_s_max * cadence.US_PER_S
    return follows
