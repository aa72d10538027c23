"""A row of a table as a line of JSON, and back to the same bytes.

Whatever was kept as JSON or text stands in the line as such, so that it can be read without this
program; other bytes are written in base64.
"""

import json
from base64 import b64decode, b64encode
from typing import Any, Final

import msgspec

from mesure.store import order_text, transfer
from mesure.store.transfer import BYTES, Row

_AS_JSON: Final = "json"
_AS_TEXT: Final = "text"
_AS_ORDER: Final = "order"
_AS_BYTES: Final = "base64"


def line(table: str, row: Row) -> bytes:
    """Return a row as a line, its line feed included."""
    fields: dict[str, Any] = {}
    for name, value in zip(transfer.columns(table), row, strict=True):
        is_bytes = name in BYTES and value is not None
        fields[name] = _written(table, name, value) if is_bytes else value
    return msgspec.json.encode(fields) + b"\n"


def _written(table: str, name: str, value: bytes) -> Any:  # noqa: ANN401  Any JSON.
    if table == "order_version" and name == "body":
        text, files = order_text.unpacked(value)
        return {_AS_ORDER: [text.decode(), {path: _base64(data) for path, data in files.items()}]}
    if name in {"body", "record"} and value[:1] in {b"{", b"["} and _is_json(value):
        return {_AS_JSON: msgspec.Raw(value)}
    if name in {"line", "text"}:
        return {_AS_TEXT: value.decode()}
    return {_AS_BYTES: _base64(value)}


def _base64(value: bytes) -> str:
    return b64encode(value).decode()


def _is_json(value: bytes) -> bool:
    """Tell whether bytes are JSON that comes back as the same bytes from within a line."""
    if b"\n" in value:
        return False
    try:
        json.loads(value)
    except ValueError:
        return False
    return bytes(msgspec.json.decode(value, type=msgspec.Raw)) == value


def row(table: str, written: bytes) -> Row:
    """Return the row of a line; raises `ValueError` where it is none."""
    fields = msgspec.json.decode(written, type=dict[str, msgspec.Raw])
    names = transfer.columns(table)
    if list(fields) != list(names):
        raise ValueError(f"a row of {table} has the columns {', '.join(names)}")
    return tuple(_read(name, fields[name]) for name in names)


def _read(name: str, raw: msgspec.Raw) -> Any:  # noqa: ANN401
    if name not in BYTES:
        return msgspec.json.decode(raw)
    if bytes(raw) == b"null":
        return None
    [(way, value)] = msgspec.json.decode(raw, type=dict[str, msgspec.Raw]).items()
    if way == _AS_JSON:
        return bytes(value)
    if way == _AS_TEXT:
        return msgspec.json.decode(value, type=str).encode()
    if way == _AS_ORDER:
        text, files = msgspec.json.decode(value, type=tuple[str, dict[str, str]])
        maps = {path: b64decode(data) for path, data in files.items()}
        return order_text.packed(text.encode(), maps)
    return b64decode(msgspec.json.decode(value, type=str))
