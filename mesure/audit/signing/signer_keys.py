"""Names and keys of those who sign: the log, and its witnesses.

Keys are written as the C2SP specification `signed-note` has it: name, key ID and key, with plus
signs between. How a signature is made and checked is handed in; here nothing is computed with
curves.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Final, Protocol

from mesure.audit.entries import MalformedError

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
NAME_CHARS_MAX: Final = 255
_KEY: Final = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{43}[A-Za-z0-9+/=])")


class SignatureVerifier(Protocol):
    """How signatures of Ed25519 are checked; the shell brings a library for it."""

    def is_sound(self, key: bytes) -> bool:
        """Tell whether this is a key that somebody can hold: no point of small order, no alias."""
        ...

    def holds(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature was made for the message with the secret of this key."""
        ...


class NoteSigner(Protocol):
    """Somebody who can sign with Ed25519; the secret stays in the shell."""

    @property
    def key(self) -> bytes:
        """Return the public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message."""
        ...


class KeyPurpose(IntEnum):
    """What a key signs, as the number that `signed-note` gives it."""

    NOTE = 1  # The text as it is: a log signs so.
    COSIGNATURE = 4  # The text with the time at which it was seen: a witness signs so.


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The key of somebody with a name: `str` gives the form in which it is handed on."""

    name: str
    purpose: KeyPurpose
    key: bytes

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise ValueError(f"{self.name!r} cannot name a key: no spaces, no plus.")
        if len(self.key) != KEY_BYTES:
            raise ValueError(f"A key has {KEY_BYTES} bytes, not {len(self.key)}.")

    @property
    def id(self) -> bytes:
        """Return the four bytes by which a signature says whose it is."""
        named = f"{self.name}\n".encode()
        return sha256(named + bytes([self.purpose]) + self.key).digest()[:4]

    def __str__(self) -> str:
        material = b64encode(bytes([self.purpose]) + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{material}"


def is_name(text: str) -> bool:
    """Tell whether this can name a log or a witness."""
    fits = 0 < len(text) <= NAME_CHARS_MAX and "+" not in text
    return fits and text.isprintable() and not any(sign.isspace() for sign in text)


def read(text: str, signatures: SignatureVerifier) -> PublicKey:
    """Return a key as it was handed on; raises `MalformedError` where it is not to be trusted."""
    match = _KEY.fullmatch(text)
    if match is None:
        raise MalformedError("it is not written as name+id+key")
    try:
        material = b64decode(match[3], validate=True)
        key = PublicKey(match[1], KeyPurpose(material[0]), material[1:])
    except ValueError:
        raise MalformedError("it is no key of Ed25519 for notes or cosignatures") from None
    if str(key) != text:
        raise MalformedError("its key ID is not that of its name and key")
    if not signatures.is_sound(key.key):
        raise MalformedError("signatures under it would prove nothing")
    return key
