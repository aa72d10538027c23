"""The service says in a sentence why it has no map, and runs."""

from pathlib import Path

import httpx
import pytest
import shapely

from mesure.service.basemap import making, opening
from mesure.service.basemap.shapes import MapShape
from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.settings import Settings
from mesure.web.map_tiles import MapSource
from tests.service import served

STREET = MapShape("road", "main", shapely.LineString([(76.90, 43.25), (76.97, 43.25)]))


def make_basemap(path: Path) -> Path:
    making.make([STREET], path, MapSource.OTHER, "", lambda _: None)
    return path


def open_basemap(folder: Path, named: Path | None = None) -> tuple[str | None, list[str]]:
    messages: list[str] = []
    settings = Settings.model_validate({"basemap": named})
    with opening.open_basemap(
        settings, DataFolder(folder, folder / "keys"), messages.append
    ) as basemap:
        return (None if basemap is None else basemap.version), messages


def test_a_map_in_the_data_folder_is_opened(tmp_path: Path) -> None:
    make_basemap(tmp_path / "basemap.pmtiles")
    version, messages = open_basemap(tmp_path)
    assert (version is not None, messages) == (True, [])


def test_without_a_map_nothing_is_said(tmp_path: Path) -> None:
    assert open_basemap(tmp_path) == (None, [])


def test_a_map_that_is_named_and_missing_is_said(tmp_path: Path) -> None:
    version, [message] = open_basemap(tmp_path, tmp_path / "gone.pmtiles")
    assert version is None
    assert message == (
        f"{tmp_path / 'gone.pmtiles'}: there is no such file; maps show no streets, and everything "
        "else runs; check the setting “basemap”."
    )


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    version, [message] = open_basemap(tmp_path, tmp_path)
    assert version is None
    assert "maps show no streets" in message


def test_a_map_whose_end_is_missing_is_said_and_the_service_runs(tmp_path: Path) -> None:
    whole = make_basemap(tmp_path / "whole").read_bytes()
    broken = tmp_path / "broken.pmtiles"
    broken.write_bytes(whole[:-1])
    with served.run_service(tmp_path / "data", MESURE_BASEMAP=str(broken)) as running:
        assert any("its end is missing" in line for line in running.said)
        assert httpx.get(f"{running.url}/readyz").status_code == 200
        _, log = running.end()
    assert '"no_basemap"' in log


def test_the_setting_counts_before_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "basemap.pmtiles").write_text("not read")
    named = make_basemap(tmp_path / "named")
    version, messages = open_basemap(tmp_path, named)
    assert (version is not None, messages) == (True, [])


@pytest.mark.parametrize("content", [b"", b"PMTiles\x03", b"PMTiles\x02" + bytes(200)])
def test_what_is_no_map_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "basemap.pmtiles").write_bytes(content)
    version, [message] = open_basemap(tmp_path)
    assert version is None
    assert "it is no PMTiles file of version 3" in message
