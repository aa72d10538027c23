"""Zone errors: closed forms for the rate of false incidents and the delay of true ones.

A device at rest errs for a while and comes back. An error is taken for a breach when it leads so
far over the boundary that each fix counts in full, and lasts until the judge is sure. How often
errors lead so far is a power law through the published quantiles; how long they last is their
correlation time; how long the judge takes is a matter of the policy. The rate is the product:

    watched time / memory  *  share of errors beyond the distance  *  share that last so long

Walls decide both: in a high building or a basement errors are larger and last longer. So there is a
rate for each kind of building. The officer who enters an order reads these figures before anybody
is judged by it. They are averages over homes of that kind; docs/zone_check.md compares them with
the towns, and says within which factor they agree.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np

from mesure.evaluation import rules
from mesure.evaluation.feasibility import errors_at_rest
from mesure.evaluation.feasibility.errors_at_rest import (
    BUILDINGS,
    ERRORS,
    HOME_OFF_M,
    BuildingKind,
    ErrorsAtRest,
)
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.geo import error_model
from mesure.geo.fixes import F64, Provider
from mesure.geo.numeric.elementary import exp, log
from mesure.instants import S_PER_H

SAMPLING_S: Final = 60.0  # Between two reports, as in the towns that this is compared with.
WALK_MPS: Final = 1.3
TOLD_S: Final = 1800.0  # A visit not recognised within half an hour counts as one that cannot be.
KEPT: Final = 512
"""Of this many policies, devices and depths the figures are kept: a table of radii asks again and
again for the same."""

LLR_MIN: Final = 1e-3  # On the boundary a fix says nothing, and no error lasts long enough.


@lru_cache(maxsize=KEPT)
def reversal_llr(policy: Policy) -> float:
    """Return how much evidence turns the judge from surest of one side to saying the other."""
    not_met_odds = policy.p_not_met / (1.0 - policy.p_not_met)
    return _one(log, policy.certainty_max_odds) + _one(log, not_met_odds)


def false_per_day(
    policy: Policy,
    device_class: DeviceClass,
    building: BuildingKind,
    room_m: F64,
    depth_m: float,
    hours_per_day: float,
    *,
    is_home: bool,
) -> F64:
    """Return how many false incidents a day to expect of somebody who stays where they ought to be.

    `room_m` is how far that place is from the boundary all round, `depth_m` how deep the wrong side
    goes beyond it; `is_home` where the wrong side is away from home, which is believed more slowly
    of a device whose errors last. The rate never rises with room.
    """
    errors, walls = ERRORS[device_class], BUILDINGS[building]
    lasts_s = errors.away_memory_s if is_home else errors.memory_s
    memory_s = lasts_s * walls.memory_ratio
    correlation_s = policy.correlation_away_s if is_home else policy.correlation_s
    p_total = np.zeros(len(room_m))
    for row in errors.at_rest:
        over_m, p_lasts = _lasting(policy, row, depth_m, memory_s, correlation_s)
        away_m = room_m + over_m - HOME_OFF_M
        p_total = p_total + errors_at_rest.p_beyond(row, away_m, walls.error_ratio) * p_lasts
    per_day = hours_per_day * S_PER_H / memory_s
    return p_total / len(errors.at_rest) * per_day


@lru_cache(maxsize=KEPT)
def _lasting(
    policy: Policy, row: ErrorsAtRest, depth_m: float, memory_s: float, correlation_s: float
) -> tuple[float, float]:
    """Return how far over the boundary each fix counts most, and the share of errors that last.

    They last so long that the judge is sure.
    """
    over_m = min(reach_m(policy, row.radius95_m, policy.evidence_max_llr), depth_m)
    lasts_s = reversal_llr(policy) * correlation_s / _llr(policy, row.radius95_m, over_m)
    return over_m, _one(exp, -lasts_s / memory_s)


def p_slot_missed(
    device_class: DeviceClass, building: BuildingKind, room_m: F64, spare_s: float
) -> F64:
    """Return the chance that errors hide so much of a stay that a slot counts as missed.

    `spare_s` is how much of the slot may be hidden.
    """
    errors, walls = ERRORS[device_class], BUILDINGS[building]
    p_total = np.zeros(len(room_m))
    for row in errors.at_rest:
        p_total = p_total + errors_at_rest.p_beyond(row, room_m - HOME_OFF_M, walls.error_ratio)
    p_lasts = _one(exp, -spare_s / (errors.memory_s * walls.memory_ratio))
    return p_total / len(errors.at_rest) * p_lasts


def delay_s(policy: Policy, device_class: DeviceClass, depth_m: float) -> float:
    """Return how soon somebody who walks over the boundary is reported, at the median.

    The device reports once a minute. The first report that counts is the next one, or that from
    which the boundary is clear; then a second look is taken.
    """
    clear_m = reach_m(policy, ERRORS[device_class].walking_radius95_m, policy.evidence_max_llr)
    first_s = max(SAMPLING_S / 2.0, min(clear_m, depth_m) / WALK_MPS)
    return first_s + max(SAMPLING_S, policy.look_again_ratio * policy.correlation_s)


def slow_s(policy: Policy) -> float:
    """Return how long somebody who left may go untold when nothing but fixes adds up.

    So it is for two days after the position jumped, when a way alone is not believed.
    """
    return reversal_llr(policy) * policy.correlation_away_s / policy.evidence_max_llr


def detection_depth_m(policy: Policy, device_class: DeviceClass) -> float:
    """Return how far beyond the boundary a visit must lead to be reported in half an hour.

    Nearer, it cannot be told from errors that last as long.
    """
    asked_llr = reversal_llr(policy) * policy.correlation_s / TOLD_S
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
    """Return how much a fix says that lies this far over the boundary."""
    expected, over = rules.error_model(policy), np.array([over_m])
    sigma_m = error_model.sigma_m(expected, _GNSS, np.array([radius95_m]))
    told_llr = -float(error_model.log_ratio(expected, _GNSS, over, sigma_m)[0])
    return min(max(told_llr, LLR_MIN), policy.evidence_max_llr)


def _one(function: Callable[[F64], F64], x_ratio: float) -> float:
    return float(function(np.array([x_ratio]))[0])
