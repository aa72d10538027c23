"""Batches read together: columns of a thousand cost little more than of one.

What is odd is not reported here. `batch.of_item`, which reads a batch alone, says why it is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from mesure.devices.message import batch, message_fields, packed
from mesure.devices.message.batch import (
    FIRST_LAT,
    FIRST_LON,
    FIRST_TIME,
    FLAGS,
    HALF_TURN,
    KEYS,
    LATS,
    LONS,
    PER_DEG,
    RADII,
    SPEED_MAX,
    SPEEDS,
    TIMES,
    FixBatch,
)
from mesure.devices.message.cbor import Item, TaggedValue
from mesure.devices.message.packed import I64, ROWS_MAX, SIGNED, UNSIGNED

Table = dict[int, Item]
Loose = NDArray[Any]  # A column as wide as it is written.

_FORMS: Final = {
    TIMES: UNSIGNED, LATS: SIGNED, LONS: SIGNED, RADII: UNSIGNED, SPEEDS: UNSIGNED, FLAGS: UNSIGNED,
}  # fmt: skip
_STEPS: Final = (TIMES, LATS, LONS)
_REST: Final = (RADII, SPEEDS, FLAGS)
_WIDTHS: Final = {tag: np.dtype(form).itemsize for tag, form in (UNSIGNED | SIGNED).items()}
_POLE: Final = 90 * PER_DEG
_NOTHING: Final = np.empty(0, np.int64)
_MALFORMED: Final = -1


def of_kept(items: Sequence[Item]) -> tuple[FixBatch, I64]:
    """Return the fixes of several batches, one after the other, and how many each has.

    For batches that were read before: what is odd is not looked for again.
    """
    read = _Columns.of([message_fields.table(item, "a batch", KEYS) for item in items])
    return read.batch(), read.counts


def of_items(items: Sequence[Item]) -> list[FixBatch] | None:
    """Return batches, each as `batch.of_item` does; None where one of them is none."""
    if not all(isinstance(item, dict) and _is_shaped(item) for item in items):
        return None
    read = _Columns.of([item for item in items if isinstance(item, dict)])
    if not read.is_right():
        return None
    whole = read.batch()
    starts = read.first.tolist()
    return [
        whole.rows(slice(start, end))
        for start, end in zip(starts, [*starts[1:], len(whole)], strict=True)
    ]


# --- One by one ----------------------------------------------------------------------------------


def _is_shaped(table: Table) -> bool:
    """Tell whether a batch has the parts of one, each of the right kind and length."""
    time_ms, lat, lon = table.get(FIRST_TIME), table.get(FIRST_LAT), table.get(FIRST_LON)
    if not (
        type(time_ms) is type(lat) is type(lon) is int
        and 0 <= time_ms <= message_fields.MS_MAX
        and -_POLE <= lat <= _POLE
        and -HALF_TURN <= lon < HALF_TURN
        and all(key in KEYS for key in table)
    ):
        return False
    steps = _length(table, TIMES)
    return (
        0 <= steps < ROWS_MAX
        and steps == _length(table, LATS) == _length(table, LONS)
        and all(_length(table, key) in (0, steps + 1) for key in _REST)
    )


def _length(table: Table, key: int) -> int:
    """Return how long a column is; 0 where it is left out, and less where it is none."""
    if key not in table:
        return 0
    item = table[key]
    if not isinstance(item, TaggedValue) or item.tag not in _FORMS[key]:
        return _MALFORMED
    octets, width = item.value, _WIDTHS[item.tag]
    if not isinstance(octets, bytes) or not octets or len(octets) % width:
        return _MALFORMED
    return len(octets) // width if len(octets) <= ROWS_MAX * width else _MALFORMED


# --- Together ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of several batches, as they are written."""

    loose: dict[int, list[Loose]]  # Of each key, the column of each batch; empty: left out.
    counts: I64
    first: I64  # The place of each batch's first fix among all.
    summed: tuple[I64, I64, I64]  # Times and places, from where each batch begins.
    rest: tuple[I64, I64, I64]  # Radii, speeds and flags, 0 where a batch leaves them out.

    @classmethod
    def of(cls, tables: Sequence[Table]) -> Self:
        """Take the columns of batches apart, and put those of all together."""
        loose = {key: [_loose(one, key) for one in tables] for key in _FORMS}
        counts = np.array([1 + len(one) for one in loose[TIMES]])
        first = np.add.accumulate(counts) - counts
        begun = ([one[key] for one in tables] for key in (FIRST_TIME, FIRST_LAT, FIRST_LON))
        time_ms, lat, lon = (
            _summed(np.array(firsts, np.int64), loose[key], first, counts)
            for firsts, key in zip(begun, _STEPS, strict=True)
        )
        radii, speeds, flags = (_whole(loose[key], counts) for key in _REST)
        return cls(loose, counts, first, (time_ms, lat, lon), (radii, speeds, flags))

    def batch(self) -> FixBatch:
        """Return all fixes, one batch after the other."""
        return batch.of_columns(*self.summed, *self.rest)

    def is_right(self) -> bool:
        """Tell whether nothing is odd about any of them, but for what `_is_shaped` tells."""
        time_ms, lat, _ = self.summed
        _, speeds, flags = self.rest
        return (
            int(time_ms.max()) <= message_fields.MS_MAX
            and int(np.abs(lat).max()) <= _POLE
            and all(self._is_narrow(key) for key in _FORMS)
            and _are_short_ways(np.concatenate(self.loose[LONS]))
            and int(speeds.max()) <= SPEED_MAX
            and batch.are_known(flags)
        )

    def _is_narrow(self, key: int) -> bool:
        """Tell whether no column is wider than it need be, or says nothing and is not left out."""
        columns = [one for one in self.loose[key] if len(one)]
        if not columns:
            return True
        starts = np.add.accumulate([0, *map(len, columns)])[:-1]
        column = np.concatenate(columns).astype(np.int64)
        least, most = np.minimum.reduceat(column, starts), np.maximum.reduceat(column, starts)
        if key in _REST and not most.all():
            return False
        width = np.array([one.dtype.itemsize for one in columns])
        is_signed = key in (LATS, LONS)
        limit = np.left_shift(1, 4 * width - is_signed)
        fits_half = (most < limit) & (least >= (-limit if is_signed else 0))
        return not bool((fits_half & (width > 1)).any())


def _loose(table: Table, key: int) -> Loose:
    item = table.get(key)
    return packed.loose(item) if isinstance(item, TaggedValue) else _NOTHING


def _summed(begun: I64, steps: Sequence[Loose], first: I64, counts: I64) -> I64:
    """Return of each batch the sums of its steps, from where it begins."""
    column = np.zeros(int(counts.sum()), np.int64)
    is_step = np.ones(len(column), np.bool_)
    is_step[first] = False
    column[is_step] = np.concatenate(steps)
    column = np.add.accumulate(column)
    return column - np.repeat(column[first] - begun, counts)


def _whole(columns: Sequence[Loose], counts: I64) -> I64:
    """Return a column of all, 0 where a batch leaves it out."""
    parts = [
        column if len(column) else np.zeros(count, np.int64)
        for column, count in zip(columns, counts.tolist(), strict=True)
    ]
    return np.concatenate(parts).astype(np.int64)


def _are_short_ways(steps: Loose) -> bool:
    """Tell whether no step goes the long way round the Earth."""
    return int(steps.min(initial=0)) >= -HALF_TURN and int(steps.max(initial=0)) < HALF_TURN
