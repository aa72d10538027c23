"""Rest: until when a device says that it has lain where its last fix was.

A phone on a table sends no fixes for hours, and says so: alive, and still since 21:52. That is no
fix, for it says nothing new of the place, and a wild fix does not come true by being said again. It
holds what the fix before it showed to be *met*, and ends what would be a silence. What was not met,
or unknown, it leaves to become unknown.

A claim is believed where the device has lain still since its last fix, and the sign before it was
not too long ago: a device that says since when it lies still speaks for the time before the sign as
well, and one that does not must send each within the limit of silence. A device that says that it
moved, or lay still only later, is not where its last fix was.
Decision: docs/decisions/0054-a-resting-device-keeps-a-condition-met.md
Decision: docs/decisions/0058-a-rest-claim-covers-the-gap-before-it.md
"""

from typing import NamedTuple

import numpy as np

from mesure.evaluation.filter.two_state_filter import Indices
from mesure.evaluation.policy import Policy
from mesure.geo.fixes import I64, SINCE_FIX, Fixes
from mesure.instants import US_PER_S


class RestingFixes(NamedTuple):
    """The fixes among some rows, and what rest claims say of each."""

    numbers: Indices  # Of each fix: which of the rows it is.
    fixes: Fixes
    rest_until_us: I64  # Until when the device says that it lay there; its own time at least.


def separate(rows: Fixes, policy: Policy) -> RestingFixes:
    """Return the fixes among rows in order of time, with what the rest claims say of them."""
    numbers = rows.positions
    if len(numbers) == len(rows):
        return RestingFixes(numbers, rows, rows.observed_us)
    fixes = rows.rows(numbers)
    return RestingFixes(numbers, fixes, _rest_until_us(fixes, rows.rows(rows.rest_claims), policy))


def _gap_us_max(claims: Fixes, policy: Policy) -> I64:
    """Return how long before each claim the sign before it may lie.

    Nothing is taken back of a silence that an officer is notified of.
    """
    gap_s = max(policy.silence_s, min(policy.rest_gap_s_max, policy.silence_incident_s))
    says_when = claims.rest_us != SINCE_FIX
    return np.where(says_when, round(gap_s * US_PER_S), round(policy.silence_s * US_PER_S))


def _rest_until_us(fixes: Fixes, claims: Fixes, policy: Policy) -> I64:
    """Return until when the claims after each fix, one after the other, say that it still holds."""
    last = np.searchsorted(fixes.observed_us, claims.observed_us, side="right") - 1
    follows = np.flatnonzero(last >= 0)
    last, claims = last[follows], claims.rows(follows)
    rest_until_us = fixes.observed_us.copy()
    if not len(last):
        return rest_until_us
    fix_us, claimed_us = fixes.observed_us[last], claims.observed_us
    is_first = np.append(True, last[1:] != last[:-1])
    before_us = np.where(is_first, fix_us, np.append(fix_us[:1], claimed_us[:-1]))
    has_moved = np.where(
        claims.rest_us == SINCE_FIX,
        fixes.motion[last] != 0,
        claims.rest_us > fix_us + round(policy.rest_slack_s * US_PER_S),
    )
    is_broken = (
        has_moved
        | (claimed_us - before_us > _gap_us_max(claims, policy))
        | (claimed_us - fix_us > round(policy.rest_hold_s_max * US_PER_S))
    )
    # What follows a claim that is not believed is not believed either, up to the next fix.
    broken = np.add.accumulate(is_broken, dtype=np.intp)
    starts = np.flatnonzero(is_first)
    before = np.repeat(broken[starts] - is_broken[starts], np.diff(np.append(starts, len(last))))
    holds = broken == before
    np.maximum.at(rest_until_us, last[holds], claimed_us[holds])
    return rest_until_us
