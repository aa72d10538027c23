"""Batched reading of stored messages: for many persons at once, with the same result for each.

Most messages are fixes that one device signed. Making columns of them takes as long for a thousand
as for one, so those of everybody are made together, and each person is handed their own rows.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from mesure.devices.assignment import Spans
from mesure.devices.message import batches, envelope, messages, uplink
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.cbor import Item
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.signed_form import FORM as SIGNED
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats.columns.file_rows import COLUMNS, FileRows
from mesure.formats.stored import assemble_fixes, stored_messages
from mesure.formats.stored.assemble_fixes import ClaimRules
from mesure.formats.stored.stored_messages import (
    ROW_BITS,
    HealthReport,
    MessageRows,
    PersonRows,
    StoredMessage,
)
from mesure.geo.fixes import I64, Fixes

BATCH: Final = uplink.KINDS[FixBatch]


class BatchReadRequest(NamedTuple):
    """Messages about one person, who carried these devices then."""

    messages: Sequence[StoredMessage]
    carried: Spans
    classes: Mapping[str, DeviceClass]
    policy: Policy  # By which their rows are read.


class BatchReadResult(NamedTuple):
    """Their rows, and what they tell of devices."""

    rows: list[PersonRows]
    told: list[HealthReport]


def read(requests: Sequence[BatchReadRequest]) -> list[BatchReadResult]:
    """Return what `stored_messages.read` returns for each; raises what it raises for the first."""
    results: list[BatchReadResult | None] = [None] * len(requests)
    plain: dict[tuple[DeviceClass, ClaimRules], list[tuple[int, list[Item]]]] = {}
    for number, request in enumerate(requests):
        items = _batches(request.messages)
        if items:
            device_class = request.classes[request.messages[0].device]
            read_by = assemble_fixes.claims_of(request.policy, device_class)
            plain.setdefault((device_class, read_by), []).append((number, items))
    for (device_class, read_by), group in plain.items():
        their = [(requests[number], items) for number, items in group]
        rows = _together(device_class, read_by, their)
        for (number, _), person_rows in zip(group, rows, strict=True):
            results[number] = person_rows and BatchReadResult([person_rows], [])
    return [one or _alone(requests[number]) for number, one in enumerate(results)]


def _alone(request: BatchReadRequest) -> BatchReadResult:
    reports: list[HealthReport] = []
    return BatchReadResult(
        stored_messages.read(request.messages, request.carried, request.classes, reports), reports
    )


def _batches(device_messages: Sequence[StoredMessage]) -> list[Item] | None:
    """Return the batches of fixes that messages are; None where there is anything else."""
    if not device_messages or len({one.device for one in device_messages}) > 1:
        return None
    items: list[Item] = []
    for message in device_messages:
        read_ = envelope.read(message.body) if message.form == SIGNED else None
        if read_ is None or isinstance(read_, DeviceRefusal):
            return None
        item = messages.item(read_.payload)
        if isinstance(item, DeviceRefusal) or item[0] != BATCH:
            return None
        items.append(item[1])
    return items


def _together(
    device_class: DeviceClass,
    read_by: ClaimRules,
    group: Sequence[tuple[BatchReadRequest, list[Item]]],
) -> list[PersonRows | None]:
    """Return the rows of each; None where the person carried the device for a part of them."""
    fixes, counts = batches.of_kept([item for _, items in group for item in items])
    all_messages = [message for asked, _ in group for message in asked.messages]
    first = np.cumsum(counts) - counts
    numbers = (np.array([one.sequence for one in all_messages]) << ROW_BITS) - first
    row = np.repeat(numbers, counts) + np.arange(len(fixes))
    record = stored_messages.file_rows_of(
        "", fixes, np.repeat(np.array([one.received_us for one in all_messages]), counts)
    )
    columns = assemble_fixes.columns(record, device_class, read_by)
    begins = first[np.cumsum([0, *(len(items) for _, items in group)])[:-1]]
    earliest_us = np.minimum.reduceat(record.observed_us, begins).tolist()
    latest_us = np.maximum.reduceat(record.observed_us, begins).tolist()
    ends = [*begins[1:].tolist(), len(fixes)]
    results: list[PersonRows | None] = []
    for (request, _), begin, end, earliest, latest in zip(
        group, begins.tolist(), ends, earliest_us, latest_us, strict=True
    ):
        device = request.messages[0].device
        spans = request.carried.get(device, ())
        if any(start_us <= earliest and latest < until_us for start_us, until_us in spans):
            results.append(_cut(device, device_class, record, columns, row, slice(begin, end)))
        else:
            results.append(None)
    return results


def _cut(
    device: str, device_class: DeviceClass, record: FileRows, columns: Fixes, row: I64, part: slice
) -> PersonRows:
    """Return the rows of one device; they are copies, for the others' would stay with them."""
    arrays = [getattr(record, name)[part].copy() for name in COLUMNS]
    rows = MessageRows(FileRows(device, (), *arrays), row[part].copy(), is_signed=True)
    fixes = Fixes(**{name: getattr(columns, name)[part] for name in _OF_FIXES}, row=rows.row)
    return PersonRows(device_class, rows, fixes)


_OF_FIXES: Final = tuple(name for name in Fixes.__slots__ if name != "row")
assert FileRows.__slots__ == ("file", "traces", *COLUMNS, "notes")
