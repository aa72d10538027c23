"""Sampling: how much a fix counts, by the time since the last one and whether the device moved.

Errors persist. Indoors the error of a phone is much the same for ten minutes, so ten reports in
ten minutes are one piece of evidence, not ten; a moving device sees another sky within half a
minute. A fix therefore counts for the share of its correlation time that has passed since the fix
before. This is what keeps the rate of false incidents the same whether a device reports every ten
seconds or every five minutes. What leads away from home lasts longest, and where a device has just
come its errors are new.
Paper: Ranacher et al., IJGIS 30 (2016) 316-333, on the autocorrelation of GPS errors.
Decision: docs/decisions/0022-the-first-judge.md,
docs/decisions/0049-errors-at-rest-and-after-an-arrival.md,
docs/decisions/0050-an-arrival-begins-at-even-odds.md
"""

from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.evidence import masts, speeds
from mesure.evaluation.evidence.step_lengths import circle_m, length_m
from mesure.evaluation.filter import two_state_filter
from mesure.evaluation.filter.two_state_filter import Column, Flags, Indices, Transition
from mesure.evaluation.policy import Policy
from mesure.geo import earth
from mesure.geo.fixes import F64, I64, Fixes, Provider
from mesure.geo.numeric import elementary
from mesure.instants import MIN_US, S_PER_H, US_PER_S

BLOCK_FIXES: Final = 131_072
"""Fixes in hand at a time: enough for numpy to be quick, few enough for memory to stay small."""

LOOK_BACK_US: Final = 60 * US_PER_S
"""A device that reports more often than by the minute is compared with where it was then."""

ARRIVAL_LOOK_BACK_US: Final = 300 * US_PER_S
"""A walk up to a door has steps that errors explain one by one: so it is asked as well where the
device was five minutes ago."""

HAIR_M: Final = 0.001
"""So much farther than their sum two steps may seem to lead, by rounding."""

BEFORE_S: Final = 1e9
"""The silence before the first fix, longer than any limit."""


class FixSampling(NamedTuple):
    """What holds for every boundary alike; one element for each fix."""

    weight_ratio: F64  # How much of a full piece of evidence the fix is,
    still_ratio: F64  # how much it would be if the device lay still,
    away_ratio: F64  # how much, still or not, where it speaks of somebody who is away,
    away_still_ratio: F64
    arrived_ratio: F64  # and how much if it had just come here; 0 where it has not.
    beacon_weight_ratio: F64
    fast_once: Flags  # Doppler speed, and a step along with it, show a device on its way.
    fast: Flags  # They do, a speed was said in the fix before, and the two lie apart in time.
    moving: Flags  # They do, for a speed of this fix or the last, or the device is on a path.
    came: Flags  # The device comes from farther off than errors lead that come and go.
    at_rest: Flags  # Nothing has shown lately that it is on its way.
    on_path: Flags  # This step and the one before lead on, each farther than errors explain.
    beacon_lost: Flags  # The home beacon is not heard, and was heard shortly before.
    since_s: F64  # Time from the fix before; very long for the first, which has none.
    step_m: F64  # How far the fix lies from the one before; 0 for the first.
    begun: Indices  # The first fix after the last long silence, by its number.
    heard: Indices  # The last fix until then that heard the home beacon; -1 for none.
    looked_at: Flags  # Jumps are counted by these fixes, however often a device reports.
    heard_up_to: Indices  # The last fix until then that says something new: itself, or one before.


def measure(fixes: Fixes, policy: Policy) -> FixSampling:
    """Return the cadence of fixes that begin with the first the device sent."""
    is_heard = masts.are_informative(fixes, policy)
    if is_heard.all():
        return _measure(fixes, policy)
    return _with_unheard(_measure(fixes.rows(is_heard), policy), is_heard, fixes, policy)


def _with_unheard(pace: FixSampling, is_heard: Flags, fixes: Fixes, policy: Policy) -> FixSampling:
    """Return the cadence of all fixes from that of those heard: the others only let time pass."""
    numbers, unheard = np.flatnonzero(is_heard), np.flatnonzero(~is_heard)
    heard_before = np.searchsorted(numbers, unheard) - 1

    def nothing_else(column: Column) -> Column:
        whole = np.zeros(len(fixes), column.dtype)
        whole[is_heard] = column
        return whole

    def as_before(column: Column) -> Column:
        whole = nothing_else(column)
        whole[unheard] = column[heard_before]
        return whole

    since_s = seconds_since_last(fixes)
    of_all = {
        "beacon_weight_ratio": _beacon_weight(fixes, since_s, policy),
        "moving": as_before(pace.moving),
        "at_rest": as_before(pace.at_rest),
        "beacon_lost": _beacon_lost(fixes, policy),
        "since_s": since_s,
        "begun": as_before(numbers[pace.begun]),
        "heard": _last_beacon(fixes),
        "heard_up_to": as_before(numbers),
    }
    columns = pace._asdict().items()
    of_heard = {name: nothing_else(column) for name, column in columns if name not in of_all}
    return FixSampling(**of_heard, **of_all)


def _measure(fixes: Fixes, policy: Policy) -> FixSampling:
    """Return the cadence of fixes that all say something new."""
    since_s = seconds_since_last(fixes)
    points_m, step_m, lead_m = _steps(fixes)
    on_path = _on_a_path(fixes, since_s, step_m, lead_m, policy)
    speed = speeds.measure(fixes, points_m, since_s, policy)
    moving = speed.led | on_path
    fresh_s = _fresh_s(fixes, since_s)
    moved = _lately(fixes, moving, policy.moved_s_max)
    if policy.speed_stray_ratio > 0.0:
        # Where a walk led, errors are new for as long as where somebody has come.
        moved |= _lately(fixes, speed.led, policy.arrival_s_max)
        moved &= ~_repeats(fixes)
    usual = away = _weights(fresh_s, moved, policy.correlation_s, policy)
    if policy.correlation_away_s != policy.correlation_s:
        away = _weights(fresh_s, moved, policy.correlation_away_s, policy)
    looked_at = speeds.first_in_slot(fixes, policy)
    stepped, came = _stepped_and_came(fixes, points_m, since_s, step_m, looked_at, policy)
    anew_ratio = np.minimum(fresh_s / policy.correlation_moving_s, 1.0)
    arrived = _lately(fixes, came, policy.arrival_s_max)
    at_rest = ~_lately(fixes, moving | stepped, policy.moved_s_max)
    return FixSampling(
        *usual,
        *away,
        np.where(arrived, anew_ratio, 0.0),
        _beacon_weight(fixes, since_s, policy),
        speed.once,
        speed.twice,
        moving,
        came,
        at_rest & (since_s <= policy.silence_s),
        on_path,
        _beacon_lost(fixes, policy),
        since_s,
        step_m,
        _begun(since_s, policy),
        _last_beacon(fixes),
        looked_at,
        np.arange(len(fixes)),
    )


def _weights(fresh_s: F64, moved: Flags, correlation_s: float, policy: Policy) -> tuple[F64, F64]:
    """Return how much each fix counts, and how much it would if the device lay still."""
    memory_s = np.where(moved, policy.correlation_moving_s, correlation_s)
    return np.minimum(fresh_s / memory_s, 1.0), np.minimum(fresh_s / correlation_s, 1.0)


class _Course(NamedTuple):
    """Where a device was, by what its look back asks of each fix."""

    observed_us: I64
    points_m: F64  # [3, fixes]: in space.
    way_m: F64  # The sum of all steps up to it.
    radius95_m: F64
    slot_us: int  # No two fixes that are asked about lie in one such slot of the clock.

    def is_displaced(self, numbers: Indices, look_back_us: int, least_m: float = 0.0) -> Flags:
        """Return of some fixes whether the device is farther from where it was than both circles.

        And than a least distance. It is not asked from where the device was long before, if it was
        silent in between.
        """
        displaced = np.zeros(len(numbers), np.bool_)
        # Most lie still, and nothing has to be looked up: steps lead no farther than their sum, and
        # both circles are no smaller than one.
        lately_m = self.way_m[numbers]
        back = 2 * look_back_us // self.slot_us + 2
        lately_m[back:] -= lately_m[:-back].copy()
        rows = np.flatnonzero(lately_m + HAIR_M > np.maximum(self.radius95_m[numbers], least_m))
        observed_us, last = self.observed_us, numbers[rows]
        ago_us = observed_us[last] - look_back_us
        ago = np.searchsorted(observed_us, ago_us, side="right") - 1
        is_near = (ago >= 0) & (ago_us - observed_us[ago] <= look_back_us)
        rows, last, ago = rows[is_near], last[is_near], ago[is_near]
        both_m = np.maximum(self.radius95_m[last] + self.radius95_m[ago], least_m)
        displaced[rows] = length_m(*(self.points_m[:, last] - self.points_m[:, ago])) > both_m
        return displaced


def _stepped_and_came(
    fixes: Fixes, points_m: F64, since_s: F64, step_m: F64, looked_at: Flags, policy: Policy
) -> tuple[Flags, Flags]:
    """Return where the device has left where it was, and where it comes from far.

    It has left where it is farther from the fix before, or from a minute ago where it reports more
    often, than the circles of both explain. It comes from far where it is so from minutes ago as
    well, and farther than errors lead that come and go: a person who goes next door has not come.
    """
    slot_us = round(policy.correlation_moving_s * US_PER_S)
    way_m, radius95_m = np.add.accumulate(step_m), circle_m(fixes, policy)
    course = _Course(fixes.observed_us, points_m, way_m, radius95_m, slot_us)
    stepped = longer_than_errors(fixes, step_m, policy)
    numbers = np.flatnonzero(looked_at)
    dense = numbers[since_s[numbers] * US_PER_S < LOOK_BACK_US]
    stepped[dense] |= course.is_displaced(dense, LOOK_BACK_US)
    came = stepped & (step_m > policy.arrival_m_min)
    came[numbers] |= course.is_displaced(numbers, ARRIVAL_LOOK_BACK_US, policy.arrival_m_min)
    return stepped, came


def memory_us() -> int:
    """Return how far back a device is compared with where it was."""
    return 2 * ARRIVAL_LOOK_BACK_US + speeds.STRAY_US


def is_moving(fixes: Fixes, policy: Policy) -> Flags:
    """Return where speed, or the way from fix to fix, shows a device on its way."""
    is_moving, is_heard = np.zeros(len(fixes), np.bool_), masts.are_informative(fixes, policy)
    fixes = fixes if is_heard.all() else fixes.rows(is_heard)
    since_s = seconds_since_last(fixes)
    points_m, step_m, lead_m = _steps(fixes)
    on_path = _on_a_path(fixes, since_s, step_m, lead_m, policy)
    is_moving[is_heard] = speeds.measure(fixes, points_m, since_s, policy).led | on_path
    return is_moving


def seconds_since_last(fixes: Fixes) -> F64:
    """Return the time from the fix before to each fix; very long for the first, which has none."""
    since_s = np.full(len(fixes), BEFORE_S)
    since_s[1:] = np.diff(fixes.observed_us) / US_PER_S
    return since_s


def _begun(since_s: F64, policy: Policy) -> Indices:
    """Return, for each fix, the first one after the last silence so long that nobody knows."""
    numbers = np.arange(len(since_s))
    begun: Indices = np.maximum.accumulate(
        np.where(since_s > policy.silence_incident_s, numbers, 0)
    )
    return begun


def drift(pace: FixSampling, rows: slice, policy: Policy) -> Transition:
    """Return how the odds drift before some fixes: people leave and return, more on the way.

    After a silence so long that an officer was notified, nobody knows: even odds. The two-state
    chain in between has its usual share as the limit, however long the time.
    """
    since_s, moving = pace.since_s[rows], pace.moving[rows]
    back_per_s = policy.return_rate_per_h / S_PER_H
    out_per_h = np.where(moving, policy.leave_rate_moving_per_h, policy.leave_rate_per_h)
    out_per_s = out_per_h / S_PER_H
    # A device that lies still crosses no boundary: there time counts as little as the evidence.
    time_s = np.where(pace.at_rest[rows], since_s * policy.rest_rate_ratio, since_s)
    time_s = np.where(moving, np.minimum(since_s, policy.way_s_max), time_s)
    change_ratio = 1.0 - elementary.exp(-(time_s * (out_per_s + back_per_s)))
    usual_ratio = out_per_s / (out_per_s + back_per_s)
    silence = np.where(
        since_s > policy.silence_incident_s, two_state_filter.LONG, since_s > policy.silence_s
    )
    is_long = silence == two_state_filter.LONG
    p_leave = np.where(is_long, 0.5, usual_ratio * change_ratio)
    p_return = np.where(is_long, 0.5, (1.0 - usual_ratio) * change_ratio)
    return Transition(1.0 - p_return, p_leave, p_return, 1.0 - p_leave, silence.astype(np.int8))


def _steps(fixes: Fixes) -> tuple[F64, F64, F64]:
    """Return where each fix lies in space, how far from the one before, and the one before that."""
    points_m, step_m, lead_m = np.empty((3, len(fixes))), *np.zeros((2, len(fixes)))
    for first in range(0, len(fixes), BLOCK_FIXES):
        rows = slice(max(first - 2, 0), first + BLOCK_FIXES)
        x, y, z = points_m[:, rows] = earth.ecef_m(fixes.lat_deg[rows], fixes.lon_deg[rows])
        step_m[rows][1:] = length_m(np.diff(x), np.diff(y), np.diff(z))
        lead_m[rows][2:] = length_m(x[2:] - x[:-2], y[2:] - y[:-2], z[2:] - z[:-2])
    return points_m, step_m, lead_m


def first_that_bears(fixes: Fixes, number: int, policy: Policy) -> int:
    """Return the first fix that bears on whether a fix shows a device on its way."""
    slots_us = 2 * round(policy.correlation_moving_s * US_PER_S)
    since_us = int(fixes.observed_us[number]) - speeds.STRAY_US - slots_us
    steps = masts.first_behind(fixes, number, 2, policy)
    return min(steps, int(np.searchsorted(fixes.observed_us, since_us, side="right")))


def _lately(fixes: Fixes, flags: Flags, within_s: float) -> Flags:
    """Return where something is so, or was so short a while ago."""
    last_us = np.maximum.accumulate(np.where(flags, fixes.observed_us, MIN_US))
    lately: Flags = fixes.observed_us - last_us <= within_s * US_PER_S
    return lately


def _repeats(fixes: Fixes) -> Flags:
    """Return which fixes lie where the one before did, to the digit.

    No phone on its way does: it is the same measurement again, with the same error. A tag that
    rounds to a metre may (decision 0049).
    """
    repeats = np.zeros(len(fixes), np.bool_)
    repeats[1:] = (np.diff(fixes.lat_deg) == 0.0) & (np.diff(fixes.lon_deg) == 0.0)
    return repeats


def _fresh_s(fixes: Fixes, since_s: F64) -> F64:
    """Return the time from the last fix whose errors each fix may share.

    What masts say has nothing in common with what satellites or networks say a moment later.
    """
    is_cell = fixes.provider == Provider.CELL
    other_us = np.full(len(fixes), MIN_US)
    other_us[1:] = np.maximum.accumulate(np.where(is_cell, MIN_US, fixes.observed_us))[:-1]
    fresh_s: F64 = np.where(is_cell, since_s, (fixes.observed_us - other_us) / US_PER_S)
    return fresh_s


def _beacon_weight(fixes: Fixes, since_s: F64, policy: Policy) -> F64:
    """Return how much of a full piece of evidence it is to hear the home beacon, or to miss it.

    What silences a beacon, a flat battery or a wall, lasts: missing it all night is one reason, not
    hundreds.
    """
    missed_s = policy.beacon_missed_correlation_s
    correlation_s = np.where(fixes.beacon == 1, policy.beacon_correlation_s, missed_s)
    return np.minimum(since_s / correlation_s, 1.0)


def _last_beacon(fixes: Fixes) -> Indices:
    """Return the last fix until each that heard the home beacon; -1 for none."""
    last: Indices = np.maximum.accumulate(np.where(fixes.beacon == 1, np.arange(len(fixes)), -1))
    return last


def _beacon_lost(fixes: Fixes, policy: Policy) -> Flags:
    heard_us = np.where(fixes.beacon == 1, fixes.observed_us, MIN_US)
    since_us = fixes.observed_us - np.maximum.accumulate(heard_us)
    lost: Flags = (fixes.beacon == 0) & (since_us <= policy.path_s_max * US_PER_S)
    return lost


def longer_than_errors(fixes: Fixes, step_m: F64, policy: Policy) -> Flags:
    """Return which steps the confidence circles of their two ends do not explain."""
    longer, radius95_m = np.zeros(len(fixes), np.bool_), circle_m(fixes, policy)
    longer[1:] = step_m[1:] > radius95_m[1:] + radius95_m[:-1]
    return longer


def _on_a_path(fixes: Fixes, since_s: F64, step_m: F64, lead_m: F64, policy: Policy) -> Flags:
    """Return where this step and the one before lead on, together farther than the errors explain.

    Each must do its part: a jump to a wrong place, after a step on the spot, is no path. Nor is one
    to a wrong place and back, which leads nowhere; nor what creeps, or is faster than any car.
    """
    path, radius95_m = np.zeros(len(fixes), np.bool_), circle_m(fixes, policy)
    lead_m, last_m, first_m = lead_m[2:], step_m[2:], step_m[1:-1]
    circles_m = policy.path_step_ratio * (radius95_m[1:] + radius95_m[:-1])
    least_m = policy.path_part_ratio * lead_m
    on = lead_m > radius95_m[2:] + radius95_m[:-2]
    on &= lead_m >= policy.path_straight_ratio * (last_m + first_m)
    on &= (last_m >= np.maximum(least_m, circles_m[1:])) & (
        first_m >= np.maximum(least_m, circles_m[:-1])
    )
    on &= lead_m >= policy.path_mps_min * (since_s[2:] + since_s[1:-1])
    for part_m, took_s in ((last_m, since_s[2:]), (first_m, since_s[1:-1])):
        on &= (part_m <= policy.path_mps_max * took_s) & (took_s <= policy.path_gap_s_max)
    path[2:] = on
    return path
