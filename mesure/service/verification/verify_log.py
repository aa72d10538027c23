"""Verify a log file, as an outsider does who has nothing but it and a public key.

The file is read line by line: ten million entries take ten megabytes more memory than none.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from mesure.audit import checkpoints
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys, UntrustedCheckpointError
from mesure.audit.entries import MalformedError
from mesure.audit.log_file import LINE_BYTES_MAX, RECORD_LINE_BYTES_MAX, LogFile, RecordsFile
from mesure.audit.log_verification import BrokenLogError, LogVerification, ReaderEvidence, verify
from mesure.audit.signing import notes
from mesure.audit.signing import signer_keys as keys
from mesure.audit.signing.notes import NOTE_BYTES_MAX
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.machine import file_loading, file_writing
from mesure.machine.progress import ProgressStages
from mesure.machine.signatures import Ed25519
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.text.order_faults import FileFault, OrderError, quote
from mesure.service.verification import log_words

KEY_FILE_BYTES_MAX: Final = 1 << 12
TOLD_EVERY: Final = 1 << 14  # Lines; often enough for a moving line, too seldom to cost time.

_Read = TypeVar("_Read", LogFile, RecordsFile)


@dataclass(frozen=True, slots=True)
class VerifyLogRequest:
    """What to check, and against what; keys are given as they are written, or as files of them."""

    log: Path
    keys: tuple[str, ...]
    witnesses: tuple[str, ...] = ()
    earlier: tuple[Path, ...] = ()
    records: Path | None = None
    is_selection: bool = False
    keep: Path | None = None


class VerifyResult(NamedTuple):
    """What is said, and whether what was checked holds."""

    text: str
    holds: bool


def tell(request: VerifyLogRequest, catalogue: Catalogue, stages: ProgressStages) -> VerifyResult:
    """Check a log, and keep its last checkpoint if it holds and that was asked for.

    Raises `OrderError` where a file or a key cannot be read.
    """
    if request.keep is not None:
        file_writing.refuse_impossible(request.keep)
    trust = TrustedKeys(
        tuple(map(log_key, request.keys)), tuple(map(witness_key, request.witnesses)), Ed25519()
    )
    earlier = tuple(checkpoint(path, trust) for path in request.earlier)
    with ExitStack() as stack:
        log = _LogRead(request, earlier, stack, stages)
        try:
            outcome = verify(log.file, trust, log.evidence)
        except BrokenLogError as error:
            return VerifyResult(
                _lines(log_words.broken(error, log.file.origin, catalogue)), holds=False
            )
    return VerifyResult(_lines(_said(request, outcome, earlier, catalogue)), holds=True)


def _said(
    request: VerifyLogRequest,
    outcome: LogVerification,
    earlier: tuple[LogCheckpoint, ...],
    catalogue: Catalogue,
) -> Iterator[str]:
    if request.keep is not None:
        file_writing.write(request.keep, str(outcome.last).encode())
    yield from log_words.holds(
        outcome,
        catalogue,
        kept_size=max((it.head.size for it in earlier), default=None),
        has_records=request.records is not None,
        is_selection=request.is_selection,
    )


def _lines(sentences: Iterator[str]) -> str:
    return "".join(f"{sentence}\n" for sentence in sentences)


class _LogRead:
    """The files of a request, open and read as far as their headings."""

    def __init__(
        self,
        request: VerifyLogRequest,
        earlier: tuple[LogCheckpoint, ...],
        stack: ExitStack,
        stages: ProgressStages,
    ) -> None:
        def report_progress(lines: int, share: str) -> None:
            stages.reach(f"checking the log: {lines:,} lines{share}")

        stages.reach("checking the log")
        lines = _opened(request.log, LINE_BYTES_MAX, stack, report_progress)
        self.file = _headed(request.log, lambda: LogFile(lines), "no entry can be checked")
        records: RecordsFile | None = None
        if request.records is not None:
            opened = _opened(request.records, RECORD_LINE_BYTES_MAX, stack, _quietly)
            why = "no record can be checked"
            records = _headed(request.records, lambda: RecordsFile(opened), why)
        self.evidence = ReaderEvidence(earlier, records, request.is_selection)


def _quietly(lines: int, share: str) -> None:
    """Report nothing: of two files that are read side by side, one that reports is enough."""


def _opened(
    path: Path, line_bytes_max: int, stack: ExitStack, report_progress: Callable[[int, str], None]
) -> Iterator[bytes]:
    try:
        file = stack.enter_context(path.open("rb"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    return _lines_of(path, file, line_bytes_max, report_progress)


def _lines_of(
    path: Path,
    file: BufferedReader,
    line_bytes_max: int,
    report_progress: Callable[[int, str], None],
) -> Iterator[bytes]:
    """Yield lines; of one that is too long a part without an end, which no reader takes."""
    try:
        size = path.stat().st_size
        for number, line in enumerate(iter(lambda: file.readline(line_bytes_max + 1), b"")):
            if number and number % TOLD_EVERY == 0:
                report_progress(number, f", {100 * file.tell() // size} %" if size else "")
            yield line
    except OSError as error:
        raise _unreadable(path, error) from None


def _headed(path: Path, read: Callable[[], _Read], why: str) -> _Read:
    try:
        return read()
    except MalformedError as error:
        raise _fault(path, str(error), why, "check that this is the file that was meant") from None


def _unreadable(path: Path, error: Exception) -> OrderError:
    what = (getattr(error, "strerror", None) or "it cannot be read").lower()
    return _fault(path, what, "nothing can be checked", "check the path and the right to read it")


def _fault(where: object, what: str, why: str, remedy: str) -> OrderError:
    return OrderError([FileFault(str(where), None, "", what, why, remedy)])


# --- Keys and checkpoints ------------------------------------------------------------------------


def log_key(key_text: str) -> PublicKey:
    """Return the key of a log, as it is written, or from the file that is named."""
    return _key(key_text, KeyPurpose.NOTE)


def witness_key(key_text: str) -> PublicKey:
    """Return the key of a witness, as it is written, or from the file that is named."""
    return _key(key_text, KeyPurpose.COSIGNATURE)


def _key(key_text: str, purpose: KeyPurpose) -> PublicKey:
    option = "--key" if purpose is KeyPurpose.NOTE else "--witness"
    why = "nothing can be held against it"
    remedy = "ask the operator of the log for the line that looks like name+id+key"
    try:
        key = keys.read(_written(key_text), Ed25519())
    except MalformedError as error:
        raise _fault(option, f"{quote(key_text)} is no key: {error}", why, remedy) from None
    if key.purpose is not purpose:
        other = "a witness" if key.purpose is KeyPurpose.COSIGNATURE else "a log"
        what = f"{quote(key_text)} is the key of {other}"
        raise _fault(option, what, why, "name it with the other option")
    return key


def _written(key_text: str) -> str:
    """Return a key as it is written on the command line, or in the file that is named there."""
    path = Path(key_text)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # Too long for the name of a file, or with a sign that none has.
        return key_text
    if not is_file:
        return key_text
    data = file_loading.read_file(path, "it should hold a key", KEY_FILE_BYTES_MAX)
    if len(data) > KEY_FILE_BYTES_MAX:
        return key_text  # Which is no key, and will be refused as none.
    return data.decode("utf-8", "replace").strip()


def checkpoint(path: Path, trust: TrustedKeys) -> LogCheckpoint:
    """Return a checkpoint that was kept; only one that the log signed shows anything."""
    why, remedy = "it shows nothing", "name the checkpoint that was kept when the log was checked"
    data = file_loading.read_file(path, why, NOTE_BYTES_MAX)
    try:
        note = notes.read(data.decode("utf-8", "replace"))
        return checkpoints.believe(note, TrustedKeys(trust.log, (), trust.signatures))[0]
    except MalformedError as error:
        raise _fault(path, f"this is no checkpoint: {error}", why, remedy) from None
    except UntrustedCheckpointError:
        what = "no key that is named signed this checkpoint"
        remedy = "name the key that the log had then as well, by another --key"
        raise _fault(path, what, why, remedy) from None
