"""Log verification: a whole log checked against its signatures: nothing changed, moved or added.

The entries are read once, in order. Each checkpoint must name exactly the entries before it, carry
a signature that holds, and have the hash that these entries give. Erasures must name earlier
records, each once. If the records are at hand, each must be the one that was meant: a record that
is missing was lawfully erased if the log says so, and is otherwise gone without leave.

Memory: one byte for each entry, whatever the records hold.
Decision: docs/decisions/0011-the-audit-log-holds-no-personal-data.md
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from mesure.audit import checkpoints, entries
from mesure.audit.checkpoints import (
    DistrustReason,
    LogCheckpoint,
    TrustedKeys,
    UntrustedCheckpointError,
    WitnessTimestamp,
)
from mesure.audit.commitments import commitment
from mesure.audit.entries import EntryRange, ErasureEntry, MalformedError
from mesure.audit.log_file import Item, LogFile, RecordOpening, RecordsFile
from mesure.audit.signing.notes import SignedNote
from mesure.audit.tree import Frontier, leaf_hash

# What is known of each entry, as a byte.
_RECORD, _ERASURE, _ERASED, _OPENED, _OPENED_ERASED = range(5)
_ERASE = bytes.maketrans(bytes((_RECORD, _OPENED)), bytes((_ERASED, _OPENED_ERASED)))


class LogCheck(StrEnum):
    """What is checked of a log."""

    READING = "reading"
    SIGNATURE = "signature"
    TREE = "tree"
    ERASURE = "erasure"
    END = "end"
    EARLIER = "earlier"
    WITNESS = "witness"
    RECORDS = "records"


class LogFault(StrEnum):
    """What does not hold."""

    LINE = "line"  # A line is not one that a log or a file of records has.
    ORIGIN = "origin"  # The checkpoint is one of another log.
    UNSIGNED = "unsigned"  # None of the keys signed the checkpoint.
    SIGNATURE = "signature"  # It says that a key signed it, and that is not so.
    COUNT = "count"  # It was signed for more or fewer entries than there are before it.
    ROOT = "root"  # It was signed for other entries.
    ERASES_NO_RECORD = "erases_no_record"  # What it erases is later, or an erasure itself.
    ERASES_TWICE = "erases_twice"
    NO_CHECKPOINT = "no_checkpoint"
    UNCOVERED = "uncovered"  # Entries come after the last checkpoint.
    OTHER_LOG = "other_log"  # An earlier checkpoint is one of another log.
    TAKEN_BACK = "taken_back"  # The log ends before an earlier checkpoint does.
    REWRITTEN = "rewritten"  # An earlier checkpoint was signed for other entries.
    COSIGNATURE = "cosignature"  # It says that a witness saw it, and that is not so.
    NOT_SEEN = "not_seen"  # The witness saw no checkpoint of it.
    OTHER_RECORD = "other_record"  # The record is not the one that the log has.
    RECORD_OF_NONE = "record_of_none"  # The log has no record at this place.
    MISSING = "missing"  # The record is gone, and no erasure names it.
    STILL_THERE = "still_there"  # An erasure names it, and it is still there.


_STEPS = {
    LogFault.LINE: LogCheck.READING,
    LogFault.ORIGIN: LogCheck.SIGNATURE,
    LogFault.UNSIGNED: LogCheck.SIGNATURE,
    LogFault.SIGNATURE: LogCheck.SIGNATURE,
    LogFault.COUNT: LogCheck.TREE,
    LogFault.ROOT: LogCheck.TREE,
    LogFault.ERASES_NO_RECORD: LogCheck.ERASURE,
    LogFault.ERASES_TWICE: LogCheck.ERASURE,
    LogFault.NO_CHECKPOINT: LogCheck.END,
    LogFault.UNCOVERED: LogCheck.END,
    LogFault.OTHER_LOG: LogCheck.EARLIER,
    LogFault.TAKEN_BACK: LogCheck.EARLIER,
    LogFault.REWRITTEN: LogCheck.EARLIER,
    LogFault.COSIGNATURE: LogCheck.WITNESS,
    LogFault.NOT_SEEN: LogCheck.WITNESS,
    LogFault.OTHER_RECORD: LogCheck.RECORDS,
    LogFault.RECORD_OF_NONE: LogCheck.RECORDS,
    LogFault.MISSING: LogCheck.RECORDS,
    LogFault.STILL_THERE: LogCheck.RECORDS,
}


class BrokenLogError(Exception):
    """The log does not hold: what, at which entries, on which line of the file, and who says so.

    `entries` is None where no entry is to blame, `line` where the fault is not in one line.
    """

    def __init__(
        self,
        broken: LogFault,
        blamed: EntryRange | None = None,
        line: int | None = None,
        name: str = "",
    ) -> None:
        self.broken, self.entries, self.line, self.name = broken, blamed, line, name
        super().__init__(broken, blamed, line, name)

    @property
    def step(self) -> LogCheck:
        """Return the check that failed."""
        return _STEPS[self.broken]


@dataclass(frozen=True, slots=True)
class WitnessSighting:
    """The last checkpoint that a witness saw: how many entries it had, and when that was."""

    size: int
    at: int


@dataclass(frozen=True, slots=True)
class LogVerification:
    """A log that holds."""

    last: SignedNote
    checkpoint: LogCheckpoint
    checkpoints: int
    records: int
    erasures: int
    erased: int  # Records that erasures name.
    opened: int  # Records that were at hand and are those of the log.
    witnesses: tuple[tuple[str, WitnessSighting], ...]


@dataclass(frozen=True, slots=True)
class ReaderEvidence:
    """What the reader holds beside the log: checkpoints kept from before, and records.

    `is_selection` says that records may be missing, because only some were handed over.
    """

    earlier: tuple[LogCheckpoint, ...] = ()
    records: RecordsFile | None = None
    is_selection: bool = False


def verify(
    log: LogFile, trust: TrustedKeys, evidence: ReaderEvidence | None = None
) -> LogVerification:
    """Return what a log holds, if all of it does; `BrokenLogError` at the first that does not.

    What was read before that is not thereby proved: only a log that holds to its end does.
    """
    walk = _Walk(log, trust, evidence or ReaderEvidence())
    for item in _items(log, walk):
        walk.take(item)
    return walk.end()


def _items(log: LogFile, walk: "_Walk") -> Iterator[Item]:
    try:
        yield from log
    except MalformedError:
        raise BrokenLogError(LogFault.LINE, walk.here(), log.line) from None


@dataclass
class _Walk:
    """The state of a reader between two lines."""

    log: LogFile
    trust: TrustedKeys
    evidence: ReaderEvidence
    tree: Frontier = field(default_factory=Frontier)
    marks: bytearray = field(default_factory=bytearray)
    last: tuple[SignedNote, LogCheckpoint] | None = None
    checkpoints: int = 0
    sightings: dict[str, WitnessSighting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roots: dict[int, set[bytes]] = {}
        for earlier in self.evidence.earlier:
            if earlier.origin != self.log.origin:
                raise BrokenLogError(LogFault.OTHER_LOG, name=earlier.origin)
            self.roots.setdefault(earlier.head.size, set()).add(earlier.head.root)
        self.openings = iter(self.evidence.records or ())
        self._open_next()
        self._hold_earlier()

    def here(self) -> EntryRange:
        """Return the place of the entry that comes next."""
        return EntryRange(self.tree.size, self.tree.size)

    def take(self, item: Item) -> None:
        """Take the next entry or checkpoint of the log."""
        if isinstance(item, bytes):
            self._open(item)
            self._grow(item)
        elif isinstance(item, ErasureEntry):
            self._erase(item)
            self._refuse_record_here()
            self.marks.append(_ERASURE)
            self._grow(entries.encode(item))
        else:
            self._check(item)

    def _grow(self, line: bytes) -> None:
        self.tree.add(leaf_hash(line))
        if self.tree.size in self.roots:
            self._hold_earlier()

    def _hold_earlier(self) -> None:
        size = self.tree.size
        if self.roots.get(size, set()) - {self.tree.root()}:
            raise BrokenLogError(LogFault.REWRITTEN, EntryRange(0, size - 1) if size else None)

    def _check(self, note: SignedNote) -> None:
        """Check a checkpoint against everything before it."""
        line = self.log.line
        try:
            checkpoint, sightings = checkpoints.believe(note, self.trust)
        except MalformedError:
            raise BrokenLogError(LogFault.LINE, self.here(), line) from None
        except UntrustedCheckpointError as error:
            raise BrokenLogError(_BY_DOUBT[error.doubt], self._since(), line, error.name) from None
        if checkpoint.origin != self.log.origin:
            raise BrokenLogError(LogFault.ORIGIN, self._since(), line, checkpoint.origin)
        if checkpoint.head.size != self.tree.size:
            raise BrokenLogError(LogFault.COUNT, self._since(), line, str(checkpoint.head.size))
        if checkpoint.head.root != self.tree.root():
            raise BrokenLogError(LogFault.ROOT, self._since(), line)
        self.last = note, checkpoint
        self.checkpoints += 1
        self._remember(sightings)

    def _remember(self, sightings: Iterable[WitnessTimestamp]) -> None:
        for sight in sightings:
            self.sightings[sight.witness.name] = WitnessSighting(self.tree.size, sight.at)

    def _since(self) -> EntryRange | None:
        """Return the entries since the last checkpoint that held; None where there are none."""
        first = 0 if self.last is None else self.last[1].head.size
        return EntryRange(first, self.tree.size - 1) if first < self.tree.size else None

    def _erase(self, erasure: ErasureEntry) -> None:
        """Mark what an erasure names; it must be records, earlier ones, and not erased yet."""
        for span in erasure.erased:
            marked = self.marks[span.first : span.last + 1]
            if len(marked) < span.last - span.first + 1 or _ERASURE in marked:
                raise BrokenLogError(
                    LogFault.ERASES_NO_RECORD, self.here(), self.log.line, _said(span)
                )
            if _ERASED in marked or _OPENED_ERASED in marked:
                raise BrokenLogError(LogFault.ERASES_TWICE, self.here(), self.log.line, _said(span))
            self.marks[span.first : span.last + 1] = marked.translate(_ERASE)

    # --- Records -------------------------------------------------------------------------------

    def _open(self, line: bytes) -> None:
        """Hold the record of this entry, if it is at hand, against the commitment."""
        opening = self.opening
        if opening is None or opening.entry != self.tree.size:
            self.marks.append(_RECORD)
            return
        if b"record " + b64encode(commitment(opening.salt, opening.record)) != line:
            raise BrokenLogError(LogFault.OTHER_RECORD, self.here(), self.log.line)
        self.marks.append(_OPENED)
        self._open_next()

    def _refuse_record_here(self) -> None:
        if self.opening is not None and self.opening.entry == self.tree.size:
            raise BrokenLogError(LogFault.RECORD_OF_NONE, self.here(), self.log.line)

    def _open_next(self) -> None:
        records = self.evidence.records
        try:
            self.opening: RecordOpening | None = next(self.openings, None)
        except MalformedError:
            line = None if records is None else records.line
            raise BrokenLogError(LogFault.LINE, None, line, "records") from None

    def _hold_records(self) -> None:
        if self.opening is not None:
            place = EntryRange(self.opening.entry, self.opening.entry)
            raise BrokenLogError(LogFault.RECORD_OF_NONE, place)
        entry = self.marks.find(_OPENED_ERASED)
        if entry >= 0:
            raise BrokenLogError(LogFault.STILL_THERE, EntryRange(entry, entry))
        missing = self.marks.find(_RECORD)
        if missing >= 0 and not self.evidence.is_selection:
            raise BrokenLogError(LogFault.MISSING, EntryRange(missing, missing))

    # --- The end -------------------------------------------------------------------------------

    def end(self) -> LogVerification:
        """Check what can only be checked at the end, and say what the log holds."""
        if self.last is None:
            raise BrokenLogError(LogFault.NO_CHECKPOINT, self._since())
        if self._since() is not None:
            raise BrokenLogError(LogFault.UNCOVERED, self._since())
        longest = max(self.roots, default=0)
        if longest > self.tree.size:
            raise BrokenLogError(LogFault.TAKEN_BACK, EntryRange(self.tree.size, longest - 1))
        for witness in self.trust.witnesses:
            if witness.name not in self.sightings:
                raise BrokenLogError(LogFault.NOT_SEEN, None, None, witness.name)
        if self.evidence.records is not None:
            self._hold_records()
        return self._outcome(*self.last)

    def _outcome(self, note: SignedNote, checkpoint: LogCheckpoint) -> LogVerification:
        erased, erasures = self.marks.count(_ERASED), self.marks.count(_ERASURE)
        return LogVerification(
            last=note,
            checkpoint=checkpoint,
            checkpoints=self.checkpoints,
            records=self.tree.size - erasures,
            erasures=erasures,
            erased=erased,
            opened=self.marks.count(_OPENED),
            witnesses=tuple(self.sightings.items()),
        )


_BY_DOUBT = {
    DistrustReason.UNSIGNED: LogFault.UNSIGNED,
    DistrustReason.SIGNATURE: LogFault.SIGNATURE,
    DistrustReason.COSIGNATURE: LogFault.COSIGNATURE,
}


def _said(span: EntryRange) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}-{span.last}"
