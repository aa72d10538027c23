"""Commitments: what the log keeps of a record, which says nothing and can be checked.

A commitment is the hash of a random salt and the record. With record and salt anybody can check
that this and no other record was meant. Without them nobody can find out what it was, not even by
trying every name and date, because the salt is as good as impossible to guess.

Invariant: a salt serves one record, and goes when the record goes.
Decision: docs/decisions/0011-the-audit-log-holds-no-personal-data.md
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

SALT_BYTES: Final = 32
DOMAIN: Final = b"mesure audit record 1\n"  # So that this hash is never one of something else.
INTEGER_MAX: Final = (1 << 53) - 1

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"


def commitment(salt: bytes, record: bytes) -> bytes:
    """Return the commitment to a record under a salt of its own.

    >>> commitment(bytes(32), b'{"look":1}').hex()[:16]
    'f3f98b3ad6e3ef07'
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}; a short one is guessed.")
    return sha256(DOMAIN + salt + record).digest()


def canonical(record: Value) -> bytes:
    """Return the one way to write a record, so that the same record gives the same bytes.

    This is JSON as in RFC 8785, with less in it: whole numbers only, which any reader counts
    exactly, and names of fields in ASCII, which sort the same everywhere.

    >>> canonical({"until": None, "by": "O-7", "fixes": [1, 2]})
    b'{"by":"O-7","fixes":[1,2],"until":null}'
    """
    _refuse_ambiguous(record)
    written = json.dumps(
        record, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
    )
    return written.encode()


def _refuse_ambiguous(value: Value) -> None:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise ValueError("Half of a surrogate pair is no text; a record cannot hold it.")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        if abs(value) > INTEGER_MAX:
            raise ValueError(f"{value} is more than every reader counts exactly; write it as text.")
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_ambiguous(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str) or not name.isascii():
                raise ValueError(f"{name!r} is no name of a field in ASCII; they sort differently.")
            _refuse_ambiguous(item)
    else:
        raise TypeError(f"A record holds no {type(value).__name__}; write it as text.")
