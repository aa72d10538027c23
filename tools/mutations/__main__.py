"""Spoil the product in one place at a time; status 1 where the named test does not notice."""

import argparse
import queue
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tools.mutations import mutation_list
from tools.mutations.mutation_list import Mutation
from tools.mutations.mutation_run import Copy, Outcome

PRINTED_LINES_MAX = 30


def choose_mutations(
    mutations: Sequence[Mutation], rows: Sequence[str], every: int, turn: int = 0
) -> list[Mutation]:
    """Return the mutations of the rows that were asked for, or each `every`-th of all.

    Which ones of all goes by the turn, so that every one is tried within `every` turns.
    """
    if rows:
        return [mutation for mutation in mutations if set(rows).intersection(mutation.rows)]
    return list(mutations[turn % every :: every])


@contextmanager
def copies(number: int) -> Iterator["queue.Queue[Copy]"]:
    """Yield copies of the project for some runs at a time."""
    with tempfile.TemporaryDirectory(prefix="mesure.mutations.") as folder:
        free: queue.Queue[Copy] = queue.Queue()
        for index in range(number):
            free.put(Copy(Path(folder) / str(index)))
        yield free


def try_all(mutations: Sequence[Mutation], free: "queue.Queue[Copy]") -> Iterator[Outcome]:
    """Try each mutation in a copy that is free; print each outcome, and yield it."""

    def try_out(mutation: Mutation) -> tuple[Outcome, str]:
        copy = free.get()
        try:
            return copy.try_out(mutation)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(free.qsize()) as pool:
        for mutation, (outcome, printed) in zip(
            mutations, pool.map(try_out, mutations), strict=True
        ):
            print(f"{outcome.value:10} {mutation}", flush=True)
            if outcome is not Outcome.NOTICED:
                print(f"           {mutation.test}", *_tail(printed), sep="\n")
            yield outcome


def _tail(printed: str) -> list[str]:
    return [f"           {line}" for line in printed.splitlines()[-PRINTED_LINES_MAX:]]


def main() -> int:
    """Run the mutations that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutations", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only one in so many")
    parser.add_argument("--turn", type=int, default=0, help="other ones at each turn")
    parser.add_argument("--row", action="append", default=[], help="only the mutations of this row")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    options = parser.parse_args()
    mutations = choose_mutations(mutation_list.read(), options.row, options.every, options.turn)
    with copies(options.jobs) as free:
        first = free.get()
        passed, printed = first.passes(sorted({mutation.test for mutation in mutations}))
        free.put(first)
        if not passed:
            print("Tests fail before anything is spoilt:", *_tail(printed), sep="\n")
            return 1
        outcomes = list(try_all(mutations, free))
    missed = [outcome for outcome in outcomes if outcome is not Outcome.NOTICED]
    print(f"{len(outcomes)} mutations: {len(outcomes) - len(missed)} noticed, {len(missed)} not")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
