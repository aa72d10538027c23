"""JSON lines: one message to a line, as several formats send them."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final, TypeVar

import msgspec

from mesure.formats.columns import file_limits

T = TypeVar("T")

_MARK: Final = b"\xef\xbb\xbf"
_BLANK: Final = b" \t\r\n\x1e"  # RFC 8142 starts each text with a record separator, 1E.


def lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines that hold something, without what is around it."""
    for number, line in enumerate(BytesIO(data)):
        text = line.removeprefix(_MARK) if number == 0 else line
        text = text.strip(_BLANK)
        if text:
            yield text


def decode_line(decoder: msgspec.json.Decoder[T], text: bytes) -> T | None:
    """Return the message of a line; None if it is none, or too long or too deep to be one.

    >>> decoder = msgspec.json.Decoder(dict)
    >>> decode_line(decoder, b'{"a": 1}'), decode_line(decoder, b"{")
    ({'a': 1}, None)
    """
    if len(text) > file_limits.LINE_BYTES_MAX:
        return None
    try:
        return decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def whole(data: bytes) -> bytes:
    """Return a file that is one JSON text, without what is around it."""
    return data.removeprefix(_MARK).strip(_BLANK)
