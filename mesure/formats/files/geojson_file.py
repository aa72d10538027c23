"""GeoJSON (RFC 7946): a FeatureCollection, or features one to a line; points are fixes.

The properties of a feature have the names of the columns. A feature that is not a point is kept:
it is out of range; so is the place of a point that was saved or planned and never visited.
"""

import re
from collections.abc import Iterator
from itertools import repeat
from typing import Any, Final

import msgspec

from mesure.formats.columns import cell_values
from mesure.formats.columns.file_faults import FixesError, excerpt
from mesure.formats.columns.file_rows import FileRows
from mesure.formats.columns.row_builder import NAN, RowBuilder
from mesure.formats.files import json_lines_file
from mesure.formats.files.properties import ObjectProperties


class _Geometry(msgspec.Struct):
    type: Any = None
    coordinates: Any = None


class _Feature(msgspec.Struct):
    geometry: _Geometry | None = None
    properties: dict[str, msgspec.Raw] | None = None


class _Collection(msgspec.Struct):
    features: msgspec.Raw


_FEATURE: Final = msgspec.json.Decoder(_Feature)
_COLLECTION: Final = msgspec.json.Decoder(_Collection)
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


def read(file: str, data: bytes) -> FileRows:
    """Return every feature of a FeatureCollection."""
    return _record(file, len(data), members(_features(file, data)))


def read_lines(file: str, data: bytes) -> FileRows:
    """Return every feature of a sequence, one to a line."""
    return _record(file, len(data), json_lines_file.lines(data))


def _record(file: str, size: int, features: Iterator[bytes]) -> FileRows:
    rows, unread = RowBuilder(file, size), dict[str, None]()
    for text in features:
        _add(rows, json_lines_file.decode_line(_FEATURE, text), unread)
    return rows.record("time", "recv_time", unread=unread)


def _features(file: str, data: bytes) -> bytes:
    """Return the text of the list of features of a sound file."""
    try:
        listed = bytes(_COLLECTION.decode(json_lines_file.whole(data)).features)
    except (msgspec.MsgspecError, RecursionError) as broken:
        raise _damaged(file, str(broken)) from broken
    if not listed.startswith(b"["):
        raise _damaged(file, "features is no list")
    return listed


def _damaged(file: str, how: str) -> FixesError:
    return FixesError(
        file,
        f"the GeoJSON is damaged ({excerpt(how)})",
        "its points can't be told apart",
        "copy or export it again",
    )


def members(listed: bytes) -> Iterator[bytes]:
    """Yield the members of a sound JSON list one by one; all at once would fill the memory.

    >>> list(members(b'[{"a":"]"}, 1, [2, 3]]'))
    [b'{"a":"]"}', b'', b'[2, 3]']
    """
    depth, start, end = 0, 1, len(listed) - 1
    for token in _TOKEN.finditer(listed, start, end):
        kind = listed[token.start()]
        if kind in b"[{":
            if depth == 0:
                yield from _scalars(listed[start : token.start()])
                start = token.start()
            depth += 1
        elif kind in b"]}":
            depth -= 1
            if depth == 0:
                yield listed[start : token.end()]
                start = token.end()
    yield from _scalars(listed[start:end])


def _scalars(between: bytes) -> Iterator[bytes]:
    """Yield nothing for each number or word in the place of a feature."""
    words = _TOKEN.sub(b"0", between).strip(b", \t\r\n")
    return repeat(b"", words.count(b",") + 1 if words else 0)


def _add(rows: RowBuilder, feature: _Feature | None, unread: dict[str, None]) -> None:
    if feature is None:
        rows.unread()
        return
    properties = ObjectProperties(feature.properties or {})
    properties.note_unread(unread)
    rows.add(properties.row(_point(feature.geometry)))


def _point(geometry: _Geometry | None) -> tuple[float, float]:
    """Return the longitude and latitude of a point; not numbers, if it is none."""
    if geometry is None or geometry.type != "Point" or not isinstance(geometry.coordinates, list):
        return NAN, NAN
    pair = [cell_values.number(value) for value in geometry.coordinates[:2]]
    return (pair[0], pair[1]) if len(pair) == 2 else (NAN, NAN)
