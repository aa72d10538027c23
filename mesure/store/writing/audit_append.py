"""Audit append: what one more entry of the audit log writes: a line, a record, some nodes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from mesure.audit import commitments, entries
from mesure.audit.commitments import SALT_BYTES
from mesure.audit.entries import ErasureEntry, RecordEntry
from mesure.audit.log_file import RecordOpening
from mesure.audit.tree import HASH_BYTES, Frontier, leaf_hash

Salts = Callable[[int], bytes]  # Returns this many random bytes; `secrets.token_bytes`.

RECORD_BYTES_MAX: Final = 1 << 19


@dataclass(frozen=True, slots=True)
class AuditAppend:
    """What is to be kept, and the edge of the tree after it."""

    lines: list[tuple[int, bytes]] = field(default_factory=list)
    openings: list[RecordOpening] = field(default_factory=list)
    nodes: list[tuple[int, int, bytes]] = field(default_factory=list)  # Above the leaves.


def grow(edge: Frontier, records: Sequence[bytes], salts: Salts) -> AuditAppend:
    """Add the commitments to records to the edge of a tree; return what that makes."""
    growth = AuditAppend()
    for record in records:
        if len(record) > RECORD_BYTES_MAX:
            raise ValueError(f"A record of the audit log has at most {RECORD_BYTES_MAX} bytes.")
        opening = RecordOpening(edge.size, salts(SALT_BYTES), record)
        line = entries.encode(RecordEntry(commitments.commitment(opening.salt, record)))
        growth.openings.append(opening)
        _add(growth, edge, line)
    return growth


def tell(edge: Frontier, erasures: Iterable[ErasureEntry]) -> AuditAppend:
    """Add erasures to the edge of a tree; return what that makes."""
    growth = AuditAppend()
    for erasure in erasures:
        _add(growth, edge, entries.encode(erasure))
    return growth


def _add(growth: AuditAppend, edge: Frontier, line: bytes) -> None:
    entry = edge.size
    growth.lines.append((entry, line))
    for level, node in enumerate(edge.add(leaf_hash(line))[1:], start=1):
        growth.nodes.append((level, entry >> level, node))


def pack_peaks(edge: Frontier) -> bytes:
    """Return the peaks of an edge, one after another."""
    return b"".join(edge.peaks)


def unpack_peaks(size: int, peaks: bytes) -> Frontier:
    """Return the edge of a tree of this size."""
    starts = range(0, len(peaks), HASH_BYTES)
    return Frontier(size, [peaks[start : start + HASH_BYTES] for start in starts])
