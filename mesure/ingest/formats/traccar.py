"""Traccar position forwarding in JSON, one position to a line, with the device it came from.

Why so much here is a heartbeat: when a device sends no coordinates, Traccar forwards the last ones
again, with the last fix time and `outdated`; when the receiver has no fix, `valid` is false; an
event carries a position that was forwarded before.
"""

from typing import Any, Final

import msgspec

from mesure.ingest import texts
from mesure.ingest.formats import jsonlines
from mesure.ingest.record import NOT_GIVEN, Reason, Record, Said
from mesure.ingest.rows import NAN, Rows

MPS_PER_KNOT: Final = 1852.0 / 3600.0


class _Attributes(msgspec.Struct):
    motion: Any = None
    approximate: Any = None
    hdop: Any = None
    sat: Any = None


class _Position(msgspec.Struct, rename="camel"):
    attributes: _Attributes | None = None
    server_time: Any = None
    fix_time: Any = None
    outdated: Any = None
    valid: Any = None
    latitude: Any = None
    longitude: Any = None
    speed: Any = None
    accuracy: Any = None


class _Device(msgspec.Struct, rename="camel"):
    unique_id: Any = None


class _Message(msgspec.Struct):
    position: _Position | None = None
    device: _Device | None = None
    event: Any = None


_DECODER: Final = msgspec.json.Decoder(_Message)


def read(file: str, data: bytes) -> Record:
    """Return every message; whose it is, is the device's `uniqueId`."""
    rows = Rows(file, len(data))
    for text in jsonlines.lines(data):
        message = jsonlines.decoded(_DECODER, text)
        if message is None or (message.position is None and message.device is None):
            rows.unread()
        elif message.position is None:
            rows.add(NOT_GIVEN, NAN, NAN, trace=_trace(message), reason=Reason.HEARTBEAT)
        else:
            _add(rows, message, message.position)
    return rows.record("fixTime", "serverTime", repeats=True)


def _add(rows: Rows, message: _Message, position: _Position) -> None:
    more = position.attributes or _Attributes()
    no_fix = position.valid is False or position.outdated is True or message.event is not None
    rows.add(
        texts.time_us(position.fix_time),
        texts.number(position.latitude),
        texts.number(position.longitude),
        received_us=texts.time_us(position.server_time),
        accuracy_m=texts.number(position.accuracy),
        hdop_ratio=texts.number(more.hdop),
        sats=texts.number(more.sat),
        speed_mps=texts.number(position.speed) * MPS_PER_KNOT,
        motion=texts.flag(more.motion),
        said=Said.NETWORK if more.approximate is True else Said.NOTHING,
        trace=_trace(message),
        reason=Reason.HEARTBEAT if no_fix else Reason.NONE,
    )


def _trace(message: _Message) -> str:
    return texts.name(message.device.unique_id) if message.device else ""
