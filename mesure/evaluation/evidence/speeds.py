"""Speeds: where a Doppler speed shows a device on its way, because the position goes along with it.

A receiver at rest reports a walking speed now and then, some phones every few minutes. What tells
such a speed from a walk is where the next positions lie: a walk leads farther than the device
strays while it lies still, and a wrong speed leads nowhere.
Decision: docs/decisions/0042-a-fast-step-or-two-places-apart-show-a-departure.md
Decision: docs/decisions/0070-a-speed-that-leads-nowhere-shows-nothing.md
"""

from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.evidence.step_lengths import circles_m, length_m
from mesure.evaluation.filter.two_state_filter import Flags, Indices
from mesure.evaluation.policy import Policy
from mesure.geo.fixes import F64, Fixes, Provider
from mesure.instants import US_PER_S

STRAY_US: Final = 1_200 * US_PER_S
"""How far a device strays is looked up over so long: it is different an hour later."""

NEARLY_RATIO: Final = 2.0 / 3.0
"""A step that is nearly as long as its speed says needs no other sign: on a way of many turns a
device seems to stray."""

STRAY_FIXES: Final = 10
STRAY_FIXES_MIN: Final = 3
"""The median is that of at most ten fixes; of fewer than three nothing is known."""


class FixSpeeds(NamedTuple):
    """What speeds show, one element for each fix."""

    led: Flags  # A speed said at one end of the last step, or within it, led as far as it has to.
    once: Flags  # The fix says such a speed itself,
    twice: Flags  # and so did the one before, minutes ago or less.


def measure(fixes: Fixes, points_m: F64, since_s: F64, policy: Policy) -> FixSpeeds:
    """Return what speeds show of fixes that all say something new; `points_m`: each in space."""
    fast = are_fast(fixes, policy)
    led = _led(fixes, points_m, fast, policy)
    once = fast & led
    return FixSpeeds(led, once, _twice(fast, since_s, policy) & led)


def are_fast(fixes: Fixes, policy: Policy) -> Flags:
    """Return where a device says a speed of somebody on their way.

    Of all that it said of its speed in the time in which a moving device sees another sky, most
    must say so: a receiver at rest says it now and then, and one that reports every ten seconds
    would have six chances a minute. The motion flag shows nothing of the kind: a person who walks
    about the flat moves too.
    """
    good = (fixes.provider != Provider.CELL) & ~(fixes.radius95_m > policy.moving_radius95_m_max)
    fast: Flags = good & (fixes.speed_mps >= policy.moving_speed_mps)
    rows = np.flatnonzero(fast)
    speed_counts, fast_counts = (
        _counts(flags) for flags in (good & ~np.isnan(fixes.speed_mps), fast)
    )
    first, end = _since(fixes, rows, policy) + 1, rows + 1
    fast[rows] = (
        2 * (fast_counts[end] - fast_counts[first]) > speed_counts[end] - speed_counts[first]
    )
    return fast


def _counts(flags: Flags) -> Indices:
    """Return how many of the fixes before each are so, and of all."""
    return np.append(0, np.add.accumulate(flags, dtype=np.intp))


def _since(fixes: Fixes, rows: Indices, policy: Policy) -> Indices:
    """Return the last fix before each under another sky; -1 for none."""
    since_us = fixes.observed_us[rows] - round(policy.correlation_moving_s * US_PER_S)
    return np.searchsorted(fixes.observed_us, since_us, side="right") - 1


def _twice(fast: Flags, since_s: F64, policy: Policy) -> Flags:
    """Return where a speed is said for the second time running, within minutes.

    Once is not enough, nor twice in one breath: receivers at rest report a speed now and then, and
    two fixes of one moment share it.
    """
    twice = np.zeros(len(fast), np.bool_)
    apart = (since_s >= policy.correlation_moving_s) & (since_s <= policy.path_gap_s_max)
    twice[1:] = fast[1:] & fast[:-1] & apart[1:]
    return twice


def _led(fixes: Fixes, points_m: F64, fast: Flags, policy: Policy) -> Flags:
    """Return where a speed of the last step led somewhere.

    The step is that from the last fix under another sky. It is as long as a step of a path, and
    either `speed_stray_ratio` times as long as the device strays or nearly as long as the speed
    says. Where nothing lies minutes before, what a speed led to is not known: it is believed.
    """
    led = fast.copy()
    if policy.speed_stray_ratio == 0.0 or not fast.any():
        return led
    count = _counts(fast)
    numbers = np.arange(len(fast))
    ago = _since(fixes, numbers, policy)
    gap_us = fixes.observed_us - fixes.observed_us[np.maximum(ago, 0)]
    known = (ago >= 0) & (gap_us <= policy.path_gap_s_max * US_PER_S)
    led[known] = False
    rows = numbers[known & (count[numbers + 1] > count[np.maximum(ago, 0)])]
    ago = ago[rows]
    far_m = length_m(*(points_m[:, rows] - points_m[:, ago]))
    is_far = far_m >= policy.path_step_ratio * circles_m(fixes, ago, rows, policy)
    rows, ago, far_m = rows[is_far], ago[is_far], far_m[is_far]
    speed_mps = np.where(fast, fixes.speed_mps, np.inf)
    claimed_m = np.minimum(speed_mps[ago], speed_mps[rows]) * (gap_us[rows] / US_PER_S)
    is_long = far_m >= policy.speed_stray_ratio * stray_m(fixes, points_m, rows, policy)
    led[rows] = is_long | (far_m >= NEARLY_RATIO * claimed_m)
    return led


def stray_m(fixes: Fixes, points_m: F64, rows: Indices, policy: Policy) -> F64:
    """Return how far the device strayed before some fixes; 0 where that is not known.

    It is the median, over the last fixes, of how far each lay from the middle between the one
    before it and the one after it: much of a device that errs anew each time, and little of one
    that goes straight on. However often it reports, one fix in each slot of the clock is asked.
    """
    slots = np.flatnonzero(first_in_slot(fixes, policy))
    if len(slots) < STRAY_FIXES_MIN or not len(rows):
        return np.zeros(len(rows))
    places_m = points_m[:, slots]
    off_m = length_m(*(places_m[:, 1:-1] - 0.5 * (places_m[:, 2:] + places_m[:, :-2])))
    # Of the last slots before each fix the middle ones, whose neighbours both lie before it.
    last = np.searchsorted(slots, rows) - 3
    slot_numbers = last[:, None] - np.arange(STRAY_FIXES)
    begun_us = fixes.observed_us[slots[np.maximum(slot_numbers, 0)]]
    is_known = (slot_numbers >= 0) & (begun_us >= fixes.observed_us[rows][:, None] - STRAY_US)
    sorted_m = np.sort(np.where(is_known, off_m[np.maximum(slot_numbers, 0)], np.inf), axis=1)
    count = is_known.sum(axis=1)
    median_m = sorted_m[np.arange(len(rows)), np.maximum(count - 1, 0) // 2]
    return np.where(count >= STRAY_FIXES_MIN, median_m, 0.0)


def first_in_slot(fixes: Fixes, policy: Policy) -> Flags:
    """Return which fixes are the first in a slot of the clock.

    A slot is as long as the correlation time of a moving device. Six times as many wild fixes are
    heard from a device that reports every ten seconds as from one that reports by the minute, and
    it is no worse for that.
    """
    slots = fixes.observed_us // round(policy.correlation_moving_s * US_PER_S)
    first = np.ones(len(slots), np.bool_)
    first[1:] = slots[1:] != slots[:-1]
    return first
