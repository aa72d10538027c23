"""What one person's record costs as it grows, from ten thousand fixes to ten million.

A peer stops at the size that it does in a minute; what it would take beyond is in proportion to
the last size it did, and is marked as extrapolated.
"""

from typing import Final, NamedTuple

from bench.judging import LABELS, PEERS
from bench.measuring import say, work
from bench.rows import GIB, Row, at_most, beside
from bench.tools import Name

SIZES: Final = (10_000, 100_000, 1_000_000, 10_000_000)
PEER_S_MAX: Final = 60.0
OURS: Final = (Name.FAST, Name.BASE)
BESIDE: Final = (Name.CHANCE, Name.SIDE, Name.MOVINGPANDAS)


class Cost(NamedTuple):
    """What a size cost; `peak_bytes` is 0 where it is extrapolated."""

    cpu_s: float
    peak_bytes: int

    @property
    def mark(self) -> str:
        """Return a mark where the figure was not measured."""
        return "" if self.peak_bytes else " (extrapolated)"


def rows(quick: bool) -> list[Row]:
    """Return the rows of this part."""
    sizes, share = (SIZES[:-1], 0.1) if quick else (SIZES, 1.0)
    ours = {name: _costs(name, sizes, float("inf")) for name in OURS}
    peers = {name: _costs(name, sizes, share * PEER_S_MAX) for name in BESIDE}
    found = []
    for at, size in enumerate(sizes):
        what = f"one person, {size:,} fixes, "
        found += [
            at_most(what + LABELS[name], costs[at].cpu_s, "s") for name, costs in ours.items()
        ]
        fast_s = ours[Name.FAST][at].cpu_s
        for peer, costs in peers.items():
            label = f"{PEERS[peer]}: {costs[at].cpu_s:.3g} s{costs[at].mark}"
            ratio = costs[at].cpu_s / fast_s
            found.append(beside(what + LABELS[Name.FAST], fast_s, "s", label, ratio))
    last = f"one person, {sizes[-1]:,} fixes, "
    found += [
        at_most(last + LABELS[name] + ", peak memory", costs[-1].peak_bytes / GIB, "GiB")
        for name, costs in ours.items()
    ]
    return found


def _costs(name: Name, sizes: tuple[int, ...], cpu_s_max: float) -> list[Cost]:
    costs: list[Cost] = []
    did = 0
    for size in sizes:
        expected_s = costs[-1].cpu_s * size / did if costs else 0.0
        if expected_s <= cpu_s_max:
            worked = work(name, 1, size)
            costs.append(Cost(worked.cpu_s, worked.peak_bytes))
        else:
            say(f"{name}: 1 x {size:,} fixes would take {expected_s:.0f} s; extrapolated")
            costs.append(Cost(expected_s, 0))
        did = size
    return costs
