"""Filter kernels: the hot loop, one boundary after the other, compiled where numba is installed.

The same operations in the same order as `two_state_filter._step`, so the same bits; a test holds
them together. Nothing may be fused or reassociated: numba does neither unless told to.
"""

import numpy as np
from numpy.typing import NDArray

from mesure.geo.fixes import F64, I8, I64
from mesure.geo.numeric.geo_kernels import is_compiled, jit

Flags = NDArray[np.bool_]

__all__ = ["is_compiled", "run_lanes"]


@jit
def run_lanes(
    odds: F64, mode: I8, sum_llr: F64, onset_us: I64, look_ratio: F64,
    p_stay: F64, p_leave: F64, p_return: F64, p_keep: F64, silence: I8, observed_us: I64,
    factor: F64, llr: F64, piece_ratio: F64, is_recent: Flags, arrived: I8,
    not_met_odds: float, met_odds: float, max_odds: float, look_again_ratio: float,
    arrival_odds: float, return_odds: float,
    out_odds: F64, out_decided: I8, first: int, out_onset_us: I64,
) -> None:  # fmt: skip
    """Run every lane over every fix; the first five arrays are the state before and after.

    Odds and decisions are put where those of the first fix belong, and after it.
    """
    lanes, fixes = factor.shape
    for lane in range(lanes):
        o, m, s = odds[lane], mode[lane], sum_llr[lane]
        since, looks = onset_us[lane], look_ratio[lane]
        for i in range(fixes):
            o = (o * p_stay[i] + p_leave[i]) / (o * p_return[i] + p_keep[i])
            if arrived[lane, i] == 1:
                o = max(o, arrival_odds)
            elif arrived[lane, i] == 2:
                o = min(o, return_odds)
            o = min(max(o * factor[lane, i], 1.0 / max_odds), max_odds)
            if silence[i] == 2 or (silence[i] > 0 and m == 2):
                m, s = 0, 0.0
            against = -llr[lane, i] if m == 2 else llr[lane, i]
            if s == 0.0 and against > 0.0:
                since = observed_us[i]
                looks = 1.0 if piece_ratio[lane, i] == 2.0 else 0.0
            else:
                looks = min(looks + piece_ratio[lane, i], 1.0)
            s = max(s + against, 0.0)
            decided = 0
            if o > not_met_odds and (m == 2 or looks >= look_again_ratio):
                decided = 2
            elif o < met_odds and is_recent[lane, i]:
                decided = 1
            changed_since = np.int64(-1)
            if decided != 0 and decided != m:
                at_once = since < 0 or (m == 0 and decided == 1)
                changed_since = observed_us[i] if at_once else since
                m = decided
                s = 0.0
            if s == 0.0:
                since, looks = np.int64(-1), 0.0
            out_odds[lane, first + i], out_decided[lane, first + i] = o, decided
            out_onset_us[lane, i] = changed_since
        odds[lane], mode[lane], sum_llr[lane] = o, m, s
        onset_us[lane], look_ratio[lane] = since, looks
