"""Checkpoints: what a log swears to at one size, and who saw it.

A checkpoint is a note of three lines: whose log, how many entries, and the hash that stands for
them all (C2SP `tlog-checkpoint`). The log signs it; a witness, such as a court, adds that it saw
it, and when (C2SP `tlog-cosignature`). A log that showed other entries to somebody else would need
two checkpoints that do not fit, and both would carry its signature.
Decision: docs/decisions/0012-checkpoint-and-bundle-formats.md
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mesure.audit.entries import MalformedError
from mesure.audit.proofs import Head
from mesure.audit.signing import signer_keys
from mesure.audit.signing.notes import Note, Signature
from mesure.audit.signing.signer_keys import SIGNATURE_BYTES, PublicKey, Purpose, Signatures, Signer
from mesure.audit.tree import HASH_BYTES, SIZE_MAX

TIME_BYTES: Final = 8
TIME_MAX: Final = (1 << 63) - 1
_TEXT: Final = re.compile(
    r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)\n"
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one size: `str` gives the text that is signed."""

    origin: str
    head: Head

    def __post_init__(self) -> None:
        if not signer_keys.is_name(self.origin):
            raise ValueError(f"{self.origin!r} cannot name a log: no spaces, no plus.")
        if not 0 <= self.head.size <= SIZE_MAX or len(self.head.root) != HASH_BYTES:
            raise ValueError("A checkpoint has a number of entries and a hash.")

    def __str__(self) -> str:
        return f"{self.origin}\n{self.head.size}\n{b64encode(self.head.root).decode()}\n"


class Doubt(StrEnum):
    """Why a checkpoint is not believed."""

    UNSIGNED = "unsigned"
    SIGNATURE = "signature"
    COSIGNATURE = "cosignature"


class DoubtError(Exception):
    """A checkpoint that is not believed; `name` is whose signature is the reason."""

    def __init__(self, doubt: Doubt, name: str = "") -> None:
        self.doubt, self.name = doubt, name
        super().__init__(doubt, name)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom somebody believes: keys of the log, and of witnesses, with the way to check them."""

    log: tuple[PublicKey, ...]
    witnesses: tuple[PublicKey, ...]
    signatures: Signatures


@dataclass(frozen=True, slots=True)
class Seen:
    """A witness saw a checkpoint; the time is its own, in seconds since 1970 in UTC."""

    witness: PublicKey
    at: int


def read(text: str) -> Checkpoint:
    """Return the checkpoint of a note's text; raises `MalformedError` where it is none."""
    match = _TEXT.fullmatch(text)
    if match is None or not signer_keys.is_name(match[1]) or int(match[2]) > SIZE_MAX:
        raise MalformedError("a checkpoint is a name, a number and a hash, on three lines")
    return Checkpoint(match[1], Head(int(match[2]), b64decode(match[3])))


def sign(checkpoint: Checkpoint, signer: Signer) -> Note:
    """Return the checkpoint signed by the log, under the name of the log."""
    text = str(checkpoint)
    key = PublicKey(checkpoint.origin, Purpose.NOTE, signer.key)
    return Note(text, (Signature(key.name, key.id, signer.sign(text.encode())),))


def cosign(checkpoint: Checkpoint, name: str, signer: Signer, at: int) -> Signature:
    """Return what a witness adds; only after it has checked that nothing was taken back."""
    if not 0 <= at <= TIME_MAX:
        raise ValueError(f"{at} is no number of seconds since 1970.")
    key = PublicKey(name, Purpose.COSIGNATURE, signer.key)
    signature = signer.sign(_cosigned(str(checkpoint), at))
    return Signature(key.name, key.id, at.to_bytes(TIME_BYTES, "big") + signature)


def believe(note: Note, trust: Trust) -> tuple[Checkpoint, tuple[Seen, ...]]:
    """Return the checkpoint of a note, and which witnesses saw it.

    Raises `MalformedError` where the note is no checkpoint, and `DoubtError` where no key of this
    log signed it or where a signature that names a known key was not made by it. Signatures by
    others say nothing and are passed over.
    """
    checkpoint = read(note.text)
    sightings = tuple(_seen(note, trust))
    own = (key for key in trust.log if key.name == checkpoint.origin)
    signed = [is_signed(note, key, trust.signatures) for key in own]  # All of them are looked at.
    if not any(signed):
        raise DoubtError(Doubt.UNSIGNED)
    return checkpoint, sightings


def is_signed(note: Note, key: PublicKey, signatures: Signatures) -> bool:
    """Tell whether a key signed a note; raises `DoubtError` where the note only says so."""
    signed = [signature for signature in note.signatures if signature.is_by(key)]
    for signature in signed:
        if not _holds(signatures, key, note.text.encode(), signature.made):
            raise DoubtError(Doubt.SIGNATURE, key.name)
    return bool(signed)


def _seen(note: Note, trust: Trust) -> Iterator[Seen]:
    for witness in trust.witnesses:
        for signature in note.signatures:
            if not signature.is_by(witness):
                continue
            at = int.from_bytes(signature.made[:TIME_BYTES], "big")
            message = _cosigned(note.text, at)
            raw_signature = signature.made[TIME_BYTES:]
            if at > TIME_MAX or not _holds(trust.signatures, witness, message, raw_signature):
                raise DoubtError(Doubt.COSIGNATURE, witness.name)
            yield Seen(witness, at)


def _holds(signatures: Signatures, key: PublicKey, message: bytes, raw_signature: bytes) -> bool:
    return len(raw_signature) == SIGNATURE_BYTES and signatures.holds(
        key.key, message, raw_signature
    )


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
