"""Exponential, logarithm, sine and cosine, with the same last bit on every machine.

The vectorised functions of numerical libraries give other last bits with other vector
instructions, and a last bit is enough to move a statement about a person by one fix. These use
only + - * /, square roots, rounding and moves of bits, in a fixed order, all of which IEEE 754
settles. Each is a Taylor series after the argument has been brought near zero, and lies within 4
units in the last place of the true value. Decision: docs/decisions/0003-the-core-is-pure.md
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesure.geo.numeric import elementary_loops, geo_kernels

F64 = NDArray[np.float64]

RAD_PER_DEG: Final = 0.017453292519943295
LN2_HIGH: Final = 0.6931471803691238  # The first 33 bits: times a small integer it is exact.
LN2_LOW: Final = 1.9082149292705877e-10
LOG2_E: Final = 1.4426950408889634
EXP_MIN: Final = -708.0  # Below, exp is taken as 0: no subnormal number matters here.
EXP_MAX: Final = 709.0


def exp(x: F64) -> F64:
    """Return e to the x; 0 below -708 and infinite above 709.

    >>> exp(np.array([0.0, 1.0, -1000.0])).round(12).tolist()
    [1.0, 2.718281828459, 0.0]
    """
    if geo_kernels.is_compiled():
        out = np.empty(np.shape(x))
        elementary_loops.exp(np.ravel(x), out.reshape(-1))
        return out
    inside = np.minimum(np.maximum(x, EXP_MIN), EXP_MAX)
    power = np.rint(inside * LOG2_E)
    rest = (inside - power * LN2_HIGH) - power * LN2_LOW
    series = 1.0 + rest * _exp_tail(rest)
    scaled = series * (power.astype(np.int64) + 1023 << 52).view(np.float64)
    return np.where(x < EXP_MIN, 0.0, np.where(x > EXP_MAX, np.inf, scaled))


def _exp_tail(r: F64) -> F64:
    """Return (exp(r) - 1) / r for |r| <= 0.35."""
    s = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    s = 1.0 / 39916800.0 + r * s
    s = 1.0 / 3628800.0 + r * s
    s = 1.0 / 362880.0 + r * s
    s = 1.0 / 40320.0 + r * s
    s = 1.0 / 5040.0 + r * s
    s = 1.0 / 720.0 + r * s
    s = 1.0 / 120.0 + r * s
    s = 1.0 / 24.0 + r * s
    s = 1.0 / 6.0 + r * s
    s = 0.5 + r * s
    return 1.0 + r * s


def log(x: F64) -> F64:
    """Return the natural logarithm of finite numbers from 0 up; minus infinity at 0.

    >>> log(np.array([1.0, 2.0, 0.0])).tolist()
    [0.0, 0.6931471805599453, -inf]
    """
    half, power = np.frexp(x)  # Exact: x is half * 2**power, with half from 0.5 up to 1.
    small = half < 0.7071067811865476
    mantissa = np.where(small, half + half, half)
    exponent = (power - small).astype(np.float64)
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    near_one = 2.0 * ratio + ratio * _log_tail(ratio * ratio)
    total = exponent * LN2_HIGH + (near_one + exponent * LN2_LOW)
    return np.where(x == 0.0, -np.inf, total)


def _log_tail(z: F64) -> F64:
    """Return 2 atanh(s) / s - 2 for z = s * s <= 0.03."""
    s = 2.0 / 21.0 + z * (2.0 / 23.0)
    s = 2.0 / 19.0 + z * s
    s = 2.0 / 17.0 + z * s
    s = 2.0 / 15.0 + z * s
    s = 2.0 / 13.0 + z * s
    s = 2.0 / 11.0 + z * s
    s = 2.0 / 9.0 + z * s
    s = 2.0 / 7.0 + z * s
    s = 2.0 / 5.0 + z * s
    return z * (2.0 / 3.0 + z * s)


def sin_cos_deg(angle_deg: F64) -> tuple[F64, F64]:
    """Return the sine and the cosine of angles in degrees; exact at multiples of 90.

    >>> sine, cosine = sin_cos_deg(np.array([30.0, 180.0]))
    >>> sine.round(12).tolist(), cosine.round(12).tolist()
    ([0.5, -0.0], [0.866025403784, -1.0])
    """
    if geo_kernels.is_compiled():
        result = np.empty((2, *np.shape(angle_deg)))
        flat = result.reshape(2, -1)
        elementary_loops.sin_cos_deg(np.ravel(angle_deg), flat[0], flat[1])
        return result[0], result[1]
    quarters = np.rint(angle_deg / 90.0)
    x = (angle_deg - 90.0 * quarters) * RAD_PER_DEG
    z = x * x
    sine = x * _sin_tail(z)
    cosine = _cos_tail(z)
    turn = quarters - 4.0 * np.floor(quarters * 0.25)
    is_odd = (turn == 1.0) | (turn == 3.0)
    first = np.where(is_odd, cosine, sine)
    second = np.where(is_odd, sine, cosine)
    return (
        np.where(turn >= 2.0, -first, first),
        np.where((turn == 1.0) | (turn == 2.0), -second, second),
    )


def _sin_tail(z: F64) -> F64:
    """Return sin(x) / x for z = x * x <= 0.62."""
    s = -1.0 / 1307674368000.0 + z * (1.0 / 355687428096000.0)
    s = 1.0 / 6227020800.0 + z * s
    s = -1.0 / 39916800.0 + z * s
    s = 1.0 / 362880.0 + z * s
    s = -1.0 / 5040.0 + z * s
    s = 1.0 / 120.0 + z * s
    s = -1.0 / 6.0 + z * s
    return 1.0 + z * s


def _cos_tail(z: F64) -> F64:
    """Return cos(x) for z = x * x <= 0.62."""
    s = -1.0 / 87178291200.0 + z * (1.0 / 20922789888000.0)
    s = 1.0 / 479001600.0 + z * s
    s = -1.0 / 3628800.0 + z * s
    s = 1.0 / 40320.0 + z * s
    s = -1.0 / 720.0 + z * s
    s = 1.0 / 24.0 + z * s
    s = -0.5 + z * s
    return 1.0 + z * s
