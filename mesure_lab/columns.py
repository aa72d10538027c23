"""Chance by the column, the same on every machine: what `dice` is for one draw, for thousands.

The bits come from SHAKE-128 over the seed and a name, which a standard fixes (FIPS 202), and the
distributions from + - * / and square roots with our own exponential, logarithm, sine and cosine.
"""

import hashlib
from typing import Final

import numpy as np

from mesure.geo.fixes import F64, I64
from mesure.geo.numeric import elementary

SHARE_BITS: Final = 53  # A share is a multiple of 2**-53.
TURN_DEG: Final = 360.0
FORGOTTEN: Final = 1e-17  # A share of the past that no number notices any more.


class Stream:
    """A stream of chance with a name; streams with other names do not disturb it.

    >>> Stream(7, "sky").shares(2).tolist() == Stream(7, "sky").shares(2).tolist()
    True
    """

    __slots__ = ("_drawn", "_name")

    def __init__(self, seed: int, name: str) -> None:
        self._name = f"{seed}/{name}"
        self._drawn = 0

    def shares(self, count: int) -> F64:
        """Draw from [0, 1), every value as likely."""
        self._drawn += 1
        digest = hashlib.shake_128(f"{self._name}/{self._drawn}".encode()).digest(8 * count)
        words = np.frombuffer(digest, dtype="<u8") >> (64 - SHARE_BITS)
        shares: F64 = words.astype(np.float64) * 2.0**-SHARE_BITS
        return shares

    def share(self) -> float:
        """Draw one value from [0, 1)."""
        return float(self.shares(1)[0])

    def between(self, low: float, high: float) -> float:
        """Draw one value from [low, high)."""
        return low + (high - low) * self.share()

    def normals(self, count: int) -> F64:
        """Draw from a bell curve of mean 0 and variance 1, tails and all (Box and Muller 1958)."""
        half = count + 1 >> 1
        radius = np.sqrt(2.0 * self.exponentials(half))
        sine, cosine = elementary.sin_cos_deg(TURN_DEG * self.shares(half))
        return np.concatenate([radius * cosine, radius * sine])[:count]

    def exponentials(self, count: int) -> F64:
        """Draw waiting times of mean 1."""
        return -elementary.log(1.0 - self.shares(count))

    def powers(self, count: int, index: float) -> F64:
        """Draw ratios of 1 or more with a power-law tail of that index."""
        return elementary.exp(self.exponentials(count) / index)

    def around_one(self, count: int, spread_ratio: float) -> F64:
        """Draw ratios of median 1, log-normal; two in three lie within `spread_ratio` of it."""
        return elementary.exp(self.normals(count) * elementary.log(np.array([spread_ratio]))[0])

    def events(self, length_s: float, per_s: float) -> F64:
        """Draw when something happens that happens at random `per_s` times a second, in order."""
        if per_s <= 0.0:
            return np.empty(0)
        count = 16 + int(2.0 * length_s * per_s)
        at_s = np.add.accumulate(self.exponentials(count)) / per_s
        while at_s[-1] < length_s:
            more_s = np.add.accumulate(self.exponentials(count)) / per_s
            at_s = np.concatenate([at_s, at_s[-1] + more_s])
        return at_s[at_s < length_s]


def pick(shares: F64, weights: tuple[float, ...]) -> I64:
    """Return for each share which of the weights it falls on.

    >>> pick(np.array([0.0, 0.3, 0.9]), (1.0, 1.0, 2.0)).tolist()
    [0, 1, 2]
    """
    edges = np.add.accumulate(np.array(weights))
    return np.minimum(np.searchsorted(edges / edges[-1], shares, "right"), len(weights) - 1)


def leaky_sum(kept_ratio: F64, fresh: F64) -> F64:
    """Return what a quantity comes to that keeps a share of itself and takes in something fresh.

    Element i is kept[i] * (element i - 1) + fresh[i]; the first is fresh. Summed by doubling: after
    k rounds an element knows its last 2**k, and rounds end when nothing older is noticed.

    >>> leaky_sum(np.array([0.5, 0.5, 0.5]), np.array([8.0, 0.0, 0.0])).tolist()
    [8.0, 4.0, 2.0]
    """
    total, ratio = fresh.copy(), kept_ratio.copy()
    ratio[:1] = 0.0
    reach = 1
    while reach < len(total) and bool((ratio > FORGOTTEN).any()):
        total[reach:] = total[reach:] + ratio[reach:] * total[:-reach]
        ratio[reach:] = ratio[reach:] * ratio[:-reach]
        ratio[:reach] = 0.0
        reach *= 2
    return total


def ornstein_uhlenbeck(stream: Stream, step_s: float, memory_s: F64) -> F64:
    """Draw a process of mean 0 and variance 1 that forgets with `memory_s` (Ornstein, Uhlenbeck).

    One element for each step; the memory may differ from step to step.
    """
    kept_ratio = elementary.exp(-step_s / memory_s)
    fresh = np.sqrt(1.0 - kept_ratio * kept_ratio) * (normals := stream.normals(len(memory_s)))
    fresh[:1] = normals[:1]
    return leaky_sum(kept_ratio, fresh)
