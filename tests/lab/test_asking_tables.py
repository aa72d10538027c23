"""The page of what asking buys: a row for each town, and what differs between two."""

from dataclasses import replace
from pathlib import Path

import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.machine.progress import ProgressStages
from mesure.record.policy_loading import read_policy
from mesure_lab.simulation.towns import Town
from mesure_lab.tables import asking_tables

SMALL = Town(3, persons=2, days=3)


def test_each_interval_has_two_rows_and_their_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_tables, "PLAN", SMALL)
    monkeypatch.setattr(asking_tables, "ROUNDS", 20)
    page = tmp_path / "page.md"
    marks = "<!-- asking phone: begin -->\nold\n<!-- asking phone: end -->\n"
    page.write_text(f"# Head\n{marks}Foot\n", encoding="utf-8")
    asking_tables.main([str(page), DeviceClass.PHONE.value])
    lines = page.read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("# Head", "Foot")
    assert "old" not in lines
    firsts = [line.split("|")[1].strip() for line in lines if line.startswith("|")]
    block = [
        f"a report every {every_s} s, not asked | a report every {every_s} s, asked | difference"
        for every_s in (60, 300)
    ]
    assert firsts[2:5] + firsts[5:8] == " | ".join(block).split(" | ")
    assert (firsts[0], firsts[8]) == ("never silent", "with silences")
    assert all(line.count("|") == 9 for line in lines if line.startswith("|"))


def test_a_difference_of_nothing_is_none() -> None:
    policy = read_policy(None)[0]
    plan = replace(SMALL, persons=1, days=2, classes=(DeviceClass.PHONE,))
    row = asking_tables._row(plan, policy, False, ProgressStages())
    cells = asking_tables._gained(row, row).split(" | ")
    assert cells[1:4] == ["times 1.00 [1.00, 1.00]", "+0 s [+0 s, +0 s]", "+0 s [+0 s, +0 s]"]
    assert asking_tables._s(float("inf")) == "never"
    assert asking_tables._signed_s(float("-inf")) == "from never"
    assert asking_tables._signed_s(float("inf")) == "to never"
