"""Fix sequence: a file of fixes, as the messages that a device would have sent."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from mesure.devices.message import batch
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.uplink import Up
from mesure.formats import fixes_files
from mesure.formats.columns import traces
from mesure.formats.columns.file_rows import Bools, FileRows, UnusedReason
from mesure.geo.fixes import I64
from mesure.instants import CREDIBLE_FROM_US, CREDIBLE_UNTIL_US

Sent: TypeAlias = tuple[Up, int]  # What is said, and when.

NORTH_DEG: Final = 90.0
EAST_DEG: Final = 180.0


@dataclass(frozen=True, slots=True)
class FixSequence:
    """The fixes of a file in the order in which they were received, and what had to stay behind."""

    fixes: FixBatch
    received_us: I64
    left_out: int  # Rows without a readable time or place, and signs of life.

    def messages(self, size: int) -> Iterator[Sent]:
        """Yield batches of at most `size` fixes, each with the time at which it was sent.

        That is when its last fix was received, so that a replay is as the track was. A device sends
        nothing before what it sent already.
        """
        row, sent_us = 0, 0
        for part in batch.cut(self.fixes, size):
            received_us = self.received_us[row : row + len(part)]
            sent_us = max(sent_us, int(received_us.max()), int(part.observed_us[-1]))
            row += len(part)
            yield part, sent_us

    def until(self, now_us: int, pace: float) -> "FixSequence":
        """Return the track with all its times moved, so that it ends when its replay does.

        So no time in it is in the future when it is sent, at any pace from 1 on.
        """
        if not len(self.fixes):
            return self
        last_us = int(max(self.received_us.max(), self.fixes.observed_us.max()))
        takes_us = round((last_us - int(self.received_us.min())) / pace) if pace else 0
        by_us = now_us + takes_us - last_us
        fixes = replace(self.fixes, observed_us=self.fixes.observed_us + by_us)
        return FixSequence(fixes, self.received_us + by_us, self.left_out)


def read(name: str, data: bytes, trace: str | None) -> FixSequence:
    """Return the track of one trace; raises `FixesError` where the file is none."""
    record = fixes_files.read(name, data)
    mine = traces.of_one_person(record, trace)
    usable = mine & _is_usable(record)
    rows = np.flatnonzero(usable)
    received_us = np.where(
        record.received_us >= CREDIBLE_FROM_US, record.received_us, record.observed_us
    )
    rows = rows[np.argsort(received_us[rows], kind="stable")]
    left_out = int(np.count_nonzero(mine)) - len(rows)
    return FixSequence(_fixes(record, rows), received_us[rows], left_out)


def _is_usable(record: FileRows) -> Bools:
    timed = (record.observed_us >= CREDIBLE_FROM_US) & (record.observed_us < CREDIBLE_UNTIL_US)
    placed = (np.abs(record.lat_deg) <= NORTH_DEG) & (np.abs(record.lon_deg) <= EAST_DEG)
    usable: Bools = timed & placed & (record.reason == UnusedReason.NONE)
    return usable


def _fixes(record: FileRows, rows: I64) -> FixBatch:
    return FixBatch(
        record.observed_us[rows],
        record.lat_deg[rows],
        record.lon_deg[rows],
        record.reported_m[rows],
        record.speed_mps[rows],
        record.motion[rows],
        record.beacon[rows],
        record.said[rows],
        np.zeros(len(rows), np.bool_),
    )
