"""A whole tree in memory, against which the tree of a store is checked."""

from mesure.audit.tree import Frontier


class TreeNodes:
    """Every complete node of a tree that fits in memory; call it for the hash of one."""

    def __init__(self) -> None:
        self.frontier = Frontier()
        self._levels: list[list[bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of an entry."""
        for level, node in enumerate(self.frontier.add(leaf)):
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(node)

    def __call__(self, level: int, index: int) -> bytes:
        """Return the hash of a complete node."""
        return self._levels[level][index]
