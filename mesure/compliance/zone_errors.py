"""How often errors alone will look like a breach, and how soon a true one is seen: closed forms.

A device at rest errs for a while and comes back. An error is taken for a breach when it leads so
far over the boundary that each fix counts in full, and lasts until the judge is sure. How often
errors lead so far is a power law through the published quantiles; how long they last is their
correlation time; how long the judge takes is a matter of the policy. The rate is the product:

    watched time / memory  *  share of errors beyond the distance  *  share that last so long

Whoever enters an order is told these figures before anybody is judged by it. They are averages over
homes, good to a factor of three for circles; docs/zone_check.md holds them against the towns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from mesure.compliance import lanes, rules
from mesure.compliance.policy import DeviceClass, Policy
from mesure.positions import error_model
from mesure.positions.elementary import exp, log
from mesure.positions.fixes import F64, Provider

MEASURED: Final = "2026-11"  # The table below, and the pages that it is taken from.
S_PER_H: Final = 3600.0


@dataclass(frozen=True, slots=True)
class AtRest:
    """The errors of one kind of device at rest: a row of the published tables."""

    row: str  # Of docs/error_model.md, "Errors of single fixes".
    q50_m: float
    q95_m: float
    tail_factor: float  # The index of the power law beyond the 95 % point.
    # What it claims at the median: docs/simulated_towns.md, "Claims"; phones claim 68 %, and 95 %
    # of a circular Gaussian lie within 1.62 times that.
    radius95_m: float


@dataclass(frozen=True, slots=True)
class DeviceErrors:
    """What one class of devices does; its rows are taken to be equally likely."""

    at_rest: tuple[AtRest, ...]
    memory_s: float  # How long an error lasts: docs/error_model.md, "Errors persist".
    walking_radius95_m: float  # What it claims on foot: docs/simulated_towns.md, "Claims".


ERRORS: Final = {
    DeviceClass.PHONE: DeviceErrors(
        (
            AtRest("phone indoors, high accuracy, Android", 4.4, 12.0, 2.6, 25.4),
            AtRest("phone indoors, balanced, Android", 4.5, 11.0, 1.4, 25.4),
            AtRest("phone indoors, balanced, iOS", 7.3, 27.0, 1.9, 16.2),
        ),
        memory_s=480.0,  # The middle of 370 to 600 s.
        walking_radius95_m=26.9,
    ),
    # Of the rows of tags the one with the heavier tail; no record of a real ankle tag could be had.
    DeviceClass.GNSS_TAG: DeviceErrors(
        (AtRest("GNSS logger in a house", 6.6, 30.0, 1.6, 24.2),),
        # The slow rest beyond 90 to 170 s: an error that outlasts the judge is of that.
        memory_s=300.0,
        walking_radius95_m=24.2,  # As at rest: nothing was measured on foot.
    ),
}

# The rows were measured in a house and a flat. In one home of five, in a tower or below ground,
# errors are taken to be twice as large (assumed, as in docs/simulated_towns.md).
HOMES: Final = ((0.8, 1.0), (0.2, 2.0))  # Share, and how many times larger the errors are.
HOME_OFF_M: Final = 7.0
"""How far the middle of a home's circle lies from where the person is, at the median: geocoded
addresses are up to 20 m off (docs/error_model.md, "Boundaries"; the median is assumed)."""

P_UNHEARD: Final = 0.05
"""How often a home beacon is not heard at home (assumed, as in docs/simulated_towns.md)."""

SAMPLING_S: Final = 60.0  # Between two reports, as in the towns that this is held against.
WALK_MPS: Final = 1.3
TOLD_S: Final = 1800.0  # A visit that is not told within half an hour is one that cannot be told.
P_AT_Q95: Final = 0.05
P_AT_Q50: Final = 0.5
KEPT: Final = 512
"""Of so many policies, devices and depths the figures are kept: a table of radii asks again and
again for the same."""

LLR_MIN: Final = 1e-3  # On the boundary a fix says nothing, and no error lasts long enough.


def p_beyond(row: AtRest, distance_m: F64) -> F64:
    """Return the share of fixes at rest that err by more than a distance, over all homes.

    >>> logger = ERRORS[DeviceClass.GNSS_TAG].at_rest[0]
    >>> p_beyond(logger, np.array([0.0, 30.0, 100.0])).round(3).tolist()
    [0.5, 0.069, 0.01]
    """
    p_total = np.zeros(len(distance_m))
    for share_ratio, larger in HOMES:
        p_total = p_total + share_ratio * _p_beyond(row, distance_m / larger)
    return p_total


def _p_beyond(row: AtRest, distance_m: F64) -> F64:
    """Return it for the home that was measured: power laws that meet at the 95 % point."""
    middle, tail = np.maximum(distance_m, row.q50_m), np.maximum(distance_m, row.q95_m)
    fall = _fall(row)
    p_tail = P_AT_Q95 * exp(log(row.q95_m / tail) * row.tail_factor)
    return np.where(distance_m < row.q95_m, P_AT_Q50 * exp(log(row.q50_m / middle) * fall), p_tail)


@lru_cache(maxsize=KEPT)
def _fall(row: AtRest) -> float:
    """Return the index of the power law between the median and the 95 % point."""
    return _one(log, P_AT_Q50 / P_AT_Q95) / _one(log, row.q95_m / row.q50_m)


@lru_cache(maxsize=KEPT)
def needed_llr(policy: Policy) -> float:
    """Return how much evidence turns the judge from surest of one side to saying the other."""
    not_met_odds = policy.p_not_met / (1.0 - policy.p_not_met)
    return _one(log, policy.certainty_max_odds) + _one(log, not_met_odds)


def false_per_day(
    policy: Policy,
    device_class: DeviceClass,
    room_m: F64,
    depth_m: float,
    hours_per_day: float,
) -> F64:
    """Return how many false incidents a day to expect of somebody who stays where they ought to be.

    `room_m` is how far that place is from the boundary all round, `depth_m` how deep the wrong side
    goes beyond it. The rate never rises with room.
    """
    errors = ERRORS[device_class]
    p_total = np.zeros(len(room_m))
    for row in errors.at_rest:
        over_m, p_lasts = _lasting(policy, row, depth_m, errors.memory_s)
        p_total = p_total + p_beyond(row, room_m + over_m - HOME_OFF_M) * p_lasts
    per_day = hours_per_day * S_PER_H / errors.memory_s
    return p_total / len(errors.at_rest) * per_day


@lru_cache(maxsize=KEPT)
def _lasting(policy: Policy, row: AtRest, depth_m: float, memory_s: float) -> tuple[float, float]:
    """Return how far over the boundary each fix counts most, and the share of errors that last.

    They last so long that the judge is sure.
    """
    over_m = min(reach_m(policy, row.radius95_m, policy.evidence_max_llr), depth_m)
    lasts_s = needed_llr(policy) * policy.correlation_s / _llr(policy, row.radius95_m, over_m)
    return over_m, _one(exp, -lasts_s / memory_s)


def p_slot_missed(device_class: DeviceClass, room_m: F64, spare_s: float) -> F64:
    """Return the chance that errors hide so much of a stay that a slot counts as missed.

    `spare_s` is how much of the slot may be hidden.
    """
    errors = ERRORS[device_class]
    p_total = np.zeros(len(room_m))
    for row in errors.at_rest:
        p_total = p_total + p_beyond(row, room_m - HOME_OFF_M)
    return p_total / len(errors.at_rest) * _one(exp, -spare_s / errors.memory_s)


def delay_s(policy: Policy, device_class: DeviceClass, depth_m: float) -> float:
    """Return how soon somebody who walks over the boundary is told, at the median.

    The device reports once a minute. The first report that counts is the next one, or that from
    which the boundary is clear; then a second look is taken.
    """
    clear_m = reach_m(policy, ERRORS[device_class].walking_radius95_m, policy.evidence_max_llr)
    first_s = max(SAMPLING_S / 2.0, min(clear_m, depth_m) / WALK_MPS)
    return first_s + max(SAMPLING_S, lanes.LOOK_AGAIN_RATIO * policy.correlation_s)


def told_m(policy: Policy, device_class: DeviceClass) -> float:
    """Return how far beyond the boundary a visit must lead to be told within half an hour.

    Nearer, it cannot be told from errors that last as long.
    """
    asked_llr = needed_llr(policy) * policy.correlation_s / TOLD_S
    cap_llr = min(asked_llr, policy.evidence_max_llr)
    return max(reach_m(policy, row.radius95_m, cap_llr) for row in ERRORS[device_class].at_rest)


def ordinary_m(device_class: DeviceClass) -> float:
    """Return within which distance of where the person is nineteen fixes of twenty lie."""
    return HOME_OFF_M + max(row.q95_m for row in ERRORS[device_class].at_rest)


_GNSS: Final = np.array([Provider.GNSS], np.int8)


@lru_cache(maxsize=KEPT)
def reach_m(policy: Policy, radius95_m: float, cap_llr: float) -> float:
    """Return how far over the boundary a fix says as much as `cap_llr`."""
    expected, claimed_m = rules.error_model(policy), np.array([radius95_m])
    sigma_m = error_model.sigma_m(expected, _GNSS, claimed_m)
    return float(error_model.reach_m(expected, _GNSS, sigma_m, cap_llr)[0])


def _llr(policy: Policy, radius95_m: float, over_m: float) -> float:
    """Return how much a fix says that lies so far over the boundary."""
    expected, over = rules.error_model(policy), np.array([over_m])
    sigma_m = error_model.sigma_m(expected, _GNSS, np.array([radius95_m]))
    told_llr = -float(error_model.log_ratio(expected, _GNSS, over, sigma_m)[0])
    return min(max(told_llr, LLR_MIN), policy.evidence_max_llr)


def _one(function: Callable[[F64], F64], x_ratio: float) -> float:
    return float(function(np.array([x_ratio]))[0])
