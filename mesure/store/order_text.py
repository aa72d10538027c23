"""An order's text with the maps that it names, as one piece of bytes to be sealed and found equal.

The same text with the same maps gives the same bytes, in whatever order the maps were entered.
"""

from collections.abc import Mapping

import msgspec


class _Entered(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    text: bytes
    files: list[tuple[str, bytes]]


def packed(text: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return an order's text with its maps, by the path that the text writes, as bytes.

    >>> unpacked(packed(b"order: ALM-1", {"home.geojson": b"{}"}))
    (b'order: ALM-1', {'home.geojson': b'{}'})
    """
    return msgspec.msgpack.encode(_Entered(text, sorted(files.items())))


def unpacked(body: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Return the text and the maps that were packed so."""
    entered = msgspec.msgpack.decode(body, type=_Entered)
    return entered.text, dict(entered.files)
