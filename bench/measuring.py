"""What a piece of work costs, in CPU seconds and in memory, each run in a process of its own.

CPU seconds, because others share the machine; a process of its own, because memory that was used
once is never given back. Tools take turns, so that a noisy minute strikes them all alike.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple, TypeVar

MAXRSS_BYTES: Final = 1 if sys.platform == "darwin" else 1024


class Spent(NamedTuple):
    """What a process used from its start to its end, and what it printed."""

    cpu_s: float
    peak_bytes: int
    output: str


class Worked(NamedTuple):
    """What a tool used for its work, once warm; `first_s` is what its first call took."""

    cpu_s: float
    peak_bytes: int
    first_s: float


class FailedError(Exception):
    """A process that should have been measured failed."""


def say(text: str) -> None:
    """Say what is going on, on standard error."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def process_cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used, by what the kernel tells."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    return sum(map(int, stat.split()[11:13])) / os.sysconf("SC_CLK_TCK")


def spend(command: Sequence[str], surroundings: Mapping[str, str] | None = None) -> Spent:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            list(command), stdout=output, env={**os.environ, **(surroundings or {})}
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise FailedError(f"{' '.join(command)} ended with {process.returncode}")
        output.seek(0)
        text = output.read().decode()
    return Spent(used.ru_utime + used.ru_stime, used.ru_maxrss * MAXRSS_BYTES, text)


def work(
    tool: str, persons: int, fixes_each: int, surroundings: Mapping[str, str] | None = None
) -> Worked:
    """Have a tool work on made-up persons."""
    say(f"{tool}: {persons:,} x {fixes_each:,} fixes")
    module = [sys.executable, "-m", "bench.evaluation.one_tool"]
    spent = spend([*module, tool, str(persons), str(fixes_each)], surroundings)
    report = json.loads(spent.output)
    return Worked(report["cpu_s"], spent.peak_bytes, report["first_s"])


_Name = TypeVar("_Name", bound=str)
_Result = TypeVar("_Result", Spent, Worked)


def in_turns(runs: Mapping[_Name, Callable[[], _Result]], rounds: int) -> dict[_Name, _Result]:
    """Return the median of every run's CPU seconds, and its highest peak."""
    results_by_name: dict[_Name, list[_Result]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            results_by_name[name].append(run())
    return {
        name: results[0]._replace(
            cpu_s=median(one.cpu_s for one in results),
            peak_bytes=max(one.peak_bytes for one in results),
        )
        for name, results in results_by_name.items()
    }
