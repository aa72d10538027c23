"""Real and simulated side by side: one command writes the tables between their marks."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mesure_lab.ground.journeys import JourneyMotion
from mesure_lab.trials import compare, compare_departures
from mesure_lab.trials.compare import MeasuredClass

ROW = "B1a i-gotU logger at a house, 5 min, 20 days"
RECORDS = (
    MeasuredClass(ROW, "logger in a house", "logger", JourneyMotion.STILL, 1.0, 300.0),
    MeasuredClass(
        "D phone moving: walking", "phone, walking", "android", JourneyMotion.WALK, 0.1, 30.0
    ),
)


def _table(folder: Path, name: str, rows: Sequence[Mapping[str, object]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compare, "RECORDS", RECORDS)
    monkeypatch.setattr(compare, "TIMES", 2)
    plan = replace(compare_departures.PLAN, persons=1, days=3)
    monkeypatch.setattr(compare_departures, "PLAN", plan)
    tables = tmp_path / "tables"
    tables.mkdir()
    classes: list[dict[str, object]] = [{"cls": record.row} for record in RECORDS]
    quantiles: dict[str, object] = dict.fromkeys(compare.QUANTILES, 7.25)
    claims = ("acc_q50", "acc_q95", "r50", "r95", "p_within_1acc", "p_within_2acc")
    half: dict[str, object] = dict.fromkeys(claims, 0.5)
    lags: dict[str, object] = {f"acf_{lag_s}s": "" for lag_s in compare.LAGS_S}
    exits = [
        {
            "cls": record.row,
            "sampling": "5 min",
            "radius_m": radius_m,
            "drop_acc_over": "",
            "reports": 1000,
            "false_exits": 4,
        }
        for record in RECORDS
        for radius_m in compare.RADII_M
    ]
    rules = [
        {"rule": rule, "radius_m": radius_m, "GNSS-only loggers /day": 1.5}
        for rule in compare.RULES
        for radius_m in (50, 100)
    ]
    delays = [
        {
            "sampling": "1 min",
            "radius_m": f"{radius_m:.0f}",
            "departures": 103,
            "never_seen_outside": 3,
            "q50": 52.0,
            "q75": 128.0,
            "q90": 319.0,
        }
        for radius_m in compare_departures.RADII_M
    ]
    _table(tables, "error_quantiles", [one | quantiles for one in classes])
    _table(tables, "error_over_accuracy", [one | half for one in classes])
    _table(tables, "autocorrelation", [one | lags for one in classes])
    _table(tables, "false_exits", exits)
    _table(tables, "simple_rules", rules)
    _table(tables, "departure_delay", delays)
    return tmp_path


def test_the_page_is_written_between_its_marks_and_nowhere_else(data: Path) -> None:
    page = data / "page.md"
    page.write_text(f"before\n{compare.BEGIN}\nold\n{compare.END}\nafter\n")
    compare.main([str(data), str(page)])
    text = page.read_text()
    assert text.startswith(f"before\n{compare.BEGIN}\n")
    assert text.endswith(f"{compare.END}\nafter\n")
    assert "old" not in text
    compare.main([str(data), str(page)])
    assert page.read_text() == text


def test_real_figures_stand_before_simulated_ones(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compare.main([str(data)])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("| logger in a house | 7.25 / ") for line in lines)
    assert any(line.startswith("| logger in a house | 4 / ") for line in lines)
    assert any(line.startswith("| plain: d > r | 1.5 / ") for line in lines)
    assert any("103 / " in line and "52 / " in line for line in lines)


def test_a_trial_is_the_record_it_stands_for() -> None:
    still = compare.trial(RECORDS[0], 1)
    assert len(still.error_m()) == 288
    assert len(still.around(50.0)) == 288
    assert still.correlation(300.0) < 1.0
    assert still.exits_per_day(1e5) == 0.0
    unclaimed = compare.trial(replace(RECORDS[0], has_claims=False), 1)
    assert unclaimed.around(50.0).accuracy_m.max() != unclaimed.around(50.0).accuracy_m.max()


def test_what_was_not_measured_is_a_dash() -> None:
    assert compare.cell("", [1.0, 2.0, 3.0]) == "- / 2 [1, 3]"
