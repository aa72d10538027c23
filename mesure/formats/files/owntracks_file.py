"""OwnTracks: the messages of its apps, as JSON lines or as a recorder keeps them (`.rec`).

A `.rec` line is the receipt, the kind of message, and the message, parted by tabs or spaces.

Why a `t` of "p" is a heartbeat: one app stamps an old position with the present time, the other
sends it again as it was, so the age of such a position is not known. Messages of other types tell
of places, of the app or of the connection and carry no fix; they are heartbeats too, even a
transition, whose position may be an earlier fix. An encrypted message can't be read.
"""

import re
from typing import Any, Final

import msgspec

from mesure.formats.columns import cell_values
from mesure.formats.columns.file_rows import NO_TIME, NOT_GIVEN, FileRows, UnusedReason
from mesure.formats.columns.row_builder import FixRow, RowBuilder
from mesure.formats.files import json_lines_file
from mesure.geo.fixes import NOT_KNOWN

REC_LINE: Final = re.compile(
    rb"(\d{4}-\d\d-\d\d[T ]\d[\d:.]*(?:Z|[+-][\d:]+))[ \t]+\S+[ \t]*(\{.*)?", re.DOTALL
)

MPS_PER_KMPH: Final = 1.0 / 3.6

_PARTS_OF_TOPIC: Final = re.compile(
    r"/(event|waypoints?|status|dump|step|beacon|cmd|info|request)$"
)
_STILL: Final = frozenset({"stationary", "still"})
_MOVING: Final = frozenset({"walking", "running", "cycling", "automotive"})


class OwnTracksMessage(msgspec.Struct):
    """The part of a message that says when and where; values are of any kind a device sends."""

    kind: Any = msgspec.field(name="_type", default=None)
    trigger: Any = msgspec.field(name="t", default=None)
    tst: Any = None
    lat: Any = None
    lon: Any = None
    acc: Any = None
    vel: Any = None
    topic: Any = None
    source: Any = None
    motionactivities: Any = None


_DECODER: Final = msgspec.json.Decoder(OwnTracksMessage)


def read(file: str, data: bytes) -> FileRows:
    """Return every message of JSON lines; they hold no receipt."""
    rows = RowBuilder(file, len(data))
    for text in json_lines_file.lines(data):
        _add(rows, text, NOT_GIVEN)
    return rows.record("tst", "tst")


def read_rec(file: str, data: bytes) -> FileRows:
    """Return every line of a recorder's file."""
    rows = RowBuilder(file, len(data))
    for text in json_lines_file.lines(data):
        match = REC_LINE.fullmatch(text)
        if match:
            _add(rows, match[2] or b"", cell_values.time_us(match[1].decode("ascii")))
        else:
            rows.unread()
    return rows.record("tst", "the first column")


def _add(rows: RowBuilder, text: bytes, received_us: int) -> None:
    message = json_lines_file.decode_line(_DECODER, text)
    if message is None or message.kind == "encrypted" or not isinstance(message.kind, str):
        rows.unread(received_us=received_us)
    elif message.kind == "location":
        rows.add(location(message, received_us))
    else:
        taken_us = cell_values.epoch_us(message.tst)
        row = FixRow(
            observed_us=received_us if taken_us in (NOT_GIVEN, NO_TIME) else taken_us,
            received_us=received_us,
            trace=_trace(message.topic),
            reason=UnusedReason.HEARTBEAT,
        )
        rows.add(row)


def location(message: OwnTracksMessage, received_us: int) -> FixRow:
    """Return what a message of the type `location` says of a fix, in our units."""
    return FixRow(
        observed_us=cell_values.epoch_us(message.tst),
        received_us=received_us,
        lat_deg=cell_values.number(message.lat),
        lon_deg=cell_values.number(message.lon),
        accuracy_m=cell_values.number(message.acc),
        speed_mps=cell_values.number(message.vel) * MPS_PER_KMPH,
        motion=_motion(message.motionactivities),
        said=cell_values.read_provider(message.source),
        trace=_trace(message.topic),
        reason=UnusedReason.HEARTBEAT if message.trigger == "p" else UnusedReason.NONE,
    )


def _trace(topic: Any) -> str | None:  # noqa: ANN401
    """Return whose message it is: the topic without what it says about the message."""
    return _PARTS_OF_TOPIC.sub("", topic.strip()) or None if isinstance(topic, str) else None


def _motion(activities: Any) -> int:  # noqa: ANN401
    """Return the motion flag; a device that names two kinds of motion at once does not know."""
    listed = activities if isinstance(activities, list) else ()
    words = {word for word in listed if isinstance(word, str)}
    moving, still = not _MOVING.isdisjoint(words), not _STILL.isdisjoint(words)
    return NOT_KNOWN if moving == still else int(moving)
