"""The filters behind three baselines: cumulative sum, two-state filter, constant-velocity Kalman.

They take successive fixes as independent, which real ones are not; that is why they get worse
the faster a device reports.
"""

import math
from collections.abc import Iterator

from mesure_lab.rules.readings import Readings

# A circle holding the truth 68 % of the time has a radius of 1.51 standard deviations per axis.
SD_PER_RADIUS68 = 1.51
SD_M_MIN = 1.0
LOG_RATIO_MAX = 6.0
VELOCITY_SD_MPS = 10.0  # Before anything is known of it.


def log_ratio(beyond_m: float, accuracy_m: float) -> float:
    """Return log(P_out / P_in) of one fix at a straight edge, cut at +-6.

    >>> log_ratio(0.0, 10.0), log_ratio(1000.0, 10.0), log_ratio(-1000.0, 10.0)
    (0.0, 6.0, -6.0)
    """
    deviations = beyond_m / max(SD_M_MIN, accuracy_m / SD_PER_RADIUS68)
    if abs(deviations) >= 3.0:  # The logarithm passes 6 at 2.8 deviations.
        return math.copysign(LOG_RATIO_MAX, deviations)
    root = deviations / math.sqrt(2.0)
    ratio = math.log(math.erfc(-root) / math.erfc(root))
    return max(-LOG_RATIO_MAX, min(LOG_RATIO_MAX, ratio))


def cusum(fixes: Readings, threshold: float) -> Iterator[bool]:
    """Yield whether the person is held to be outside, by Page's cumulative sum both ways."""
    total, is_outside = 0.0, False
    for beyond_m, accuracy_m in zip(fixes.beyond_m, _accuracies_m(fixes), strict=True):
        ratio = log_ratio(float(beyond_m), accuracy_m)
        total = max(0.0, total + (-ratio if is_outside else ratio))
        if total >= threshold:
            total, is_outside = 0.0, not is_outside
        yield is_outside


def two_state(fixes: Readings, leave_per_h: float, return_per_h: float) -> Iterator[float]:
    """Yield the chance of being outside after each fix."""
    p_outside = leave_per_h / (leave_per_h + return_per_h)
    last_s = float(fixes.time_s[0]) if len(fixes) else 0.0
    rows = zip(fixes.time_s, fixes.beyond_m, _accuracies_m(fixes), strict=True)
    for time_s, beyond_m, accuracy_m in rows:
        hours = max(0.0, float(time_s) - last_s) / 3600.0
        last_s = float(time_s)
        stayed = p_outside * math.exp(-return_per_h * hours)
        left = (1.0 - p_outside) * (1.0 - math.exp(-leave_per_h * hours))
        p_outside = stayed + left
        weight = p_outside * math.exp(log_ratio(float(beyond_m), accuracy_m))
        p_outside = weight / (weight + 1.0 - p_outside)
        yield p_outside


class _Axis:
    """A constant-velocity Kalman filter along one axis."""

    def __init__(self, place_m: float, variance: float) -> None:
        self.place_m = place_m
        self._speed_mps = 0.0
        self._pp, self._pv, self._vv = variance, 0.0, VELOCITY_SD_MPS**2

    def step(self, elapsed_s: float, place_m: float, variance: float, density: float) -> None:
        """Predict over `elapsed_s`, then take in one measured place (Kalman 1960, its letters)."""
        dt, q = elapsed_s, density
        self.place_m += self._speed_mps * dt
        pp = self._pp + 2.0 * dt * self._pv + dt * dt * self._vv + q * dt**3 / 3.0
        pv = self._pv + dt * self._vv + q * dt**2 / 2.0
        vv = self._vv + q * dt
        kp, kv = pp / (pp + variance), pv / (pp + variance)
        innovation = place_m - self.place_m
        self.place_m += kp * innovation
        self._speed_mps += kv * innovation
        self._pp, self._pv, self._vv = (1.0 - kp) * pp, (1.0 - kp) * pv, vv - kv * pv


def kalman_outside(fixes: Readings, density: float) -> Iterator[bool]:
    """Yield whether the filtered place is outside the circle; the accuracy is the deviation."""
    axes: tuple[_Axis, _Axis] | None = None
    last_s = 0.0
    rows = zip(fixes.time_s, fixes.east_m, fixes.north_m, _accuracies_m(fixes), strict=True)
    for time_s, east_m, north_m, accuracy_m in rows:
        variance = max(SD_M_MIN, accuracy_m) ** 2
        if axes is None:
            axes = (_Axis(float(east_m), variance), _Axis(float(north_m), variance))
        else:
            elapsed_s = max(0.0, float(time_s) - last_s)
            axes[0].step(elapsed_s, float(east_m), variance, density)
            axes[1].step(elapsed_s, float(north_m), variance, density)
        last_s = float(time_s)
        yield math.hypot(axes[0].place_m, axes[1].place_m) > fixes.radius_m


def _accuracies_m(fixes: Readings) -> Iterator[float]:
    for accuracy_m in fixes.accuracy_m:
        yield 0.0 if math.isnan(accuracy_m) else float(accuracy_m)
