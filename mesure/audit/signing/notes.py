"""Signed notes: a text that a person can read, and below it who signed.

The form is that of the C2SP specification `signed-note`: the text, an empty line, and a line for
each signature. Somebody who adds a signature changes nothing of what is there.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from mesure.audit.entries import MalformedError
from mesure.audit.signing import signer_keys
from mesure.audit.signing.signer_keys import PublicKey

NOTE_BYTES_MAX: Final = 1 << 16
SIGNATURES_MAX: Final = 100
ID_BYTES: Final = 4
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE: Final = re.compile("— ([^ ]+) ([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """A line below a note: whose it is, and what the signer made."""

    name: str
    id: bytes
    made: bytes

    def is_by(self, key: PublicKey) -> bool:
        """Tell whether it says that this key made it."""
        return self.name == key.name and self.id == key.id

    def __str__(self) -> str:
        return f"— {self.name} {b64encode(self.id + self.made).decode()}"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text, its last line ended, and its signatures; `str` gives the signed note."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)

    def with_signatures(self, *added: NoteSignature) -> "SignedNote":
        """Return the note with these below the others, each once."""
        return SignedNote(self.text, tuple(dict.fromkeys((*self.signatures, *added))))


def read(written: str) -> SignedNote:
    """Return a signed note; raises `MalformedError` where it is not one."""
    if len(written.encode("utf-8", "replace")) > NOTE_BYTES_MAX:
        raise MalformedError(f"a note has at most {NOTE_BYTES_MAX} bytes")
    if _CONTROL.search(written):
        raise MalformedError("a note has no control characters")
    text, parted, below = written.rpartition("\n\n")
    if not parted or not text:
        raise MalformedError("a note is a text, an empty line and signatures")
    return SignedNote(text + "\n", read_signatures(below))


def read_signatures(written: str) -> tuple[NoteSignature, ...]:
    """Return signatures, a line each; raises `MalformedError` where they are not."""
    if not written.endswith("\n"):
        raise MalformedError("signatures are lines, each of them ended")
    lines = written.removesuffix("\n").split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise MalformedError(f"a note has at most {SIGNATURES_MAX} signatures")
    return tuple(_signature(line) for line in lines)


def _signature(line: str) -> NoteSignature:
    match = _SIGNATURE.fullmatch(line)
    if match is None or not signer_keys.is_name(match[1]):
        raise MalformedError("a signature is a dash, a name and a text in base64")
    try:
        data = b64decode(match[2], validate=True)
    except ValueError:
        data = b""
    if len(data) <= ID_BYTES or b64encode(data).decode() != match[2]:
        raise MalformedError("a signature is a key ID and what the signer made, in base64")
    return NoteSignature(match[1], data[:ID_BYTES], data[ID_BYTES:])
