"""Columns of fixes: where a device says it was, one array per quantity.

A row may also be a *rest claim*: the device says that it has lain still since some time, and gives
no place. It comes, and comes late, as fixes do; `evaluation.evidence.rest` says what it means.

Invariant: rows are sorted by `observed_us`, then by radius, latitude, longitude, receipt and all
else, so that the same fixes are the same columns whatever order they arrived in.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
I8 = NDArray[np.int8]

NOT_KNOWN: Final = -1  # In `motion` and `beacon`: the device did not say.

# In `rest_us`, beside the time since when a device has lain still:
POSITION: Final = -1  # The row is no rest claim but a fix.
SINCE_FIX: Final = 0  # It does not say since when, but that nothing moved it since its last fix.
MOVES: Final = 1 << 59  # It says that it moves, so that earlier claims hold no longer.


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
    rest_us: I64 = field(  # Of a rest claim: since when it lies still; POSITION for a fix.
        default_factory=lambda: np.empty(0, np.int64)
    )

    def __post_init__(self) -> None:
        """Take all rows for fixes where nothing is said of rest claims."""
        if len(self.rest_us) != len(self.observed_us):
            object.__setattr__(self, "rest_us", no_claims(len(self.observed_us)))

    def __len__(self) -> int:
        return len(self.observed_us)

    def rows(self, which: slice | I64 | NDArray[np.bool_]) -> "Fixes":
        """Return some rows, by slice, by sorted indices or by flags."""
        return Fixes(*(getattr(self, name)[which] for name in self.__slots__))

    @property
    def positions(self) -> I64:
        """Return the numbers of the rows that are fixes; of all but rest claims."""
        return np.flatnonzero(self.rest_us == POSITION)

    @property
    def rest_claims(self) -> I64:
        """Return the numbers of the rows by which the device says only that it lies still."""
        return np.flatnonzero(self.rest_us != POSITION)


def no_claims(rows: int) -> I64:
    """Return `rest_us` of rows by which no device says that it lies still; it takes no room."""
    return np.broadcast_to(np.int64(POSITION), rows)


def none() -> Fixes:
    """Return columns without rows."""
    whole, real, flag = np.empty(0, np.int64), np.empty(0), np.empty(0, np.int8)
    return Fixes(whole, whole, real, real, real, real, flag, flag, flag, whole)


def claim_rest(observed_us: I64, received_us: I64, rest_us: I64, row: I64) -> Fixes:
    """Return rest claims as rows: no place, and nothing but when they were made and since when."""
    nowhere, flag = np.full(len(row), np.nan), np.full(len(row), NOT_KNOWN, np.int8)
    provider = np.full(len(row), Provider.UNKNOWN, np.int8)
    places = (nowhere, nowhere, nowhere, nowhere)
    return Fixes(observed_us, received_us, *places, flag, flag, provider, row, rest_us)


def merge(first: Fixes, second: Fixes) -> Fixes:
    """Return the fixes of both, sorted; of those with one time and place the first received."""
    if not len(first) or not len(second):  # Columns of years are not copied for nothing.
        return without_repeats(sort(first if len(first) else second))
    return without_repeats(join(first, second))


def join(first: Fixes, second: Fixes) -> Fixes:
    """Return the rows of both, sorted, repeats too."""
    columns = (
        np.concatenate([getattr(first, name), getattr(second, name)]) for name in Fixes.__slots__
    )
    return sort(Fixes(*columns))


def sort(fixes: Fixes) -> Fixes:
    """Return the same fixes in the order that `Fixes` promises."""
    if (np.diff(fixes.observed_us) > 0).all():
        return fixes
    return fixes.rows(_by_time(fixes, ("radius95_m", "lat_deg", "lon_deg", "received_us")))


def without_repeats(fixes: Fixes) -> Fixes:
    """Return the same fixes; of those with one time and place the first received."""
    if (np.diff(fixes.observed_us) > 0).all():
        return fixes
    order = _by_time(fixes, ("rest_us", "lat_deg", "lon_deg", "received_us", "radius95_m"))
    first = np.ones(len(fixes), np.bool_)
    same = (np.diff(fixes.observed_us[order]) == 0) & (np.diff(fixes.rest_us[order]) == 0)
    for column_deg in (fixes.lat_deg, fixes.lon_deg):
        place_deg = column_deg[order]
        # Rest claims have no place.
        same &= (np.diff(place_deg) == 0) | (np.isnan(place_deg[1:]) & np.isnan(place_deg[:-1]))
    first[order[1:]] = ~same
    return fixes.rows(np.flatnonzero(first))


_OTHERS: Final = ("rest_us", "speed_mps", "motion", "beacon", "provider", "row")


def _by_time(fixes: Fixes, ties: tuple[str, ...]) -> I64:
    """Return the rows by time; of one time by these columns and then by the rest.

    Only rows that share their time are compared beyond it: they are few among millions.
    """
    order = np.argsort(fixes.observed_us, kind="stable")
    shared = np.zeros(len(order), np.bool_)
    shared[1:] = np.diff(fixes.observed_us[order]) == 0
    shared[:-1] |= shared[1:]
    tied = order[shared]
    columns = [getattr(fixes, name)[tied] for name in ("observed_us", *ties, *_OTHERS)]
    order[shared] = tied[np.lexsort(columns[::-1])]
    return order
