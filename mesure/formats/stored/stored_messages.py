"""What was kept of devices, read again: plain messages to rows, with where each row came from.

A message that was kept was believed when it came, so what cannot be read here was kept by another
version, and nothing is judged on top of it. A row is numbered by the place of its message in the
log and its own place in the message, so that evidence names both, and later rows have higher
numbers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np

from mesure.devices import health, signed_form
from mesure.devices.calls import Called
from mesure.devices.message import batch, envelope, messages
from mesure.devices.message.batch import Batch
from mesure.devices.message.device_refusal import Refusal
from mesure.devices.message.messages import Said
from mesure.devices.message.uplink import Event, Events, Heartbeat, What
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats.apps import app_message as pilots
from mesure.formats.apps import message_pieces
from mesure.formats.columns.file_rows import COLUMNS, NO_TRACE, Given, Reason, Record, finished
from mesure.formats.stored import assemble_fixes, device_reports, reduced_messages
from mesure.formats.stored.device_reports import DeviceTold
from mesure.formats.stored.trail_fix import Piece, TrailFix
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import I64, Fixes, Provider
from mesure.instants import US_PER_S, to_datetime

ROW_BITS: Final = 16
"""A message has at most so many rows, as a power of two."""

Spans = Mapping[str, Sequence[tuple[int, int]]]  # When each device was carried, half-open.


class Message(NamedTuple):
    """A message as it was kept, opened."""

    sequence: int  # Its place in the log of its partition.
    device: str
    form: str
    received_us: int
    body: bytes


class Told(NamedTuple):
    """Something a device said of how it is."""

    device: str
    event: Event | Called
    received_us: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What messages say of one person: fixes to judge by, rows beside, and how devices were."""

    fixes: Fixes
    unused: Mapping[str, I64]  # Reason -> when the rows kept for it were taken.
    health: tuple[Told, ...]
    unsigned: bool  # Whether a fix is among them that no device signed.


class Rows(NamedTuple):
    """The rows of one message."""

    record: Record
    row: I64
    is_signed: bool


def place(row: int) -> tuple[int, int]:
    """Return the place in the log of the message that a row came with, and its place in that.

    >>> place((7 << ROW_BITS) + 3)
    (7, 3)
    """
    return row >> ROW_BITS, row & ((1 << ROW_BITS) - 1)


def hear(
    kept: Sequence[Message],
    carried: Spans,
    classes: Mapping[str, DeviceClass],
    policy: Policy,
    until_us: int,
) -> Heard:
    """Return what messages say of one person, by what they carried then."""
    told: list[Told] = []
    return heard(read(kept, carried, classes, told), told, policy, until_us)


class Read(NamedTuple):
    """Rows of some messages, of the time in which the person carried the device."""

    device_class: DeviceClass
    rows: Rows
    columns: Fixes | None = None  # The rows as fixes, where that was made already.

    def fixes(self, policy: Policy) -> Fixes:
        """Return the rows as they stand, whether they can be used or not."""
        if self.columns is not None:
            return self.columns
        read_by = assemble_fixes.claims_of(policy, self.device_class)
        return assemble_fixes.columns(self.rows.record, self.device_class, read_by)


def read(
    kept: Iterable[Message], carried: Spans, classes: Mapping[str, DeviceClass], told: list[Told]
) -> list[Read]:
    """Return what messages have of rows; what they tell of carried devices is added to `told`."""
    found = []
    for device, some in groupby(kept, attrgetter("device")):
        spans, said = carried.get(device, ()), list[Told]()
        rows = _of_one_device(list(some), said)
        found += [Read(classes[device], of_spans(one, spans)) for one in rows]
        told += [
            one
            for one in said
            if any(start_us <= one.event.observed_us < until_us for start_us, until_us in spans)
        ]
    return found


def _of_one_device(some: Sequence[Message], told: list[Told]) -> Iterator[Rows]:
    """Yield the rows of messages of one device; what it signed together, for that is quicker."""
    by_device = [one for one in some if signed_form.is_signed(one.form)]
    signed = _signed(by_device, told)
    others = (rows_of(one, told) for one in some if not signed_form.is_signed(one.form))
    yield from (rows for rows in (signed, *others) if rows is not None)


def heard(rows: Iterable[Read], told: Iterable[Told], policy: Policy, until_us: int) -> Heard:
    """Return what the rows of messages say of one person."""
    by_class: dict[DeviceClass, list[Rows]] = {}
    for one in rows:
        by_class.setdefault(one.device_class, []).append(one.rows)
    found = [_gathered(some, one, policy, until_us) for one, some in by_class.items()]
    fixes, unused = fixes_.none(), dict[str, I64]()
    for some, beside in found:
        fixes = fixes_.merge(fixes, some)
        for reason, times_us in beside.items():
            unused[reason] = np.sort(np.append(unused.get(reason, _NO_TIMES), times_us))
    unsigned = [r.row for some in by_class.values() for r in some if not r.is_signed]
    is_unsigned = len(unsigned) > 0 and bool(np.isin(fixes.row, np.concatenate(unsigned)).any())
    return Heard(fixes, unused, tuple(told), is_unsigned)


_NO_TIMES: Final = np.empty(0, np.int64)


def rows_of(one: Message, told: list[Told]) -> Rows | None:
    """Return the rows of a message; what it tells of the device is added to what was told."""
    if signed_form.is_signed(one.form):
        return _signed([one], told)
    if one.form == reduced_messages.FORM:
        record, row, is_signed = reduced_messages.read(one.body, one.device, one.received_us)
        return Rows(record, (one.sequence << ROW_BITS) + row, is_signed)
    return _pilots(one, told)


def of_spans(rows: Rows, spans: Iterable[tuple[int, int]]) -> Rows:
    """Return the rows of the time in which the person carried the device."""
    observed_us = rows.record.observed_us
    mine = np.zeros(len(observed_us), np.bool_)
    for start_us, until_us in spans:
        mine |= (observed_us >= start_us) & (observed_us < until_us)
    if mine.all():
        return rows
    columns = {name: getattr(rows.record, name)[mine] for name in COLUMNS}
    return Rows(replace(rows.record, **columns), rows.row[mine], rows.is_signed)


def _gathered(
    some: Sequence[Rows], device_class: DeviceClass, policy: Policy, until_us: int
) -> tuple[Fixes, dict[str, I64]]:
    gathered = assemble_fixes.gather(
        [one.record for one in some],
        trace=None,
        device_class=device_class,
        until_us=until_us,
        policy=policy,
    )
    row = np.concatenate([one.row for one in some])
    fixes = replace(gathered.fixes, row=row[gathered.fixes.row])
    return fixes, {reason: rows.observed_us for reason, rows in gathered.unused.items()}


# --- What devices sign ---------------------------------------------------------------------------


def _signed(some: Sequence[Message], told: list[Told]) -> Rows | None:
    """Return the rows of messages of one device; what they tell of it is added to what was told."""
    batches: list[tuple[Batch, Message]] = []
    for one in some:
        said = _said(one)
        if isinstance(said.what, Batch):
            batches.append((said.what, one))
            continue
        told += _told_by(one, said)
    return _rows(batches) if batches else None


def _told_by(one: Message, said: Said) -> Iterator[Told]:
    """Return what a message tells of the device itself."""
    events = _events(one, said)
    return (Told(one.device, event, one.received_us, one.sequence) for event in events)


def _events(one: Message, said: Said) -> Iterator[Event]:
    """Yield what a message tells of the device itself, at times by a clock that is right."""
    events: Iterable[Event] = ()
    if isinstance(said.what, Events):
        events = said.what.events
    elif isinstance(said.what, Heartbeat):
        events = health.events(said.what, said.sent_us)
    ahead_us = signed_form.ahead_us(one.form)
    for event in events:
        yield replace(event, observed_us=event.observed_us - ahead_us) if ahead_us else event


def _said(one: Message) -> Said:
    read = envelope.read(one.body)
    said = read if isinstance(read, Refusal) else messages.said(read.payload)
    if isinstance(said, Refusal):
        raise ValueError(f"message {one.sequence} of {one.device}: {said.reason}: {said.said}")
    return said


def _rows(some: Sequence[tuple[Batch, Message]]) -> Rows:
    fixes = batch.joined([one for one, _ in some])
    counts = [len(one) for one, _ in some]
    received_us = np.repeat([message.received_us for _, message in some], counts)
    ahead_us = np.repeat([signed_form.ahead_us(message.form) for _, message in some], counts)
    fixes = replace(fixes, observed_us=fixes.observed_us - ahead_us)
    numbers = [_numbers(message.sequence, len(one)) for one, message in some]
    record = recorded(some[0][1].device, fixes, received_us)
    return Rows(record, np.concatenate(numbers), is_signed=True)


def recorded(device: str, fixes: Batch, received_us: I64) -> Record:
    """Return batches as rows; a position that another program made up is no position."""
    count = len(fixes)
    nothing = np.full(count, np.nan)
    return finished(
        device,
        Given(
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
            np.full(count, Reason.NONE, np.int8),
        ),
        (),
    )


def _numbers(sequence: int, count: int) -> I64:
    return (sequence << ROW_BITS) + np.arange(count)


# --- What phones of a pilot send -----------------------------------------------------------------


def _pilots(one: Message, told: list[Told]) -> Rows:
    said = message_pieces.read(one.form, one.body)
    told += _calls(one, said)
    record = pilots.record(said, [one.received_us] * len(said), one.device)
    count = len(record)
    # Whose it is was settled when it came; what the phone calls itself is of no account here.
    record = replace(record, traces=(), trace=np.full(count, NO_TRACE, np.int32))
    return Rows(record, _numbers(one.sequence, count), is_signed=False)


def _calls(one: Message, said: Sequence[pilots.Message]) -> Iterator[Told]:
    """Yield what a phone calls for, also where the place beside it could not be read."""
    for message in said:
        for event in message.events:
            at_us = event.observed_us or message.observed_us or one.received_us
            for call in pilots.calls(event):
                yield Told(one.device, Called(call, at_us), one.received_us, one.sequence)


# --- A trail, as a look shows it -----------------------------------------------------------------


def trail(
    kept: Sequence[Piece], classes: Mapping[str, DeviceClass], policy: Policy
) -> Iterator[TrailFix]:
    """Yield the fixes of kept messages, for whoever may look at them."""
    ever = (-(1 << 62), 1 << 62)
    carried = {one.device: (ever,) for one in kept}
    fixes = hear([*map(_message, kept)], carried, classes, policy, ever[1]).fixes
    by_sequence = {one.sequence: one for one in kept}
    for at in range(len(fixes)):
        row = int(fixes.row[at])
        piece = by_sequence[place(row)[0]]
        radius95_m, beacon = float(fixes.radius95_m[at]), int(fixes.beacon[at])
        speed_mps, moving = float(fixes.speed_mps[at]), int(fixes.motion[at])
        yield TrailFix(
            piece.device,
            to_datetime(int(fixes.observed_us[at])),
            to_datetime(int(fixes.received_us[at])),
            float(fixes.lat_deg[at]),
            float(fixes.lon_deg[at]),
            None if np.isnan(radius95_m) else radius95_m,
            Provider(int(fixes.provider[at])).name.lower(),
            signed_form.is_signed(piece.form),
            None if beacon < 0 else bool(beacon),
            None if np.isnan(speed_mps) else speed_mps,
            None if moving < 0 else bool(moving),
            row,
            signed_form.ahead_us(piece.form) / US_PER_S,
        )


def _message(piece: Piece) -> Message:
    return Message(piece.sequence, piece.device, piece.form, piece.received_us, piece.body)


# --- How devices were, beside it -----------------------------------------------------------------

_SHOWN: Final = {
    What.BATTERY: device_reports.Told.BATTERY,
    What.CHARGING: device_reports.Told.CHARGING,
    What.STRAP: device_reports.Told.STRAP,
}


_IN_WORDS: Final = frozenset({pilots.Sign.WARNING, pilots.Sign.STATUS})
"""Signs whose words are shown: names of the person's own regions are nobody else's."""


def told(kept: Sequence[Piece]) -> Iterator[DeviceTold]:
    """Yield what kept messages say of battery, charger and strap."""
    for one in map(_message, kept):
        if signed_form.is_signed(one.form):
            yield from _told_signed(one)
        elif one.form != reduced_messages.FORM:
            yield from _told_of_pilot(one)


def _told_signed(one: Message) -> Iterator[DeviceTold]:
    for event in _events(one, _said(one)):
        what = _SHOWN.get(event.what)
        if what is not None:
            yield DeviceTold(one.device, to_datetime(event.observed_us), what, int(event.value))


def _told_of_pilot(one: Message) -> Iterator[DeviceTold]:
    said = message_pieces.read(one.form, one.body)
    for event in pilots.told(said, one.received_us):
        at = to_datetime(event.observed_us)
        yield DeviceTold(one.device, at, _SHOWN[event.what], int(event.value))
    for message in said:
        for told_ in message.events:
            at_us = told_.observed_us or message.observed_us or one.received_us
            words = ", ".join(word for _, word in told_.said) if told_.sign in _IN_WORDS else ""
            what = device_reports.Told(told_.sign.value)
            yield DeviceTold(one.device, to_datetime(at_us), what, 1, words)
