"""The figures for people and for machines: a table, build/bench.json, and a page's table."""

import json
import os
import platform
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.rows import Row

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "performance.md"
BEGIN: Final = "<!-- measured: begin -->\n"
END: Final = "<!-- measured: end -->\n"
HEAD: Final = ("", "value", "unit", "beside", "ratio", "target", "holds")

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
    """Put the figures into docs/performance.md; parts that were not measured stay as they are."""
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.escape(BEGIN) + "(.*)" + re.escape(END)
    found = re.search(pattern, text, re.DOTALL)
    assert found is not None, "the page has a place for the figures"
    before = re.split(r"^### (.+)\n", found.group(1), flags=re.MULTILINE)[1:]
    sections = dict(zip(before[::2], before[1::2], strict=True))
    for title, rows in parts.items():
        sections[title] = f"\n{surroundings()}\n\n{_markdown(rows)}\n"
    between = "".join(f"\n### {title}\n{said.rstrip()}\n" for title, said in sections.items())
    page = f"{text[: found.start()]}{BEGIN}{between}\n{END}{text[found.end() :]}"
    PAGE.write_text(page, "utf-8")


def surroundings() -> str:
    """Say on what it was measured, in plain words."""
    return (
        f"Measured on {time.strftime('%Y-%m-%d')} with Python {platform.python_version()} on"
        f" {os.cpu_count()} cores ({platform.machine()}, {platform.system()})."
    )


def _markdown(rows: Sequence[Row]) -> str:
    head = "| " + " | ".join(HEAD) + " |\n|---|---:|---|---|---:|---:|---|\n"
    return head + "".join("| " + " | ".join(_cells(row)) + " |\n" for row in rows)


def _cells(row: Row) -> tuple[str, ...]:
    value, ratio, target = (_number(x) for x in (row.value, row.ratio, row.target))
    holds = {None: "", True: "yes", False: "no"}[row.holds]
    return row.name, value, row.unit, row.peer or "", ratio, target, holds


def _number(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 1_000.0 else f"{number:.3g}"
