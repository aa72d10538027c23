"""The rules of other systems, as small functions, for comparison on the same data.

Each is faithful to the code or the paper it cites, with that system's own default parameters;
each parameter can be swept. A rule says after every fix whether the person is outside, inside,
or nothing; an opening is what an officer would see of it. A fix without a claimed accuracy
counts as exact, as all of these systems take it.

Decision: docs/decisions/0019-the-baseline-and-how-it-is-kept-fair.md
"""

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from mesure_lab.rules import baseline_filters, readings
from mesure_lab.rules.readings import Readings

KNOT_MPS = 1852.0 / 3600.0


class Verdict(Enum):
    """What a rule says after one fix."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    SAME = "same"  # Whatever it was.


OUTSIDE, INSIDE, SAME = Verdict.OUTSIDE, Verdict.INSIDE, Verdict.SAME


@dataclass(frozen=True, slots=True)
class RuleOpening:
    """A possible breach as a rule raises it.

    `since_s` is the time of the fix that decided, `opened_s` when an officer could see it,
    and `ended_s` when the rule saw the person back, infinite while it has not.
    """

    since_s: float
    opened_s: float
    ended_s: float


Rule = Callable[..., list[RuleOpening]]


# --- One fix decides -----------------------------------------------------------------------------


def traccar(
    fixes: Readings,
    hold_s: float = readings.REORDER_S,
    future_s_max: float = 86_400.0,
    accuracy_m_max: float = math.inf,
    speed_mps_max: float = math.inf,
    drops_repeats: float = 0.0,
    starts_inside: float = 0.0,
) -> list[RuleOpening]:
    """B0, B1: a fix outside after one inside; a person outside all along raises nothing.

    Fixes are put in order within `hold_s`; one older than the last stored raises nothing and
    changes nothing. The optional filters drop a fix before it is stored: too wide a circle,
    too fast from the last stored one, or the same time again.
    """
    lag_s = fixes.received_s - fixes.time_s
    credible_fixes = fixes.take(np.flatnonzero(lag_s >= -future_s_max))
    return _on_crossings(
        ordered := readings.buffer_fixes(credible_fixes, hold_s),
        _traccar(ordered, accuracy_m_max, speed_mps_max, drops_repeats > 0.0),
        starts_inside > 0.0,
    )


def _traccar(
    fixes: Readings, accuracy_m_max: float, speed_mps_max: float, drops_repeats: bool
) -> Iterator[Verdict]:
    last = -1
    for row in range(len(fixes)):
        if last >= 0:
            elapsed_s = fixes.time_s[row] - fixes.time_s[last]
            east_m = fixes.east_m[row] - fixes.east_m[last]
            north_m = fixes.north_m[row] - fixes.north_m[last]
            is_repeat = drops_repeats and elapsed_s == 0.0
            is_fast = elapsed_s > 0.0 and (math.hypot(east_m, north_m) / elapsed_s > speed_mps_max)
            if elapsed_s < 0.0 or is_repeat or is_fast:
                yield SAME
                continue
        if fixes.accuracy_m[row] > accuracy_m_max:
            yield SAME
            continue
        last = row
        yield OUTSIDE if fixes.beyond_m[row] > 0.0 else INSIDE


def owntracks_recorder(fixes: Readings, starts_inside: float = 0.0) -> list[RuleOpening]:
    """B5: a flip from inside to outside in order of receipt, however old the fix."""
    received = readings.as_received(fixes)
    verdicts = (OUTSIDE if beyond_m >= 0.0 else INSIDE for beyond_m in received.beyond_m)
    return _on_crossings(received, verdicts, starts_inside > 0.0)


def point_state(fixes: Readings) -> list[RuleOpening]:
    """B2: outside when the last fix is, so that being away when the window starts counts."""
    return _on_state(fixes, (OUTSIDE if s > 0.0 else INSIDE for s in fixes.beyond_m))


def home_assistant(fixes: Readings) -> list[RuleOpening]:
    """B3: inside when the distance less the accuracy is below the radius, else outside."""
    pairs = _pairs(fixes)
    return _on_state(fixes, (INSIDE if s - a < 0.0 else OUTSIDE for s, a in pairs))


def margin(
    fixes: Readings,
    accuracy_times: float = 1.0,
    margin_m: float = 0.0,
    in_a_row: float = 1.0,
    accuracy_m_max: float = math.inf,
) -> list[RuleOpening]:
    """Outside by more than `accuracy_times` accuracies and `margin_m`, `in_a_row` times in a row.

    One fix that isn't says inside again. Fixes with too wide a circle are left out.
    """
    return _on_state(fixes, _margin(fixes, accuracy_times, margin_m, in_a_row, accuracy_m_max))


def _margin(
    fixes: Readings, accuracy_times: float, margin_m: float, in_a_row: float, accuracy_m_max: float
) -> Iterator[Verdict]:
    run = 0
    for beyond_m, accuracy_m in _pairs(fixes):
        if accuracy_m > accuracy_m_max:
            yield SAME
            continue
        run = run + 1 if beyond_m > accuracy_times * accuracy_m + margin_m else 0
        yield INSIDE if run == 0 else OUTSIDE if run >= in_a_row else SAME


def icloud3(
    fixes: Readings, accuracy_m_max: float = 100.0, accuracy_times: float = 0.5
) -> list[RuleOpening]:
    """B4: drop fixes wider than 100 m; inside up to half an accuracy beyond the edge."""
    return margin(fixes, accuracy_times=accuracy_times, accuracy_m_max=accuracy_m_max)


def android_overlap(
    fixes: Readings, enter_ratio: float = 0.85, exit_ratio: float = 0.15, dwell_s: float = 0.0
) -> list[RuleOpening]:
    """B6: by the share of the confidence circle that the zone covers; between two shares, nothing.

    With a dwell, the circle must have stayed out that long.
    """
    return _on_state(fixes, _after_dwell(fixes, _overlap(fixes, enter_ratio, exit_ratio), dwell_s))


def _overlap(fixes: Readings, enter_ratio: float, exit_ratio: float) -> Iterator[Verdict]:
    for beyond_m, accuracy_m in _pairs(fixes):
        covered = overlap_ratio(beyond_m + fixes.radius_m, fixes.radius_m, accuracy_m)
        yield INSIDE if covered >= enter_ratio else OUTSIDE if covered <= exit_ratio else SAME


def ios_region(
    fixes: Readings, distance_m: float = 20.0, hold_s: float = 20.0
) -> list[RuleOpening]:
    """B7: beyond the edge by a minimum distance for 20 s; a timer decides, not the next fix."""
    result: list[RuleOpening] = []
    for opening in _on_state(fixes, _beyond(fixes, distance_m)):
        due_s = opening.opened_s + hold_s
        if opening.ended_s > due_s:
            result.append(RuleOpening(opening.since_s, due_s, opening.ended_s))
    return result


def _beyond(fixes: Readings, distance_m: float) -> Iterator[Verdict]:
    for beyond_m in fixes.beyond_m:
        yield OUTSIDE if beyond_m > distance_m else INSIDE if beyond_m <= 0.0 else SAME


def tracelet(
    fixes: Readings, exit_ratio: float = 0.1, exit_m_min: float = 20.0
) -> list[RuleOpening]:
    """B8: in at the edge; out by more than an accuracy and a tenth of the radius, at least 20 m."""
    ring_m = max(exit_ratio * fixes.radius_m, exit_m_min)
    return _on_state(fixes, _two_edges(fixes, 1.0, ring_m, math.inf))


def customerio(
    fixes: Readings,
    accuracy_times: float = 1.0,
    margin_m: float = 20.0,
    enter_accuracy_m_max: float = 50.0,
) -> list[RuleOpening]:
    """B9: out by more than an accuracy and 20 m; in by a fix better than 50 m; else undecided."""
    return _on_state(fixes, _two_edges(fixes, accuracy_times, margin_m, enter_accuracy_m_max))


def _two_edges(
    fixes: Readings, accuracy_times: float, margin_m: float, enter_accuracy_m_max: float
) -> Iterator[Verdict]:
    for beyond_m, accuracy_m in _pairs(fixes):
        if beyond_m > accuracy_times * accuracy_m + margin_m:
            yield OUTSIDE
        elif beyond_m <= 0.0 and accuracy_m < enter_accuracy_m_max:
            yield INSIDE
        else:
            yield SAME


# --- Several fixes decide ------------------------------------------------------------------------


def n_of_m(fixes: Readings, n: float = 3.0, m: float = 5.0) -> list[RuleOpening]:
    """B10: outside when n of the last m fixes are, inside when n of them are."""
    return _on_state(fixes, _n_of_m(fixes, int(n), int(m)))


def _n_of_m(fixes: Readings, n: int, m: int) -> Iterator[Verdict]:
    last: deque[bool] = deque(maxlen=m)
    for beyond_m in fixes.beyond_m:
        last.append(bool(beyond_m > 0.0))
        outside = sum(last)
        yield OUTSIDE if outside >= n else INSIDE if len(last) - outside >= n else SAME


def dwell(
    fixes: Readings, dwell_s: float = 600.0, accuracy_times: float = 0.0
) -> list[RuleOpening]:
    """B11: every fix outside for that long, by more than `accuracy_times` accuracies."""
    verdicts = _margin(fixes, accuracy_times, 0.0, 1.0, math.inf)
    return _on_state(fixes, _after_dwell(fixes, verdicts, dwell_s))


def _after_dwell(fixes: Readings, verdicts: Iterator[Verdict], dwell_s: float) -> Iterator[Verdict]:
    """Let OUTSIDE through only once it has stood for `dwell_s`, from fix to fix."""
    since_s = math.inf
    for time_s, verdict in zip(fixes.time_s, verdicts, strict=True):
        if verdict is INSIDE:
            since_s = math.inf
        elif verdict is OUTSIDE:
            since_s = min(since_s, time_s)
        yield OUTSIDE if time_s - since_s >= dwell_s else INSIDE if verdict is INSIDE else SAME


def cusum(fixes: Readings, threshold: float = 10.0) -> list[RuleOpening]:
    """B12: the running sum of log(P_out / P_in), never below zero, reaches the threshold."""
    return _on_flags(fixes, baseline_filters.cusum(fixes, threshold))


def hmm(
    fixes: Readings,
    open_p: float = 0.95,
    close_p: float = 0.3,
    leave_per_h: float = 0.03,
    return_per_h: float = 1.0,
) -> list[RuleOpening]:
    """B13: a two-state filter that takes every fix as independent evidence."""
    p_outside = baseline_filters.two_state(fixes, leave_per_h, return_per_h)
    verdicts = (OUTSIDE if p > open_p else INSIDE if p < close_p else SAME for p in p_outside)
    return _on_state(fixes, verdicts)


def kalman(fixes: Readings, spectral_density: float = 0.5) -> list[RuleOpening]:
    """B14: a constant-velocity Kalman filter, then the plain circle on what it says."""
    return _on_flags(fixes, baseline_filters.kalman_outside(fixes, spectral_density))


# --- From verdicts to openings -------------------------------------------------------------------


def _pairs(fixes: Readings) -> Iterator[tuple[float, float]]:
    """Yield how far beyond the edge and how accurate each fix is; not claimed counts as exact."""
    for beyond_m, accuracy_m in zip(fixes.beyond_m, fixes.accuracy_m, strict=True):
        yield float(beyond_m), 0.0 if math.isnan(accuracy_m) else float(accuracy_m)


def _on_flags(fixes: Readings, flags: Iterator[bool]) -> list[RuleOpening]:
    return _on_state(fixes, (OUTSIDE if is_outside else INSIDE for is_outside in flags))


def _on_state(fixes: Readings, verdicts: Iterator[Verdict]) -> list[RuleOpening]:
    """Open whenever the person is held to be outside while the condition binds."""
    result: list[RuleOpening] = []
    is_outside, is_open = False, False
    for row, verdict in enumerate(verdicts):
        is_outside = is_outside if verdict is SAME else verdict is OUTSIDE
        holds = is_outside and bool(fixes.is_bound[row])
        if is_open and not holds:
            result[-1] = _ended(result[-1], fixes, row)
        elif holds and not is_open:
            result.append(_opened(fixes, row))
        is_open = holds
    return result


def _on_crossings(
    fixes: Readings, verdicts: Iterator[Verdict], was_inside: bool
) -> list[RuleOpening]:
    """Open only when inside turns to outside while the condition binds; end with the return."""
    result: list[RuleOpening] = []
    is_open = False
    for row, verdict in enumerate(verdicts):
        if verdict is SAME:
            continue
        if verdict is INSIDE and is_open:
            result[-1] = _ended(result[-1], fixes, row)
            is_open = False
        elif verdict is OUTSIDE and was_inside and bool(fixes.is_bound[row]):
            result.append(_opened(fixes, row))
            is_open = True
        was_inside = verdict is INSIDE
    return result


def _opened(fixes: Readings, row: int) -> RuleOpening:
    return RuleOpening(float(fixes.time_s[row]), float(fixes.received_s[row]), math.inf)


def _ended(opening: RuleOpening, fixes: Readings, row: int) -> RuleOpening:
    return RuleOpening(opening.since_s, opening.opened_s, float(fixes.received_s[row]))


def overlap_ratio(distance_m: float, radius_m: float, accuracy_m: float) -> float:
    """Return the share of a confidence circle that lies in a zone's circle.

    >>> overlap_ratio(0.0, 100.0, 50.0), overlap_ratio(200.0, 100.0, 50.0)
    (1.0, 0.0)
    >>> overlap_ratio(0.0, 50.0, 100.0)
    0.25
    """
    if accuracy_m <= 0.0 or distance_m >= radius_m + accuracy_m:
        return 1.0 if distance_m <= radius_m and accuracy_m <= 0.0 else 0.0
    if distance_m <= abs(radius_m - accuracy_m):
        return min(1.0, (radius_m / accuracy_m) ** 2)
    zone_part = _segment(distance_m, radius_m, accuracy_m)
    circle_part = _segment(distance_m, accuracy_m, radius_m)
    return (zone_part + circle_part) / (math.pi * accuracy_m**2)


def _segment(distance_m: float, own_m: float, other_m: float) -> float:
    """Return the area of the piece of a circle beyond the chord it shares with another."""
    chord_m = (distance_m**2 + own_m**2 - other_m**2) / (2.0 * distance_m)
    half = math.acos(max(-1.0, min(1.0, chord_m / own_m)))
    return own_m**2 * (half - math.sin(half) * math.cos(half))
