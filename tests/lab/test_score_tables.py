"""The tables of the page on false alerts: written between marks, nothing else touched."""

from pathlib import Path

from mesure_lab.tables import score_tables
from tests.house import ROOT
from tests.lab.folders import full_folder

PAGE = ROOT / "docs" / "how_we_measure_false_alerts.md"
TOWNS = ROOT / "docs" / score_tables.TOWNS_PAGE


def _outside_marks(text: str) -> list[str]:
    """Return the lines that a person wrote."""
    lines, inside = [], False
    for line in text.splitlines():
        inside = inside and not line.endswith(": end -->")
        if not inside:
            lines.append(line)
        inside = inside or line.endswith(": begin -->")
    return lines


def test_real_traces_fill_every_section_and_touch_nothing_else(tmp_path: Path) -> None:
    full_folder(tmp_path)
    page, towns = tmp_path / PAGE.name, tmp_path / TOWNS.name
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    towns.write_text(TOWNS.read_text(encoding="utf-8"), encoding="utf-8")
    score_tables.main([str(page), str(tmp_path)])
    text = page.read_text(encoding="utf-8")
    assert _outside_marks(text) == _outside_marks(PAGE.read_text(encoding="utf-8"))
    assert "0.1 days at rest, 2 traces in 2 sessions; 2 departures on 1 scripted days" in text
    assert "| android high | 0.08 | 0 / 0 / 0 | 1 / 1 / 1 |" in text
    assert "too short" in text
    assert "Of 5 cases at 100 m the judge said the same to the byte: 5" in text
    before = text
    score_tables.main([str(page), str(tmp_path)])
    assert page.read_text(encoding="utf-8") == before
    assert max(text.count(f"| {name} |") for name in ("gnss", "B13 hmm")) > 0


def test_without_traces_their_tables_stay(tmp_path: Path) -> None:
    page, towns = tmp_path / PAGE.name, tmp_path / TOWNS.name
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    towns.write_text(
        TOWNS.read_text(encoding="utf-8").replace("| fitted | 0.", "| fitted | 7."),
        encoding="utf-8",
    )
    score_tables.main([str(page)])
    text = page.read_text(encoding="utf-8")
    assert "| fitted | 7." in text
    real = slice(0, text.index("<!-- towns: begin -->"))
    assert text[real] == PAGE.read_text(encoding="utf-8")[real]


def test_the_towns_of_both_kinds_of_device_are_taken_over() -> None:
    text = score_tables.with_towns(
        "<!-- towns: begin -->\n<!-- towns: end -->\n", TOWNS.read_text()
    )
    assert text.count("| town |") == text.count("| a report every |") == 2
    assert text.count("| rule, curfew alone, fitted |") == 2
    assert "errors doubled |" in text
    assert "| breach |" not in text
