"""Witness signing, both sides: what the log hands over, the witness signs, and the log stores.

The witness, such as a court, runs this on a machine of its own, with a key that the log has never
seen, and keeps the last checkpoint that it signed. Requests and answers are small files, which can
be carried on a stick.
"""

from pathlib import Path
from typing import Final

from mesure.audit import checkpoints, witness
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys, UntrustedCheckpointError
from mesure.audit.entries import MalformedError
from mesure.audit.signing import notes, signer_keys
from mesure.audit.signing.notes import SignedNote
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.audit.witness import WitnessRefusal, WitnessRefusedError
from mesure.machine import file_loading, file_writing
from mesure.machine.service_error import ServiceError
from mesure.machine.signatures import Ed25519
from mesure.service.installation import key_files, log_signing
from mesure.service.installation.installation import Installation
from mesure.store.interface.store import ReadTransaction

FILE_BYTES_MAX: Final = 1 << 20
PAGE: Final = 1_000

_SAID: Final = {
    WitnessRefusal.OTHER_LOG: ("it is another log", "look whose request this is"),
    WitnessRefusal.OTHER_START: (
        "its proof does not begin at the checkpoint that you hold",
        "tell them how many entries you have seen",
    ),
    WitnessRefusal.NOT_CONSISTENT: (
        "the log took something back",
        "keep the request and what you hold, and tell the supervisor of the log",
    ),
}


class NotCosignedError(Exception):
    """A witness does not sign; `str` gives the sentence."""


# --- The log ---------------------------------------------------------------------------------


def request(installation: Installation, by: PublicKey, seen_size: int | None) -> bytes:
    """Return what is handed to a witness: the newest checkpoint, and that it extends the last.

    `seen_size` None: as far as its own signatures in the store say.
    """
    log_signing.checkpoint(installation)
    with installation.store.read() as reading:
        note = log_signing.last_note(reading)
        assert note is not None, "an installation begins with a row, which is in the log"
        size = _seen(reading, by) if seen_size is None else seen_size
        return str(witness.request(reading.node, note, size)).encode()


def _seen(reading: ReadTransaction, by: PublicKey) -> int:
    sizes = [size for note, size in _notes(reading) if any(it.is_by(by) for it in note.signatures)]
    return max(sizes, default=0)


def keep(installation: Installation, by: PublicKey, answer: str) -> int:
    """Keep what a witness answered below the checkpoint that it is for; return its size."""
    trust = _trust(installation.signing.log_key(installation.settings.name), by)
    with installation.store.read() as reading:
        sized_notes = list(_notes(reading))
    for note, size in reversed(sized_notes):
        try:
            cosigned = witness.with_answer(note, answer, trust)
        except (MalformedError, UntrustedCheckpointError):
            continue
        if cosigned != note and cosigned.signatures != note.signatures:
            text = str(cosigned).encode()
            installation.store.write(
                lambda work, size=size, text=text: work.keep_checkpoint(size, text)  # type: ignore[misc]
            )
        if any(it.is_by(by) for it in cosigned.signatures):
            return size
    what, why = "this is no answer of that witness to a checkpoint of this log", "nothing was kept"
    raise ServiceError("answer", what, why, "see whether the right file and key are named")


def _notes(reading: ReadTransaction) -> "list[tuple[SignedNote, int]]":
    sized_notes, after = [], 0
    while page := reading.checkpoints(after, PAGE):
        sized_notes += [(notes.read(one.text.decode()), one.size) for one in page]
        after = page[-1].size
    return sized_notes


# --- The witness -----------------------------------------------------------------------------


def cosign(
    request_path: Path, secret: tuple[str, Path], log: PublicKey, checkpoint_path: Path, at: int
) -> bytes:
    """Check a request against what is held; return the signature, and hold what was signed.

    `secret` is the witness's name and the file of its key. Raises `NotCosignedError`.
    """
    trust = TrustedKeys((log,), (), Ed25519())
    before = _held(checkpoint_path, trust) if checkpoint_path.exists() else None
    try:
        read = witness.read(_text(request_path, "nothing can be signed without a request"))
        checkpoint = witness.examine(read, before, log.name, trust)
    except WitnessRefusedError as refused:
        what, remedy = _SAID[refused.refusal]
        raise NotCosignedError(f"{request_path}: {what}; nothing was signed; {remedy}.") from None
    except (MalformedError, UntrustedCheckpointError) as error:
        detail = str(error) if isinstance(error, MalformedError) else "the log did not sign it"
        raise NotCosignedError(
            f"{request_path}: this is no request ({detail}); nothing was signed; ask for another."
        ) from None
    name, path = secret
    signature = checkpoints.cosign(checkpoint, name, key_files.one(path), at)
    # Held before it is handed out: a witness never signs less than it has signed.
    file_writing.write(checkpoint_path, str(read.note).encode())
    return f"{signature}\n".encode()


def _held(path: Path, trust: TrustedKeys) -> LogCheckpoint:
    try:
        return checkpoints.believe(notes.read(_text(path, "nothing can be compared")), trust)[0]
    except (MalformedError, UntrustedCheckpointError):
        what, why = "this is no checkpoint that the log signed", "nothing can be compared with it"
        raise ServiceError(path, what, why, "name the file that cosigning wrote") from None


def public_key(name: str, path: Path) -> PublicKey:
    """Return the public key of a witness, as it hands it on."""
    return PublicKey(name, KeyPurpose.COSIGNATURE, key_files.one(path).key)


def read_key(key_text: str, purpose: KeyPurpose) -> PublicKey:
    """Return a key as it was handed on, or as written in a file."""
    path, text = Path(key_text), key_text
    try:
        if len(key_text) < FILE_BYTES_MAX and path.is_file():
            text = _text(path, "nothing can be checked").strip()
    except (OSError, ValueError):
        pass
    try:
        key = signer_keys.read(text, Ed25519())
    except MalformedError as error:
        what, remedy = f"this is no key ({error})", "it looks like name+id+key"
        raise ServiceError(key_text[:60], what, "nothing can be checked", remedy) from None
    if key.purpose is not purpose:
        what, remedy = "this key is for something else", "a log and a witness have different keys"
        raise ServiceError(key_text[:60], what, "nothing can be checked", remedy)
    return key


def _trust(log: PublicKey, by: PublicKey) -> TrustedKeys:
    return TrustedKeys((log,), (by,), Ed25519())


def _text(path: Path, why: str) -> str:
    return file_loading.read_file(path, why, FILE_BYTES_MAX).decode("utf-8", "replace")
