"""Exponential, sine and cosine one number at a time, for the compiler.

The same operations in the same order as in `elementary.py`, hence the same bits; a test holds them
together.
"""

from typing import Final

import numpy as np

from mesure.geo.fixes import F64
from mesure.geo.numeric.geo_kernels import jit

LN2_HIGH: Final = 0.6931471803691238
LN2_LOW: Final = 1.9082149292705877e-10
LOG2_E: Final = 1.4426950408889634
RAD_PER_DEG: Final = 0.017453292519943295


@jit
def exp(x: F64, out_factor: F64) -> None:
    """Put e to the x into `out_factor`."""
    for i in range(len(x)):
        inside = min(max(x[i], -708.0), 709.0)
        power = np.rint(inside * LOG2_E)
        r = (inside - power * LN2_HIGH) - power * LN2_LOW
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
        s = 1.0 + r * s
        two_to_power = np.int64(np.int64(power) + 1023 << 52).view(np.float64)
        scaled = (1.0 + r * s) * two_to_power
        scaled = 0.0 if x[i] < -708.0 else scaled  # Without branches, for the vector unit.
        out_factor[i] = np.inf if x[i] > 709.0 else scaled


@jit
def sin_cos_deg(angle_deg: F64, sine_ratio: F64, cosine_ratio: F64) -> None:
    """Put the sine and the cosine of angles in degrees into their places."""
    for i in range(len(angle_deg)):
        quarters = np.rint(angle_deg[i] / 90.0)
        x = (angle_deg[i] - 90.0 * quarters) * RAD_PER_DEG
        z = x * x
        s = -1.0 / 1307674368000.0 + z * (1.0 / 355687428096000.0)
        s = 1.0 / 6227020800.0 + z * s
        s = -1.0 / 39916800.0 + z * s
        s = 1.0 / 362880.0 + z * s
        s = -1.0 / 5040.0 + z * s
        s = 1.0 / 120.0 + z * s
        s = -1.0 / 6.0 + z * s
        first = x * (1.0 + z * s)
        c = -1.0 / 87178291200.0 + z * (1.0 / 20922789888000.0)
        c = 1.0 / 479001600.0 + z * c
        c = -1.0 / 3628800.0 + z * c
        c = 1.0 / 40320.0 + z * c
        c = -1.0 / 720.0 + z * c
        c = 1.0 / 24.0 + z * c
        c = -0.5 + z * c
        second = 1.0 + z * c
        turn = quarters - 4.0 * np.floor(quarters * 0.25)
        if turn in (1.0, 3.0):
            first, second = second, first
        sine_ratio[i] = -first if turn >= 2.0 else first
        cosine_ratio[i] = -second if turn in (1.0, 2.0) else second
