"""The audit log as outsiders are given it: files, proofs, checkpoints, what a witness is asked."""

from functools import cache

from mesure.audit import log_file, proof_file, witness
from mesure.audit.checkpoints import UntrustedCheckpointError
from mesure.audit.entries import MalformedError
from mesure.audit.proof_file import UnprovedError
from mesure.audit.signing import notes, signer_keys
from mesure.audit.witness import WitnessRefusedError
from mesure.machine.progress import ProgressStages
from mesure.machine.signatures import Ed25519
from mesure.machine.texts import catalogue
from mesure.orders.text.order_faults import OrderError
from mesure.service.verification import verify_log
from mesure.service.verification.verify_log import VerifyLogRequest
from tests.audit.samples import LOG_KEY, ORIGIN, TRUST, WITNESS_KEY, Log, make_opening, sample
from tests.fuzz import scratch
from tests.fuzz.target import KIB, refusal_faults, split, target


@cache
def _log() -> Log:
    return sample()


def _files() -> list[bytes]:
    log, records = b"".join(_log().lines), b"".join(_log().records())
    return [log, log + b"\0" + records]


@target("log_file", _files, OrderError, bytes_max=8 * KIB, share=20)
def verify(data: bytes) -> None:
    """A log is checked as the command does it; what is said of it can be printed."""
    log, records = split(data, 2)
    paths = scratch.folder() / "log", scratch.folder() / "records"
    for path, content in zip(paths, (log, records), strict=True):
        path.write_bytes(content)
    request = VerifyLogRequest(
        paths[0], (str(LOG_KEY),), (str(WITNESS_KEY),), records=paths[1] if records else None
    )
    result = verify_log.tell(request, catalogue("en"), ProgressStages())
    assert not list(refusal_faults(result.text))


@target("log_kept", lambda: [str(_log().notes[0]).encode()], OrderError)
def read_checkpoint(data: bytes) -> None:
    """A checkpoint and a key that somebody kept are read, or refused."""
    path = scratch.folder() / "kept"
    path.write_bytes(data)
    verify_log.checkpoint(path, TRUST)


@target("log_key", lambda: [str(LOG_KEY).encode(), str(WITNESS_KEY).encode()], MalformedError)
def key(data: bytes) -> None:
    """A key is written in one way."""
    text = data.decode("utf-8", "replace")
    assert str(signer_keys.read(text, Ed25519())) == text


def _proofs() -> list[bytes]:
    return [
        str(proof_file.show(_log().nodes, entry, _log().notes[-1])).encode() for entry in (0, 7)
    ]


@target("log_proof", _proofs, MalformedError, UnprovedError, UntrustedCheckpointError)
def proof(data: bytes) -> None:
    """A proof is read, and proves one entry or none."""
    read = proof_file.read(data.decode("utf-8", "replace"))
    proof_file.examine(read, make_opening(read.entry), TRUST)


def _requests() -> list[bytes]:
    return [str(witness.request(_log().nodes, _log().notes[-1], 5)).encode()]


REFUSED = (MalformedError, WitnessRefusedError, UntrustedCheckpointError)


@target("log_witness", _requests, *REFUSED)
def ask(data: bytes) -> None:
    """A witness reads what it is asked to sign, and the log what it answered."""
    text = data.decode("utf-8", "replace")
    request = witness.read(text)
    assert str(request) == text
    witness.examine(request, None, ORIGIN, TRUST)
    notes.read_signatures(text)


@target("log_records", lambda: [b"".join(_log().records())], MalformedError)
def records(data: bytes) -> None:
    """A file of records is read line by line, each written in one way."""
    lines = data.splitlines(keepends=True)
    openings = list(log_file.RecordsFile(lines))
    assert [log_file.encode_opening(one) for one in openings] == lines[1:]
