"""The whole replay through the library: how many fixes a second, and in how much memory.

A thousand persons with ten thousand fixes each, then a few of them beside the peers.
"""

import os
import tempfile
from functools import partial
from typing import Final

from bench.bench_rows import GIB, M, Row, at_least, at_most, beside
from bench.evaluation.tools import Competitor
from bench.measuring import Worked, in_turns, say, work

FIXES_EACH: Final = 10_000
PERSONS: Final = 1_000
PERSONS_BESIDE_PEERS: Final = 20
ROUNDS: Final = 3

UNIT: Final = "M fixes/s/core"
LABELS: Final = {
    Competitor.FAST: "with `fast`",
    Competitor.BASE: "base install",
    Competitor.EXPLAINED: "with `fast`, possible breaches explained",
}
PEERS: Final = {
    Competitor.CHANCE: "shapely per fix, chance outside",
    Competitor.SIDE: "shapely per fix, side only",
    Competitor.COLUMNS: "shapely on columns, side only",
    Competitor.MOVINGPANDAS: "movingpandas, time inside zones",
}
RATE_TARGETS: Final = {Competitor.FAST: 1.0, Competitor.BASE: 0.4}
GIB_TARGET: Final = 2.0
RATIO_TARGETS: Final = {Competitor.CHANCE: 10.0}
"""Only this peer does an equal job, as `bench.evaluation.per_fix` says; others are spared doubt."""


def rows(quick: bool) -> list[Row]:
    """Return the rows of this part."""
    persons = PERSONS // 10 if quick else PERSONS
    return [*_whole(persons), *_beside_peers(2 if quick else PERSONS_BESIDE_PEERS), *_compiling()]


def _whole(persons: int) -> list[Row]:
    runs = {name: partial(work, name, persons, FIXES_EACH) for name in RATE_TARGETS}
    spent = in_turns(runs, ROUNDS)
    fixes = persons * FIXES_EACH
    what = f"{persons:,} persons, {fixes / M:g} M fixes, "
    table_rows = []
    for name, target in RATE_TARGETS.items():
        table_rows += [
            at_least(what + LABELS[name], _rate(spent[name], fixes), UNIT, target),
            at_most(
                what + LABELS[name] + ", peak memory",
                spent[name].peak_bytes / GIB,
                "GiB",
                GIB_TARGET,
            ),
        ]
    return table_rows


def _beside_peers(persons: int) -> list[Row]:
    names = [*LABELS, *PEERS]
    spent = in_turns({name: partial(work, name, persons, FIXES_EACH) for name in names}, ROUNDS)
    fixes = persons * FIXES_EACH
    what = f"{persons:,} persons, "
    table_rows = [
        at_least(
            what + LABELS[Competitor.EXPLAINED], _rate(spent[Competitor.EXPLAINED], fixes), UNIT
        )
    ]
    for name in RATE_TARGETS:
        ours = _rate(spent[name], fixes)
        for peer, label in PEERS.items():
            theirs = _rate(spent[peer], fixes)
            target = RATIO_TARGETS.get(peer) if name is Competitor.FAST else None
            beside_whom = f"{label}: {theirs:.3g}"
            table_rows.append(
                beside(what + LABELS[name], ours, UNIT, beside_whom, ours / theirs, target)
            )
    return table_rows


def _rate(spent: Worked, fixes: int) -> float:
    return fixes / spent.cpu_s / M


def _compiling() -> list[Row]:
    """Return what the first call takes: when the loops are compiled, and when they were before."""
    with tempfile.TemporaryDirectory() as folder:
        say("compiling the loops for the first time, and again from the cache")
        surroundings = {"NUMBA_CACHE_DIR": os.path.join(folder, "machine_code")}
        first, again = (
            work(Competitor.FAST, 1, FIXES_EACH, surroundings).first_s for _ in range(2)
        )
    without = work(Competitor.BASE, 1, FIXES_EACH).first_s
    return [
        at_most("first call of an installation, with `fast`: loops are compiled", first, "s"),
        at_most("first call of a process, with `fast`: loops come from the cache", again, "s"),
        at_most("first call of a process, base install", without, "s"),
    ]
