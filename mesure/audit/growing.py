"""Growing the log: the entries that may come next, and what a store must keep of them.

A log is never mended. An erasure that names the wrong entries would stay in it for ever, and every
verifier would stop there; so what may not come next is refused before it is in.
Decision: docs/decisions/0011-the-audit-log-holds-no-personal-data.md
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mesure.audit import entries
from mesure.audit.checkpoints import LogCheckpoint
from mesure.audit.entries import Entry, EntryRange, ErasureEntry
from mesure.audit.proofs import TreeHead
from mesure.audit.tree import Frontier, leaf_hash

# Tells whether all of these entries are records that no erasure has named yet.
AreKept = Callable[[EntryRange], bool]


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A complete node of the tree, where `proofs` asks for it."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class LogGrowth:
    """What a store keeps, all of it or nothing: the entries' lines, new nodes, the new edge."""

    first: int  # The number of the first entry that was added.
    lines: tuple[bytes, ...]
    nodes: tuple[TreeNode, ...]
    size: int
    peaks: tuple[bytes, ...]

    def checkpoint(self, origin: str) -> LogCheckpoint:
        """Return the checkpoint of the log as it then is, to be signed once all this is kept."""
        return LogCheckpoint(origin, TreeHead(self.size, Frontier(self.size, self.peaks).root()))


def grow(size: int, peaks: Sequence[bytes], added: Sequence[Entry], are_kept: AreKept) -> LogGrowth:
    """Return what a log of this size and edge becomes by these entries.

    Raises `ValueError` where an erasure names what is not there to be erased.
    """
    _refuse_wrong_erasures(size, added, are_kept)
    edge = Frontier(size, peaks)
    lines = tuple(map(entries.encode, added))
    nodes = tuple(node for line in lines for node in _added(edge, line))
    return LogGrowth(size, lines, nodes, edge.size, edge.peaks)


def _added(edge: Frontier, line: bytes) -> Iterator[TreeNode]:
    entry = edge.size
    for level, value in enumerate(edge.add(leaf_hash(line))):
        yield TreeNode(level, entry >> level, value)


def _refuse_wrong_erasures(size: int, added: Sequence[Entry], are_kept: AreKept) -> None:
    named: list[EntryRange] = []
    for entry in added:
        if isinstance(entry, ErasureEntry):
            named += entry.erased
    before = -1
    for span in sorted(named):
        if span.first <= before:
            raise ValueError(f"Entry {span.first} is named by two erasures; one thing goes once.")
        if span.last >= size or not are_kept(span):
            raise ValueError(
                f"Not all of the entries {span.first} to {span.last} are records that are still "
                "kept; an erasure names only those, and only after they are in the log."
            )
        before = span.last
