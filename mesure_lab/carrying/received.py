"""Receipt of reports by the server, by the column: late, in batches, twice, or with a wrong clock.

Rates are those of the demo's delivery, where each has its reason. The result is a record, just as
the ingest reads it from the file that `csv` writes; a test holds the two together.
"""

from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from mesure.formats.columns.file_rows import (
    NO_TRACE,
    ClaimedProvider,
    FileRows,
    RawColumns,
    UnusedReason,
    finish,
)
from mesure.geo.fixes import F64, I8, I64, NOT_KNOWN, POSITION
from mesure.instants import US_PER_MS
from mesure_lab.carrying import delivery, device
from mesure_lab.carrying.resting import NO_SIGNS, SignsOfRest
from mesure_lab.columns import Stream
from mesure_lab.rules.readings import Flags

Scalar = TypeVar("Scalar", bound=np.generic)

DAY_MS: Final = 86_400_000.0
HOUR_MS: Final = 3_600_000.0
LAG_SPREAD_RATIO: Final = 2.5

# Clocks: one receiver in thirty counts ten bits of weeks and falls back 1,024 of them for some
# hours (five trackers of open projects had it), another is ten minutes ahead for an hour (assumed).
P_ROLLOVER: Final = 1 / 30
ROLLOVER_MS: Final = 1_024 * 7 * 86_400_000
ROLLOVER_LASTS_MS: Final = 6 * HOUR_MS
P_AHEAD: Final = 1 / 30
AHEAD_MS: Final = 600_000
AHEAD_LASTS_MS: Final = HOUR_MS
RESTARTS_PER_DAY: Final = 0.2  # After each it sends 0/0, and a fix of days before again (assumed).

FLAGS: Final = {1: "true", 0: "false", NOT_KNOWN: ""}
WORDS: Final = {
    ClaimedProvider.GNSS: "gps",
    ClaimedProvider.WIFI: "wifi",
    ClaimedProvider.CELL: "cell",
}


@dataclass(frozen=True, slots=True)
class Reports:
    """Columns of what left the device, in order of time."""

    taken_ms: I64
    lat_deg: F64
    lon_deg: F64
    accuracy_m: F64
    speed_mps: F64  # NaN: not known.
    said: I8
    motion: I8
    beacon: I8

    def __len__(self) -> int:
        return len(self.taken_ms)

    def rows(self, which: I64) -> "Reports":
        """Return some rows."""
        return Reports(*(getattr(self, name)[which] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class ReceivedReports:
    """The reports that the server received, in order of receipt, and the signs of life apart."""

    reports: Reports
    heard_ms: I64
    signs: SignsOfRest = NO_SIGNS
    signs_heard_ms: I64 = field(default_factory=lambda: NO_SIGNS.sent_ms)


def deliver(
    reports: Reports, seed: int, *, awake: bool, signs: SignsOfRest = NO_SIGNS
) -> ReceivedReports:
    """Return what the server receives.

    Of a device that is awake nothing waits for a network and no clock is wrong.
    """
    received_reports = _reports_heard(reports, seed, awake=awake)
    if not len(signs):
        return received_reports
    lost, signs_heard_ms = _underway(signs.sent_ms, Stream(seed, "signs"), awake=awake)
    rows = np.flatnonzero(~lost)
    signs = SignsOfRest(signs.sent_ms[rows], signs.since_ms[rows])
    return replace(received_reports, signs=signs, signs_heard_ms=signs_heard_ms[rows])


def _reports_heard(reports: Reports, seed: int, *, awake: bool) -> ReceivedReports:
    if not len(reports):
        return ReceivedReports(reports, reports.taken_ms)
    stream = Stream(seed, "delivery")
    lost, heard_ms = _underway(reports.taken_ms, stream, awake=awake)
    rows = np.flatnonzero(~lost)
    again = rows[stream.shares(len(rows)) < delivery.P_TWICE]
    again_ms = heard_ms[again] + _between(delivery.TWICE_MS, len(again), stream)
    parts = [(reports.rows(rows), heard_ms[rows]), (reports.rows(again), again_ms)]
    if not awake:
        parts[:1] = [(_with_wrong_clock(parts[0][0], stream), heard_ms[rows])]
        parts += _after_restarts(reports, np.flatnonzero(lost), stream)
    return _by_receipt(parts)


def underway(taken_ms: I64, seed: int, *, awake: bool) -> tuple[Flags, I64]:
    """Return which reports are lost on the way, and when each of the others would be received.

    A network without the other faults of delivery: nothing comes twice, and clocks are right.
    """
    return _underway(taken_ms, Stream(seed, "network"), awake=awake)


def _underway(taken_ms: I64, stream: Stream, *, awake: bool) -> tuple[Flags, I64]:
    lost: Flags = stream.shares(len(taken_ms)) < device.P_LOST
    heard_ms = taken_ms + _lags_ms(len(taken_ms), stream)
    if not awake:
        heard_ms = np.maximum(heard_ms, _online_ms(taken_ms, stream))
    return lost, heard_ms


def _lags_ms(count: int, stream: Stream) -> I64:
    lag_ms = delivery.LAG_MS * stream.around_one(count, LAG_SPREAD_RATIO)
    lead_ms = delivery.CLOCK_BEHIND_MS * stream.shares(count)
    is_behind = stream.shares(count) < delivery.P_CLOCK_BEHIND
    return np.where(is_behind, -lead_ms, lag_ms).astype(np.int64)


def _online_ms(taken_ms: I64, stream: Stream) -> I64:
    """Return when each report finds a network at the earliest."""
    online_ms = taken_ms.copy()
    for begin_ms in _moments_ms(taken_ms, delivery.OFFLINES_PER_DAY, stream):
        length_ms = delivery.OFFLINE_MS * float(stream.around_one(1, LAG_SPREAD_RATIO)[0])
        end_ms = begin_ms + int(min(delivery.OFFLINE_MS_MAX, length_ms))
        waits = (taken_ms >= begin_ms) & (taken_ms < end_ms)
        online_ms = np.where(waits, np.maximum(online_ms, end_ms), online_ms)
    return online_ms


def _moments_ms(taken_ms: I64, per_day: float, stream: Stream) -> list[int]:
    """Draw when something happens to the device in all the time in which it reports."""
    first_ms, last_ms = int(taken_ms[0]), int(taken_ms[-1])
    at_ms = stream.events(float(last_ms - first_ms), per_day / DAY_MS)
    return [first_ms + int(after_ms) for after_ms in at_ms.tolist()]


def _between(limits_ms: tuple[float, float], count: int, stream: Stream) -> I64:
    low, high = limits_ms
    return (low + (high - low) * stream.shares(count)).astype(np.int64)


def _with_wrong_clock(reports: Reports, stream: Stream) -> Reports:
    """Return the reports as a device writes them whose clock is wrong for some hours, if it is."""
    rolls_over, runs_ahead = (stream.shares(2) < (P_ROLLOVER, P_AHEAD)).tolist()
    first_ms, last_ms = int(reports.taken_ms[0]), int(reports.taken_ms[-1])
    at_ms = first_ms + (last_ms - first_ms) * stream.share()
    since_ms = reports.taken_ms - at_ms
    taken_ms = reports.taken_ms
    if rolls_over:
        wrong = (since_ms >= 0.0) & (since_ms < ROLLOVER_LASTS_MS)
        taken_ms = np.where(wrong, taken_ms - ROLLOVER_MS, taken_ms)
    elif runs_ahead:
        wrong = (since_ms >= 0.0) & (since_ms < AHEAD_LASTS_MS)
        taken_ms = np.where(wrong, taken_ms + AHEAD_MS, taken_ms)
    return replace(reports, taken_ms=taken_ms)


def _after_restarts(reports: Reports, lost: I64, stream: Stream) -> list[tuple[Reports, I64]]:
    """Return what a device sends as it restarts: no place, and a lost fix from days before."""
    parts = []
    for at_ms in _moments_ms(reports.taken_ms, RESTARTS_PER_DAY, stream):
        row = np.searchsorted(reports.taken_ms[:-1], [at_ms])
        nowhere = replace(reports.rows(row), lat_deg=np.zeros(1), lon_deg=np.zeros(1))
        parts.append((nowhere, nowhere.taken_ms + int(delivery.LAG_MS)))
        old = lost[reports.taken_ms[lost] <= at_ms - delivery.STALE_MS_MIN]
        if len(old):
            parts.append((reports.rows(old[-1:]), nowhere.taken_ms + int(delivery.LAG_MS)))
    return parts


def _by_receipt(parts: list[tuple[Reports, I64]]) -> ReceivedReports:
    columns = {
        name: np.concatenate([getattr(part, name) for part, _ in parts])
        for name in Reports.__slots__
    }
    heard_ms = np.concatenate([part_ms for _, part_ms in parts])
    order = np.lexsort((columns["taken_ms"], heard_ms))
    return ReceivedReports(Reports(**columns).rows(order), heard_ms[order])


# --- As the server keeps it ----------------------------------------------------------------------


def record(received_reports: ReceivedReports, name: str) -> FileRows:
    """Return what the ingest makes of the file that `csv` writes."""
    reports, signs = received_reports.reports, received_reports.signs
    placed, rest = len(reports), len(signs)
    nothing = np.full(placed + rest, np.nan)
    columns = RawColumns(
        trace=np.full(placed + rest, NO_TRACE, np.int32),
        observed_us=np.append(reports.taken_ms, signs.sent_ms) * US_PER_MS,
        received_us=np.append(received_reports.heard_ms, received_reports.signs_heard_ms)
        * US_PER_MS,
        lat_deg=_padded(reports.lat_deg, rest, np.nan),
        lon_deg=_padded(reports.lon_deg, rest, np.nan),
        accuracy_m=_padded(reports.accuracy_m, rest, np.nan),
        hdop_ratio=nothing,
        sats=nothing,
        speed_mps=_padded(reports.speed_mps, rest, np.nan),
        motion=_padded(reports.motion, rest, NOT_KNOWN),
        beacon=_padded(reports.beacon, rest, NOT_KNOWN),
        said=_padded(reports.said, rest, ClaimedProvider.NOTHING),
        reason=np.append(np.zeros(placed, np.int8), np.full(rest, UnusedReason.HEARTBEAT, np.int8)),
        rest_us=np.append(np.full(placed, POSITION), signs.since_ms * US_PER_MS),
    )
    return finish(name, columns, (), receipt_key="recv_time", unread=())


def _padded(column: NDArray[Scalar], rest: int, blank: float) -> NDArray[Scalar]:
    """Return a column with blanks behind it for the signs of life, which have no such thing."""
    return np.append(column, np.full(rest, blank, column.dtype))


def csv(received_reports: ReceivedReports) -> bytes:
    """Return the reports as a file of fixes, one line each, in order of receipt.

    Signs of life, if any, come after them, and a column more says since when.
    """
    lines = [delivery.HEADER, *_lines(received_reports.reports, received_reports.heard_ms)]
    if len(received_reports.signs):
        lines = [f"{lines[0]},still_since", *(f"{line}," for line in lines[1:])]
        lines += _sign_lines(received_reports)
    return ("\n".join(lines) + "\n").encode()


def _sign_lines(received_reports: ReceivedReports) -> list[str]:
    signs = received_reports.signs
    fields = zip(
        signs.sent_ms.tolist(),
        received_reports.signs_heard_ms.tolist(),
        signs.since_ms.tolist(),
        strict=True,
    )
    return [
        f"{delivery.instant(sent)},,,,,{delivery.instant(heard_)},,,,{since * US_PER_MS}"
        for sent, heard_, since in fields
    ]


def _lines(reports: Reports, heard_ms: I64) -> list[str]:
    fields = zip(
        reports.taken_ms.tolist(),
        reports.lat_deg.tolist(),
        reports.lon_deg.tolist(),
        reports.accuracy_m.tolist(),
        reports.speed_mps.tolist(),
        heard_ms.tolist(),
        reports.said.tolist(),
        reports.motion.tolist(),
        reports.beacon.tolist(),
        strict=True,
    )
    return [
        f"{delivery.instant(time_ms)},{lat:.7f},{lon:.7f},{accuracy:.1f},"
        f"{'' if speed != speed else f'{speed:.2f}'},{delivery.instant(heard_)},"
        f"{WORDS[ClaimedProvider(provider)]},{FLAGS[motion]},{FLAGS[beacon]}"
        for time_ms, lat, lon, accuracy, speed, heard_, provider, motion, beacon in fields
    ]
