"""Verify the audit log of a store against its signatures, entry by entry, from its tables.

A file of the log that is handed out is checked by `verify_log`, which stops at the first fault.
Here everything is gone through to the end, so that each row that was altered is named.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from mesure.actions.data_rights import retained_data
from mesure.audit import checkpoints, entries
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys, UntrustedCheckpointError
from mesure.audit.commitments import SALT_BYTES, commitment
from mesure.audit.entries import ErasureEntry, MalformedError
from mesure.audit.signing import notes
from mesure.audit.tree import HASH_BYTES, Frontier, leaf_hash
from mesure.service.installation import last_checkpoint
from mesure.store.commitments import row_commitments
from mesure.store.commitments.row_commitments import CommitmentRecord
from mesure.store.interface.store import ReadTransaction
from mesure.store.interface.verify_rows import Tell
from mesure.store.values.mismatches import (
    AcceptedRollback,
    CommitmentStart,
    MismatchKind,
    RowMismatch,
)
from mesure.store.writing.audit_append import pack_peaks

TOLD_EVERY: Final = 10_000
GAP_MAX: Final = 1_000_000  # Lines that may be missing in a row; a number beyond is made up.
_RECORD, _FOUND, _ERASURE, _UNREADABLE = range(4)  # What an entry is; found: its record is there.


@dataclass(slots=True)
class _Tree:
    """The tree over the lines that were read, with every complete node above the leaves."""

    edge: Frontier = field(default_factory=Frontier)
    levels: list[bytearray] = field(default_factory=list)

    def add(self, line: bytes) -> None:
        for level, node in enumerate(self.edge.add(leaf_hash(line))[1:]):
            if level == len(self.levels):
                self.levels.append(bytearray())
            self.levels[level] += node

    def node(self, level: int, place: int) -> bytes | None:
        """Return a node; None where the tree has none there."""
        if not 1 <= level <= len(self.levels):
            return None
        start = place * HASH_BYTES
        return bytes(self.levels[level - 1][start : start + HASH_BYTES]) or None


class LogWalk:
    """One pass over the audit log of a store; the rest is known after all `mismatches`."""

    def __init__(
        self,
        reading: ReadTransaction,
        trust: TrustedKeys,
        earlier: Sequence[LogCheckpoint],
        tell: Tell,
    ) -> None:
        self._reading, self._trust, self._tell = reading, trust, tell
        self._earlier = sorted(earlier, key=lambda checkpoint: checkpoint.head.size)
        self.pins: list[CommitmentRecord] = []
        self.begun: list[CommitmentStart] = []  # Each time that rows were bound from the first on.
        self.accepted: list[
            AcceptedRollback
        ] = []  # Each time that somebody went on with older data.
        self.checkpoints = 0
        self.entries = 0
        self._tree = _Tree()
        self._kinds = bytearray()
        self._erased = bytearray()  # Of each entry, whether an erasure names it.
        self._doubted: list[int] = []  # Entries whose record is that of another line.
        self._bad: set[int] = set()  # Entries that were reported.
        self._breaks: list[
            tuple[int, int]
        ] = []  # From a root that held to the first that does not.
        self._others: list[int] = []  # Sizes of checkpoints of another log than this.
        self._is_own_broken = False  # Whether the checkpoints here are of other lines.
        self._held = 0
        self._at_size = b""  # The peaks where the edge says that the log ends.

    def mismatches(self) -> Iterator[RowMismatch]:
        """Yield every row of the log that is not as it was signed."""
        edges = list(self._reading.rows("audit_edge"))
        if len(edges) != 1:
            yield RowMismatch(
                "audit_edge", (), MismatchKind.ADDED if edges else MismatchKind.MISSING
            )
            return
        _, size, peaks = edges[0]
        yield from self._lines(size)
        yield from self._at_the_edge(size, peaks)
        yield from self._altered_lines()
        yield from self._nodes()
        yield from self._erasures()

    # --- Lines, records, checkpoints -----------------------------------------------------------

    def _lines(self, size: int) -> Iterator[RowMismatch]:
        records = _Ahead(self._reading.rows("audit_record"))
        signed = _Ahead(self._reading.rows("checkpoint"))
        sizes: set[int] = set()
        yield from self._signed_here(signed, sizes)
        for entry, line in self._reading.rows("audit_entry"):
            if self.entries < entry <= min(size, self.entries + GAP_MAX):
                gap = _span(self.entries, entry - 1)
                while self.entries < entry:
                    self._miss()
                    yield from self._signed_here(signed, sizes)
                yield RowMismatch("audit_entry", (gap,), MismatchKind.MISSING)
            if entry != self.entries:
                yield RowMismatch("audit_entry", (entry,), MismatchKind.ADDED)
                continue
            if entry == size:
                self._at_size = pack_peaks(self._tree.edge)
            yield from self._line(entry, line, records)
            yield from self._signed_here(signed, sizes)
            if entry % TOLD_EVERY == 0:
                self._tell("audit_entry", entry)
        for row in records.rest():
            yield RowMismatch("audit_record", row[:1], MismatchKind.ADDED)
        for row in signed.rest():
            yield RowMismatch("checkpoint", row[:1], MismatchKind.ADDED)
        yield from self._signed_before(sizes)

    def _miss(self) -> None:
        """Go on where a line is missing."""
        self._bad.add(self.entries)
        self._grow(b"", _UNREADABLE)

    def _grow(self, line: bytes, kind: int) -> None:
        self._tree.add(line)
        self._kinds.append(kind)
        self.entries += 1

    def _line(self, entry: int, line: bytes, records: "_Ahead") -> Iterator[RowMismatch]:
        for row in records.before(entry):
            yield RowMismatch("audit_record", row[:1], MismatchKind.ADDED)
        row = records.at(entry)
        try:
            what = entries.read(line)
        except MalformedError:
            self._bad.add(entry)
            self._grow(line, _UNREADABLE)
            yield RowMismatch("audit_entry", (entry,), MismatchKind.ALTERED, "line")
            return
        if isinstance(what, ErasureEntry) and any(span.last >= entry for span in what.erased):
            self._bad.add(entry)
            self._grow(line, _UNREADABLE)
            yield RowMismatch("audit_entry", (entry,), MismatchKind.ALTERED, "line")
            return
        if isinstance(what, ErasureEntry):
            for span in what.erased:
                self._erased += bytes(max(0, span.last + 1 - len(self._erased)))
                count = span.last + 1 - span.first
                self._erased[span.first : span.last + 1] = b"\1" * count
            if row is not None:
                yield RowMismatch("audit_record", (entry,), MismatchKind.ADDED)
            self._grow(line, _ERASURE)
            return
        if row is not None:
            yield from self._record(entry, line, row)
        self._grow(line, _RECORD if row is None else _FOUND)

    def _record(self, entry: int, line: bytes, row: Sequence[Any]) -> Iterator[RowMismatch]:
        _, salt, record, person = row
        if len(salt) != SALT_BYTES or line != b"record " + b64encode(commitment(salt, record)):
            self._doubted.append(entry)
            return
        try:
            if row_commitments.is_pin(record):
                self._pin(entry, row_commitments.read(record))
            if last_checkpoint.is_acceptance(record):
                self.accepted.append(last_checkpoint.read(entry, record))
        except ValueError:
            yield RowMismatch("audit_record", (entry,), MismatchKind.ALTERED, "record")
        if person is not None and person not in _persons_of(record):
            yield RowMismatch("audit_record", (entry,), MismatchKind.ALTERED, "person")

    def _pin(self, entry: int, pin: CommitmentRecord) -> None:
        self.pins.append(pin)
        if pin.first == 0:
            self.begun.append(CommitmentStart(entry, pin.at))

    @property
    def ahead(self) -> int | None:
        """Return how many entries were signed that are not here: older data was put in its place.

        None: there is none, or a line was altered, and the checkpoints that lie here show it.
        """
        beyond = [one.head.size for one in self._earlier if one.head.size > self.entries]
        others = [] if self._is_own_broken else self._others
        return max([*beyond, *others], default=None)

    def rows_bound_anew(self) -> Iterator[RowMismatch]:
        """Yield where rows were bound anew though a checkpoint that was kept has them as they were.

        Nothing in the store can show any longer what was altered before that.
        """
        for begun in self.begun[1:]:
            first = self.begun[0].entry
            if any(first < one.head.size <= begun.entry for one in self._earlier):
                yield RowMismatch("audit_record", (begun.entry,), MismatchKind.ANEW)

    def _signed_here(self, signed: "_Ahead", sizes: set[int]) -> Iterator[RowMismatch]:
        for earlier in self._earlier:
            if earlier.head.size == self.entries and earlier.head.root != self._tree.edge.root():
                self._others.append(self.entries)
                self._break()
        row = signed.at(self.entries)
        if row is None:
            return
        size, text = row
        sizes.add(size)
        self.checkpoints += 1
        try:
            checkpoint, _ = checkpoints.believe(notes.read(text.decode()), self._trust)
        except (MalformedError, UntrustedCheckpointError, UnicodeDecodeError):
            yield RowMismatch("checkpoint", (size,), MismatchKind.ALTERED, "text")
            return
        if checkpoint.head.size != size:
            yield RowMismatch("checkpoint", (size,), MismatchKind.ALTERED, "size")
        elif checkpoint.head.root == self._tree.edge.root():
            self._held = size
        else:
            self._is_own_broken = True
            self._break()

    def _break(self) -> None:
        """Note up to where the lines are not those that were signed; the first time tells where."""
        if not self._breaks:
            self._breaks.append((self._held, self.entries))

    def _signed_before(self, sizes: set[int]) -> Iterator[RowMismatch]:
        """Yield checkpoints that were signed, as the log or a keeper of one says, and are gone."""
        named = {pin.signed for pin in self.pins if pin.signed}
        named |= {one.head.size for one in self._earlier}
        for size in sorted(named - sizes):
            yield RowMismatch("checkpoint", (size,), MismatchKind.MISSING)
        for checkpoint in self._earlier:
            if checkpoint.head.size > self.entries:
                yield RowMismatch(
                    "audit_entry",
                    (_span(self.entries, checkpoint.head.size - 1),),
                    MismatchKind.MISSING,
                )

    def _at_the_edge(self, size: int, peaks: bytes) -> Iterator[RowMismatch]:
        edge = self._tree.edge
        if edge.size != size:
            yield from self._other_size(size, peaks)
            return
        if self._bad or self._breaks or pack_peaks(edge) == peaks:
            return
        if self._held == size or not self._doubts_beyond(self._held):
            yield RowMismatch("audit_edge", (1,), MismatchKind.ALTERED, "peaks")
        else:
            self._breaks.append((self._held, size))

    def _other_size(self, size: int, peaks: bytes) -> Iterator[RowMismatch]:
        """Yield which entries are missing or too many at the end, unless it is the edge itself."""
        count = self.entries
        is_edge = (
            pack_peaks(self._tree.edge) == peaks or len(peaks) != size.bit_count() * HASH_BYTES
        )
        if is_edge or (count > size and self._at_size != peaks):
            yield RowMismatch("audit_edge", (1,), MismatchKind.ALTERED, "size")
        for entry in range(size, count) if not is_edge else ():
            self._bad.add(entry)
            yield RowMismatch("audit_entry", (entry,), MismatchKind.ADDED)
        if count < size and not is_edge:
            yield RowMismatch("audit_entry", (_span(count, size - 1),), MismatchKind.MISSING)

    def _doubts_beyond(self, size: int) -> bool:
        """Tell whether something after the last checkpoint that holds is not as it was."""
        is_other = any(entry >= size for entry in self._doubted)
        return is_other or any(place * 2 + 1 >= size for place in self._other_pairs)

    # --- What was altered ----------------------------------------------------------------------

    @cached_property
    def _other_pairs(self) -> set[int]:
        """Return which pairs of lines have another hash than is kept."""
        return {
            place
            for level, place, hash_ in self._reading.rows("audit_node")
            if level == 1 and self._tree.node(1, place) not in (None, hash_)
        }

    def _altered_lines(self) -> Iterator[RowMismatch]:
        others = self._other_pairs if self._doubted or self._breaks else set()
        for entry in self._doubted:
            is_line = entry // 2 in others or any(a <= entry < b for a, b in self._breaks)
            if is_line:
                self._bad.add(entry)
                yield RowMismatch("audit_entry", (entry,), MismatchKind.ALTERED, "line")
            else:
                yield RowMismatch("audit_record", (entry,), MismatchKind.ALTERED)
        for first, until in self._breaks:
            if not any(first <= entry < until for entry in self._bad):
                yield self._narrowed(first, until, others)

    def _narrowed(self, first: int, until: int, others: set[int]) -> RowMismatch:
        """Return the entries of which one was altered, as few as can be determined."""
        spans = range(first, until)
        doubted = [entry for entry in spans if self._kinds[entry] != _FOUND]
        close = [entry for entry in doubted if entry // 2 in others] or doubted or list(spans)
        self._bad.update(close)
        return RowMismatch(
            "audit_entry", (_span(close[0], close[-1]),), MismatchKind.ALTERED, "line"
        )

    def _nodes(self) -> Iterator[RowMismatch]:
        counts: dict[int, int] = {}
        for level, place, hash_ in self._reading.rows("audit_node"):
            right = self._tree.node(level, place)
            if right is None:
                yield RowMismatch("audit_node", (level, place), MismatchKind.ADDED)
                continue
            while counts.get(level, 0) < place:
                yield RowMismatch("audit_node", (level, counts.get(level, 0)), MismatchKind.MISSING)
                counts[level] = counts.get(level, 0) + 1
            counts[level] = place + 1
            if right != hash_ and not self._is_above_bad(level, place):
                yield RowMismatch("audit_node", (level, place), MismatchKind.ALTERED, "hash")
        for level, nodes in enumerate(self._tree.levels, start=1):
            for place in range(counts.get(level, 0), len(nodes) // HASH_BYTES):
                yield RowMismatch("audit_node", (level, place), MismatchKind.MISSING)

    def _is_above_bad(self, level: int, place: int) -> bool:
        return any(entry >> level == place for entry in self._bad)

    def _erasures(self) -> Iterator[RowMismatch]:
        """Yield records that are missing though nothing erased them, or there though it did."""
        for entry, kind in enumerate(self._kinds):
            is_erased = entry < len(self._erased) and self._erased[entry] == 1
            if kind == _RECORD and not is_erased:
                yield RowMismatch("audit_record", (entry,), MismatchKind.MISSING)
            if kind == _FOUND and is_erased:
                yield RowMismatch("audit_record", (entry,), MismatchKind.BACK)


def _persons_of(record: bytes) -> tuple[str, ...]:
    """Return whom a record names; nobody, where it is none that the program wrote."""
    try:
        return retained_data.persons_of(record)
    except (ValueError, RecursionError):
        return ()


def _span(first: int, last: int) -> str:
    """Return entries as they are written.

    >>> _span(3, 3), _span(3, 5)
    ('3', '3-5')
    """
    return str(first) if first == last else f"{first}-{last}"


class _Ahead:
    """Rows that are sorted by their first column, read as far as is asked."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def before(self, place: int) -> Iterator[Any]:
        """Yield the rows before a place."""
        while self._next is not None and self._next[0] < place:
            yield self._next
            self._next = next(self._rows, None)

    def at(self, place: int) -> Any:  # noqa: ANN401  A row, or None.
        """Return the row of a place."""
        row = None
        if self._next is not None and self._next[0] == place:
            row, self._next = self._next, next(self._rows, None)
        return row

    def rest(self) -> Iterator[Any]:
        """Yield what was not asked for."""
        while self._next is not None:
            yield self._next
            self._next = next(self._rows, None)
