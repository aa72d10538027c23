"""Lone fix: as from a phone that reports live, read without making columns first.

It reads only what `batch.of_item` reads, to the same values. Whatever else is left to that reader,
which says what is odd about it. A column is slow to work on when it has one row.
"""

from typing import Final

import numpy as np

from mesure import instants
from mesure.devices.message import batch, message_fields
from mesure.devices.message.batch import (
    FIRST_LAT,
    FIRST_LON,
    FIRST_TIME,
    FLAGS,
    HALF_TURN,
    PER_DEG,
    PER_M,
    RADII,
    SPEED_MAX,
    SPEEDS,
    FixBatch,
)
from mesure.devices.message.cbor import Item, TaggedValue

_KEYS: Final = frozenset((FIRST_TIME, FIRST_LAT, FIRST_LON, RADII, SPEEDS, FLAGS))
_POLE: Final = 90 * PER_DEG
_WIDTHS: Final = {64: (1, 1), 69: (2, 1 << 8), 70: (4, 1 << 16)}  # Bytes, and what needs them.
# Of the values of a byte of flags, those that are known: as motion, beacon, provider and made up.
_FLAGS_KNOWN: Final = {
    flags: ((flags & 3) - 1, (flags >> 2 & 3) - 1, flags >> 4 & 7, flags >> 7 == 1)
    for flags in range(256)
    if flags & 3 <= 2 and flags >> 2 & 3 <= 2 and flags >> 4 & 7 <= 4
}


def of_item(item: Item) -> FixBatch:
    """Return the fixes of a batch, of one fix or several; raise `FieldError` where it is none."""
    alone = _alone(item) if isinstance(item, dict) else None
    return batch.of_item(item) if alone is None else alone


def _alone(table: dict[int, Item]) -> FixBatch | None:
    """Return a fix that comes alone; None for anything else."""
    if not table.keys() <= _KEYS:
        return None
    time_ms, lat, lon = table.get(FIRST_TIME), table.get(FIRST_LAT), table.get(FIRST_LON)
    radius, speed, flags = (
        _only(table[key]) if key in table else 0 for key in (RADII, SPEEDS, FLAGS)
    )
    if not (
        type(time_ms) is type(lat) is type(lon) is int
        and 0 <= time_ms <= message_fields.MS_MAX
        and -_POLE <= lat <= _POLE
        and -HALF_TURN <= lon < HALF_TURN
        and radius is not None
        and speed is not None
        and speed <= SPEED_MAX
        and flags in _FLAGS_KNOWN
    ):
        return None
    motion, beacon, provider, made_up = _FLAGS_KNOWN[flags]
    return FixBatch(
        np.array([time_ms * instants.US_PER_MS]),
        np.array([lat / PER_DEG]),
        np.array([lon / PER_DEG]),
        np.array([radius / PER_M if radius else np.nan]),
        np.array([(speed - 1) / PER_M if speed else np.nan]),
        np.array([motion], np.int8),
        np.array([beacon], np.int8),
        np.array([provider], np.int8),
        np.array([made_up]),
    )


def _only(item: Item) -> int | None:
    """Return the number of a column of one row that says something, as narrow as can be."""
    if not isinstance(item, TaggedValue) or not isinstance(item.value, bytes):
        return None
    width, least = _WIDTHS.get(item.tag, (0, 0))
    if not width or len(item.value) != width:
        return None
    number = int.from_bytes(item.value, "little")
    return number if number >= least else None
