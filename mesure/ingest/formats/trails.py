"""A trail as this program hands it to a person or a program: one JSON object with `fixes`.

So stand they in everything that is kept about a person, and in what is answered to whoever asks for
a trail. Each fix has the names of the columns.
"""

from typing import Final

import msgspec

from mesure.ingest.faults import FixesError
from mesure.ingest.formats import geojson, jsonlines
from mesure.ingest.formats.properties import Said
from mesure.ingest.record import Record
from mesure.ingest.rows import Rows


class _Trail(msgspec.Struct):
    fixes: msgspec.Raw


_TRAIL: Final = msgspec.json.Decoder(_Trail)
_FIX: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read(file: str, data: bytes) -> Record:
    """Return every fix of a trail."""
    listed = bytes(_TRAIL.decode(jsonlines.whole(data)).fixes)
    if not listed.startswith(b"["):
        raise FixesError(
            file, "its fixes are no list", "they can't be told apart", "have it handed out again"
        )
    rows, unread = Rows(file, len(data)), dict[str, None]()
    for text in geojson.members(listed):
        fix = jsonlines.decoded(_FIX, text)
        if fix is None:
            rows.unread()
            continue
        said = Said(fix)
        said.note_unread(unread)
        rows.add(said.row())
    return rows.record("observed_at", "received_at", unread=unread)
