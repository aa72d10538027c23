"""The whole replay through the command: one person's file from disk to the JSON it prints.

Everything counts: starting Python, reading, judging, explaining, writing.
"""

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from bench.bench_rows import GIB, M, Row, at_least, at_most
from bench.measuring import Spent, in_turns, say, spend

FIXES: Final = 3_000_000
ROUNDS: Final = 3
UNIT: Final = "M fixes/s"
SURROUNDINGS: Final = {"with `fast`": {}, "base install": {"NUMBA_DISABLE_JIT": "1"}}
TARGETS: Final = {"with `fast`": 0.5, "base install": 0.2}
FORMATS: Final = ("parquet", "csv")


def rows(quick: bool) -> list[Row]:
    """Return the rows of this part."""
    fixes = FIXES // 10 if quick else FIXES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say(f"writing a person's {fixes:,} fixes")
        spend([sys.executable, "-m", "bench.evaluation.files", name, str(fixes)])
        runs = {
            f"{suffix}, {label}": partial(_replay, folder, suffix, label)
            for suffix in FORMATS
            for label in SURROUNDINGS
        }
        spent = in_turns(runs, 1 if quick else ROUNDS)
    table_rows = []
    for suffix in FORMATS:
        for label, target in TARGETS.items():
            cost = spent[f"{suffix}, {label}"]
            what = f"command, {fixes / M:g} M fixes of a {suffix.upper()} file, {label}"
            table_rows += [
                at_least(what, fixes / cost.cpu_s / M, UNIT, target),
                at_most(f"{what}, peak memory", cost.peak_bytes / GIB, "GiB"),
            ]
    return table_rows


def _replay(folder: Path, suffix: str, label: str) -> Spent:
    say(f"mesure replay of fixes.{suffix}, {label}")
    command = Path(sys.executable).with_name("mesure")
    inputs = ["--order", str(folder / "order.yaml"), "--fixes", str(folder / f"fixes.{suffix}")]
    how = ["--device-class", "gnss_tag", "--format", "json", "--out", str(folder / "said.json")]
    return spend([str(command), "replay", *inputs, *how], SURROUNDINGS[label])
