import json
from pathlib import Path

import pytest

from bench import bench_rows, figures_table
from bench.bench_rows import Row

KEYS = {"name", "value", "unit", "peer", "ratio", "target", "holds"}
PARTS = {
    "Speed": [
        bench_rows.at_least("judging", 1.2, "M fixes/s", 1.0),
        bench_rows.at_least("more", 0.5, "M", 1.0),
    ],
    "Others": [bench_rows.beside("judging", 1_234_567.0, "fixes/s", "a loop: 9", 12.0, 10.0)],
}


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (bench_rows.at_least("rate", 1.0, "fixes/s", 1.0), True),
        (bench_rows.at_least("rate", 0.9, "fixes/s", 1.0), False),
        (bench_rows.at_least("rate", 0.9, "fixes/s"), None),
        (bench_rows.at_most("memory", 2.0, "GiB", 2.0), True),
        (bench_rows.at_most("memory", 2.1, "GiB", 2.0), False),
        (bench_rows.at_most("memory", 2.1, "GiB"), None),
        (bench_rows.beside("rate", 5.0, "fixes/s", "peer", 10.0, 10.0), True),
        (bench_rows.beside("rate", 5.0, "fixes/s", "peer", 9.9, 10.0), False),
        (bench_rows.beside("rate", 5.0, "fixes/s", "peer", 0.1), None),
    ],
)
def test_a_row_says_whether_its_target_holds(row: Row, holds: bool | None) -> None:
    assert row.holds is holds


def test_the_file_for_machines_has_the_promised_shape(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    figures_table.write_json(PARTS, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert set(content) == {"rows"}
    assert [set(row) for row in content["rows"]] == [KEYS] * 3
    assert [row["holds"] for row in content["rows"]] == [True, False, True]


def test_the_table_shows_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    figures_table.show(PARTS)
    shown = capsys.readouterr().out
    assert all(text in shown for text in ("Speed", "Others", "1,234,567", "a loop: 9", "yes", "no"))


def test_only_what_stands_between_the_marks_of_the_page_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"
    page.write_text(
        f"above\n{figures_table.BEGIN}yesterday\n{figures_table.END}below\n", encoding="utf-8"
    )
    monkeypatch.setattr(figures_table, "PAGE", page)
    monkeypatch.setattr(figures_table, "EVERY_ROW", tmp_path / "every.md")
    figures_table.write_page(PARTS)
    every = (tmp_path / "every.md").read_text(encoding="utf-8")
    assert all(row.name in every for rows_of in PARTS.values() for row in rows_of)
    once = page.read_text(encoding="utf-8")
    assert once.startswith(f"above\n{figures_table.BEGIN}")
    assert once.endswith(f"{figures_table.END}below\n")
    assert "yesterday" not in once
    assert "| judging | 1,234,567 | fixes/s | a loop: 9 | 12 | 10 | yes |" in once
    figures_table.write_page(PARTS)
    assert page.read_text(encoding="utf-8") == once


def test_parts_that_were_not_measured_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"{figures_table.BEGIN}{figures_table.END}", encoding="utf-8")
    monkeypatch.setattr(figures_table, "PAGE", page)
    monkeypatch.setattr(figures_table, "EVERY_ROW", tmp_path / "every.md")
    figures_table.write_page(PARTS)
    before = page.read_text(encoding="utf-8")
    title, rows = next(iter(PARTS.items()))
    figures_table.write_page({title: rows[:1]})
    after = page.read_text(encoding="utf-8")
    others = [line for line in before.splitlines() if line.startswith("| **")]
    assert [line for line in after.splitlines() if line.startswith("| **")] == others
    assert len(after.splitlines()) == len(before.splitlines()) - len(rows) + 1


def test_of_a_name_the_tightest_row_is_shown_and_of_a_long_list_the_worst() -> None:
    peers = [
        bench_rows.beside("rate", 5.0, "fixes/s", f"peer {of}", of, 6.0) for of in (9.0, 7.0, 8.0)
    ]
    assert figures_table.headlines(peers) == [peers[1]]
    pages = [bench_rows.at_most(f"/{ms}", ms, f"ms at p95 (n {ms})", 200.0) for ms in range(1, 20)]
    assert figures_table.headlines(pages) == [pages[-1]]
    assert figures_table.headlines([bench_rows.at_least("rate", 5.0, "fixes/s")]) == []


def test_of_variants_that_say_the_same_the_first_is_shown() -> None:
    names = ("presses", "presses, by night", "presses, by day", "pauses, by day")
    variants = [bench_rows.at_most(name, 3.0, "presses", 5.0) for name in names]
    variants[2] = bench_rows.at_most(names[2], 4.0, "presses", 5.0)
    assert figures_table.headlines(variants) == [variants[0], variants[2], variants[3]]


def test_the_page_in_the_repository_is_short_and_has_the_marks() -> None:
    text = figures_table.PAGE.read_text(encoding="utf-8")
    assert text.count("\n") < 150, "what a reader wants; every row stands in build/performance.md"
    assert text.count(figures_table.BEGIN) == text.count(figures_table.END) == 1
