"""Trail file: a trail as this program exports it, one JSON object with `fixes`.

An export of everything kept about a person, and the answer to a request for a trail, hold them in
this form. Each fix has the names of the columns.
"""

from typing import Final

import msgspec

from mesure.formats.columns.file_faults import FixesError
from mesure.formats.columns.file_rows import FileRows
from mesure.formats.columns.row_builder import RowBuilder
from mesure.formats.files import geojson_file, json_lines_file
from mesure.formats.files.properties import ObjectProperties


class _Trail(msgspec.Struct):
    fixes: msgspec.Raw


_TRAIL: Final = msgspec.json.Decoder(_Trail)
_FIX: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read(file: str, data: bytes) -> FileRows:
    """Return every fix of a trail."""
    listed = bytes(_TRAIL.decode(json_lines_file.whole(data)).fixes)
    if not listed.startswith(b"["):
        raise FixesError(
            file, "its fixes are no list", "they can't be told apart", "have it handed out again"
        )
    rows, unread = RowBuilder(file, len(data)), dict[str, None]()
    for text in geojson_file.members(listed):
        fix = json_lines_file.decode_line(_FIX, text)
        if fix is None:
            rows.unread()
            continue
        properties = ObjectProperties(fix)
        properties.note_unread(unread)
        rows.add(properties.row())
    return rows.record("observed_at", "received_at", unread=unread)
