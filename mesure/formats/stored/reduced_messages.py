"""Reduced messages: rows of a message of which parts say "present" and no more.

The bytes that the device signed are gone, and with them the signature; their hash is beside the
record in the log. Rows keep their places in the message, so that evidence still names them. Rows in
the home that nothing was judged by are gone altogether.
Decision: docs/decisions/0035-retention-and-reduction.md
"""

from typing import Final

import msgspec
import numpy as np

from mesure.formats.columns.file_rows import NO_TRACE, FileRows
from mesure.geo.fixes import F64, I64, POSITION, no_claims

FORM: Final = "reduced1"


class _Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """The rows of one message, column by column."""

    form: str  # The form in which it came.
    is_signed: bool  # Whether the device had signed it, and that was checked.
    row: list[int]
    is_present: list[bool]  # Which rows were reduced to presence.
    observed_us: list[int]
    lat_deg: list[float | None]
    lon_deg: list[float | None]
    reported_m: list[float | None]
    speed_mps: list[float | None]
    motion: list[int]
    beacon: list[int]
    said: list[int]
    reason: list[int]
    repeats: list[bool]
    rest_us: list[int] = []  # Of rest claims, as in `Fixes`; empty: no row is one.


def write(
    record: FileRows, row: I64, is_present: list[bool], form: str, *, is_signed: bool
) -> bytes:
    """Return the rows of a message as bytes; they are read as the same numbers, to the bit."""
    stored_rows = _Kept(
        form,
        is_signed,
        row.tolist(),
        is_present,
        record.observed_us.tolist(),
        _numbers(record.lat_deg),
        _numbers(record.lon_deg),
        _numbers(record.reported_m),
        _numbers(record.speed_mps),
        record.motion.tolist(),
        record.beacon.tolist(),
        record.said.tolist(),
        record.reason.tolist(),
        record.repeats.tolist(),
        record.rest_us.tolist() if (record.rest_us != POSITION).any() else [],
    )
    return msgspec.json.encode(stored_rows)


def _numbers(column: F64) -> list[float | None]:
    return [None if number != number else number for number in column.tolist()]


def read(body: bytes, device: str, received_us: int) -> tuple[FileRows, I64, bool]:
    """Return the rows, their places in the message, and whether the device had signed it."""
    stored_rows = msgspec.json.decode(body, type=_Kept)
    count = len(stored_rows.row)
    record = FileRows(
        file=device,
        traces=(),
        trace=np.full(count, NO_TRACE, np.int32),
        observed_us=np.array(stored_rows.observed_us, np.int64),
        received_us=np.full(count, received_us),
        lat_deg=_column(stored_rows.lat_deg),
        lon_deg=_column(stored_rows.lon_deg),
        reported_m=_column(stored_rows.reported_m),
        is_radius95=np.zeros(count, np.bool_),
        speed_mps=_column(stored_rows.speed_mps),
        motion=np.array(stored_rows.motion, np.int8),
        beacon=np.array(stored_rows.beacon, np.int8),
        said=np.array(stored_rows.said, np.int8),
        reason=np.array(stored_rows.reason, np.int8),
        repeats=np.array(stored_rows.repeats, np.bool_),
        rest_us=np.array(stored_rows.rest_us) if stored_rows.rest_us else no_claims(count),
    )
    return record, np.array(stored_rows.row, np.int64), stored_rows.is_signed


def _column(numbers: list[float | None]) -> F64:
    return np.array([np.nan if one is None else one for one in numbers], np.float64)


def form(body: bytes) -> str:
    """Return the form in which a message came that was reduced since."""
    return msgspec.json.decode(body, type=_Kept).form


def present(body: bytes) -> list[bool]:
    """Return which rows of a reduced message say "present" and no more."""
    return msgspec.json.decode(body, type=_Kept).is_present
