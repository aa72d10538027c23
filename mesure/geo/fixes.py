"""Columns of fixes: where a device says it was, one array per quantity.

Invariant: rows are sorted by `observed_us`, then by radius, latitude, longitude, receipt and all
else, so that the same fixes are the same columns whatever order they arrived in.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
I8 = NDArray[np.int8]

NOT_KNOWN: Final = -1  # In `motion` and `beacon`: the device did not say.


class Provider(IntEnum):
    """Where a position came from; decides its error model."""

    UNKNOWN = 0
    GNSS = 1
    WIFI = 2
    CELL = 3


@dataclass(frozen=True, slots=True)
class Fixes:
    """Fixes of one person, each column of the same length.

    `radius95_m` holds the truth 95 % of the time by the device's own claim; NaN when the device
    made none.
    """

    observed_us: I64  # Microseconds since 1970-01-01T00:00:00Z, by the device's clock.
    received_us: I64  # The same, by the server's.
    lat_deg: F64
    lon_deg: F64
    radius95_m: F64
    speed_mps: F64  # Doppler speed; NaN when not known.
    motion: I8  # The device's motion flag: 1, 0 or NOT_KNOWN.
    beacon: I8  # The home beacon heard: 1, 0 or NOT_KNOWN.
    provider: I8  # A `Provider`.
    row: I64  # Zero-based row of the evidence files, in the order given.

    def __len__(self) -> int:
        return len(self.observed_us)

    def rows(self, which: slice | I64) -> "Fixes":
        """Return some rows, by slice or by sorted indices."""
        return Fixes(*(getattr(self, name)[which] for name in self.__slots__))


def none() -> Fixes:
    """Return columns without rows."""
    whole, real, flag = np.empty(0, np.int64), np.empty(0), np.empty(0, np.int8)
    return Fixes(whole, whole, real, real, real, real, flag, flag, flag, whole)


def merge(first: Fixes, second: Fixes) -> Fixes:
    """Return the fixes of both, sorted; of those with one time and place the first received."""
    if not len(first) or not len(second):  # Columns of years are not copied for nothing.
        return without_repeats(sort(first if len(first) else second))
    columns = (
        np.concatenate([getattr(first, name), getattr(second, name)]) for name in Fixes.__slots__
    )
    return without_repeats(sort(Fixes(*columns)))


def sort(fixes: Fixes) -> Fixes:
    """Return the same fixes in the order that `Fixes` promises."""
    if (np.diff(fixes.observed_us) > 0).all():
        return fixes
    return fixes.rows(_by_time(fixes, ("radius95_m", "lat_deg", "lon_deg", "received_us")))


def without_repeats(fixes: Fixes) -> Fixes:
    """Return the same fixes; of those with one time and place the first received."""
    if (np.diff(fixes.observed_us) > 0).all():
        return fixes
    order = _by_time(fixes, ("lat_deg", "lon_deg", "received_us", "radius95_m"))
    first = np.ones(len(fixes), np.bool_)
    same = np.diff(fixes.observed_us[order]) == 0
    for place_deg in (fixes.lat_deg, fixes.lon_deg):
        same &= np.diff(place_deg[order]) == 0
    first[order[1:]] = ~same
    return fixes.rows(np.flatnonzero(first))


_REST: Final = ("speed_mps", "motion", "beacon", "provider", "row")


def _by_time(fixes: Fixes, ties: tuple[str, ...]) -> I64:
    """Return the rows by time; of one time by these columns and then by the rest.

    Only rows that share their time are compared beyond it: they are few among millions.
    """
    order = np.argsort(fixes.observed_us, kind="stable")
    shared = np.zeros(len(order), np.bool_)
    shared[1:] = np.diff(fixes.observed_us[order]) == 0
    shared[:-1] |= shared[1:]
    tied = order[shared]
    columns = [getattr(fixes, name)[tied] for name in ("observed_us", *ties, *_REST)]
    order[shared] = tied[np.lexsort(columns[::-1])]
    return order
