"""Input of a rule: the fixes of one device around one zone, as plain columns.

Rows are in the order in which a rule works through them. `as_received` is what a bare server
sees; `with_ingest` is what ours hands on: repeats, strays in time and late fixes taken out.
Every baseline is run on both, so that what the ingest gains is not credited to a rule.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from mesure.geo.fixes import F64, I64

Flags = NDArray[np.bool_]

FUTURE_S_MAX = 120.0  # A fix from further ahead than this has a wrong clock.
STALE_S_MAX = 48 * 3600.0
REORDER_S = 3.0  # Fixes received within this are put in order of time.


@dataclass(frozen=True, slots=True)
class Readings:
    """Columns of one device's fixes around one zone, each of the same length.

    `beyond_m` is the signed distance to the boundary, positive outside; `accuracy_m` is NaN
    where the device claimed none. `is_bound` says whether the condition binds at the time of
    the fix.
    """

    time_s: F64  # When the device says it was there.
    received_s: F64  # When the server heard of it.
    east_m: F64  # From the zone's centre.
    north_m: F64
    beyond_m: F64
    accuracy_m: F64
    is_bound: Flags
    radius_m: float  # Of the zone, or of a circle of its size.

    def __len__(self) -> int:
        return len(self.time_s)

    def take(self, rows: I64) -> "Readings":
        """Return these rows, in this order."""
        columns = {
            field.name: getattr(self, field.name)[rows]
            for field in fields(self)
            if field.name != "radius_m"
        }
        return replace(self, **columns)


def around_circle(
    time_s: F64, received_s: F64, east_m: F64, north_m: F64, accuracy_m: F64, radius_m: float
) -> Readings:
    """Return readings around a circle at the origin, in a condition that always binds."""
    distance_m = np.sqrt(east_m * east_m + north_m * north_m)
    return Readings(
        time_s=time_s,
        received_s=received_s,
        east_m=east_m,
        north_m=north_m,
        beyond_m=distance_m - radius_m,
        accuracy_m=accuracy_m,
        is_bound=np.ones(len(time_s), dtype=np.bool_),
        radius_m=radius_m,
    )


def as_received(readings: Readings) -> Readings:
    """Return the fixes in the order in which they were received."""
    return readings.take(np.lexsort((readings.time_s, readings.received_s)))


def with_ingest(readings: Readings) -> Readings:
    """Return what a rule should see while it runs live: in order of time, each fix once, none late.

    A fix older than one already judged cannot change the present state, so a rule that has no
    memory of its inputs is spared it.
    """
    lag_s = readings.received_s - readings.time_s
    is_sound = (lag_s >= -FUTURE_S_MAX) & (lag_s <= STALE_S_MAX) & np.isfinite(readings.beyond_m)
    released = buffer_fixes(readings.take(np.flatnonzero(is_sound)), REORDER_S)
    newest_s = np.maximum.accumulate(released.time_s)
    is_newer = np.ones(len(released), dtype=np.bool_)
    is_newer[1:] = released.time_s[1:] > newest_s[:-1]
    return released.take(np.flatnonzero(is_newer))


def buffer_fixes(readings: Readings, hold_s: float) -> Readings:
    """Hold every fix for `hold_s` and release it after those of an earlier time that are held.

    The receipt becomes the release: nothing can be decided on a fix before.
    """
    received = as_received(readings)
    waiting: list[int] = []
    order: list[int] = []
    released_s: list[float] = []
    coming = 0
    for row in range(len(received)):
        now_s = received.received_s[row] + hold_s
        while coming < len(received) and received.received_s[coming] <= now_s:
            waiting.append(coming)
            coming += 1
        due = sorted(
            (other for other in waiting if received.time_s[other] <= received.time_s[row]),
            key=lambda other: (received.time_s[other], other),
        )
        if row in due:
            order.extend(due)
            released_s.extend([now_s] * len(due))
            waiting = [other for other in waiting if other not in due]
    return replace(received.take(np.array(order, dtype=np.int64)), received_s=np.array(released_s))
