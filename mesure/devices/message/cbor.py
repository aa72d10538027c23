"""CBOR as devices use it: deterministic, bounded, without floats.

Every value has one encoding and every encoding one value (RFC 8949, section 4.2.1): integers and
lengths as short as can be, definite lengths, keys of maps sorted and never twice. So bytes that
are kept, compared or signed never differ where their meaning doesn't.

Why our own: a general decoder takes encodings that are not deterministic, and makes whatever a
length promises. This one looks at the bytes that are there, and stops at named limits.
Decision: docs/decisions/0026-device-protocol.md
"""

from dataclasses import dataclass
from struct import Struct
from typing import Final, TypeAlias

DEPTH_MAX: Final = 6
ITEMS_MAX: Final = 1_024  # Of all arrays and maps of one piece together.

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_FALSE, _TRUE, _NULL = 20, 21, 22
_SIMPLES: Final = {_FALSE: False, _TRUE: True, _NULL: None}
_WIDE: Final = {24: (1, 24), 25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}


@dataclass(frozen=True, slots=True)
class TaggedValue:
    """A value with a number that says how to read it."""

    tag: int
    value: "Item"


Item: TypeAlias = int | bytes | str | list["Item"] | dict[int, "Item"] | TaggedValue | None


@dataclass(frozen=True, slots=True)
class CborFault:
    """Bytes that are not deterministic CBOR, or more than is taken: at which byte, and why."""

    at: int
    why: str


# --- Writing -------------------------------------------------------------------------------------


def encode(item: Item) -> bytes:
    r"""Return the one encoding of a value.

    >>> encode([1, -1, {2: b"\x00"}, None]).hex()
    '840120a1024100f6'
    """
    out = bytearray()
    _write(out, item)
    return bytes(out)


def string(octets: bytes) -> bytes:
    r"""Return the encoding of a string of bytes.

    >>> string(b"\x07\x08").hex()
    '420708'
    """
    count = len(octets)
    if count < 24:
        return _HEADS[_BYTES << 5 | count] + octets
    out = bytearray()
    _head(out, _BYTES, count)
    return bytes(out + octets)


_HEADS: Final = [bytes([octet]) for octet in range(256)]


def _write(out: bytearray, item: Item) -> None:
    if type(item) is int:  # Most are.
        if 0 <= item < 24:
            out.append(item)
        else:
            _head(out, _UNSIGNED if item >= 0 else _NEGATIVE, item if item >= 0 else -1 - item)
    elif isinstance(item, list):
        _head(out, _ARRAY, len(item))
        for value in item:
            _write(out, value)
    elif item is None or isinstance(item, bool):
        out.append(_SIMPLE << 5 | (_NULL if item is None else _TRUE if item else _FALSE))
    elif isinstance(item, bytes):
        _head(out, _BYTES, len(item))
        out += item
    elif isinstance(item, str):
        octets = item.encode()
        _head(out, _TEXT, len(octets))
        out += octets
    elif isinstance(item, TaggedValue):
        _head(out, _TAG, item.tag)
        _write(out, item.value)
    elif isinstance(item, int):
        _write(out, int(item))
    else:
        _head(out, _MAP, len(item))
        for key, value in sorted((encode(key), value) for key, value in item.items()):
            out += key
            _write(out, value)


def _head(out: bytearray, major: int, number: int) -> None:
    if number < 24:
        out.append(major << 5 | number)
    elif number < 1 << 8:
        out += _BYTE_AND_BYTE(major << 5 | 24, number)
    elif number < 1 << 16:
        out += _BYTE_AND_SHORT(major << 5 | 25, number)
    elif number < 1 << 32:
        out += _BYTE_AND_WORD(major << 5 | 26, number)
    elif number < 1 << 64:
        out += _BYTE_AND_LONG(major << 5 | 27, number)
    else:
        raise OverflowError(f"{number} has more than 64 bits")  # No value of ours has.


_BYTE_AND_BYTE: Final = Struct(">BB").pack
_BYTE_AND_SHORT: Final = Struct(">BH").pack
_BYTE_AND_WORD: Final = Struct(">BI").pack
_BYTE_AND_LONG: Final = Struct(">BQ").pack


# --- Reading -------------------------------------------------------------------------------------


def decode(data: bytes) -> Item | CborFault:
    """Return the value that these bytes are, or what is odd about them.

    >>> decode(bytes.fromhex("1801"))
    CborFault(at=0, why='a number is longer than it need be')
    """
    read = first(data)
    if isinstance(read, CborFault):
        return read
    item, end = read
    return item if end == len(data) else CborFault(end, "there is more after the end")


def first(data: bytes, start: int = 0) -> tuple[Item, int] | CborFault:
    """Return the value that begins at a byte, and where it ends; or what is odd about it."""
    reader = _Reader(data, start)
    try:
        return reader.item(0), reader.at
    except _Stopped as stopped:
        return CborFault(reader.at, str(stopped))


class _Stopped(Exception):  # noqa: N818  It never leaves this module.
    """Reading can't go on."""


class _Reader:
    """Bytes and how far they have been read."""

    def __init__(self, data: bytes, start: int) -> None:
        self.data, self.at, self.left = data, start, ITEMS_MAX

    def item(self, depth: int) -> Item:
        """Return the next value."""
        begun = self.at
        if begun == len(self.data):
            raise _Stopped("it ends too soon")
        # Most heads are one byte, and there are many: they are read here.
        octet = self.data[begun]
        self.at = begun + 1
        major, number = octet >> 5, octet & 31
        if number >= 24:
            number = self._long(number, begun)
        if major == _UNSIGNED:
            return number
        if major == _NEGATIVE:
            return -1 - number
        if major == _BYTES:
            return self._take(number)
        if major == _TEXT:
            return self._text(number)
        if major == _SIMPLE:
            if number in _SIMPLES and self.at == begun + 1:
                return _SIMPLES[number]
            self.at = begun
            raise _Stopped("a float, or a simple value other than false, true and null")
        if depth == DEPTH_MAX:
            raise _Stopped(f"it is nested more than {DEPTH_MAX} deep")
        if major == _TAG:
            return TaggedValue(number, self.item(depth + 1))
        self._count(number if major == _ARRAY else 2 * number)
        if major == _ARRAY:
            return [self.item(depth + 1) for _ in range(number)]
        return self._map(number, depth)

    def _long(self, number: int, begun: int) -> int:
        """Return the number of a head that is longer than its first byte, and not in vain."""
        if number not in _WIDE:
            self.at = begun
            raise _Stopped("a length is not definite")
        width, least = _WIDE[number]
        number = int.from_bytes(self._take(width), "big")
        if number < least:
            self.at = begun
            raise _Stopped("a number is longer than it need be")
        return number

    def _take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self.data):
            raise _Stopped("it ends too soon")
        octets = self.data[self.at : end]
        self.at = end
        return octets

    def _text(self, count: int) -> str:
        try:
            return self._take(count).decode()
        except UnicodeDecodeError:
            raise _Stopped("a text is not UTF-8") from None

    def _count(self, items: int) -> None:
        self.left -= items
        if self.left < 0:
            raise _Stopped(f"it has more than {ITEMS_MAX} items")

    def _map(self, count: int, depth: int) -> dict[int, Item]:
        table: dict[int, Item] = {}
        last = b""
        for _ in range(count):
            begun = self.at
            key = self.item(depth + 1)
            octets = self.data[begun : self.at]
            if isinstance(key, bool) or not isinstance(key, int):
                raise _Stopped("a key is no whole number")
            if octets <= last:
                raise _Stopped("keys are not sorted, or one stands twice")
            last = octets
            table[key] = self.item(depth + 1)
        return table
