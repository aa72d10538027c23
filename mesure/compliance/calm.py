"""Where nothing changes: fixes that come in order, near the last one and far from every boundary.

Most fixes say only that what holds goes on. That they do can be shown without judging them: a place
moves away from a boundary no faster than the fix does. So whoever was judged a moment ago, and is
surely on the side where they were, is left alone; what came meanwhile is judged together with the
first fix of which as much cannot be shown. Nothing is approximated: until then `advance` would say
the same, to the bit, and a test asks it.

What has to be shown for a fix, for the lane of every boundary:

- it speaks for the side that the lane holds already;
- however the odds of the other side may have drifted, less what the fixes say at the least, they
  are below the thresholds: no status changes, and the device is not to be asked;
- it came in order, in time, before any silence, and no window begins, ends or counts as a whole.

Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from mesure.compliance import due, sides
from mesure.compliance.assessment import Assessment, Status
from mesure.compliance.cadence import NEVER_US, S_PER_H
from mesure.compliance.lanes import MET, NOT_MET, Flags
from mesure.compliance.near import Look
from mesure.compliance.policy import Policy
from mesure.compliance.rules import Rules, Stretch, to_datetime
from mesure.compliance.sides import Boundary
from mesure.compliance.spells import US_PER_S
from mesure.positions import earth, error_model
from mesure.positions import fixes as fixes_
from mesure.positions.fixes import F64, I64, Fixes

CLEAR_LLR: Final = (1.0, 3.0)
"""How plainly a fix may speak for its side, at the least; any says the least that is evidence."""

SLACK_M: Final = 2.0
SLACK_RATIO: Final = 0.03
"""Ways are measured in a plane here: a degree of longitude changes by 1.2 % within the room."""

HAIR_M: Final = 0.01
"""So much less room than was measured is taken for sure."""

ROOM_M_MAX: Final = 20_000.0
"""Farther than this from the last fix judged, distances are not compared."""

LAT_DEG_MAX: Final = 75.0
"""Nor nearer to a pole: a degree of longitude changes too quickly there."""


class Calm(NamedTuple):
    """Until when, and how near, fixes change nothing."""

    at_deg: tuple[float, float]  # Latitude and longitude of the last fix that was judged,
    m_per_deg: tuple[float, float]  # how long a degree of each is there,
    wrong_m: F64  # and how far it lies on the wrong side of each boundary.
    edge_us: int  # The next moment at which something changes by itself.
    last_us: int  # When the last fix was taken,
    received_us: int  # and received.
    spoken_us: int  # A fix as old as this, or older, was spoken of when the last one came.
    odds: float  # Those of the other side of every boundary, at the most.

    @property
    def is_right(self) -> bool:
        """Tell whether the person is on the right side of every boundary."""
        return bool((self.wrong_m < 0.0).all())

    def due_us(self, policy: Policy) -> int:
        """Return when it is to be judged again, if nothing comes."""
        return min(self.edge_us, self.last_us + _silence_us(policy))


def begin(rules: Rules, look: Look) -> Calm | None:
    """Return what changes nothing after a look; None where anything might."""
    view, fixes = look.view, look.view.statement.fixes
    until_us = view.statement.judgement.until_us
    if look.pair.near is None or look.ahead.asks or not len(fixes):
        return None
    last_us, lat_deg = int(fixes.observed_us[-1]), float(fixes.lat_deg[-1])
    if last_us > until_us or abs(lat_deg) > LAT_DEG_MAX:
        return None
    wrong_m = _wrong_m(rules, fixes)
    if not (_are_sure(rules, look, wrong_m) and _holds(rules, look, wrong_m)):
        return None
    scale = earth.scale(fixes.lat_deg[-1:])
    return Calm(
        (lat_deg, float(fixes.lon_deg[-1])),
        (float(scale.lat_m_per_deg[0]), float(scale.lon_m_per_deg[0])),
        wrong_m,
        min(due.edges_us(rules, until_us), default=-NEVER_US),
        last_us,
        int(fixes.received_us.max()),
        NEVER_US,
        _odds_against(look, wrong_m),
    )


def go_on(rules: Rules, calm: Calm, fixes: Fixes, until_us: int) -> Calm | None:
    """Return the same after further fixes; None where they may change something.

    Without fixes only time has passed.
    """
    fixes = fixes_.without_repeats(fixes)
    if not len(fixes):
        return calm if until_us < calm.due_us(rules.policy) else None
    after = _heard(rules.policy, calm, fixes)
    if after is None or not fixes.observed_us[-1] <= until_us < after.due_us(rules.policy):
        return None
    says_llr = _says_llr(rules, calm, fixes)
    if says_llr is None:
        return None
    steps_us = np.diff(fixes.observed_us, prepend=calm.last_us)
    odds = _drifted(rules.policy, calm.odds, steps_us / US_PER_S, says_llr, fixes.beacon == 0)
    return after._replace(odds=odds) if odds <= _odds_max(rules.policy) else None


def extended(assessments: Sequence[Assessment], was_us: int, until_us: int) -> list[Assessment]:
    """Return those assessments that were under way at a look, up to a later one."""
    was, until = to_datetime(was_us), to_datetime(until_us)
    return [
        replace(one, span=replace(one.span, end=until))
        for one in assessments
        if one.span.end == was
    ]


# --- Where everything stands ---------------------------------------------------------------------


def _wrong_m(rules: Rules, fixes: Fixes) -> F64:
    """Return how far the last fix lies on the wrong side of each boundary."""
    lat_deg, lon_deg = fixes.lat_deg[-1:], fixes.lon_deg[-1:]
    found = [float(sides.measure(one, lat_deg, lon_deg)[0]) for one in rules.boundaries]
    return np.array(found)


def _are_sure(rules: Rules, look: Look, wrong_m: F64) -> bool:
    """Return whether each lane holds the side of the last fix, with no evidence against it."""
    state = look.view.end.lanes
    if not _odds_against(look, wrong_m) <= _odds_max(rules.policy):
        return False
    met = (wrong_m < 0.0) & (state.mode == MET)
    not_met = (wrong_m > 0.0) & (state.mode == NOT_MET)
    said = look.view.statement.judgement.said
    holds = np.array([one.decided[-1] == MET for one in said], np.bool_)
    sure = ((met & holds) | not_met) & (state.sum_llr == 0.0)
    return bool(sure.all())


def _odds_against(look: Look, wrong_m: F64) -> float:
    """Return the odds of the other side, of the boundary where they are greatest."""
    odds = look.view.end.lanes.odds
    return float(np.where(wrong_m > 0.0, 1.0 / odds, odds).max(initial=0.0))


def _holds(rules: Rules, look: Look, wrong_m: F64) -> bool:
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
    told = [one for one in look.view.assessments if one.span.end == until]
    return all(one.status is Status.MET for one in told)


def _now(window: Sequence[Stretch], until_us: int) -> Iterator[Stretch]:
    return (one for one in window if one.start_us <= until_us < one.end_us)


# --- What fixes say ------------------------------------------------------------------------------


def _heard(policy: Policy, calm: Calm, fixes: Fixes) -> Calm | None:
    """Return the same after fixes that came in order and in time, and soon enough."""
    observed_us = np.append(calm.last_us, fixes.observed_us)
    received_us = np.append(calm.received_us, fixes.received_us)
    steps_us, waits_us = np.diff(observed_us), np.diff(received_us)
    silence_us, hold_us = _silence_us(policy), round(policy.late_s * US_PER_S)
    if not 0 < steps_us.min() <= steps_us.max() <= silence_us or waits_us.min() < 0:
        return None
    if (received_us[1:] > observed_us[:-1] + silence_us).any():
        return None
    is_slow = received_us[1:] - observed_us[1:] > hold_us
    spoken_us = _spoken_us(calm, observed_us, received_us, hold_us)
    if (is_slow & (received_us[1:] > spoken_us + silence_us)).any():
        return None
    return calm._replace(
        last_us=int(observed_us[-1]),
        received_us=int(received_us[-1]),
        spoken_us=int(spoken_us[-1]),
    )


def _spoken_us(calm: Calm, observed_us: I64, received_us: I64, hold_us: int) -> I64:
    """Return of when, at the least, had been spoken when each fix but the first came."""
    known = np.searchsorted(received_us, received_us[1:] - hold_us, side="right") - 1
    return np.where(known >= 0, observed_us[np.maximum(known, 0)], calm.spoken_us)


def _says_llr(rules: Rules, calm: Calm, fixes: Fixes) -> F64 | None:
    """Return how plainly each fix speaks for the sides that are held; None where one may not."""
    (lat_deg, lon_deg), (lat_m_per_deg, lon_m_per_deg) = calm.at_deg, calm.m_per_deg
    north_m = (fixes.lat_deg - lat_deg) * lat_m_per_deg
    east_m = (fixes.lon_deg - lon_deg) * lon_m_per_deg
    way_m = np.sqrt(north_m * north_m + east_m * east_m)
    if not (way_m <= ROOM_M_MAX).all():
        return None
    sigma_m = error_model.sigma_m(rules.model, fixes.provider, fixes.radius95_m)
    least_llr, most_llr = rules.policy.evidence_min_llr, rules.policy.evidence_max_llr
    levels = [
        (min(llr, most_llr), error_model.reach_m(rules.model, fixes.provider, sigma_m, llr))
        for llr in (least_llr, *CLEAR_LLR)
    ]
    _, enough_m = levels[-1]
    room_m, way_m = enough_m, way_m * (1.0 + SLACK_RATIO) + SLACK_M
    for boundary, wrong_m in zip(rules.boundaries, calm.wrong_m.tolist(), strict=True):
        if boundary.hears_home and wrong_m > 0.0 and (fixes.beacon == 1).any():
            return None
        left_m = abs(wrong_m) - way_m
        if (left_m < enough_m).any():
            # Between fixes there may be a small place to keep out of: no way leads through one that
            # is farther off than the fixes.
            if boundary.outside and not (left_m > 0.0).all():
                return None
            room_m = np.minimum(room_m, _room_m(boundary, wrong_m, fixes))
    says_llr = np.zeros(len(fixes))
    for llr, reach_m in levels:
        says_llr[room_m >= reach_m] = llr
    return says_llr if (says_llr > 0.0).all() else None


def _room_m(boundary: Boundary, wrong_m: float, fixes: Fixes) -> F64:
    """Return how far each fix lies on the side of a boundary that is held."""
    now_m = sides.measure(boundary, fixes.lat_deg, fixes.lon_deg)
    return (now_m if wrong_m > 0.0 else -now_m) - HAIR_M


# --- How far the odds may drift ------------------------------------------------------------------


def _silence_us(policy: Policy) -> int:
    return round(min(policy.silence_s, policy.silence_incident_s) * US_PER_S)


def _odds_max(policy: Policy) -> float:
    """Return the odds of the other side up to which nothing is decided for it, nor asked."""
    met = policy.p_met / (1.0 - policy.p_met)
    ask = policy.p_ask_min / (1.0 - policy.p_ask_min)
    return min(met, ask, 1.0 / met) * (1.0 - 1e-6)


def _drifted(policy: Policy, odds: float, steps_s: F64, says_llr: F64, missed: Flags) -> float:
    """Return the greatest odds of the other side after one of some fixes; infinite: any.

    In a time t odds o drift to at most (1 + o) / (1 - r t) - 1, with r the greatest rate of leaving
    or returning. Then a fix that says e divides them by at least 1 + e w, with w the least share of
    it that counts; a home beacon that is missed takes its part away.
    """
    rates = policy.leave_rate_per_h, policy.leave_rate_moving_per_h, policy.return_rate_per_h
    correlation_s = max(policy.correlation_s, policy.correlation_moving_s)
    counts_ratio = np.minimum(steps_s / correlation_s, 1.0)
    beacon_ratio = np.minimum(steps_s / policy.beacon_missed_correlation_s, 1.0)
    says = says_llr * counts_ratio - np.where(missed, policy.beacon_missed_llr * beacon_ratio, 0.0)
    stays = 1.0 - steps_s * (max(rates) / S_PER_H)
    if not ((stays > 0.0).all() and (says > -1.0).all()):
        return float("inf")
    least = 1.0 / policy.certainty_max_odds
    most = odds
    for stay, say in zip(stays.tolist(), says.tolist(), strict=True):
        odds = max(((1.0 + odds) / stay - 1.0) / (1.0 + say), least)
        most = max(most, odds)
    return most
