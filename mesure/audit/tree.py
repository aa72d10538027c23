"""The tree of hashes over the entries of a log (RFC 6962, section 2.1).

One hash, the root, stands for every entry and its place: no entry can be changed, moved, taken out
or put in without another root. A tree grows at its right edge only, so adding an entry needs the
few hashes of that edge and nothing else.

Invariant: a node, once complete, never changes; that is what "append-only" means here.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
SIZE_MAX: Final = (1 << 53) - 1  # Any JSON reader still counts this far.
EMPTY_ROOT: Final = sha256(b"").digest()

# The hash of the complete node at (level, index), over the entries
# `index << level` up to, not including, `(index + 1) << level`.
Nodes = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash that stands for an entry; the 0x00 keeps it apart from any other node."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash that stands for two neighbouring nodes."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree: all that is needed to go on and to know its root.

    `peaks` are the complete nodes side by side, the largest first: one for each binary one of
    `size`.

    >>> edge = Frontier()
    >>> [len(edge.add(leaf_hash(entry))) for entry in (b"a", b"b", b"c", b"d")]
    [1, 2, 1, 3]
    >>> edge.size, len(edge.peaks)
    (4, 1)
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size < 0 or len(peaks) != size.bit_count():
            raise ValueError(f"A tree of {size} entries does not have {len(peaks)} peaks.")
        if any(len(peak) != HASH_BYTES for peak in peaks):
            raise ValueError(f"Each peak of a tree is a hash of {HASH_BYTES} bytes.")
        self._size, self._peaks = size, list(peaks)

    @property
    def size(self) -> int:
        """Return how many entries the tree has."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Return the complete nodes of the edge, to be kept and to go on from."""
        return tuple(self._peaks)

    def add(self, leaf: bytes) -> list[bytes]:
        """Add the hash of an entry, and return the nodes that this completes, from it upwards.

        The one on level `n` is there at the index `entry >> n`.
        """
        completed, rest, peaks = [leaf], self._size, self._peaks
        while rest & 1:
            leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
            completed.append(leaf)
            rest >>= 1
        peaks.append(leaf)
        self._size += 1
        return completed

    def root(self) -> bytes:
        """Return the hash that stands for all entries so far."""
        if not self._peaks:
            return EMPTY_ROOT
        *larger, root = self._peaks
        for peak in reversed(larger):
            root = node_hash(peak, root)
        return root
