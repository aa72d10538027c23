"""Traccar position forwarding in JSON, one position to a line, with the device it came from.

Why so much here is a heartbeat: when a device sends no coordinates, Traccar forwards the last ones
again, with the last fix time and `outdated`; when the receiver has no fix, `valid` is false; an
event carries a position that was forwarded before.
"""

from typing import Any, Final

import msgspec

from mesure.formats.columns import cell_values
from mesure.formats.columns.file_rows import NOT_GIVEN, ClaimedProvider, FileRows, UnusedReason
from mesure.formats.columns.row_builder import FixRow, RowBuilder
from mesure.formats.files import json_lines_file

MPS_PER_KNOT: Final = 1852.0 / 3600.0


class TraccarAttributes(msgspec.Struct):
    """What the device or the server says besides a position."""

    motion: Any = None
    approximate: Any = None
    hdop: Any = None
    sat: Any = None


class TraccarPosition(msgspec.Struct, rename="camel"):
    """A position; values are of any kind a server sends."""

    attributes: TraccarAttributes | None = None
    server_time: Any = None
    fix_time: Any = None
    outdated: Any = None
    valid: Any = None
    latitude: Any = None
    longitude: Any = None
    speed: Any = None
    accuracy: Any = None


class TraccarDevice(msgspec.Struct, rename="camel"):
    """The device as the server knows it."""

    unique_id: Any = None


class TraccarMessage(msgspec.Struct):
    """One forwarded message: a position, or an event with one."""

    position: TraccarPosition | None = None
    device: TraccarDevice | None = None
    event: Any = None


_DECODER: Final = msgspec.json.Decoder(TraccarMessage)


def read(file: str, data: bytes) -> FileRows:
    """Return every message; whose it is, is the device's `uniqueId`."""
    rows = RowBuilder(file, len(data))
    for text in json_lines_file.lines(data):
        message = json_lines_file.decode_line(_DECODER, text)
        if message is None or (message.position is None and message.device is None):
            rows.unread()
        elif message.position is None:
            rows.add(FixRow(NOT_GIVEN, trace=device(message), reason=UnusedReason.HEARTBEAT))
        else:
            rows.add(position(message, message.position))
    return rows.record("fixTime", "serverTime", repeats=True)


def position(message: TraccarMessage, location: TraccarPosition) -> FixRow:
    """Return what a forwarded position says of a fix, in our units; its receipt is Traccar's."""
    more = location.attributes or TraccarAttributes()
    no_fix = location.valid is False or location.outdated is True or message.event is not None
    return FixRow(
        observed_us=cell_values.time_us(location.fix_time),
        received_us=cell_values.time_us(location.server_time),
        lat_deg=cell_values.number(location.latitude),
        lon_deg=cell_values.number(location.longitude),
        accuracy_m=cell_values.number(location.accuracy),
        hdop_ratio=cell_values.number(more.hdop),
        sats=cell_values.number(more.sat),
        speed_mps=cell_values.number(location.speed) * MPS_PER_KNOT,
        motion=cell_values.flag(more.motion),
        said=ClaimedProvider.NETWORK if more.approximate is True else ClaimedProvider.NOTHING,
        trace=device(message),
        reason=UnusedReason.HEARTBEAT if no_fix else UnusedReason.NONE,
    )


def device(message: TraccarMessage) -> str:
    """Return whose position it is; nothing, if the message doesn't say."""
    return cell_values.name(message.device.unique_id) if message.device else ""
