"""A batch of fixes: columns by time, and how they are written compactly.

The first fix is written whole; of those that follow, the step in time and place. Steps in time have
no sign: a batch is in order of time, and where a clock goes back another batch begins.

Rounding: times to 1 ms, places to 0.0000001 degrees (a centimetre), radii and speeds to 1 cm. What
was read from bytes is written as the same bytes again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesure import instants
from mesure.devices.message import message_fields, packed
from mesure.devices.message.cbor import Item
from mesure.devices.message.message_fields import FieldError
from mesure.devices.message.packed import I64, SIGNED, UNSIGNED

F64 = NDArray[np.float64]
I8 = NDArray[np.int8]
Bools = NDArray[np.bool_]

FIXES_PER_BATCH_MAX: Final = packed.ROWS_MAX
NOT_KNOWN: Final = -1  # In `motion` and `beacon`: the device did not say.

PER_DEG: Final = 10_000_000
HALF_TURN: Final = 180 * PER_DEG
PER_M: Final = 100
SPEED_MAX: Final = 2**16 - 1
_U4_MAX: Final = 2**32 - 1
FIRST_TIME, FIRST_LAT, FIRST_LON, TIMES, LATS, LONS, RADII, SPEEDS, FLAGS = range(1, 10)


class ReportedProvider(IntEnum):
    """What the device said about where a position came from; `NETWORK` is Wi-Fi or cells."""

    NOTHING = 0
    GNSS = 1
    WIFI = 2
    CELL = 3
    NETWORK = 4


@dataclass(frozen=True, slots=True, eq=False)
class FixBatch:
    """Fixes of one device in order of time, each column of the same length, one row at least."""

    observed_us: I64  # By the device's clock.
    lat_deg: F64
    lon_deg: F64
    reported_m: F64  # The radius the device claims, at its own confidence; NaN: it made no claim.
    speed_mps: F64  # NaN: not known.
    motion: I8  # 1, 0 or NOT_KNOWN.
    beacon: I8  # The home beacon heard: 1, 0 or NOT_KNOWN.
    provider: I8  # A `ReportedProvider`.
    made_up: Bools  # The device says that another program, not a receiver, gave the position.

    def __len__(self) -> int:
        return len(self.observed_us)

    def rows(self, which: slice | I64) -> "FixBatch":
        """Return some rows, by slice or by sorted indices."""
        return FixBatch(*(getattr(self, name)[which] for name in self.__slots__))


def join(batches: Sequence[FixBatch]) -> FixBatch:
    """Return the rows of batches, one after the other as they are given; one batch at least."""
    if len(batches) == 1:
        return batches[0]
    columns = zip(
        *([getattr(one, name) for name in FixBatch.__slots__] for one in batches), strict=True
    )
    return FixBatch(*map(np.concatenate, columns))


def cut(fixes: FixBatch, size: int = FIXES_PER_BATCH_MAX) -> Iterator[FixBatch]:
    """Yield fixes, in the order given, as batches that can be written."""
    step_ms = np.diff(fixes.observed_us // instants.US_PER_MS)
    breaks = set((np.flatnonzero((step_ms < 0) | (step_ms > _U4_MAX)) + 1).tolist())
    begun = 0
    for at in range(1, len(fixes) + 1):
        if at == len(fixes) or at in breaks or at - begun == size:
            yield fixes.rows(slice(begun, at))
            begun = at


# --- Writing -------------------------------------------------------------------------------------


def to_item(fixes: FixBatch) -> Item:
    """Return a batch as it is written; it must be one that `cut` gives."""
    time_ms = fixes.observed_us // instants.US_PER_MS
    lat = np.rint(fixes.lat_deg * PER_DEG).astype(np.int64)
    lon = _turned(np.rint(fixes.lon_deg * PER_DEG).astype(np.int64))
    item: dict[int, Item] = {
        FIRST_TIME: int(time_ms[0]),
        FIRST_LAT: int(lat[0]),
        FIRST_LON: int(lon[0]),
    }
    if len(fixes) > 1:
        item[TIMES] = packed.pack(np.diff(time_ms), UNSIGNED)
        item[LATS] = packed.pack(np.diff(lat), SIGNED)
        item[LONS] = packed.pack(_turned(np.diff(lon)), SIGNED)
    columns = {
        RADII: _claims(fixes.reported_m),
        SPEEDS: _speeds(fixes.speed_mps),
        FLAGS: _flags(fixes),
    }
    item.update(
        {key: packed.pack(column, UNSIGNED) for key, column in columns.items() if column.any()}
    )
    return item


def _turned(east: I64) -> I64:
    """Return longitudes, or steps of them, the short way round: -180 degrees up to below 180."""
    return (east + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN


def _claims(reported_m: F64) -> I64:
    """Return radii in centimetres, 0 where there is no claim; a small claim is still one."""
    is_claim = (reported_m > 0.0) & (reported_m < np.inf)
    radius_m = np.where(is_claim, reported_m, 0.0)
    rounded = np.rint(np.minimum(radius_m, _U4_MAX / PER_M) * PER_M)
    return np.where(is_claim, np.maximum(rounded, 1.0), 0.0).astype(np.int64)


def _speeds(speed_mps: F64) -> I64:
    """Return speeds in centimetres a second and one more, 0 where the speed is not known."""
    is_known = (speed_mps >= 0.0) & (speed_mps <= (SPEED_MAX - 1) / PER_M)
    return np.where(is_known, np.rint(np.where(is_known, speed_mps, 0.0) * PER_M) + 1.0, 0).astype(
        np.int64
    )


def _flags(fixes: FixBatch) -> I64:
    """Return motion (2 bits), beacon (2), provider (3), and whether it was made up (1)."""
    motion, beacon, provider, made_up = (
        column.astype(np.int64)
        for column in (fixes.motion, fixes.beacon, fixes.provider, fixes.made_up)
    )
    return (motion + 1) | (beacon + 1) << 2 | provider << 4 | made_up << 7


# --- Reading -------------------------------------------------------------------------------------


KEYS: Final = range(FIRST_TIME, FLAGS + 1)


def of_item(item: Item) -> FixBatch:
    """Return the fixes of a batch; raise `FieldError` where it is none."""
    table = message_fields.table(item, "a batch", KEYS)
    steps = _steps(table)
    time_ms = _summed(table.get(FIRST_TIME), steps[0], "the first time", 0, message_fields.MS_MAX)
    lat = _summed(table.get(FIRST_LAT), steps[1], "a latitude", -90 * PER_DEG, 90 * PER_DEG)
    lon = _summed(table.get(FIRST_LON), steps[2], "a longitude", -HALF_TURN, HALF_TURN - 1)
    count = len(time_ms)
    if (
        int(time_ms[-1]) > message_fields.MS_MAX
        or int(np.maximum.reduce(np.abs(lat))) > 90 * PER_DEG
    ):
        raise FieldError("a step leads beyond the calendar, or beyond a pole")
    radii = _column(table, RADII, count, "the radii")
    speeds = _column(table, SPEEDS, count, "the speeds")
    flags = _column(table, FLAGS, count, "the flags")
    if int(np.maximum.reduce(speeds)) > SPEED_MAX:
        raise FieldError("a speed is too high")
    if not are_known(flags):
        raise FieldError("a flag has a value that is not known")
    return of_columns(time_ms, lat, lon, radii, speeds, flags)


def of_columns(time_ms: I64, lat: I64, lon: I64, radii: I64, speeds: I64, flags: I64) -> FixBatch:
    """Return fixes from whole numbers as they are written, steps in time and place summed up."""
    return FixBatch(
        time_ms * instants.US_PER_MS,
        lat / PER_DEG,
        _turned(lon) / PER_DEG,
        _known_m(radii, radii / PER_M),
        _known_m(speeds, (speeds - 1) / PER_M),
        _MOTION[flags],
        _BEACON[flags],
        _PROVIDER[flags],
        _MADE_UP[flags],
    )


def _known_m(written: I64, column_m: F64) -> F64:
    """Return metres, or metres a second; NaN where 0 is written."""
    if np.count_nonzero(written) < len(written):
        column_m[written == 0] = np.nan
    return column_m


def are_known(flags: I64) -> bool:
    """Tell whether all flags have values that say something."""
    return int(np.maximum.reduce(flags)) <= 255 and bool(_IS_KNOWN[flags].all())


# What each value of the flags says.
_ALL: Final = np.arange(256)
_MOTION: Final = ((_ALL & 3) - 1).astype(np.int8)
_BEACON: Final = ((_ALL >> 2 & 3) - 1).astype(np.int8)
_PROVIDER: Final = (_ALL >> 4 & 7).astype(np.int8)
_MADE_UP: Final = (_ALL >> 7).astype(np.bool_)
_IS_KNOWN: Final = (_MOTION < 2) & (_BEACON < 2) & (_PROVIDER < 5)


def _steps(table: dict[int, Item]) -> tuple[I64, I64, I64]:
    """Return the steps that follow the first fix, all of one length."""
    keys = (TIMES, LATS, LONS)
    if not any(key in table for key in keys):
        return _NO_STEPS, _NO_STEPS, _NO_STEPS
    times, lats, lons = (
        _unpacked(table.get(key), SIGNED if key != TIMES else UNSIGNED, "the steps") for key in keys
    )
    if not len(times) == len(lats) == len(lons) < FIXES_PER_BATCH_MAX:
        raise FieldError(f"the steps are not equally many, or more than {FIXES_PER_BATCH_MAX - 1}")
    if int(np.minimum.reduce(lons)) < -HALF_TURN or int(np.maximum.reduce(lons)) >= HALF_TURN:
        raise FieldError("a step goes the long way round the Earth")
    return times, lats, lons


_NO_STEPS: Final = np.empty(0, np.int64)


def _summed(first: Item, steps: I64, what: str, low: int, high: int) -> I64:
    column = np.empty(len(steps) + 1, np.int64)
    column[0] = message_fields.whole(first, what, low, high)
    column[1:] = steps
    return np.add.accumulate(column)


def _column(table: dict[int, Item], key: int, count: int, what: str) -> I64:
    """Return a column that may be left out where it says nothing, and then must be."""
    if key not in table:
        return np.zeros(count, np.int64)
    column = _unpacked(table[key], UNSIGNED, what)
    if len(column) != count:
        raise FieldError(f"{what} are {len(column)}, and there are {count} fixes")
    if not np.count_nonzero(column):
        raise FieldError(f"{what} say nothing and are not left out")
    return column


def _unpacked(item: Item, forms: dict[int, str], what: str) -> I64:
    column = packed.unpack(item, forms)
    if isinstance(column, str):
        raise FieldError(f"{what}: {column}")
    return column
