"""The tables of the judge in simulated towns, written by one command."""

from dataclasses import replace
from pathlib import Path

import pytest

from mesure_lab.rules.peers import BASELINES
from mesure_lab.tables import town_tables


def test_the_tables_stand_between_their_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(town_tables, "PLAN", replace(town_tables.PLAN, persons=3, days=3))
    rules = ("point_state", "dwell", "accuracy_once")
    monkeypatch.setattr(town_tables, "BASELINES", {name: BASELINES[name] for name in rules})
    monkeypatch.setattr(town_tables, "INTERVALS_S", (60, 300))
    monkeypatch.setattr(town_tables, "COMPARED_PERSONS", 2)
    page = tmp_path / "page.md"
    names = ("towns gnss_tag", "cadence gnss_tag", "resting phone", "towns phone")
    marks = [f"<!-- {name}: begin -->\nold {name}\n<!-- {name}: end -->\n" for name in names]
    page.write_text("before\n" + "".join(marks) + "after\n")
    town_tables.main([str(page), *names[:3]])
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    for words in ("old towns phone", "| errors doubled |", "| wander |", "**the judge**"):
        assert words in text
    assert "T3 accuracy_once |" in text
    assert "| 300 s |" in text
    assert "| the slow path alone, errors doubled |" in text
    assert "| sends signs of life |" in text
    assert "| way_clear_llr 20, correlation_moving_s 300 |" in text
    assert "old towns gnss_tag" not in text
    assert "old cadence gnss_tag" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)
