"""Clocks come from the pinned package, not from the machine."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tzdata  # type: ignore[import-untyped]

from mesure.machine import timezones


@pytest.fixture(autouse=True)
def _search_path_as_it_was() -> Iterator[None]:
    before = zoneinfo.TZPATH
    yield
    zoneinfo.reset_tzpath(before)
    ZoneInfo.clear_cache()


def test_the_version_is_that_of_the_package() -> None:
    assert timezones.VERSION == tzdata.IANA_VERSION
    assert timezones.VERSION[:2] == "20"


def test_a_clock_of_the_machine_is_not_asked(tmp_path: Path) -> None:
    """A machine on which Almaty still has the clock of London is read as if it had not."""
    london = Path(str(tzdata.__file__)).parent / "zoneinfo" / "Europe" / "London"
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Almaty").write_bytes(london.read_bytes())
    zoneinfo.reset_tzpath([str(tmp_path)])
    ZoneInfo.clear_cache()
    noon = datetime(2026, 2, 10, 12, tzinfo=UTC)
    assert noon.astimezone(ZoneInfo("Asia/Almaty")).hour == 12
    timezones.pin()
    assert noon.astimezone(ZoneInfo("Asia/Almaty")).hour == 17
    zone = ZoneInfo("Asia/Almaty")
    timezones.pin()
    assert ZoneInfo("Asia/Almaty") is zone
