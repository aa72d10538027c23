"""What one person's record costs as it grows, from ten thousand fixes to ten million.

A peer stops at the size that it does in a minute; what it would take beyond is in proportion to
the last size it did, and is marked as extrapolated.
"""

from typing import Final, NamedTuple

from bench.bench_rows import GIB, Row, at_most, beside
from bench.evaluation.tools import Competitor
from bench.evaluation.whole_replay import LABELS, PEERS
from bench.measuring import say, work

SIZES: Final = (10_000, 100_000, 1_000_000, 10_000_000)
PEER_S_MAX: Final = 60.0
OURS: Final = (Competitor.FAST, Competitor.BASE)
PEERS_OF: Final = {
    Competitor.FAST: (Competitor.CHANCE, Competitor.SIDE, Competitor.MOVINGPANDAS),
    Competitor.BASE: (Competitor.CHANCE,),
}


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
    ours = {name: costs(name, sizes, float("inf")) for name in OURS}
    peers = {name: costs(name, sizes, share * PEER_S_MAX) for name in PEERS_OF[Competitor.FAST]}
    table_rows = [
        _beside(size, name, costs[at], peer, peers[peer][at])
        for at, size in enumerate(sizes)
        for name, costs in ours.items()
        for peer in PEERS_OF[name]
    ]
    last = f"one person, {sizes[-1]:,} fixes, "
    table_rows += [
        at_most(last + LABELS[name] + ", peak memory", costs[-1].peak_bytes / GIB, "GiB")
        for name, costs in ours.items()
    ]
    size = sizes[-2]
    late = work(Competitor.LATE, 1, size)
    what = f"one person, {size:,} fixes, an hour of each day late, with `fast`"
    return [*table_rows, at_most(what, late.cpu_s, "s")]


def _beside(size: int, name: Competitor, our: Cost, peer: Competitor, their: Cost) -> Row:
    label = f"{PEERS[peer]}: {their.cpu_s:.3g}{their.mark}"
    what = f"one person, {size:,} fixes, {LABELS[name]}"
    return beside(what, our.cpu_s, "s", label, their.cpu_s / our.cpu_s)


def costs(name: Competitor, sizes: tuple[int, ...], cpu_s_max: float) -> list[Cost]:
    """Return what each size costs, measured as long as it is expected within the limit."""
    all_costs: list[Cost] = []
    did = 0
    for size in sizes:
        expected_s = all_costs[-1].cpu_s * size / did if all_costs else 0.0
        if expected_s <= cpu_s_max:
            worked = work(name, 1, size)
            all_costs.append(Cost(worked.cpu_s, worked.peak_bytes))
        else:
            say(f"{name}: 1 x {size:,} fixes would take {expected_s:.0f} s; extrapolated")
            all_costs.append(Cost(expected_s, 0))
        did = size
    return all_costs
