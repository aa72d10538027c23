"""Fuzzing: every target in a process of its own, and a table of how far each came.

`python -m tests.fuzz --bytes 1000000000` shares the bytes out by what a target asks for. Ends
with 1 where something was found; what did it is left in build/fuzz. `--keep` writes the corpora
anew. `--every 4 --turn 7` searches in one target of four only, and in others at the next turn.
"""

import argparse
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fuzz import corpora, every
from tests.fuzz.target import FuzzTarget
from tests.house import ROOT

FOLDER: Final = ROOT / "build" / "fuzz"
FOUND: Final = ("crash-*", "timeout-*", "oom-*", "leak-*")
EDGES: Final = re.compile(r"\bcov: (\d+)")
BYTES: Final = 10_000_000
MISSING: Final = (
    "Atheris is not installed, so nothing can be searched for; run `make fuzz`, which installs it."
)


@dataclass(frozen=True)
class SearchResult:
    """How far a search in one target came."""

    target: str
    bytes: int
    executions: int
    seconds: float
    edges: int
    failures: tuple[Path, ...]

    def __str__(self) -> str:
        failure_names = ", ".join(path.name for path in self.failures) or "-"
        return (
            f"| {self.target} | {self.bytes:,} | {self.executions:,} | {self.seconds:,.0f}"
            f" | {self.edges:,} | {failure_names} |"
        )


def search(target: FuzzTarget, count: int, seconds: float, seed: int, folder: Path) -> SearchResult:
    """Search in one target."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [
        sys.executable, "-m", "tests.fuzz.guided",
        every.module_of(target), target.name, str(folder),
        "--bytes", str(count), "--seconds", str(seconds), "--seed", str(seed),
    ]  # fmt: skip
    with (folder / "said.txt").open("wb") as output:
        run = subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False)
    text = (folder / "said.txt").read_text("utf-8", "replace")
    failures = tuple(sorted(path for kind in FOUND for path in folder.glob(kind)))
    if run.returncode and not failures:
        failures = (folder / "said.txt",)
    reached = {"bytes": 0, "executions": 0, "seconds": 0.0}
    if (folder / "reached.json").exists():
        reached = json.loads((folder / "reached.json").read_text())
    edges = max((int(match) for match in EDGES.findall(text)), default=0)
    return SearchResult(
        target.name, int(reached["bytes"]), int(reached["executions"]), reached["seconds"], edges,
        failures,
    )  # fmt: skip


def keep(target: FuzzTarget, folder: Path) -> None:
    """Keep the shortest of the inputs that reached something new."""
    samples = set(target.samples())
    grown = [path.read_bytes() for path in (folder / "grown").glob("*")]
    corpora.keep(target.name, [data for data in grown if data not in samples])


def main() -> int:
    """Search everywhere, and say how far it came."""
    options = _options()
    if importlib.util.find_spec("atheris") is None:
        sys.exit(MISSING)
    named = [
        target
        for target in every.targets().values()
        if not options.only or target.name in options.only
    ]
    shares = sum(one.share for one in named)
    chosen = named[options.turn % options.every :: options.every]
    print(
        "| Target | Bytes | Executions | Seconds | Edges | Found |\n|---|---|---|---|---|---|",
        flush=True,
    )

    def try_one(target: FuzzTarget) -> SearchResult:
        folder = FOLDER / target.name
        count = options.bytes * target.share // shares
        result = search(target, count, options.seconds, options.seed, folder)
        print(result, flush=True)
        if options.keep:
            keep(target, folder)
        return result

    with ThreadPoolExecutor(options.at_once) as pool:
        results = list(pool.map(try_one, chosen))
    whole = sum(one.bytes for one in results), sum(one.executions for one in results)
    print(f"| all | {whole[0]:,} | {whole[1]:,} | {sum(one.seconds for one in results):,.0f} | | |")
    return 1 if any(one.failures for one in results) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Search in all targets for what breaks them.")
    parser.add_argument("--bytes", type=int, default=BYTES, help="in sum")
    parser.add_argument("--seconds", type=float, default=3_600, help="the most for one target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1, help="how many targets at a time")
    parser.add_argument("--every", type=int, default=1, help="one target of so many only")
    parser.add_argument("--turn", type=int, default=0, help="which of them begins")
    parser.add_argument("--keep", action="store_true", help="write the corpora anew")
    parser.add_argument("only", nargs="*", help="names of targets; none: all")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
