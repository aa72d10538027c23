"""Message log of a device: what it said lately and whether it can be used, and nothing of where.

For the officer who sets a device up. It shows how the device was received: when, from what, how
exact, how full the battery is, or why it was refused; no place, no speed, and nothing of another
person who carried the device before.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.devices import device_classes
from mesure.actions.devices.enrolment_codes import DeviceRef, need_device, open_carriers
from mesure.actions.framework.action import ActionContext, look
from mesure.actions.records.app_records import PILOT
from mesure.formats.stored import reduced_messages
from mesure.formats.stored.message_outlines import MessageOutline
from mesure.formats.stored.trail_fix import TrailMessage
from mesure.instants import to_datetime, to_us
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, Role
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import owner_of_unassigned
from mesure.store.values import partitions
from mesure.store.values.records import LogPosition, LogRecord

LATELY: Final = timedelta(days=1)
SHOWN_MAX: Final = 20
TAIL: Final = 1_000  # Records of a partition that are looked through; others' are among them.
REFUSED_TAIL: Final = 200


class RefusedOutline(msgspec.Struct, frozen=True):
    """Something refused of a device, or of a sender that uses its name."""

    received_at: datetime  # The last time, where the same came again.
    reason: str
    times: int


class DeviceMessageLog(msgspec.Struct, frozen=True):
    """What a device said lately, the latest first."""

    device: str
    is_carried: bool
    messages: tuple[MessageOutline, ...]
    refused: tuple[RefusedOutline, ...]


@look("devices.messages", CASEWORK | {Role.OPERATOR}, purpose=Purpose.DEVICE)
def list_messages(doing: ActionContext, request: DeviceRef) -> DeviceMessageLog:
    """See what a device sent in the last day, and whether it can be used, but not where it was."""
    device = need_device(doing, request.device).id
    open_carriers(doing, device)
    doing.note(device=device)
    since = doing.now - LATELY
    carriers = [one for one in doing.work.assignments(device) if one.holds_at(doing.now)]
    owners = [None, *(one.person for one in carriers)]
    pieces = [piece for owner in owners for piece in _pieces(doing, device, owner, since)]
    pieces.sort(key=lambda piece: (piece.received_us, piece.sequence), reverse=True)
    device_class, _ = device_classes.class_of(doing.rows, device)
    messages = tuple(doing.reader.outlines(pieces[:SHOWN_MAX], device_class, doing.now.date()))
    refused = tuple(_refused(doing, device, since))[:SHOWN_MAX]
    return DeviceMessageLog(device, bool(carriers), messages, refused)


def _pieces(
    doing: ActionContext, device: str, person: str | None, since: datetime
) -> Iterator[TrailMessage]:
    """Yield the device's messages that came lately, of one person or of nobody, opened."""
    owner = owner_of_unassigned(device) if person is None else person
    records = _tail(doing, partitions.partition_of(device if person is None else person))
    since_us = to_us(since)
    own = [
        record
        for record in records
        if record.device == device
        and record.share.person == person
        and record.received_us >= since_us
        and record.form != reduced_messages.FORM
    ]
    if not own:
        return
    key = doing.context.keyring.find_key(owner)
    for record in own:
        same = record.digest if record.counter is None else record.counter
        bound = sealing.message_seal_context(owner, device, same)
        yield TrailMessage(
            device,
            record.form,
            record.counter,
            record.received_us,
            sealing.unseal(key, record.share.body, bound),
            record.place.sequence,
        )


def _tail(doing: ActionContext, partition: int) -> Sequence[LogRecord]:
    last = doing.work.last(partition)
    return doing.work.log(LogPosition(partition, max(last - TAIL, 0)), TAIL)


def _refused(doing: ActionContext, device: str, since: datetime) -> Iterator[RefusedOutline]:
    """Yield what was refused lately, also of a sender that has the name and not the password."""
    pilot = doing.rows.get(PILOT, device)
    names = {device} if pilot is None else {device, pilot.value.claimed} - {""}
    since_us = to_us(since)
    for entry in doing.work.latest_refused(REFUSED_TAIL):
        if entry.refused.claimed in names and entry.last_received_us >= since_us:
            yield RefusedOutline(
                to_datetime(entry.last_received_us), entry.refused.reason, entry.times
            )
