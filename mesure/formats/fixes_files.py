"""Files of fixes in any format: the content tells the format, and the suffix only helps.

Formats: docs/specs/fixes_files.md
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import msgspec

from mesure.formats import device_events
from mesure.formats.columns.file_faults import FixesError
from mesure.formats.columns.file_rows import FileRows
from mesure.formats.columns.row_builder import RowBuilder
from mesure.formats.files import (
    csv_file,
    geojson_file,
    gpx_file,
    json_lines_file,
    owntracks_file,
    parquet_file,
    traccar_file,
    trail_file,
)

Reader = Callable[[str, bytes], FileRows]

_FORMATS: Final = "Parquet, CSV (UTF-8), GPX, OwnTracks, Traccar and GeoJSON"
_LINES_TRIED: Final = 100  # A damaged line or two must not hide what a file is.
_HEAD_BYTES: Final = 1 << 16
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_OTHERS: Final = {
    b"PK\x03\x04": "a zip or a spreadsheet",
    b"\x1f\x8b": "packed with gzip",
    b"%PDF": "a PDF",
    **dict.fromkeys(_UTF16, "text in UTF-16"),
}
# Where the content is mute: a damaged file whose first bytes are gone.
_BY_SUFFIX: Final[dict[str, Reader]] = {
    "parquet": parquet_file.read,
    "gpx": gpx_file.read,
    "rec": owntracks_file.read_rec,
}
_OF_WHOLE: Final = (None, geojson_file.read, trail_file.read)
_OF_MESSAGES: Final = (owntracks_file.read, owntracks_file.read_rec, traccar_file.read)
_COLLECTION: Final = b'"FeatureCollection"'
_FEATURES: Final = (b'"Feature"', b'"Point"')
_SPACES: Final = bytes.maketrans(b"\r\n", b"  ")
_MISSING: Final = msgspec.Raw()


class _Message(msgspec.Struct):
    """The members that tell one kind of message from another."""

    own: msgspec.Raw = msgspec.field(name="_type", default=_MISSING)
    type: msgspec.Raw = _MISSING
    position: msgspec.Raw = _MISSING
    device: msgspec.Raw = _MISSING
    event: msgspec.Raw = _MISSING
    fixes: msgspec.Raw = _MISSING


_MESSAGE: Final = msgspec.json.Decoder(_Message)


def read(name: str, data: bytes) -> FileRows:
    r"""Return every row of a file; `name` is for messages; its suffix helps a little.

    >>> len(read("empty.csv", b"")), len(read("a.csv", b"time,lat,lon\n2026-01-05T22:00Z,43,76"))
    (0, 1)
    """
    reader = _reader(name, data)
    if isinstance(reader, _InOneLine):
        reader, data = reader.reader, data.translate(_SPACES)
    record = reader(name, data)
    if reader in _OF_MESSAGES:
        events = device_events.read(data)
        record = replace(record, notes=tuple(replace(one, events=events) for one in record.notes))
    return record


def _reader(name: str, data: bytes) -> Reader:
    if data.startswith(parquet_file.MAGIC):
        return parquet_file.read
    head = data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\x1e")
    if not head and not json_lines_file.whole(data):
        return _nothing
    if head.startswith(b"<") or data.startswith(tuple(mark + b"<" for mark in _UTF16)):
        return gpx_file.read
    if head.startswith((b"{", b"[")):
        return _reader_of_whole(data) or _reader_of_lines(data) or _refuse_json(name)
    _check_text(name, data)
    _, _, suffix = name.lower().rpartition(".")
    return _reader_of_lines(data) or _BY_SUFFIX.get(suffix, csv_file.read)


def _nothing(name: str, data: bytes) -> FileRows:
    return RowBuilder(name, len(data)).record("time", "recv_time")


def _check_text(name: str, data: bytes) -> None:
    """Refuse what is plainly no text, by its name where we know it."""
    kind = next((kind for mark, kind in _OTHERS.items() if data.startswith(mark)), None)
    if kind is None and b"\0" in data[:_HEAD_BYTES].partition(b"\n")[0]:
        kind = "binary data"
    if kind:
        raise FixesError(
            name,
            f"it is {kind}",
            f"it is none of {_FORMATS}",
            "unpack it, or export the fixes in one of these",
        )


def _reader_of_whole(data: bytes) -> Reader | None:
    """Return how to read a file that is one JSON text; None if it isn't, or of no kind we know."""
    try:
        reader = _reader_of(_MESSAGE.decode(json_lines_file.whole(data)))
    except (msgspec.MsgspecError, RecursionError):
        first = json_lines_file.decode_line(_MESSAGE, next(json_lines_file.lines(data)))
        cut_short = first is None and _COLLECTION in data[:_HEAD_BYTES]
        return geojson_file.read if cut_short else None
    return reader if reader in _OF_WHOLE else _InOneLine(reader)


def _reader_of_lines(data: bytes) -> Reader | None:
    """Return how to read messages written one to a line, by the first that says it."""
    for line in islice(json_lines_file.lines(data), _LINES_TRIED):
        if owntracks_file.REC_LINE.fullmatch(line):
            return owntracks_file.read_rec
        reader = _reader_of(json_lines_file.decode_line(_MESSAGE, line))
        if reader:
            return reader
    return None


def _refuse_json(name: str) -> Reader:
    raise FixesError(
        name,
        "it is JSON, but damaged or neither GeoJSON nor messages of OwnTracks or Traccar",
        "nobody can say what its values mean",
        "bring one message to a line, or GeoJSON points",
    )


def _reader_of(message: _Message | None) -> Reader | None:
    if message is None:
        return None
    if bytes(message.fixes):
        return trail_file.read
    if bytes(message.own):
        return owntracks_file.read
    if bytes(message.type) == _COLLECTION:
        return geojson_file.read
    if bytes(message.type) in _FEATURES:
        return geojson_file.read_lines
    known = bytes(message.position) or bytes(message.device) or bytes(message.event)
    return traccar_file.read if known else None


@dataclass(frozen=True, slots=True)
class _InOneLine:
    """A reader of messages, for one on several lines."""

    reader: Reader

    def __call__(self, name: str, data: bytes) -> FileRows:
        return self.reader(name, data.translate(_SPACES))
