"""Logs to be checked and tampered with: small, whole, and the same every time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from mesure.audit import checkpoints, commitments, entries, log_file
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys
from mesure.audit.entries import Entry, EntryRange, ErasureEntry, RecordEntry
from mesure.audit.log_file import LogFile, RecordOpening, RecordsFile
from mesure.audit.log_verification import LogVerification, ReaderEvidence, verify
from mesure.audit.proofs import TreeHead
from mesure.audit.signing.notes import SignedNote
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.audit.tree import leaf_hash
from mesure.machine.signatures import Ed25519, SecretKey
from tools.faults.tree_nodes import TreeNodes

ORIGIN = "log.example/almaty"
WITNESS = "court.example/witness"
DAY = date(2026, 2, 11)
RULE = "two_months"
SEEN_AT = 1_770_800_000

LOG_SECRET = SecretKey.from_seed(bytes([1]) * 32)
OTHER_SECRET = SecretKey.from_seed(bytes([2]) * 32)
WITNESS_SECRET = SecretKey.from_seed(bytes([3]) * 32)
LOG_KEY = PublicKey(ORIGIN, KeyPurpose.NOTE, LOG_SECRET.key)
WITNESS_KEY = PublicKey(WITNESS, KeyPurpose.COSIGNATURE, WITNESS_SECRET.key)
TRUST = TrustedKeys((LOG_KEY,), (), Ed25519())
TRUST_WITNESSED = TrustedKeys((LOG_KEY,), (WITNESS_KEY,), Ed25519())


def make_opening(entry: int) -> RecordOpening:
    """Return a made-up look, and a salt that is good enough for tests."""
    salt = sha256(b"salt %d" % entry).digest()
    record: dict[str, commitments.Value] = {
        "kind": "look",
        "by": f"O-{entry % 7}",
        "purpose": "review",
        "number": entry,
    }
    return RecordOpening(entry, salt, commitments.canonical(record))


@dataclass
class Log:
    """A log as the service would write it; `lines` is its file."""

    origin: str = ORIGIN
    secret: SecretKey = LOG_SECRET
    nodes: TreeNodes = field(default_factory=TreeNodes)
    lines: list[bytes] = field(default_factory=list)
    openings: list[RecordOpening] = field(default_factory=list)
    notes: list[SignedNote] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines.append(log_file.HEADING)
        self.lines.append(f"{self.origin}\n".encode())

    @property
    def size(self) -> int:
        return self.nodes.frontier.size

    def append(self, entry: Entry) -> None:
        line = entries.encode(entry)
        self.nodes.add(leaf_hash(line))
        self.lines.append(line + b"\n")

    def record(self, count: int = 1) -> "Log":
        for _ in range(count):
            record_opening = make_opening(self.size)
            self.openings.append(record_opening)
            self.append(
                RecordEntry(commitments.commitment(record_opening.salt, record_opening.record))
            )
        return self

    def erase(self, *erased: int) -> "Log":
        for erasure in entries.erasures(erased, DAY, RULE):
            self.append(erasure)
        self.openings = [it for it in self.openings if it.entry not in erased]
        return self

    def head(self) -> TreeHead:
        return TreeHead(self.size, self.nodes.frontier.root())

    def checkpoint(self, *, seen_at: int | None = None) -> "Log":
        checkpoint = LogCheckpoint(self.origin, self.head())
        note = checkpoints.sign(checkpoint, self.secret)
        if seen_at is not None:
            cosigned = checkpoints.cosign(checkpoint, WITNESS, WITNESS_SECRET, seen_at)
            note = note.with_signatures(cosigned)
        self.notes.append(note)
        self.lines += log_file.block(note).splitlines(keepends=True)
        return self

    def records(self) -> list[bytes]:
        return [log_file.RECORDS_HEADING, *map(log_file.encode_opening, self.openings)]


def erasure(*spans: tuple[int, int]) -> ErasureEntry:
    return ErasureEntry(DAY, RULE, tuple(EntryRange(*span) for span in spans))


def sample() -> Log:
    """Return a log with checkpoints, a witness, and records erased as the law asks."""
    log = Log().record(5).checkpoint(seen_at=SEEN_AT).erase(0, 1, 3)
    return log.record(3).checkpoint().record(2).erase(4, 6).checkpoint()


def check(
    lines: Iterable[bytes],
    trust: TrustedKeys = TRUST,
    earlier: Sequence[LogCheckpoint] = (),
    records: Iterable[bytes] | None = None,
    *,
    is_selection: bool = False,
) -> LogVerification:
    """Check the lines of a log, with what the reader holds beside it."""
    records_file = None if records is None else RecordsFile(records)
    return verify(LogFile(lines), trust, ReaderEvidence(tuple(earlier), records_file, is_selection))
