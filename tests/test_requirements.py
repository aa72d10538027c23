"""Requirements and law stand in tables, and each row names tests that exist and run.

A row without a test, one that names a test that is not there or is skipped, and one that is met in
part without saying what is left, are found here.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house import ROOT

PAGES = ("docs/requirements.md", "docs/law.md", "docs/threat_model.md")
WHOLE = {"met", "held"}
STATES = {*WHOLE, "in part", "not met", "not ours"}
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
SKIPS = {"skip", "skipif", "xfail"}


class TableRow(NamedTuple):
    page: str
    id: str
    state: str
    shown_by: str
    left: str


def rows(page: str, text: str) -> Iterator[TableRow]:
    """Yield the rows of every table that has a column for the tests."""
    heading: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            heading = []
        elif not heading:
            heading = cells
        elif not set(line) <= set("|-") and "Shown by" in heading:
            cells += [""] * (len(heading) - len(cells))
            by_name = dict(zip(heading, (cell.strip("| ") for cell in cells), strict=True))
            of = (by_name[name] for name in ("State", "Shown by", "What is left"))
            yield TableRow(page, cells[0], *of)


def every() -> list[TableRow]:
    return [row for page in PAGES for row in rows(page, (ROOT / page).read_text("utf-8"))]


@cache
def list_tests(path: Path) -> dict[str, bool]:
    """Return the tests of a file by name, and whether each is run."""
    tree = ast.parse(path.read_text("utf-8"))
    is_whole = not any(_skips(node) for node in tree.body)
    return {
        node.name: is_whole and not any(_is_skip(one) for one in node.decorator_list)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def _skips(node: ast.stmt) -> bool:
    """Tell whether a statement of a file leaves all of its tests out, or may."""
    if isinstance(node, ast.Assign):
        return "pytestmark" in ast.unparse(node.targets[0]) and _is_skip(node.value)
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    return is_call and "importorskip" in ast.unparse(node)


def _is_skip(node: ast.AST) -> bool:
    return any(f"mark.{word}" in ast.unparse(node) for word in SKIPS)


def faults(row: TableRow) -> Iterator[str]:
    """Yield what is wrong with a row."""
    named = TEST.findall(row.shown_by)
    if row.state not in STATES:
        yield f"{row.page}, {row.id}: {row.state!r} is no state"
    if row.state in {*WHOLE, "in part"} and not named:
        yield f"{row.page}, {row.id}: no test shows it"
    if row.state not in WHOLE and not row.left:
        yield f"{row.page}, {row.id}: it does not say what is left, or why"
    if row.shown_by.count("`") != 2 * len(named):
        yield f"{row.page}, {row.id}: something named there is no test"
    for file, name in named:
        path = ROOT / file
        if not path.is_file() or name not in list_tests(path):
            yield f"{row.page}, {row.id}: there is no test {file}::{name}"
        elif not list_tests(path)[name]:
            yield f"{row.page}, {row.id}: {file}::{name} is not always run"


def test_every_row_names_tests_that_exist_and_run() -> None:
    problems = [fault for row in every() for fault in faults(row)]
    assert problems == []


def test_every_requirement_is_there_once() -> None:
    ids = [row.id for row in every() if row.page == "docs/requirements.md"]
    assert ids == [f"R{number}" for number in range(1, 49)]


def test_each_text_has_its_table() -> None:
    page = (ROOT / "docs/law.md").read_text("utf-8")
    for text in ("CM/Rec(2014)4", "(EU) 2016/680", "(EU) 2016/679", "1004.00", "463a"):
        assert text in page
    assert len([row for row in every() if row.page == "docs/law.md"]) > 40


def test_each_attack_that_was_asked_about_has_a_row() -> None:
    attacks = " ".join(row.id for row in every() if row.page == "docs/threat_model.md")
    for word in ("insider browses", "edits a zone", "edits the database", "cloned", "key is lost",
                 "log is truncated", "backup is restored"):  # fmt: skip
        assert word in attacks


@pytest.mark.parametrize(
    ("row", "phrase"),
    [
        (TableRow("p", "R1", "met", "", ""), "no test shows it"),
        (TableRow("p", "R1", "done", "", "x"), "is no state"),
        (TableRow("p", "R1", "not met", "", ""), "does not say what is left"),
        (
            TableRow(
                "p", "R1", "in part", "`tests/test_absences.py::test_nothing_ranks_persons`", ""
            ),
            "does not say what is left",
        ),
        (TableRow("p", "R1", "met", "`tests/test_absences.py::test_no_such_thing`", ""), "no test"),
        (
            TableRow("p", "R1", "met", "`tests/no_such.py::test_nothing_ranks_persons`", ""),
            "no test",
        ),
        (TableRow("p", "R1", "met", "`make check`", ""), "is no test"),
        (
            TableRow(
                "p",
                "R1",
                "met",
                "`tests/service/test_bundle_papers.py::test_a_paper_that_was_changed_is_named`",
                "",
            ),
            "not always run",
        ),
        (
            TableRow(
                "p",
                "R1",
                "met",
                "`tests/service/test_verify_log.py::test_a_log_may_come_through_a_pipe`",
                "",
            ),
            "not always run",
        ),
    ],
)
def test_a_row_that_lacks_something_is_found(row: TableRow, phrase: str) -> None:
    assert any(phrase in fault for fault in faults(row))


def test_a_table_is_read_by_its_heading() -> None:
    text = "| Id | State | Shown by | What is left |\n|---|---|---|---|\n| A | met | `x` |  |\n"
    assert list(rows("p", text)) == [TableRow("p", "A", "met", "`x`", "")]
    assert list(rows("p", "| Id | Other |\n|---|---|\n| A | b |\n")) == []


def test_the_method_says_where_it_is_known_to_fail() -> None:
    page = (ROOT / "docs/error_model.md").read_text("utf-8")
    _, _, part = page.partition("## Where it is known to fail")
    for place in ("Basements", "High buildings, water", "edge of a zone", "Next door"):
        assert place in part.partition("\n## ")[0]
    measured = (ROOT / "docs/how_we_measure_false_alerts.md").read_text("utf-8")
    assert "false a person-day" in measured
    assert "real" in measured
