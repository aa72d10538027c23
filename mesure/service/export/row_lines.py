"""Row lines: a row of a table as a line of JSON, and back to the same bytes.

Whatever was stored as JSON or text is in the line as such, so that it can be read without this
program; other bytes are written in base64. What was sealed has the nonce beside it by which, with
its key, it is sealed to the same bytes again. Of what is read each column is held against its kind.
"""

import json
from base64 import b64decode, b64encode
from typing import Any, Final, NamedTuple

import msgspec

from mesure.store.keyring import sealing
from mesure.store.values import order_text, tables
from mesure.store.values.tables import BYTES, FLAGS, NUMBER, Row

_AS_JSON: Final = "json"
_AS_TEXT: Final = "text"
_AS_ORDER: Final = "order"
_AS_BYTES: Final = "base64"
_NONCE: Final = "nonce"
_BIG: Final = 1 << 63
TEXTS: Final = frozenset(
    {
        "id", "entered_by", "person", "court_order", "confirmed_by", "device", "device_class",
        "form", "reason", "claimed", "said", "kind", "key", "value", "condition", "status",
        "policy_version", "engine_version", "holder", "recipient", "about",
    }
)  # fmt: skip
REALS: Final = frozenset({"p_outside_max"})
# Columns that may be not known, by table; the number of a row may be, too.
NOT_KNOWN: Final = {
    "person": {"erased_us"},
    "order_version": {"confirmed_us", "confirmed_by"},
    "device": {"standing"},
    "device_key": {"last_counter"},
    "assignment": {"until_us"},
    "message": {"person", "counter"},
    "audit_record": {"person"},
    "register": {"person"},
    "incident": {"end_us", "p_outside_max", "withdrawn_us"},
    "judged": {"due_us"},
    "outgoing": {"person"},
    "bound": {"about"},
}


class ExportRow(NamedTuple):
    """A row that was read, its body opened, and by which nonce it was sealed; None: it was not."""

    row: Row
    nonce: bytes | None


def line(table: str, row: Row, nonce: bytes | None = None) -> bytes:
    """Return a row as a line, its line feed included."""
    fields: dict[str, Any] = {}
    for name, value in zip(tables.names_of(table, row), row, strict=True):
        is_bytes = name in BYTES and value is not None
        fields[name] = _written(table, name, value) if is_bytes else value
    if nonce is not None:
        fields["body"][_NONCE] = _base64(nonce)
    return msgspec.json.encode(fields) + b"\n"


def _written(table: str, name: str, value: bytes) -> Any:  # noqa: ANN401  Any JSON.
    if table == "order_version" and name == "body":
        text, files = order_text.unpack(value)
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


# --- Back ----------------------------------------------------------------------------------------


def row(table: str, written: bytes) -> ExportRow:
    """Return the row of a line; raises `ValueError` where it is none."""
    try:
        fields = msgspec.json.decode(written, type=dict[str, msgspec.Raw])
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    names = tables.columns(table)
    numbered = tables.columns(table, numbered=True)
    if tuple(fields) not in {names, numbered}:
        raise ValueError(f"a row of {table} has the columns {', '.join(names)}")
    nonce: bytes | None = None
    values = []
    for name, raw in fields.items():
        try:
            value, sealed_by = _read(table, name, raw)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{name} is not what it should be: {error}") from None
        values.append(value)
        nonce = sealed_by or nonce
    return ExportRow(tuple(values), nonce)


def _read(table: str, name: str, raw: msgspec.Raw) -> tuple[Any, bytes | None]:
    if bytes(raw) == b"null":
        if name != NUMBER and name not in NOT_KNOWN.get(table, ()):
            raise ValueError("it is not there")
        return None, None
    if name in BYTES:
        return _bytes(name, raw)
    return _plain(name, raw), None


def _plain(name: str, raw: msgspec.Raw) -> Any:  # noqa: ANN401  Of the kind of its column.
    decode = msgspec.json.decode
    if name in FLAGS:
        return decode(raw, type=bool)
    if name in REALS:
        return decode(raw, type=float)
    if name in TEXTS:
        text = decode(raw, type=str)
        if "\0" in text:
            raise ValueError("there is a zero in the text")
        text.encode()  # Half a letter that nothing can keep is no text.
        return text
    number = decode(raw, type=int)
    if not -_BIG <= number < _BIG:
        raise ValueError("it is too large a number")
    return number


def _bytes(name: str, raw: msgspec.Raw) -> tuple[bytes, bytes | None]:
    """Return bytes, and by which nonce they were sealed."""
    way, *more = msgspec.json.decode(raw, type=dict[str, msgspec.Raw]).items()
    nonce = None
    if more:
        if name != "body" or [key for key, _ in more] != [_NONCE]:
            raise ValueError("bytes are written in one way")
        nonce = _decoded(more[0][1])
        if len(nonce) != sealing.NONCE_BYTES:
            raise ValueError(f"a nonce has {sealing.NONCE_BYTES} bytes")
    return _as_written(*way), nonce


def _as_written(way: str, value: msgspec.Raw) -> bytes:
    if way == _AS_JSON:
        return bytes(value)
    if way == _AS_TEXT:
        return msgspec.json.decode(value, type=str).encode()
    if way == _AS_ORDER:
        text, files = msgspec.json.decode(value, type=tuple[str, dict[str, str]])
        maps = {path: b64decode(data, validate=True) for path, data in files.items()}
        return order_text.pack(text.encode(), maps)
    if way != _AS_BYTES:
        raise ValueError(f"bytes are not written as {way[:20]}")
    return _decoded(value)


def _decoded(value: msgspec.Raw) -> bytes:
    return b64decode(msgspec.json.decode(value, type=str), validate=True)
