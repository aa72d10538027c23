"""The figures for people and for machines: a table, build/bench.json, and a page's table."""

import json
import os
import platform
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.bench_rows import Row

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "performance.md"
EVERY_ROW: Final = ROOT / "build" / "performance.md"
LIST_ROWS: Final = 12  # More rows in one unit are a list, as of pages.
BEGIN: Final = "<!-- measured: begin -->\n"
END: Final = "<!-- measured: end -->\n"
HEAD: Final = ("", "value", "unit", "beside", "ratio", "target", "holds")
_HEAD: Final = "| " + " | ".join(HEAD) + " |\n|---|---:|---|---|---:|---:|---|\n"
SMALL: Final = {"s", "GiB", "pages"}  # Units of what should be small.

Parts = Mapping[str, Sequence[Row]]


def write_json(parts: Parts, path: Path) -> None:
    """Write all rows."""
    rows = [row.as_json() for part in parts.values() for row in part]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"rows": rows}, indent=1, ensure_ascii=False) + "\n", "utf-8")


def show(parts: Parts) -> None:
    """Print one table."""
    table = Table(*HEAD, title="Benchmark of Mesure", caption=surroundings())
    for at in (1, 4, 5):
        table.columns[at].justify = "right"
    for title, rows in parts.items():
        table.add_section()
        table.add_row(f"[bold]{title}")
        for row in rows:
            table.add_row(*_cells(row))
    Console(width=None if Console().is_terminal else 160).print(table)


def write_page(parts: Parts) -> None:
    """Put what matters into docs/performance.md, and every row into build/performance.md.

    Parts that were not measured stay as they are on the page.
    """
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.escape(BEGIN) + "(.*)" + re.escape(END)
    measured = re.search(pattern, text, re.DOTALL)
    assert measured is not None, "the page has a place for the figures"
    before = re.split(r"^\| \*\*(.+?)\*\*", measured.group(1), flags=re.MULTILINE)[1:]
    sections = dict(zip(before[::2], before[1::2], strict=True))
    for title, rows in parts.items():
        if chosen := headlines(rows):
            sections[title] = f", {_where()} |  |  |  |  |  |  |\n{_lines(chosen)}"
    table = _HEAD + "".join(f"| **{title}**{body}" for title, body in sections.items())
    page = f"{text[: measured.start()]}{BEGIN}{table}{END}{text[measured.end() :]}"
    PAGE.write_text(page, "utf-8")
    tables = "".join(f"\n## {title}\n\n{_HEAD}{_lines(rows)}" for title, rows in parts.items())
    EVERY_ROW.parent.mkdir(parents=True, exist_ok=True)
    EVERY_ROW.write_text(f"# Every figure\n\n{surroundings()}\n{tables}", "utf-8")


def headlines(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with a target, each name once with the tightest; of a long list the worst.

    Of variants (a name, a comma, of what) with the same value and target the first stands for all.

    Where nothing has a target, and there are few rows, those with a peer.
    """
    aimed = [row for row in rows if row.target is not None]
    if not aimed:
        beside = [row for row in rows if row.peer]
        return beside if len(beside) <= LIST_ROWS else []
    first: dict[tuple[object, ...], Row] = {}
    for row in aimed:
        first.setdefault((row.name.partition(",")[0], row.value, row.ratio, row.target), row)
    aimed = list(first.values())
    often = {unit for unit, count in Counter(map(_unit, aimed)).items() if count > LIST_ROWS}
    tightest: dict[str, Row] = {}
    for row in aimed:
        key = _unit(row) if _unit(row) in often else row.name
        tightest[key] = min(tightest.get(key, row), row, key=_room)
    return list(tightest.values())


def _room(row: Row) -> float:
    """Return how much room a row leaves to its target, as a factor; under 1 it is missed."""
    assert row.target is not None
    if row.ratio is not None:
        return row.ratio / row.target
    is_small = row.unit in SMALL or _unit(row).startswith("ms")
    return row.target / max(row.value, 1e-9) if is_small else row.value / row.target


def _unit(row: Row) -> str:
    """Return the unit without what stands beside it in parentheses."""
    return row.unit.partition(" (")[0]


def surroundings() -> str:
    """Say on what it was measured, in plain words."""
    return f"Measured on {_where()} ({platform.machine()}, {platform.system()})."


def _where() -> str:
    python = platform.python_version()
    return f"{time.strftime('%Y-%m-%d')} with Python {python} on {os.cpu_count()} cores"


def _lines(rows: Sequence[Row]) -> str:
    return "".join("| " + " | ".join(_cells(row)) + " |\n" for row in rows)


def _cells(row: Row) -> tuple[str, ...]:
    value, ratio, target = (_number(x) for x in (row.value, row.ratio, row.target))
    holds = {None: "", True: "yes", False: "no"}[row.holds]
    return row.name, value, row.unit, row.peer or "", ratio, target, holds


def _number(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 1_000.0 else f"{number:.3g}"
