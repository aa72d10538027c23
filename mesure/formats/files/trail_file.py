"""Trail file: a trail as this program exports it, one JSON object with `fixes` and `rest_claims`.

An export of everything kept about a person, and the answer to a request for a trail, hold them in
this form. Each fix, and each sign that a device lies still, has the names of the columns.
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
    rest_claims: msgspec.Raw = msgspec.Raw(b"[]")


_TRAIL: Final = msgspec.json.Decoder(_Trail)
_FIX: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read(file: str, data: bytes) -> FileRows:
    """Return every fix of a trail, and every sign that a device lies still."""
    trail = _TRAIL.decode(json_lines_file.whole(data))
    rows, unread = RowBuilder(file, len(data)), dict[str, None]()
    for name, listed in ("fixes", trail.fixes), ("rest_claims", trail.rest_claims):
        _add(file, rows, unread, name, bytes(listed))
    return rows.record("observed_at", "received_at", unread=unread)


def _add(file: str, rows: RowBuilder, unread: dict[str, None], name: str, listed: bytes) -> None:
    """Add the members of a list to the rows, and the names of what is not read of them."""
    if not listed.startswith(b"["):
        raise FixesError(
            file, f"its {name} are no list", "they can't be told apart", "have it handed out again"
        )
    for text in geojson_file.members(listed):
        row = json_lines_file.decode_line(_FIX, text)
        if row is None:
            rows.unread()
            continue
        properties = ObjectProperties(row)
        properties.note_unread(unread)
        rows.add(properties.row())
