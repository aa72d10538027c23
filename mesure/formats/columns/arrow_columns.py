"""Arrow columns -> our columns, a batch at a time; vectorised where a batch is clean.

What Arrow can't convert whole is halved until only the rows round a bad one are read value by value
(`cell_values`). Both ways give a text the same meaning; a test compares them.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mesure.formats.columns import cell_values, column_names, file_limits
from mesure.formats.columns.column_names import (
    FLAGS,
    NEEDED,
    NUMBERS,
    TIMES,
    WANTED,
    ColumnMapping,
    TimeFormat,
)
from mesure.formats.columns.file_faults import FixesError, excerpt, join_names
from mesure.formats.columns.file_rows import (
    BLANK_TRACE,
    I32,
    NO_OFFSET,
    NO_TIME,
    NO_TRACE,
    NOT_GIVEN,
    ClaimedProvider,
    RawColumns,
    UnusedReason,
)
from mesure.geo.fixes import F64, I8, I64, NOT_KNOWN, POSITION, SINCE_FIX

_FEW: Final = 100  # Values below which it is quicker to ask each than to try again.
_US = pa.timestamp("us", "UTC")
_NOTHING = pa.array(cell_values.NOTHING, pa.string())
_ABSENT: Final[dict[str, Any]] = {
    **dict.fromkeys(TIMES, np.int64(NOT_GIVEN)),
    **dict.fromkeys(NUMBERS, np.float64(np.nan)),
    **dict.fromkeys(FLAGS, np.int8(NOT_KNOWN)),
    "provider": np.int8(ClaimedProvider.NOTHING),
    "trace_id": np.int32(NO_TRACE),
    "used": np.int8(UnusedReason.NONE),
    "device_class": np.int8(NOT_KNOWN),
}


def sheet(file: str, names: list[str], *, line: int | None = None) -> ColumnMapping:
    """Return what the columns of a table mean.

    Refuses one that lacks a column without which a fix is none, or has one twice.
    """
    column_sheet = column_names.sheet(tuple(names))
    missing = [name for name in NEEDED if name not in column_sheet.column]
    if missing:
        raise FixesError(
            file,
            f"there is no column {' and no column '.join(missing)}"
            f" (there are: {join_names(names)})",
            "no row says when and where the person was",
            "name the columns time, lat, lon",
            line=line,
        )
    alike = [column_names.plain(name) for name in names]
    twice = [
        name for name in column_sheet.column.values() if alike.count(column_names.plain(name)) > 1
    ]
    if twice:
        raise FixesError(
            file,
            f"there are {alike.count(column_names.plain(twice[0]))} columns {excerpt(twice[0])}",
            "nobody can say which of them holds",
            "keep one of them",
            line=line,
        )
    return column_sheet


class ArrowColumns:
    """The rows of a table as they come in, batch after batch.

    Room for `rows_max` rows is set aside at once; a page of it takes memory when it is written.
    `honest` is how many rows a file of this size can have. Columns come under their meaning.
    """

    def __init__(
        self,
        file: str,
        sheet: ColumnMapping,
        rows_max: int,
        honest: int,
        *,
        decimal_comma: bool = False,
    ) -> None:
        self._file = file
        self._sheet = sheet
        self._honest = honest
        self._rows_max = min(rows_max, honest, file_limits.FIXES_MAX)
        self._decimal_comma = decimal_comma
        self._columns: dict[str, NDArray[Any]] = {}
        self._codes: dict[str, int] = {}
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def append(self, batch: pa.RecordBatch) -> None:
        """Take the columns of a batch, which are called by their meaning."""
        start, self._rows = self._rows, self._rows + batch.num_rows
        file_limits.check_rows(self._file, self._rows, self._honest)
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name not in self._columns:
                self._columns[name] = np.empty(self._rows_max, _ABSENT[name].dtype)
            self._columns[name][start : self._rows] = self._read(name, column)

    def raw_columns(self) -> RawColumns:
        """Return the columns as they are now."""
        whole = {name: self._whole(name) for name in WANTED}
        return RawColumns(
            trace=whole["trace_id"],
            observed_us=whole["time"],
            received_us=whole["recv_time"],
            lat_deg=whole["lat"],
            lon_deg=whole["lon"],
            accuracy_m=whole["accuracy_m"],
            hdop_ratio=whole["hdop"],
            sats=whole["sats"],
            speed_mps=whole["speed_mps"],
            motion=whole["motion"],
            beacon=whole["beacon"],
            said=whole["provider"],
            reason=self._reasons(whole["used"], whole["still_since"]),
            radius95_m=whole["radius95_m"] if "radius95_m" in self._columns else None,
            rest_us=self._rest_us(whole["still_since"]),
            judged_by=whole["device_class"] if "device_class" in self._columns else None,
        )

    def _rest_us(self, still_us: I64) -> I64 | None:
        """Return since when devices say that they lie still; None: the file has no place for it."""
        if "still_since" not in self._columns:
            return None
        return np.where(still_us >= SINCE_FIX, still_us, POSITION)

    def _reasons(self, reason: I8, still_us: I64) -> I8:
        """Return why rows are no fixes; those of a plan are none, whatever else they are."""
        claims = (still_us >= SINCE_FIX) & (reason == UnusedReason.NONE)
        if claims.any():
            reason = np.where(claims, np.int8(UnusedReason.HEARTBEAT), reason)
        return (
            np.broadcast_to(np.int8(UnusedReason.NOT_A_TRACK), self._rows)
            if self._sheet.is_planned
            else reason
        )

    def traces(self) -> tuple[str, ...]:
        """Return the names of traces, in the order of their codes."""
        return tuple(self._codes)

    def _whole(self, name: str) -> NDArray[Any]:
        if name in self._columns:
            return self._columns[name][: self._rows]
        absent: NDArray[Any] = np.broadcast_to(_ABSENT[name], self._rows)
        return absent

    def _read(self, name: str, column: pa.Array) -> NDArray[Any]:
        if name in TIMES:
            return self._times(name, column)
        if name in NUMBERS:
            return numbers(column, decimal_comma=self._decimal_comma)
        if name in FLAGS:
            return _flags(column)
        if name == "used":
            return _reasons(column)
        if name == "device_class":
            return _by_value(column, cell_values.device_class, NOT_KNOWN).astype(np.int8)
        return _said(column) if name == "provider" else self._traces(column)

    def _times(self, name: str, column: pa.Array) -> I64:
        clock = self._sheet.clock(name)
        if clock is TimeFormat.TEXT or pa.types.is_timestamp(column.type):
            return times_us(column)
        return _counted(column, clock)

    def _traces(self, column: pa.Array) -> I32:
        def code(value: Any) -> int:  # noqa: ANN401
            name = cell_values.name(value)
            return self._codes.setdefault(name, len(self._codes)) if name else BLANK_TRACE

        codes: I32 = _by_value(column, code, BLANK_TRACE).astype(np.int32)
        if len(self._codes) > file_limits.TRACES_MAX:
            what = f"trace_id has more than {file_limits.TRACES_MAX} different values"
            why = "it does not name persons or devices"
            raise FixesError(self._file, what, why, "check which column is called trace_id")
        return codes


def is_readable(name: str, kind: pa.DataType, clock: TimeFormat = TimeFormat.TEXT) -> bool:
    """Say whether a column of this kind can hold what its name says."""
    if pa.types.is_dictionary(kind):
        return is_readable(name, kind.value_type, clock)
    if pa.types.is_null(kind) or _is_text(kind):
        return True
    if name in TIMES:
        is_instant = bool(pa.types.is_timestamp(kind) and kind.tz is not None)
        return is_instant or (clock is not TimeFormat.TEXT and _is_number(kind))
    return _is_number(kind) or bool(pa.types.is_boolean(kind) and name not in NUMBERS)


def times_us(column: pa.Array) -> I64:
    """Return a column of times in microseconds, or why there is none (see `file_rows`)."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _taken(times_us(column.dictionary), column.indices, NOT_GIVEN)
    if pa.types.is_null(kind):
        return np.full(len(column), NOT_GIVEN, np.int64)
    if not _is_text(kind):
        return _instants(column)
    if _is_plainly_unzoned(column):
        return np.full(len(column), NO_OFFSET, np.int64)
    return _from_texts(column, _US, _instants, cell_values.time_us)


def _instants(column: pa.Array) -> I64:
    """Return instants in microseconds, whatever their unit; what overflows is no time."""
    unit = column.type.unit
    count: I64 = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    if unit == "ns":
        count = count // 1_000
    elif unit != "us":
        per = 1_000_000 if unit == "s" else 1_000
        edge = (1 << 61) // per
        count = np.where((count > -edge) & (count < edge), count, -edge) * per
    beyond = (count <= -(1 << 60)) | (count >= 1 << 60)
    if beyond.any():
        count = np.where(beyond, NO_TIME, count)
    if column.null_count:
        count = np.where(_nulls(column), NOT_GIVEN, count)
    return count


def numbers(column: pa.Array, *, decimal_comma: bool = False) -> F64:
    """Return a column of numbers; NaN where there is none."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        of_each = numbers(column.dictionary, decimal_comma=decimal_comma)
        return _taken(of_each, column.indices, np.nan)
    if not _is_text(kind):
        return _floats(column)
    if decimal_comma:
        column = pc.replace_substring(column, ",", ".")
    return _from_texts(column, pa.float64(), _floats, cell_values.number)


def _floats(column: pa.Array) -> F64:
    floats: F64 = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return floats


def _flags(column: pa.Array) -> I8:
    return _by_value(column, cell_values.flag, NOT_KNOWN).astype(np.int8)


def _said(column: pa.Array) -> I8:
    return _by_value(column, cell_values.read_provider, ClaimedProvider.NOTHING).astype(np.int8)


def _reasons(column: pa.Array) -> I8:
    return _by_value(column, _reason, UnusedReason.NONE).astype(np.int8)


def _reason(value: Any) -> UnusedReason:  # noqa: ANN401
    return _REASONS.get(cell_values.name(value), UnusedReason.NONE)


_REASONS: Final = {reason.word: reason for reason in UnusedReason}


def _counted(column: pa.Array, clock: TimeFormat) -> I64:
    """Return times of which each may be a count since 1970."""
    if clock is TimeFormat.MICROSECONDS:
        return _from_counts(column, cell_values.microseconds)
    return _from_counts(column, cell_values.stamp_us)


def _from_counts(column: pa.Array, meaning: Callable[[Any], int]) -> I64:
    return np.array([meaning(value) for value in _values(column)], np.int64)


def _by_value(column: pa.Array, meaning: Callable[[Any], int], null: int) -> NDArray[np.int64]:
    """Return what each value means, asking only once for each value there is."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    meanings = np.array([meaning(value) for value in _values(coded.dictionary)], np.int64)
    return _taken(meanings, coded.indices, null)


def _taken(of_each: NDArray[Any], indices: pa.Array, null: Any) -> NDArray[Any]:  # noqa: ANN401
    """Return what each index stands for.

    The texts are never written out: a long one that is in a million rows would fill the memory.
    """
    table = np.append(of_each, of_each.dtype.type(null))
    index = indices.cast(pa.int64()).fill_null(len(of_each)).to_numpy(zero_copy_only=False)
    if len(index) and (index.min() < 0 or index.max() > len(of_each)):
        raise ValueError("an index points outside its table")
    values: NDArray[Any] = table[index]
    return values


def _values(column: pa.Array) -> list[Any]:
    """Return values as Python has them; bytes that are no UTF-8 become replacement characters."""
    if not _is_text(column.type):
        return list(column.to_pylist())
    raw = column.cast(pa.large_binary()).to_pylist()
    return [None if value is None else value.decode("utf-8", "replace") for value in raw]


def _from_texts(
    column: pa.Array,
    kind: pa.DataType,
    read_all: Callable[[pa.Array], NDArray[Any]],
    read_one: Callable[[Any], Any],
) -> NDArray[Any]:
    """Return what texts say: all at once if Arrow can read them, or trimmed, or piece by piece."""
    if pa.types.is_string(column.type):
        whole = _cast(column, kind)
        if whole is not None:
            return read_all(whole)
        trimmed = pc.ascii_trim_whitespace(column)
        column = pc.if_else(pc.is_in(trimmed, _NOTHING), None, trimmed)
    return _piecewise(column, kind, read_all, read_one)


def _piecewise(
    column: pa.Array,
    kind: pa.DataType,
    read_all: Callable[[pa.Array], NDArray[Any]],
    read_one: Callable[[Any], Any],
) -> NDArray[Any]:
    whole = _cast(column, kind)
    if whole is not None:
        return read_all(whole)
    half = len(column) // 2
    if half < _FEW:
        return np.array([read_one(value) for value in _values(column)])
    pieces = column.slice(0, half), column.slice(half)
    return np.concatenate([_piecewise(piece, kind, read_all, read_one) for piece in pieces])


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array | None:
    try:
        return column.cast(kind) if pa.types.is_string(column.type) else None
    except pa.ArrowInvalid:
        return None


def _is_plainly_unzoned(column: pa.Array) -> bool:
    """Say whether no value has an offset, quickly: a whole file of such times is a common fault."""
    if not pa.types.is_string(column.type) or column.null_count or not len(column):
        return False
    first = column.slice(0, _FEW)
    return all(
        pc.all(pc.match_substring_regex(part, cell_values.PLAINLY_UNZONED)).as_py()
        for part in (first, column)
    )


def _is_text(kind: pa.DataType) -> bool:
    return any(
        is_kind(kind)
        for is_kind in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_string_view,
            pa.types.is_binary,
            pa.types.is_large_binary,
            pa.types.is_binary_view,
        )
    )


def _is_number(kind: pa.DataType) -> bool:
    is_kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(is_kind(kind) for is_kind in is_kinds)


def _nulls(column: pa.Array) -> NDArray[np.bool_]:
    nulls: NDArray[np.bool_] = column.is_null().to_numpy(zero_copy_only=False)
    return nulls
