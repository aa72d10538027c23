"""Run the faults, and say what was lost, doubled or different; status 1 if anything was."""

import argparse
import itertools
import logging
import random
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.store import databases
from tools.faults import broker_and_disk
from tools.faults.checking import Shortcomings
from tools.faults.country_town import CountryTown
from tools.faults.fault_town import COUNTRY, NODES, FaultTown

TOLD_EVERY: Final = 10  # Faults.
# A country needs Java and PySpark: `make country FAULTS=30`.
WITHOUT_SPARK: Final = tuple(kind for kind in NODES if kind != COUNTRY)


def say(line: str) -> None:
    """Print it for the watcher."""
    print(line, file=sys.stderr, flush=True)


def run(kind: str, kills: int, seed: int) -> tuple[int, Shortcomings]:
    """Let some faults happen on one kind of store; return how many did, and what was found."""
    dice = random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mesure.faults.")))
        has_small_disk = stack.enter_context(broker_and_disk.small_disk(folder))
        if not has_small_disk:
            say("no small disk can be made here: that it is full is not tried")
        scene = (CountryTown if kind == COUNTRY else FaultTown)(folder, stack, kind, dice)
        kinds = list(scene.kinds(has_small_disk))
        scene.load.start()
        try:
            turns = itertools.cycle(kinds)
            while scene.counts.total() < kills and scene.missed.total() <= kills:
                if scene.strike(next(turns)) and scene.counts.total() % TOLD_EVERY == 0:
                    say(f"{kind}: {scene.counts.total()} of {kills} faults")
            findings = scene.finish()
        finally:
            scene.load.stop()
        for fault, count in sorted(scene.counts.items()):
            print(f"{kind}: {fault}: {count}")
        for line in scene.figures():
            print(f"{kind}: {line}")
        for fault, count in sorted(scene.missed.items()):
            print(f"{kind}: {fault}: nobody came by in time, {count} times; tried again")
        findings.unreached = sorted(scene.missed.keys() - scene.counts.keys())
        print(
            f"{kind}: {findings.acknowledged} messages acknowledged, {findings.kept_count} kept, "
            f"{scene.load.away} tries in vain, {scene.running.starts} starts"
        )
    for line in (*findings.lost, *findings.doubled, *findings.different)[:20]:
        print(f"{kind}: {line}")
    for fault in findings.unreached:
        print(f"{kind}: {fault}: it never happened, so nothing is shown about it")
    return scene.counts.total(), findings


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="how many faults in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(NODES), help="on this store alone")
    options = parser.parse_args()
    # What a device's library says while the broker is away is no news here.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    kinds = ["SQLite"] if databases.folder_of_programs() is None else list(WITHOUT_SPARK)
    kinds = kinds if options.only is None else [options.only]
    total, all_found = 0, []
    for number, kind in enumerate(kinds):
        count = (options.kills + len(kinds) - 1 - number) // len(kinds)
        done, findings = run(kind, count, options.seed + number)
        total += done
        all_found.append(findings)
    lost, doubled, different, unreached = (
        sum(len(getattr(found, name)) for found in all_found)
        for name in ("lost", "doubled", "different", "unreached")
    )
    print(f"{total} faults: lost {lost}, doubled {doubled}, different {different}")
    return 1 if lost or doubled or different or unreached else 0


if __name__ == "__main__":
    sys.exit(main())
