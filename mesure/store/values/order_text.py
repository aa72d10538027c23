"""Order text: an order's text with its maps, as one piece of bytes to be sealed and compared.

The same text with the same maps gives the same bytes, in whatever order the maps were entered.
"""

from collections.abc import Mapping
from hashlib import sha256

import msgspec


class _Entered(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    text: bytes
    files: list[tuple[str, bytes]]


def pack(text: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return an order's text with its maps, by the path that the text writes, as bytes.

    >>> unpack(pack(b"order: ALM-1", {"home.geojson": b"{}"}))
    (b'order: ALM-1', {'home.geojson': b'{}'})
    """
    return msgspec.msgpack.encode(_Entered(text, sorted(files.items())))


def unpack(body: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Return the text and the maps that were packed so."""
    entered = msgspec.msgpack.decode(body, type=_Entered)
    return entered.text, dict(entered.files)


def whole_sha256(text: bytes, files: Mapping[str, bytes]) -> str:
    """Return the hash of all that an order says: of its text, or of its text and every map.

    >>> whole_sha256(b"x", {}) == sha256(b"x").hexdigest()
    True
    >>> whole_sha256(b"x", {"a": b"1"}) == whole_sha256(b"x", {"a": b"2"})
    False
    """
    digest = sha256(text).hexdigest()
    if not files:
        return digest
    lines = [f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())]
    return sha256("".join([digest, "\n", *lines]).encode()).hexdigest()
