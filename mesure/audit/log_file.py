"""Log file: what an outsider is given, and can check line by line.

Two lines say what it is and whose; then come the entries, a line each, and between them the
checkpoints, so that an entry is never far from the signature that covers it. The lines are read
one at a time: a log may be longer than memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from mesure.audit import entries
from mesure.audit.commitments import SALT_BYTES
from mesure.audit.entries import RECORD_LINE, ErasureEntry, MalformedError
from mesure.audit.signing import notes, signer_keys
from mesure.audit.signing.notes import NOTE_BYTES_MAX, SignedNote

HEADING: Final = b"mesure audit log 1\n"
RECORDS_HEADING: Final = b"mesure audit records 1\n"
CHECKPOINT: Final = b"checkpoint\n"
LINE_BYTES_MAX: Final = 1 << 16  # An erasure of 1,000 spans has half of it.
RECORD_LINE_BYTES_MAX: Final = 1 << 20

# The line of a record as it stands, without its line feed: there are millions of these.
Item = bytes | ErasureEntry | SignedNote


def heading(origin: str) -> bytes:
    """Return the beginning of the file of a log."""
    return HEADING + f"{origin}\n".encode()


def block(note: SignedNote) -> bytes:
    r"""Return a checkpoint as written between the entries of a file.

    >>> print(block(SignedNote("log.example\n0\n", ())).decode(), end="")
    checkpoint
    >log.example
    >0
    >
    """
    lines = str(note).removesuffix("\n").split("\n")
    return CHECKPOINT + "".join(f">{line}\n" for line in lines).encode()


class LogFile:
    """A log as it is read: `origin` is whose it says it is, `line` where the last item began.

    Raises `MalformedError` at once where the file is no log, and later where a line is not of one.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.line = 0
        if next(self._lines, b"") != HEADING:
            raise MalformedError("its first line is not “mesure audit log 1”")
        self.origin = _name(next(self._lines, b""))

    def __iter__(self) -> Iterator[Item]:
        """Yield entries and checkpoints as they come."""
        note: bytearray | None = None
        started = 0
        for number, line in enumerate(chain(self._lines, (b"",)), start=3):
            if note is not None:
                if line.startswith(b">"):
                    _keep(note, line)
                    continue
                self.line = started
                yield _note(note)
                note = None
            self.line = number
            if line == CHECKPOINT:
                note, started = bytearray(), number
            elif line:
                yield _entry(line)


def _name(line: bytes) -> str:
    try:
        name = line.decode()
    except UnicodeDecodeError:
        name = ""
    if not name.endswith("\n") or not signer_keys.is_name(name[:-1]):
        raise MalformedError("its second line does not name a log")
    return name[:-1]


def _keep(note: bytearray, line: bytes) -> None:
    note += line[1:]
    if len(note) > NOTE_BYTES_MAX or not line.endswith(b"\n"):
        raise MalformedError("a checkpoint that does not end")


def _note(written: bytearray) -> SignedNote:
    try:
        return notes.read(written.decode())
    except UnicodeDecodeError:
        raise MalformedError("a note is text in UTF-8") from None


def _entry(line: bytes) -> bytes | ErasureEntry:
    if not line.endswith(b"\n"):
        raise MalformedError("a line that does not end")
    entry = line[:-1]
    if RECORD_LINE.fullmatch(entry):
        return entry
    erasure = entries.read(entry)
    assert isinstance(erasure, ErasureEntry)  # Every record has the form that was asked for above.
    return erasure


@dataclass(frozen=True, slots=True)
class RecordOpening:
    """What opens a commitment: the record, and the salt that went into it."""

    entry: int
    salt: bytes
    record: bytes

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_BYTES or self.entry < 0:
            raise ValueError(f"A salt has {SALT_BYTES} bytes, and entries are counted from 0.")
        if b"\n" in self.record:
            raise ValueError("A record is one line; in canonical JSON it is.")


def encode_opening(opening: RecordOpening) -> bytes:
    """Return the line of a file of records, its line feed included."""
    return b"%d %s %s\n" % (opening.entry, opening.salt.hex().encode(), opening.record)


class RecordsFile:
    """Records with their salts, by entry; `line` is that of the last one.

    Raises `MalformedError` at once where the file holds no records, later where a line is not one.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.line = 1
        if next(self._lines, b"") != RECORDS_HEADING:
            raise MalformedError("its first line is not “mesure audit records 1”")

    def __iter__(self) -> Iterator[RecordOpening]:
        """Yield records, each of a later entry than the one before."""
        before = -1
        for line in self._lines:
            self.line += 1
            opening = _opening(line)
            if opening.entry <= before:
                raise MalformedError("records are sorted by entry, each once")
            before = opening.entry
            yield opening


def _opening(line: bytes) -> RecordOpening:
    entry, salt, record = (*line.removesuffix(b"\n").split(b" ", 2), b"", b"")[:3]
    try:
        opening = RecordOpening(int(entry), bytes.fromhex(salt.decode()), record)
    except ValueError:
        raise MalformedError("a line is entry, salt and record") from None
    if encode_opening(opening) != line:
        raise MalformedError("a line that is written otherwise, or does not end")
    return opening
