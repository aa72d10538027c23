"""Row builder: gathers the rows of a message-by-message format into columns."""

from array import array
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mesure.formats.columns import file_limits
from mesure.formats.columns.file_rows import (
    BLANK_TRACE,
    NO_TIME,
    NO_TRACE,
    NOT_GIVEN,
    ClaimedProvider,
    FileRows,
    RawColumns,
    UnusedReason,
    finish,
)
from mesure.geo.fixes import NOT_KNOWN, POSITION

NAN: Final = float("nan")


class FixRow(NamedTuple):
    """What one message says of a fix, before it is in columns; nothing is judged here."""

    observed_us: int
    received_us: int = NOT_GIVEN
    lat_deg: float = NAN
    lon_deg: float = NAN
    accuracy_m: float = NAN
    hdop_ratio: float = NAN
    sats: float = NAN  # Satellites heard.
    speed_mps: float = NAN
    radius95_m: float = NAN  # As this program wrote it.
    motion: int = NOT_KNOWN
    beacon: int = NOT_KNOWN
    said: ClaimedProvider = ClaimedProvider.NOTHING
    reason: UnusedReason = UnusedReason.NONE
    trace: str | None = None  # None: the message has no place for a name; "": it left it empty.
    rest_us: int = POSITION  # Of a sign of life: since when the device lies still, as in `Fixes`.
    judged_by: int = NOT_KNOWN  # A class of device, as in `RawColumns`.


class RowBuilder:
    """The rows of one file, in its order; `add` appends one."""

    def __init__(self, file: str, size: int) -> None:
        self._file = file
        self._honest = file_limits.rows_of_text(size)
        self._times = array("q"), array("q")
        self._numbers = tuple(array("d") for _ in range(7))
        self._marks = tuple(array("b") for _ in range(4))
        self._trace = array("i")
        self._codes: dict[str, int] = {}
        self._rest_us: dict[int, int] = {}  # By row; few say so.
        self._judged_by = array("b")

    def add(self, row: FixRow) -> None:
        """Append a row."""
        file_limits.check_rows(self._file, len(self._trace) + 1, self._honest)
        for column, time_us in zip(self._times, row[:2], strict=True):
            column.append(time_us)
        for values, value in zip(self._numbers, row[2:9], strict=True):
            values.append(value)
        for marks, mark in zip(self._marks, row[9:13], strict=True):
            marks.append(mark)
        if row.rest_us != POSITION:
            self._rest_us[len(self._trace)] = row.rest_us
        self._judged_by.append(row.judged_by)
        self._trace.append(self._code(row.trace))

    def unread(self, *, received_us: int = NOT_GIVEN) -> None:
        """Append a row of which nothing else can be read."""
        self.add(FixRow(NO_TIME, received_us))

    def record(
        self, time_key: str, receipt_key: str, *, repeats: bool = False, unread: Iterable[str] = ()
    ) -> FileRows:
        """Return the rows as columns; the keys are what the format calls its two times."""
        observed_us, received_us = (_column(values, np.int64) for values in self._times)
        *numbers, radius95_m = (_column(values, np.float64) for values in self._numbers)
        marks = (_column(values, np.int8) for values in self._marks)
        trace = _column(self._trace, np.int32)
        columns = RawColumns(trace, observed_us, received_us, *numbers, *marks)
        if not np.isnan(radius95_m).all():
            columns = replace(columns, radius95_m=radius95_m)
        if self._rest_us:
            rest_us = np.full(len(trace), POSITION)
            rest_us[list(self._rest_us)] = list(self._rest_us.values())
            columns = replace(columns, rest_us=rest_us)
        columns = replace(columns, judged_by=_column(self._judged_by, np.int8))
        return finish(
            self._file,
            columns,
            tuple(self._codes),
            time_key=time_key,
            receipt_key=receipt_key,
            repeats=repeats,
            unread=unread,
        )

    def _code(self, trace: str | None) -> int:
        if trace is None:
            return NO_TRACE
        return self._codes.setdefault(trace, len(self._codes)) if trace else BLANK_TRACE


def _column(values: Any, dtype: type) -> NDArray[Any]:  # noqa: ANN401
    return np.frombuffer(values, dtype) if len(values) else np.empty(0, dtype)
