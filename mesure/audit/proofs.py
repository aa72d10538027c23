"""Proofs by a few hashes: this entry is in the log; the later log extends the earlier one.

A holder of two checkpoints needs no copy of the log to check them: a log of ten million entries
proves either claim with about two dozen hashes (RFC 6962, sections 2.1.1 and 2.1.2; the checks are
those of RFC 9162, sections 2.1.3.2 and 2.1.4.2).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mesure.audit.tree import EMPTY_ROOT, HASH_BYTES, Nodes, node_hash

Proof = tuple[bytes, ...]


class TreeHead(NamedTuple):
    """A tree as its number of entries and the hash that stands for them all."""

    size: int
    root: bytes


def inclusion(nodes: Nodes, entry: int, size: int) -> Proof:
    """Return the proof that an entry is in the tree of the first `size` entries.

    Raises `ValueError` where it is not.
    """
    if not 0 <= entry < size:
        raise ValueError(f"Entry {entry} is not in a tree of {size} entries.")
    return tuple(reversed(list(_beside(nodes, entry, size))))


def _beside(nodes: Nodes, entry: int, size: int) -> Iterator[bytes]:
    """Yield the hashes beside the way from the root down to an entry."""
    start, end = 0, size
    while end - start > 1:
        middle = start + _left(end - start)
        if entry < middle:
            yield _root(nodes, middle, end)
            end = middle
        else:
            yield _root(nodes, start, middle)
            start = middle


def consistency(nodes: Nodes, earlier: int, size: int) -> Proof:
    """Return the proof that the tree of `size` entries extends that of the first `earlier`.

    Raises `ValueError` where it cannot. Nothing needs proof where one of them is empty or both are
    the same.
    """
    if not 0 <= earlier <= size:
        raise ValueError(f"A tree of {size} entries extends none of {earlier}.")
    if earlier in (0, size):
        return ()
    return tuple(reversed(list(_joining(nodes, earlier, size))))


def _joining(nodes: Nodes, earlier: int, size: int) -> Iterator[bytes]:
    """Yield the hashes that earlier and later tree are made of, from the root down."""
    start, end = 0, size
    while earlier != end:
        middle = start + _left(end - start)
        if earlier <= middle:
            yield _root(nodes, middle, end)
            end = middle
        else:
            yield _root(nodes, start, middle)
            start = middle
    if start:  # Otherwise it is the earlier root, which the reader has.
        yield _root(nodes, start, end)


def _left(count: int) -> int:
    """Return how many of `count` entries are in the left branch: the last power of two below."""
    return 1 << ((count - 1).bit_length() - 1)


def _root(nodes: Nodes, start: int, end: int) -> bytes:
    """Return the hash over the entries from `start` up to, not including, `end`."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _left(count)
    return node_hash(_root(nodes, start, middle), _root(nodes, middle, end))


def includes(head: TreeHead, entry: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the proof shows that a tree has an entry, known by its hash, at this place."""
    if not 0 <= entry < head.size or not _are_hashes((leaf, head.root, *proof)):
        return False
    index, last, root = entry, head.size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            root = node_hash(beside, root)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            root = node_hash(root, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and root == head.root


def extends(later: TreeHead, earlier: TreeHead, proof: Sequence[bytes]) -> bool:
    """Tell whether the proof shows that the later tree begins with all entries of the earlier."""
    if not 0 <= earlier.size <= later.size:
        return False
    if not _are_hashes((later.root, earlier.root, *proof)):
        return False
    if earlier.size == 0:
        return not proof and earlier.root == EMPTY_ROOT
    if earlier.size == later.size:
        return not proof and earlier.root == later.root
    return _joined(later, earlier, proof)


def _joined(later: TreeHead, earlier: TreeHead, proof: Sequence[bytes]) -> bool:
    """Compute both roots from the proof, which holds where the earlier tree is the smaller."""
    hashes = list(proof)
    if earlier.size & (earlier.size - 1) == 0:
        hashes.insert(0, earlier.root)
    if not hashes:
        return False
    index, last = earlier.size - 1, later.size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    earlier_root = later_root = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            earlier_root = node_hash(beside, earlier_root)
            later_root = node_hash(beside, later_root)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            later_root = node_hash(later_root, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and earlier_root == earlier.root and later_root == later.root


def _are_hashes(hashes: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in hashes)
