"""The disk: how long it lasts, and when it is too full to promise anything."""

from pathlib import Path

import pytest

from mesure.service.monitoring import disk_forecast
from mesure.service.monitoring.disk_forecast import DiskForecast, DiskSpace

HOUR = 3_600_000_000
GB = 1_000_000_000


def test_days_are_told_when_enough_is_known() -> None:
    forecast = DiskForecast(1_000)
    rooms = [forecast.look(hour * HOUR, 101 * GB - hour * GB) for hour in range(25)]
    assert [room.days_left for room in rooms[:6]] == [None] * 6
    assert rooms[24].days_left == pytest.approx(76 / 24)
    assert disk_forecast.disk_warning(rooms[24], 3) is None
    assert "full in 3 days: 77000 MB are free" in str(disk_forecast.disk_warning(rooms[24], 30))


def test_a_disk_that_empties_lasts() -> None:
    forecast = DiskForecast(256)
    for hour in range(12):
        room = forecast.look(hour * HOUR, GB + hour)
    assert room.days_left is None
    assert disk_forecast.disk_warning(room, 3_650) is None


def test_only_the_last_fortnight_counts() -> None:
    forecast = DiskForecast(256)
    for hour in range(24 * 30):
        room = forecast.look(hour * HOUR, 100 * GB - min(hour, 24) * GB)
    assert room.days_left is None


def test_below_the_floor_nothing_new_is_taken_and_that_is_said() -> None:
    room = DiskForecast(256).look(0, 255_999_999)
    assert room == DiskSpace(255_999_999, None, is_below_floor=True)
    assert "Nothing new is taken" in str(disk_forecast.disk_warning(room, 30))
    assert not DiskForecast(256).look(0, 256_000_000).is_below_floor


def test_the_disk_is_asked(tmp_path: Path) -> None:
    assert disk_forecast.free_bytes(tmp_path) > 0
