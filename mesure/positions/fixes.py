"""Columns of fixes: where a device says it was, one array per quantity.

Invariant: rows are sorted by `observed_us`, then by radius, latitude, longitude and receipt, so that the
same fixes are the same columns whatever order they arrived in.
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

    `radius95_m` holds the truth 95 % of the time by the device's own claim; NaN when the device made none.
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
