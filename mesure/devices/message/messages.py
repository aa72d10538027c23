"""A message: its version, kind, counter and time, and what is said; bytes to values and back.

What is read is written as the same bytes again, and bytes that are no message are a refusal.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

from mesure import instants
from mesure.devices.message import batches, cbor, downlink, message_fields, uplink
from mesure.devices.message.batch import TIMES, FixBatch
from mesure.devices.message.cbor import Item
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.downlink import Down
from mesure.devices.message.uplink import Up

VERSION: Final = 1
KINDS_MAX: Final = 255
_PARTS: Final = 5


class UplinkMessage(NamedTuple):
    """What a device says, under its counter."""

    counter: int  # From 1; a device never uses one twice, whatever its key.
    sent_us: int  # By the device's clock, when the message was closed; it may wait after that.
    what: Up


class DownlinkMessage(NamedTuple):
    """A message to a device, under its own counter."""

    counter: int
    sent_us: int  # By the server's clock.
    what: Down


Message: TypeAlias = UplinkMessage | DownlinkMessage


def encode(message: Message) -> bytes:
    """Return the payload of a message."""
    if isinstance(message, UplinkMessage):
        kind, item = uplink.kind(message.what), uplink.to_item(message.what)
    else:
        kind, item = downlink.kind(message.what), downlink.to_item(message.what)
    sent_ms = message.sent_us // instants.US_PER_MS
    return cbor.encode([VERSION, kind, message.counter, sent_ms, item])


def read_uplink(payload: bytes) -> UplinkMessage | DeviceRefusal:
    """Return what a device says, or why it says nothing."""
    try:
        return _said(*_opened(payload))
    except message_fields.FieldError as odd:
        return _refusal(odd)


def _said(kind: int, counter: int, sent_us: int, item: Item) -> UplinkMessage | DeviceRefusal:
    what = uplink.of_item(kind, item)
    return _unknown(kind) if what is None else UplinkMessage(counter, sent_us, what)


def read_uplinks(payloads: Sequence[bytes]) -> list[UplinkMessage | DeviceRefusal]:
    """Return of each payload what `read_uplink` does; fixes of several are read together."""
    results: list[UplinkMessage | DeviceRefusal | None] = [None] * len(payloads)
    many: list[tuple[int, int, int, Item]] = []
    for number, payload in enumerate(payloads):
        try:
            kind, counter, sent_us, item = _opened(payload)
            if kind == uplink.KINDS[FixBatch] and isinstance(item, dict) and TIMES in item:
                many.append((number, counter, sent_us, item))
            else:
                results[number] = _said(kind, counter, sent_us, item)
        except message_fields.FieldError as odd:
            results[number] = _refusal(odd)
    read = batches.of_items([item for *_, item in many]) if many else None
    for (number, counter, sent_us, _), what in zip(many, read or (), strict=read is not None):
        results[number] = UplinkMessage(counter, sent_us, what)
    return [one or read_uplink(payloads[number]) for number, one in enumerate(results)]


def item(payload: bytes) -> tuple[int, Item] | DeviceRefusal:
    """Return the number of a message's kind and what is said, as it is written."""
    try:
        kind, _, _, item = _opened(payload)
    except message_fields.FieldError as odd:
        return _refusal(odd)
    return kind, item


def read_downlink(payload: bytes) -> DownlinkMessage | DeviceRefusal:
    """Return the message to a device, or why it is refused."""
    try:
        kind, counter, sent_us, item = _opened(payload)
        what = downlink.of_item(kind, item)
    except message_fields.FieldError as odd:
        return _refusal(odd)
    return _unknown(kind) if what is None else DownlinkMessage(counter, sent_us, what)


class _OtherVersion(message_fields.FieldError):
    """It may be right, in a version that is not spoken here."""


def _opened(payload: bytes) -> tuple[int, int, int, Item]:
    item = cbor.decode(payload)
    if isinstance(item, cbor.CborFault):
        raise message_fields.FieldError(f"byte {item.at} of the payload: {item.why}")
    if not isinstance(item, list) or not item:
        raise message_fields.FieldError("the payload is no array")
    version = message_fields.whole(item[0], "the version", 1, message_fields.COUNTER_MAX)
    if version != VERSION:
        raise _OtherVersion(f"it is version {version} of the protocol, not {VERSION}")
    _, kind, counter, sent_ms, what = message_fields.row(item, "the payload", _PARTS)
    return (
        message_fields.whole(kind, "the kind", 1, KINDS_MAX),
        message_fields.whole(counter, "the counter", 1, message_fields.COUNTER_MAX),
        message_fields.instant_us(sent_ms, "the time of sending"),
        what,
    )


def _refusal(odd: message_fields.FieldError) -> DeviceRefusal:
    is_other = isinstance(odd, _OtherVersion)
    return DeviceRefusal(
        DeviceRefusalReason.UNKNOWN_VERSION if is_other else DeviceRefusalReason.MALFORMED, str(odd)
    )


def _unknown(kind: int) -> DeviceRefusal:
    return DeviceRefusal(
        DeviceRefusalReason.UNKNOWN_KIND, f"no such message goes this way: kind {kind}"
    )
