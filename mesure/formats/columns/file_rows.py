"""File rows: every row of one file of fixes, as columns; row i is row i of the file, none dropped.

Times are microseconds since 1970-01-01T00:00:00Z. A time that can't be read is `NO_TIME`, which is
before any time that can.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from mesure.evaluation.policy import DeviceClass
from mesure.formats.columns.file_faults import FixesError, excerpt
from mesure.geo.fixes import F64, I8, I64, no_claims
from mesure.instants import CREDIBLE_FROM_US, CREDIBLE_UNTIL_US

I32 = NDArray[np.int32]
Bools = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)

M_PER_HDOP: Final = 5.0

NO_TIME: Final = -(1 << 62)  # There is a text, but no time can be read from it.
NOT_GIVEN: Final = NO_TIME + 1  # There is nothing. Only while a file is read.
NO_OFFSET: Final = NO_TIME + 2  # A time that may mean any zone. Only while a file is read.


NO_TRACE: Final = -1  # The file has no place for a trace's name.
BLANK_TRACE: Final = -2  # It has one, and this row left it empty.


class UnusedReason(IntEnum):
    """Why a row is kept and not used; but for the last, in the order in which they are asked."""

    NONE = 0
    OTHER_TRACE = 1
    OUT_OF_RANGE = 2
    HEARTBEAT = 3
    FUTURE = 4
    STALE = 5
    AFTER_UNTIL = 6
    DUPLICATE = 7
    NOT_A_TRACK = 8  # A saved place or a planned route; asked right after `OTHER_TRACE`.

    @property
    def word(self) -> str:
        """Return the reason as a report writes it."""
        return self.name.lower()


class ClaimedProvider(IntEnum):
    """What the device said about where a position came from. `NETWORK` is Wi-Fi or cells."""

    NOTHING = 0
    GNSS = 1
    WIFI = 2
    CELL = 3
    NETWORK = 4


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Something that a device reported in a file besides its fixes."""

    device: str  # As the message names it; empty: it does not.
    kind: str  # What it calls for, or what its event is.
    at_us: int | None  # None: nobody says when.
    said: str  # In the device's own words, which nobody has checked.


@dataclass(frozen=True, slots=True)
class FileNotes:
    """What is to be said of a file besides its rows, so that nothing is left out in silence."""

    file: str
    unread: tuple[str, ...]  # Its columns that nothing was read from, by their own names.
    has_accuracy: bool  # Whether any row, if there is one, says how wrong it may be.
    events: tuple[DeviceEvent, ...] = ()
    classes: tuple[tuple[str, DeviceClass], ...] = ()  # By which a trace was judged; "": no name.


@dataclass(frozen=True, slots=True)
class FileRows:
    """All rows of one file. A row may be used if its `reason` is 0 and its numbers are good."""

    file: str
    traces: tuple[str, ...]  # The names that `trace` counts into.
    trace: I32  # Index into `traces`, or NO_TRACE or BLANK_TRACE.
    observed_us: I64
    received_us: I64  # As `observed_us` where the file doesn't say.
    lat_deg: F64
    lon_deg: F64
    reported_m: F64  # The radius the device reports, at its own confidence; NaN: it made no claim.
    is_radius95: Bools  # That radius is one for 95 %: radius and provider were read once before.
    speed_mps: F64  # NaN: not known.
    motion: I8  # 1, 0 or NOT_KNOWN.
    beacon: I8
    said: I8  # A `ClaimedProvider`.
    reason: I8  # Where the message or the file itself shows it; otherwise 0.
    repeats: Bools  # The sender repeats its last position when it has no other.
    rest_us: I64  # Of a sign of life: since when the device lies still, as in `Fixes`.
    notes: tuple[FileNotes, ...] = ()  # One for each file; none where rows come from no file.

    def __len__(self) -> int:
        return len(self.observed_us)


COLUMNS: Final = tuple(
    name for name in FileRows.__slots__ if name not in ("file", "traces", "notes")
)
"""What of a record is a column, row by row."""


@dataclass(frozen=True, slots=True)
class RawColumns:
    """The columns of a file as they were read, before anything is made of them."""

    trace: I32
    observed_us: I64
    received_us: I64
    lat_deg: F64
    lon_deg: F64
    accuracy_m: F64
    hdop_ratio: F64
    sats: F64  # Satellites heard.
    speed_mps: F64
    motion: I8
    beacon: I8
    said: I8
    reason: I8
    radius95_m: F64 | None = None  # None: the file has no place for it.
    rest_us: I64 | None = None  # As in `Fixes`; None: no row says that the device lies still.
    judged_by: I8 | None = None  # Its place in `CLASSES`; NOT_KNOWN: the row does not say.


CLASSES: Final = tuple(DeviceClass)


def finish(
    file: str,
    columns: RawColumns,
    traces: tuple[str, ...],
    *,
    time_key: str = "time",
    receipt_key: str = "recv_time",
    repeats: bool = False,
    unread: Iterable[str] | None = None,
) -> FileRows:
    """Return the record that a file's columns make: believable times, one reported radius.

    `unread` None: the rows come from no file, and there is nothing to say of one.

    Why 5 m for each unit of HDOP: it is what the order of a programme's trial formats asks for
    (docs/specs/fixes_files.md), and only a satellite receiver has an HDOP or a count of satellites.
    """
    observed_us = _settled(file, time_key, columns.observed_us)
    received_us = _settled(file, receipt_key, columns.received_us)
    by_hdop = ~is_claim(columns.accuracy_m) & is_claim(columns.hdop_ratio)
    reported_m = replace_where(columns.accuracy_m, by_hdop, columns.hdop_ratio * M_PER_HDOP)
    is_radius95: Bools = np.broadcast_to(np.bool_(False), len(columns.trace))
    if columns.radius95_m is not None:
        is_radius95 = is_claim(columns.radius95_m) | ~is_claim(reported_m)
        reported_m = replace_where(reported_m, is_radius95, columns.radius95_m)
        by_hdop &= ~is_radius95
    by_satellites = (columns.said == ClaimedProvider.NOTHING) & (by_hdop | is_claim(columns.sats))
    return FileRows(
        file=file,
        traces=traces,
        trace=columns.trace,
        observed_us=replace_where(observed_us, observed_us == NOT_GIVEN, NO_TIME),
        received_us=_received(observed_us, received_us),
        lat_deg=columns.lat_deg,
        lon_deg=columns.lon_deg,
        reported_m=reported_m,
        is_radius95=is_radius95,
        speed_mps=columns.speed_mps,
        motion=columns.motion,
        beacon=columns.beacon,
        said=replace_where(columns.said, by_satellites, ClaimedProvider.GNSS),
        reason=columns.reason,
        repeats=np.broadcast_to(np.bool_(repeats), len(columns.trace)),
        rest_us=no_claims(len(columns.trace)) if columns.rest_us is None else columns.rest_us,
        notes=() if unread is None else (_noted(file, unread, reported_m, columns, traces),),
    )


def _noted(
    file: str, unread: Iterable[str], reported_m: F64, columns: RawColumns, traces: tuple[str, ...]
) -> FileNotes:
    has_accuracy = not len(reported_m) or bool(is_claim(reported_m).any())
    classes = tuple(_classes(columns, traces))
    return FileNotes(file, tuple(unread), has_accuracy, classes=classes)


def _classes(columns: RawColumns, traces: tuple[str, ...]) -> Iterator[tuple[str, DeviceClass]]:
    """Yield by which class of device the rows of each trace were judged, where they say so."""
    if columns.judged_by is None:
        return
    for at, device_class in enumerate(CLASSES):
        for code in np.unique(columns.trace[columns.judged_by == at]).tolist():
            yield (traces[code] if code >= 0 else ""), device_class


def is_claim(column: F64) -> Bools:
    """Say which numbers claim something: 0, less, infinite and missing ones don't."""
    return (column > 0.0) & (column < np.inf)


@overload
def is_placed(lat_deg: float, lon_deg: float) -> bool: ...
@overload
def is_placed(lat_deg: F64, lon_deg: F64) -> Bools: ...
def is_placed(lat_deg: Any, lon_deg: Any) -> Any:
    """Say whether a place is one on Earth, of one fix or of each in two columns.

    Loggers write 0/0 until they know better; the place itself is in the Gulf of Guinea.

    >>> is_placed(43.25, 76.9), is_placed(91.0, 0.0), is_placed(0.0, 0.0)
    (True, False, False)
    """
    on_earth = (lat_deg >= -90.0) & (lat_deg <= 90.0) & (lon_deg >= -180.0) & (lon_deg <= 180.0)
    return on_earth & ((lat_deg != 0.0) | (lon_deg != 0.0))


@overload
def is_believed(time_us: int) -> bool: ...
@overload
def is_believed(time_us: I64) -> Bools: ...
def is_believed(time_us: Any) -> Any:
    """Say whether a device may mean this time, or which of a column."""
    return (time_us >= CREDIBLE_FROM_US) & (time_us < CREDIBLE_UNTIL_US)


def _settled(file: str, key: str, given_us: I64) -> I64:
    """Return times of which none is beyond belief; refuse a column where none has an offset."""
    unzoned = given_us == NO_OFFSET
    if unzoned.any() and not (given_us > NO_OFFSET).any():
        raise FixesError(
            file,
            f"no time under {excerpt(key)} has an offset"
            f" (the first such is row {unzoned.argmax()})",
            "it may mean any time zone and nobody can say when the person was where",
            "write times as 2026-01-05T22:00:00Z or 2026-01-05T22:00:00+05:00",
        )
    believed = is_believed(given_us) | (given_us == NOT_GIVEN)
    return replace_where(given_us, ~believed, NO_TIME)


def _received(observed_us: I64, received_us: I64) -> I64:
    """Return receipts; where a row has none, its fix was received when it was taken."""
    missing = received_us == NOT_GIVEN
    return observed_us if missing.all() else replace_where(received_us, missing, observed_us)


def replace_where(column: NDArray[T], chosen: Bools, value: Any) -> NDArray[T]:  # noqa: ANN401
    """Return a column with another value in the chosen rows; the same column if there are none."""
    if not chosen.any():
        return column
    return np.where(chosen, value, column).astype(column.dtype, copy=False)
