"""The demo: the whole service with a town that reports live, until incidents were read."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mesure.service.installation.settings import Settings
from mesure.web import map_tiles
from mesure.web.map_tiles import MapSource
from mesure_lab.demonstration import live_demo


def test_a_town_reports_and_what_comes_of_it_is_read_through_the_api(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(live_demo, "CATCH_UP_S", 12)
    monkeypatch.setattr(live_demo, "ENOUGH", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lines: list[str] = []
    live_demo.run(1, 24, lines.append, once=True)
    assert lines[0].startswith("24 people who do not exist report from now on:")
    assert not any("/set-up/" in line for line in lines)
    assert lines[-1] == "Read through the API: the job has been seen to work."
    assert "possible breaches: " in lines[-2]
    assert list(tmp_path.iterdir()) == []


def test_the_service_finds_a_map_of_the_town(tmp_path: Path) -> None:
    live_demo._draw(Settings.model_validate({"data": tmp_path}), 1)
    basemap = map_tiles.open_basemap(tmp_path / "basemap.pmtiles")
    basemap.close()
    assert basemap.source is MapSource.SIMULATED
    assert basemap.size_bytes < 1_000_000


@pytest.mark.parametrize(
    ("now", "evening"),
    [
        ("2026-11-25T20:00+00:00", "2026-11-25T16:00+00:00"),  # 01:00 in the town.
        ("2026-11-25T19:59+00:00", "2026-11-24T16:00+00:00"),
        ("2026-11-25T12:00+00:00", "2026-11-24T16:00+00:00"),
    ],
)
def test_enough_of_the_night_has_passed(now: str, evening: str) -> None:
    instant = live_demo.last_evening(datetime.fromisoformat(now))
    assert instant == datetime.fromisoformat(evening).astimezone(UTC)


@pytest.mark.parametrize(("variable", "is_watched"), [("true", False), ("", True)])
def test_nobody_watches_where_machines_test(
    monkeypatch: pytest.MonkeyPatch, variable: str, is_watched: bool
) -> None:
    monkeypatch.setenv("CI", variable)
    assert live_demo.is_watched() is is_watched
