"""Tokens: secrets that are made here, shown once, and kept only as a hash.

A token has 256 random bits and a card's code 80, so a plain hash of it cannot be undone by trying.
Passwords and PINs are another matter (`passwords`).
"""

import base64
import hmac
from hashlib import sha256
from typing import Final

import msgspec

from mesure.store.writing.audit_append import Salts

TOKEN_BYTES: Final = 32
CODE_BYTES: Final = 10  # 16 letters and digits, written in four groups.
_DOMAIN: Final = b"mesure token 1\n"  # So that this hash is never one of something else.


class OneTimeSecret(msgspec.Struct, frozen=True):
    """An answer that holds a secret: the caller is given it once, and it is kept nowhere."""


def token(salts: Salts) -> str:
    """Return a new token."""
    return base64.urlsafe_b64encode(salts(TOKEN_BYTES)).decode().rstrip("=")


def code(salts: Salts) -> str:
    """Return a new code for people to type: no letter that looks like a digit.

    >>> code(bytes)
    'AAAA-AAAA-AAAA-AAAA'
    """
    letters = base64.b32encode(salts(CODE_BYTES)).decode()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def normalise_code(typed: str) -> str:
    """Return a code as it was made, however it was typed.

    >>> normalise_code(" aaaa aaaa-aaaa-aaa0 ")
    'AAAA-AAAA-AAAA-AAAO'
    """
    letters = "".join(sign for sign in typed.upper() if sign.isalnum())
    letters = letters.translate(str.maketrans("018", "OIB"))
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def hash_secret(secret: str) -> str:
    """Return what is kept of a token or a code."""
    return sha256(_DOMAIN + secret.encode()).hexdigest()


def is_same(secret: str, other: str) -> bool:
    """Tell whether two secrets are the same, in a time that does not tell how nearly they are."""
    return hmac.compare_digest(secret.encode(), other.encode())
