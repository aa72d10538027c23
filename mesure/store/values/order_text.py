"""Order text: an order's text with its maps, as one piece of bytes to be sealed and compared.

The same text with the same maps gives the same bytes, in whatever order the maps were entered.
"""

from collections.abc import Iterable, Mapping
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


def whole_sha256(text: bytes, files: Mapping[str, bytes], papers: Iterable[str] = ()) -> str:
    """Return the hash of all that was read of an order: of its text, every map, and every paper.

    `papers` are the hashes of the court's papers beside which it was read. No line of a map begins
    as that of a paper, so a map cannot stand for one.

    >>> whole_sha256(b"x", {}) == sha256(b"x").hexdigest()
    True
    >>> whole_sha256(b"x", {"a": b"1"}) == whole_sha256(b"x", {"a": b"2"})
    False
    >>> whole_sha256(b"x", {}, ["aa"]) == whole_sha256(b"x", {}, ["bb"])
    False
    """
    digest = sha256(text).hexdigest()
    lines = [f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())]
    lines += [f"paper {paper}\n" for paper in sorted(papers)]
    return sha256("".join([digest, "\n", *lines]).encode()).hexdigest() if lines else digest
