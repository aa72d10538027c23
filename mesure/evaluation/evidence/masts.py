"""Masts: which fixes say something new beside what satellites or networks said shortly before.

A fix by masts is good to a kilometer. Where something better was heard minutes ago, it says nothing
of where the device went since: it is no evidence, and no end of a step. One that contradicts it
plainly is heard, for a device that leaves by car may have masts alone.
Decision: docs/decisions/0068-masts-add-nothing-beside-better-fixes.md
"""

import numpy as np

from mesure.evaluation.evidence.step_lengths import apart_m, circles_m
from mesure.evaluation.filter.two_state_filter import Flags, Indices
from mesure.evaluation.policy import Policy
from mesure.geo.fixes import Fixes, Provider
from mesure.instants import US_PER_S


def are_informative(fixes: Fixes, policy: Policy) -> Flags:
    """Return which fixes say something new: all where none are by masts."""
    is_mast = fixes.provider == Provider.CELL
    if not is_mast.any():
        return np.ones(len(fixes), np.bool_)
    return ~_outshone(fixes, is_mast, policy)


def informative_among(fixes: Fixes, numbers: Indices, policy: Policy) -> Indices:
    """Return which of some fixes, by their sorted numbers, say something new."""
    if not (fixes.provider[numbers] == Provider.CELL).any():
        return numbers
    since_us = int(fixes.observed_us[numbers[0]]) - round(policy.outshone_s_max * US_PER_S)
    first = int(np.searchsorted(fixes.observed_us, since_us))
    part = fixes.rows(slice(first, int(numbers[-1]) + 1))
    return numbers[are_informative(part, policy)[numbers - first]]


def first_behind(fixes: Fixes, number: int, count: int, policy: Policy) -> int:
    """Return the first fix without which the last few heard before a number are heard otherwise."""
    first = max(0, number - count)
    if not (fixes.provider[first:number] == Provider.CELL).any():
        return first
    before = np.flatnonzero(are_informative(fixes.rows(slice(0, number)), policy))
    if len(before) <= count:
        return 0
    first = int(before[len(before) - count])
    if fixes.provider[first] != Provider.CELL:
        return first
    # What outshines the masts after it may lie before it.
    since_us = int(fixes.observed_us[first]) - round(policy.outshone_s_max * US_PER_S)
    return int(np.searchsorted(fixes.observed_us, since_us))


def _outshone(fixes: Fixes, is_mast: Flags, policy: Policy) -> Flags:
    """Return which fixes are by masts, and do not contradict what was better minutes before."""
    outshone = np.zeros(len(fixes), np.bool_)
    numbers = np.flatnonzero(is_mast)
    better = _before_run(numbers)
    ago_us = fixes.observed_us[numbers] - fixes.observed_us[better]
    is_beside = (better >= 0) & (ago_us <= policy.outshone_s_max * US_PER_S)
    is_beside &= fixes.beacon[numbers] != 1
    numbers, better = numbers[is_beside], better[is_beside]
    explained_m = policy.outshone_circles_ratio * circles_m(fixes, numbers, better, policy)
    outshone[numbers] = apart_m(fixes, numbers, better) <= explained_m
    return outshone


def _before_run(numbers: Indices) -> Indices:
    """Return, for each of some sorted numbers, the last one before it that is not among them."""
    begins = np.ones(len(numbers), np.bool_)
    begins[1:] = np.diff(numbers) > 1
    first: Indices = np.maximum.accumulate(np.where(begins, numbers, 0))
    return first - 1
