"""Whether one seed that lives the whole system finds deliberate faults of the product, and where.

Each fault of `simulated.yaml` is put into a copy of the project, and there the seed that is named
beside it runs, or `only` some events of it; with `--seeds`, that many from 1 on after it. Which
are not found is said, too.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tools.mutations.__main__ import copies
from tools.mutations.mutation_list import Mutation
from tools.mutations.mutation_run import Copy

CATALOGUE: Final = Path(__file__).with_name("simulated.yaml")
BROKEN: Final = "BROKEN "
UNKNOWN: Final = "0"  # The seed of a fault that none was seen to find.


@dataclass(frozen=True)
class MutationResult:
    """Where a fault was found: the seed and the invariant; None: it was not."""

    mutation: Mutation
    seed: int | None
    invariant: str

    @property
    def line(self) -> str:
        """Return the line of a table."""
        where = "not found" if self.seed is None else f"seed {self.seed} | `{self.invariant}`"
        return f"| {self.mutation.rows[0]} | {self.mutation.fault} | {where} |"


def read(path: Path = CATALOGUE) -> list[Mutation]:
    """Return the faults of the catalogue; their area is the row, and the seed what must notice."""
    return [_mutation(entry) for entry in yaml.safe_load(path.read_text("utf-8"))]


def _mutation(entry: dict[str, Any]) -> Mutation:
    area, seed, only = entry.pop("area"), entry.pop("seed"), entry.pop("only", [])
    test = " --only ".join(filter(None, (str(seed), ",".join(map(str, only)))))
    return Mutation(rows=(area,), test=test, **entry)


def look_for(mutation: Mutation, copy: Copy, seeds: int) -> MutationResult:
    """Live the named seed in a spoilt copy, and more until one breaks."""
    printed = ""
    with copy.spoilt(mutation):
        if mutation.test != UNKNOWN:
            printed = _lived(copy, *mutation.test.split())
        if seeds and BROKEN not in printed:
            printed += _lived(copy, "1", "--seeds", str(seeds))
    for line in printed.splitlines():
        if line.startswith("seed ") and BROKEN in line:
            seed = int(line.removeprefix("seed ").partition(":")[0])
            return MutationResult(mutation, seed, line.partition(BROKEN)[2].partition(";")[0])
    if not printed.startswith("seed ") and mutation.test != UNKNOWN:
        raise RuntimeError(f"{mutation}: nothing was lived: {printed}")
    return MutationResult(mutation, None, "")


def _lived(copy: Copy, first: str, *others: str) -> str:
    entry = "from mesure.cli.door import run; run()"
    wanted = ["simulate", "--whole", "--seed", first, *others]
    return copy.run([sys.executable, "-c", entry, *wanted]).stdout


def look_for_all(mutations: Sequence[Mutation], seeds: int, jobs: int) -> Iterator[MutationResult]:
    """Look for each fault in a copy that is free."""
    with copies(jobs) as free, ThreadPoolExecutor(jobs) as pool:

        def look(mutation: Mutation) -> MutationResult:
            copy = free.get()
            try:
                return look_for(mutation, copy, seeds)
            finally:
                free.put(copy)

        yield from pool.map(look, mutations)


def main() -> int:
    """Look for the faults that were asked for; status 1 where one is not found."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.mutations.simulated", description=__doc__
    )
    parser.add_argument("--every", type=int, default=1, help="only one in so many")
    parser.add_argument("--turn", type=int, default=0, help="other ones at each turn")
    parser.add_argument("--seeds", type=int, default=0, help="how many more seeds to run")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    options = parser.parse_args()
    missed = 0
    faults = read()[options.turn % options.every :: options.every]
    for finding in look_for_all(faults, options.seeds, options.jobs):
        missed += finding.seed is None and finding.mutation.test != UNKNOWN
        print(finding.line, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
