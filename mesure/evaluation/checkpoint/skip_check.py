"""Skip check: fixes that change nothing, shown without judging them.

Most fixes say only that what holds goes on. That they do can be shown without judging them: a place
moves away from a boundary no faster than the fix does. So a person judged a moment ago, who is
surely on the side where they were, is left alone; what came meanwhile is judged together with the
first fix for which this cannot be shown. Nothing is approximated: until then `evaluate` would say
the same, to the bit, and a test asks it.

What has to be shown for a fix, at every boundary:

- it speaks for the side that the filter holds already;
- however the odds of the other side may have drifted, less what the fixes say at least, they
  are below the thresholds: no status changes, and the device is not to be asked;
- it came in order, in time, before any silence, and no window begins, ends or counts as a whole.

Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation import next_wakeup
from mesure.evaluation.assessment import Status
from mesure.evaluation.checkpoint.recent import EvaluationResult
from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.two_state_filter import MET, NOT_MET
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import RuleInterval, Rules
from mesure.geo import earth
from mesure.geo.fixes import F64, Fixes
from mesure.instants import MAX_US, MIN_US, US_PER_S, to_datetime

LAT_DEG_MAX: Final = 75.0
"""Nearer to a pole nobody is left alone: a degree of longitude changes too quickly there."""


class SkipBounds(NamedTuple):
    """Until when, and how near, fixes change nothing."""

    at_deg: tuple[float, float]  # Latitude and longitude of the last fix that was judged,
    m_per_deg: tuple[float, float]  # how long a degree of each is there,
    wrong_m: F64  # and how far it lies on the wrong side of each boundary,
    nearest_m: float  # the nearest of which is so far from it.
    edge_us: int  # The next moment at which something changes by itself.
    last_us: int  # When the last fix was taken,
    received_us: int  # and received.
    spoken_us: int  # A fix as old as this, or older, was spoken of when the last one came.
    odds: float  # Those of the other side of every boundary, at most.

    @property
    def is_right(self) -> bool:
        """Tell whether the person is on the right side of every boundary."""
        return bool((self.wrong_m < 0.0).all())

    def due_us(self, policy: Policy) -> int:
        """Return when it is to be judged again, if nothing comes."""
        return min(self.edge_us, self.last_us + silence_us(policy))


def begin(rules: Rules, look: EvaluationResult) -> SkipBounds | None:
    """Return what changes nothing after a look; None where anything might."""
    view, fixes = look.view, look.view.statement.fixes
    until_us = view.statement.judgement.until_us
    if look.checkpoints.recent is None or look.ahead.asks or not len(fixes):
        return None
    last_us, lat_deg = int(fixes.observed_us[-1]), float(fixes.lat_deg[-1])
    if abs(lat_deg) > LAT_DEG_MAX:
        return None
    if not last_us <= until_us < last_us + silence_us(rules.policy):
        return None  # A clock ahead; or the device lies still, and nobody hears a fix.
    wrong_m = _wrong_m(rules, fixes)
    if not (_are_sure(rules, look, wrong_m) and _holds(rules, look, wrong_m)):
        return None
    scale = earth.scale(fixes.lat_deg[-1:])
    return SkipBounds(
        (lat_deg, float(fixes.lon_deg[-1])),
        (float(scale.lat_m_per_deg[0]), float(scale.lon_m_per_deg[0])),
        wrong_m,
        float(np.abs(wrong_m).min(initial=np.inf)),
        min(next_wakeup.edges_us(rules, until_us), default=MAX_US),
        last_us,
        int(fixes.received_us.max()),
        MIN_US,
        _odds_against(look, wrong_m),
    )


# --- Where everything stands ---------------------------------------------------------------------


def _wrong_m(rules: Rules, fixes: Fixes) -> F64:
    """Return how far the last fix lies on the wrong side of each boundary."""
    lat_deg, lon_deg = fixes.lat_deg[-1:], fixes.lon_deg[-1:]
    wrong_m = [float(allowed_area.measure(one, lat_deg, lon_deg)[0]) for one in rules.boundaries]
    return np.array(wrong_m)


def _are_sure(rules: Rules, look: EvaluationResult, wrong_m: F64) -> bool:
    """Return whether each lane holds the side of the last fix, with no evidence against it."""
    state = look.view.statement.judgement.end.lanes
    if not _odds_against(look, wrong_m) <= odds_max(rules.policy):
        return False
    met = (wrong_m < 0.0) & (state.mode == MET)
    not_met = (wrong_m > 0.0) & (state.mode == NOT_MET)
    outputs = look.view.statement.judgement.said
    holds = np.array([one.decided[-1] == MET for one in outputs], np.bool_)
    sure = ((met & holds) | not_met) & (state.sum_llr == 0.0)
    return bool(sure.all())


def _odds_against(look: EvaluationResult, wrong_m: F64) -> float:
    """Return the odds of the other side, of the boundary where they are greatest."""
    odds = look.view.statement.judgement.end.lanes.odds
    return float(np.where(wrong_m > 0.0, 1.0 / odds, odds).max(initial=0.0))


def _holds(rules: Rules, look: EvaluationResult, wrong_m: F64) -> bool:
    """Return whether whatever binds now is met, and none of it is judged as a whole."""
    until_us = look.view.statement.judgement.until_us
    windows = [
        window
        for condition in rules.conditions
        for window in condition.between(until_us, until_us + 1)
    ]
    if any(one.duty.timetable.slots for window in windows for one in window):
        return False
    if any(wrong_m[one.lane] >= 0.0 for window in windows for one in _now(window, until_us)):
        return False
    until = to_datetime(until_us)
    assessments = [one for one in look.view.assessments if one.span.end == until]
    return all(one.status is Status.MET for one in assessments)


def _now(window: Sequence[RuleInterval], until_us: int) -> Iterator[RuleInterval]:
    return (one for one in window if one.start_us <= until_us < one.end_us)


# --- When something changes by itself ------------------------------------------------------------


def silence_us(policy: Policy) -> int:
    """Return how long nothing may come before it is a silence."""
    return round(min(policy.silence_s, policy.silence_incident_s) * US_PER_S)


def odds_max(policy: Policy) -> float:
    """Return the odds of the other side up to which nothing is decided for it, nor asked."""
    met = policy.p_met / (1.0 - policy.p_met)
    ask = policy.p_ask_min / (1.0 - policy.p_ask_min)
    return min(met, ask, 1.0 / met) * (1.0 - 1e-6)
