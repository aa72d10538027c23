"""What the operator who starts the service is told."""

from pathlib import Path

import pytest

from mesure.service.installation.settings import Settings
from mesure.service.monitoring import monitor
from mesure.service.monitoring.monitor import SystemMonitor


def begin_monitor(settings: Settings) -> list[str]:
    lines: list[str] = []
    SystemMonitor(settings, lines.append, None).begin()
    return lines


def test_a_start_without_a_time_zone_asks_for_one(tmp_path: Path) -> None:
    assert monitor.NO_ZONE in begin_monitor(Settings(data=tmp_path))
    assert monitor.NO_ZONE not in begin_monitor(Settings(data=tmp_path, time_zone="Asia/Almaty"))


def test_no_time_zone_is_chosen_for_a_programme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MESURE_TIME_ZONE", raising=False)
    settings = Settings(data=tmp_path)
    assert settings.time_zone is None
    assert settings.zone.key == "UTC"
