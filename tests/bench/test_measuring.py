"""What bench and tools start in a process of its own is a program that is there."""

import ast
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from tests.house import ROOT

SOURCES = [path for folder in ("bench", "tools") for path in sorted((ROOT / folder).rglob("*.py"))]


def programs(source: str) -> list[str]:
    """Return the modules that are started by `python -m`."""
    return [
        ast.literal_eval(name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.List)
        for option, name in pairwise(node.elts)
        if ast.unparse(option) == "'-m'"
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_program_that_is_started_is_there(path: Path) -> None:
    for program in programs(path.read_text("utf-8")):
        assert find_spec(program) is not None, program


def test_programs_that_are_started_are_seen() -> None:
    assert programs('run([python, "-m", "bench.none", "--quick"])') == ["bench.none"]
    started = {program for path in SOURCES for program in programs(path.read_text("utf-8"))}
    assert {"bench.evaluation.zone_distance", "tools.faults.charged_processes"} <= started
