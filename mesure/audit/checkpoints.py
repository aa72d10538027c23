"""Log checkpoints: what a log commits to at one size, and which witnesses saw it.

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
from mesure.audit.proofs import TreeHead
from mesure.audit.signing import signer_keys
from mesure.audit.signing.notes import NoteSignature, SignedNote
from mesure.audit.signing.signer_keys import (
    SIGNATURE_BYTES,
    KeyPurpose,
    NoteSigner,
    PublicKey,
    SignatureVerifier,
)
from mesure.audit.tree import HASH_BYTES, SIZE_MAX

TIME_BYTES: Final = 8
TIME_MAX: Final = (1 << 63) - 1
_TEXT: Final = re.compile(
    r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)\n"
)


@dataclass(frozen=True, slots=True)
class LogCheckpoint:
    """A log at one size: `str` gives the text that is signed."""

    origin: str
    head: TreeHead

    def __post_init__(self) -> None:
        if not signer_keys.is_name(self.origin):
            raise ValueError(f"{self.origin!r} cannot name a log: no spaces, no plus.")
        if not 0 <= self.head.size <= SIZE_MAX or len(self.head.root) != HASH_BYTES:
            raise ValueError("A checkpoint has a number of entries and a hash.")

    def __str__(self) -> str:
        return f"{self.origin}\n{self.head.size}\n{b64encode(self.head.root).decode()}\n"


class DistrustReason(StrEnum):
    """Why a checkpoint is not believed."""

    UNSIGNED = "unsigned"
    SIGNATURE = "signature"
    COSIGNATURE = "cosignature"


class UntrustedCheckpointError(Exception):
    """A checkpoint that is not believed; `name` is whose signature is the reason."""

    def __init__(self, doubt: DistrustReason, name: str = "") -> None:
        self.doubt, self.name = doubt, name
        super().__init__(doubt, name)


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """Whom somebody believes: keys of the log, and of witnesses, with the way to check them."""

    log: tuple[PublicKey, ...]
    witnesses: tuple[PublicKey, ...]
    signatures: SignatureVerifier


@dataclass(frozen=True, slots=True)
class WitnessTimestamp:
    """A witness saw a checkpoint; the time is its own, in seconds since 1970 in UTC."""

    witness: PublicKey
    at: int


def read(text: str) -> LogCheckpoint:
    """Return the checkpoint of a note's text; raises `MalformedError` where it is not one."""
    match = _TEXT.fullmatch(text)
    if match is None or not signer_keys.is_name(match[1]) or int(match[2]) > SIZE_MAX:
        raise MalformedError("a checkpoint is a name, a number and a hash, on three lines")
    return LogCheckpoint(match[1], TreeHead(int(match[2]), b64decode(match[3])))


def sign(checkpoint: LogCheckpoint, signer: NoteSigner) -> SignedNote:
    """Return the checkpoint signed by the log, under the name of the log."""
    text = str(checkpoint)
    key = PublicKey(checkpoint.origin, KeyPurpose.NOTE, signer.key)
    return SignedNote(text, (NoteSignature(key.name, key.id, signer.sign(text.encode())),))


def cosign(checkpoint: LogCheckpoint, name: str, signer: NoteSigner, at: int) -> NoteSignature:
    """Return what a witness adds; only after it has checked that nothing was taken back."""
    if not 0 <= at <= TIME_MAX:
        raise ValueError(f"{at} is no number of seconds since 1970.")
    key = PublicKey(name, KeyPurpose.COSIGNATURE, signer.key)
    signature = signer.sign(_cosigned(str(checkpoint), at))
    return NoteSignature(key.name, key.id, at.to_bytes(TIME_BYTES, "big") + signature)


def believe(
    note: SignedNote, trust: TrustedKeys
) -> tuple[LogCheckpoint, tuple[WitnessTimestamp, ...]]:
    """Return the checkpoint of a note, and which witnesses saw it.

    Raises `MalformedError` where the note is no checkpoint, and `UntrustedCheckpointError` where no
    key of this log signed it or where a signature that names a known key was not made by it.
    Signatures by others say nothing and are passed over.
    """
    checkpoint = read(note.text)
    sightings = tuple(_seen(note, trust))
    own = (key for key in trust.log if key.name == checkpoint.origin)
    signed = [is_signed(note, key, trust.signatures) for key in own]  # All of them are looked at.
    if not any(signed):
        raise UntrustedCheckpointError(DistrustReason.UNSIGNED)
    return checkpoint, sightings


def is_signed(note: SignedNote, key: PublicKey, signatures: SignatureVerifier) -> bool:
    """Tell whether a key signed a note; `UntrustedCheckpointError` where the note only says so."""
    signed = [signature for signature in note.signatures if signature.is_by(key)]
    for signature in signed:
        if not _holds(signatures, key, note.text.encode(), signature.made):
            raise UntrustedCheckpointError(DistrustReason.SIGNATURE, key.name)
    return bool(signed)


def _seen(note: SignedNote, trust: TrustedKeys) -> Iterator[WitnessTimestamp]:
    for witness in trust.witnesses:
        for signature in note.signatures:
            if not signature.is_by(witness):
                continue
            at = int.from_bytes(signature.made[:TIME_BYTES], "big")
            message = _cosigned(note.text, at)
            raw_signature = signature.made[TIME_BYTES:]
            if at > TIME_MAX or not _holds(trust.signatures, witness, message, raw_signature):
                raise UntrustedCheckpointError(DistrustReason.COSIGNATURE, witness.name)
            yield WitnessTimestamp(witness, at)


def _holds(
    signatures: SignatureVerifier, key: PublicKey, message: bytes, raw_signature: bytes
) -> bool:
    return len(raw_signature) == SIGNATURE_BYTES and signatures.holds(
        key.key, message, raw_signature
    )


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
