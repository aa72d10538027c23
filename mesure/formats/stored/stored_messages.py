"""Stored messages: read again to rows, with the message that each row came from.

A message that was kept was believed when it came, so what cannot be read here was kept by another
version, and nothing is judged on top of it. A row is numbered by the place of its message in the
log and its own in the message: evidence names both, and later rows have higher numbers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np

from mesure.devices import health, signed_form
from mesure.devices.assignment import Spans
from mesure.devices.calls import CallEvent
from mesure.devices.health import PrecisionReport
from mesure.devices.message import batch, envelope, messages
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Heartbeat, UplinkEvent, UplinkEvents
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats.apps import app_message, message_pieces
from mesure.formats.columns.file_rows import (
    COLUMNS,
    NO_TRACE,
    FileRows,
    RawColumns,
    UnusedReason,
    finish,
)
from mesure.formats.columns.row_builder import FixRow, RowBuilder
from mesure.formats.stored import assemble_fixes, reduced_messages
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import I64, MOVES, POSITION, Fixes

ROW_BITS: Final = 16  # The most rows a message has, as a power of two.


class StoredMessage(NamedTuple):
    """A message as it was kept, opened."""

    sequence: int  # Its place in the log of its partition.
    device: str
    form: str
    received_us: int
    body: bytes


class HealthReport(NamedTuple):
    """Something a device said of how it is."""

    device: str
    event: UplinkEvent | CallEvent | PrecisionReport
    received_us: int
    sequence: int


@dataclass(frozen=True, slots=True)
class MessageEvidence:
    """What messages say of one person: fixes to judge by, unused rows, and how devices were."""

    fixes: Fixes
    rest_claims: Fixes  # By which a device says that it lies still.
    unused: Mapping[str, Fixes]  # Reason -> the rows kept for it.
    health: tuple[HealthReport, ...]
    unsigned: bool  # Whether anything is judged by that no device signed.

    @property
    def to_judge(self) -> Fixes:
        """Return all that is judged: the fixes and the rest claims."""
        return fixes_.merge(self.fixes, self.rest_claims)


class MessageRows(NamedTuple):
    """The rows of one message."""

    record: FileRows
    row: I64
    is_signed: bool


def place(row: int) -> tuple[int, int]:
    """Return the place in the log of the message that a row came with, and its place in that.

    >>> place((7 << ROW_BITS) + 3)
    (7, 3)
    """
    return row >> ROW_BITS, row & ((1 << ROW_BITS) - 1)


def hear(
    device_messages: Sequence[StoredMessage],
    carried: Spans,
    classes: Mapping[str, DeviceClass],
    policy: Policy,
    until_us: int,
) -> MessageEvidence:
    """Return what messages say of one person, by what they carried then."""
    reports: list[HealthReport] = []
    return evidence_of(read(device_messages, carried, classes, reports), reports, policy, until_us)


class PersonRows(NamedTuple):
    """Rows of some messages, of the time in which the person carried the device."""

    device_class: DeviceClass
    rows: MessageRows
    columns: Fixes | None = None  # The rows as fixes, where that was made already.

    def fixes(self, policy: Policy) -> Fixes:
        """Return the rows as they are, whether they can be used or not."""
        if self.columns is not None:
            return self.columns
        read_by = assemble_fixes.claims_of(policy, self.device_class)
        return assemble_fixes.columns(self.rows.record, self.device_class, read_by)


def read(
    device_messages: Iterable[StoredMessage],
    carried: Spans,
    classes: Mapping[str, DeviceClass],
    reports: list[HealthReport],
) -> list[PersonRows]:
    """Return the rows of messages; what they tell of carried devices is added to `reports`."""
    results = []
    for device, group in groupby(device_messages, attrgetter("device")):
        spans, own_reports = carried.get(device, ()), list[HealthReport]()
        rows = _of_one_device(list(group), own_reports)
        results += [of_device(device, one, carried, classes) for one in rows]
        reports += [
            report
            for report in own_reports
            if any(start_us <= report.event.observed_us < until_us for start_us, until_us in spans)
        ]
    return results


def of_device(
    device: str, rows: MessageRows, carried: Spans, classes: Mapping[str, DeviceClass]
) -> PersonRows:
    """Return the rows that are the person's of those that a device sent."""
    spans, others = carried.get(device, ()), spans_of_others(carried, device)
    return PersonRows(classes[device], of_spans(rows, spans, others))


def _of_one_device(
    group: Sequence[StoredMessage], reports: list[HealthReport]
) -> Iterator[MessageRows]:
    """Yield the rows of messages of one device; what it signed together, for that is quicker."""
    yield from _signed([one for one in group if signed_form.is_signed(one.form)], reports)
    others = (rows_of(one, reports) for one in group if not signed_form.is_signed(one.form))
    yield from (rows for rows in others if rows is not None)


def evidence_of(
    rows: Iterable[PersonRows], reports: Iterable[HealthReport], policy: Policy, until_us: int
) -> MessageEvidence:
    """Return what the rows of messages say of one person."""
    by_class, all_reports = dict[DeviceClass, list[MessageRows]](), [*reports]
    for person_rows in rows:
        by_class.setdefault(person_rows.device_class, []).append(person_rows.rows)
        all_reports += _precision(person_rows.rows, policy)
    fixes, rest_claims, unused = fixes_.none(), fixes_.none(), dict[str, Fixes]()
    for device_class, parts in by_class.items():
        gathered = assemble_fixes.gather(
            [one.record for one in parts],
            trace=None,
            device_class=device_class,
            until_us=until_us,
            policy=policy,
        ).with_rows(np.concatenate([one.row for one in parts]))
        fixes = fixes_.merge(fixes, gathered.fixes)
        rest_claims = fixes_.merge(rest_claims, gathered.rest_claims)
        for reason, beside in gathered.unused.items():
            unused[reason] = fixes_.join(unused.get(reason, fixes_.none()), beside)
    unsigned = [r.row for some in by_class.values() for r in some if not r.is_signed]
    judged = np.append(fixes.row, rest_claims.row)
    is_unsigned = len(unsigned) > 0 and bool(np.isin(judged, np.concatenate(unsigned)).any())
    return MessageEvidence(fixes, rest_claims, unused, tuple(all_reports), is_unsigned)


def _precision(rows: MessageRows, policy: Policy) -> Iterator[HealthReport]:
    """Yield how near the fixes of each message are, where that may differ from those before."""
    record, fixes = rows.record, np.flatnonzero(np.isfinite(rows.record.lat_deg))
    is_wide = record.reported_m[fixes] > policy.approximate_m
    begins = np.flatnonzero(np.diff(rows.row[fixes] >> ROW_BITS, prepend=-1))
    ends, is_any_wide = np.append(begins, len(fixes))[1:], bool(is_wide.any())
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        at = fixes[begin]
        received_us = int(record.received_us[at])
        observed_us = min(int(record.observed_us[at]), received_us)
        report = PrecisionReport(observed_us, bool(is_wide[begin:end].all()))
        yield HealthReport(record.file, report, received_us, int(rows.row[at]) >> ROW_BITS)
        if not is_any_wide:
            return


def rows_of(message: StoredMessage, reports: list[HealthReport]) -> MessageRows | None:
    """Return the rows of a message; what it tells of the device is added to `reports`."""
    if signed_form.is_signed(message.form):
        return next(_signed([message], reports), None)
    if message.form == reduced_messages.FORM:
        record, row, is_signed = reduced_messages.read(
            message.body, message.device, message.received_us
        )
        return MessageRows(record, (message.sequence << ROW_BITS) + row, is_signed)
    return _pilots(message, reports)


def spans_of_others(carried: Spans, device: str) -> list[tuple[int, int]]:
    """Return when the person carried other devices than this one."""
    return [span for name, spans in carried.items() if name != device for span in spans]


def of_spans(
    rows: MessageRows, spans: Iterable[tuple[int, int]], others: Iterable[tuple[int, int]] = ()
) -> MessageRows:
    """Return the rows of the time in which the person carried the device.

    That a device lies still says nothing while the person carries another one as well: the last fix
    may be the other's, from where this one never lay.
    """
    rows = _alone(rows, others)
    observed_us = assemble_fixes.correct_rollover(rows.record.observed_us, rows.record.received_us)
    mine = np.zeros(len(observed_us), np.bool_)
    for start_us, until_us in spans:
        mine |= (observed_us >= start_us) & (observed_us < until_us)
    if mine.all():
        return rows
    columns = {name: getattr(rows.record, name)[mine] for name in COLUMNS}
    return MessageRows(replace(rows.record, **columns), rows.row[mine], rows.is_signed)


def _alone(rows: MessageRows, others: Iterable[tuple[int, int]]) -> MessageRows:
    record = rows.record
    claims = record.rest_us != POSITION
    if not claims.any():
        return rows
    for start_us, until_us in others:
        claims &= (record.observed_us < start_us) | (record.observed_us >= until_us)
    rest_us = np.where(claims, record.rest_us, POSITION)
    return rows._replace(record=replace(record, rest_us=rest_us))


# --- What devices sign ---------------------------------------------------------------------------


def _signed(
    device_messages: Sequence[StoredMessage], reports: list[HealthReport]
) -> Iterator[MessageRows]:
    """Yield the rows of messages of one device; what they tell of it is added to `reports`."""
    batches: list[tuple[FixBatch, StoredMessage]] = []
    claims: list[tuple[UplinkMessage, StoredMessage]] = []
    for message in device_messages:
        uplink = uplink_of(message)
        if isinstance(uplink.what, FixBatch):
            batches.append((uplink.what, message))
            continue
        place_in_log = message.received_us, message.sequence
        reports += [
            HealthReport(message.device, event, *place_in_log)
            for event in device_events(message, uplink)
        ]
        if isinstance(uplink.what, Heartbeat) and uplink.what.claims_rest:
            claims.append((uplink, message))
    if batches:
        yield _rows(batches)
    if claims:
        yield _claims(claims)


def device_events(message: StoredMessage, uplink: UplinkMessage) -> Iterator[UplinkEvent]:
    """Yield what a message tells of the device, by a right clock and never after its receipt."""
    events: Iterable[UplinkEvent] = ()
    if isinstance(uplink.what, UplinkEvents):
        events = uplink.what.events
    elif isinstance(uplink.what, Heartbeat):
        events = health.events(uplink.what, uplink.sent_us)
    ahead_us = signed_form.ahead_us(message.form)
    for event in events:
        at_us = min(event.observed_us - ahead_us, message.received_us)
        yield event if at_us == event.observed_us else replace(event, observed_us=at_us)


def uplink_of(message: StoredMessage) -> UplinkMessage:
    """Return what a device signed; raises `ValueError` where no version of this program kept it."""
    read = envelope.read(message.body)
    uplink = read if isinstance(read, DeviceRefusal) else messages.read_uplink(read.payload)
    if isinstance(uplink, DeviceRefusal):
        raise ValueError(
            f"message {message.sequence} of {message.device}: {uplink.reason}: {uplink.said}"
        )
    return uplink


def _rows(pairs: Sequence[tuple[FixBatch, StoredMessage]]) -> MessageRows:
    fixes = batch.join([one for one, _ in pairs])
    counts = [len(one) for one, _ in pairs]
    received_us = np.repeat([message.received_us for _, message in pairs], counts)
    ahead_us = np.repeat([signed_form.ahead_us(message.form) for _, message in pairs], counts)
    fixes = replace(fixes, observed_us=fixes.observed_us - ahead_us)
    numbers = [_numbers(message.sequence, len(one)) for one, message in pairs]
    record = file_rows_of(pairs[0][1].device, fixes, received_us)
    return MessageRows(record, np.concatenate(numbers), is_signed=True)


def _claims(pairs: Sequence[tuple[UplinkMessage, StoredMessage]]) -> MessageRows:
    """Return signs of life as rows without a place, by which a device says that it lies still."""
    device = pairs[0][1].device
    rows = RowBuilder(device, 0)
    for uplink, message in pairs:
        assert isinstance(uplink.what, Heartbeat)
        ahead_us = signed_form.ahead_us(message.form)
        still_us = uplink.what.still_since_us
        rows.add(
            FixRow(
                uplink.sent_us - ahead_us,
                message.received_us,
                reason=UnusedReason.HEARTBEAT,
                rest_us=MOVES if still_us is None else still_us - ahead_us,
            )
        )
    numbers = [_numbers(message.sequence, 1) for _, message in pairs]
    record = replace(rows.record("sent", "received"), notes=())
    return MessageRows(record, np.concatenate(numbers), is_signed=True)


def file_rows_of(device: str, fixes: FixBatch, received_us: I64) -> FileRows:
    """Return batches as rows; a position that another program made up is no position."""
    count = len(fixes)
    nothing = np.full(count, np.nan)
    return finish(
        device,
        RawColumns(
            np.full(count, NO_TRACE, np.int32),
            fixes.observed_us,
            received_us,
            np.where(fixes.made_up, np.nan, fixes.lat_deg),
            np.where(fixes.made_up, np.nan, fixes.lon_deg),
            fixes.reported_m,
            nothing,
            nothing,
            fixes.speed_mps,
            fixes.motion,
            fixes.beacon,
            fixes.provider,
            np.full(count, UnusedReason.NONE, np.int8),
        ),
        (),
    )


def _numbers(sequence: int, count: int) -> I64:
    return (sequence << ROW_BITS) + np.arange(count)


# --- What phones of a pilot send -----------------------------------------------------------------


def _pilots(message: StoredMessage, reports: list[HealthReport]) -> MessageRows:
    app_messages = message_pieces.read(message.form, message.body)
    reports += _calls(message, app_messages)
    record = app_message.record(
        app_messages, [message.received_us] * len(app_messages), message.device
    )
    count = len(record)
    # Whose it is was settled when it came; what the phone calls itself does not count here.
    record = replace(record, traces=(), trace=np.full(count, NO_TRACE, np.int32))
    return MessageRows(record, _numbers(message.sequence, count), is_signed=False)


def _calls(
    stored_message: StoredMessage, app_messages: Sequence[app_message.AppMessage]
) -> Iterator[HealthReport]:
    """Yield what a phone calls for, also where the place beside it could not be read."""
    for message in app_messages:
        for event in message.events:
            at_us = event.observed_us or message.observed_us or stored_message.received_us
            at_us = int(assemble_fixes.correct_rollover(at_us, stored_message.received_us))
            at_us = min(at_us, stored_message.received_us)
            for call in app_message.calls(event):
                place_in_log = stored_message.received_us, stored_message.sequence
                yield HealthReport(stored_message.device, CallEvent(call, at_us), *place_in_log)
