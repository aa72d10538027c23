"""A map is made from shapes and read back, whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mesure.machine.file_writing import FileWriteError
from mesure.machine.service_error import ServiceError
from mesure.service.basemap import making, mercator, shapes
from mesure.service.basemap.shapes import LAYERS, ZOOM_MAX, MapShape
from mesure.web import map_tiles
from mesure.web.map_tiles import MapSource
from tests.service.basemap.tiles_read import Map

HOUSE = shapely.box(76.9283, 43.2564, 76.9286, 43.2566)
STREET = shapely.LineString([(76.90, 43.25), (76.97, 43.25)])
LAKE = shapely.box(76.5, 43.0, 77.9, 43.9)
TOWN = (
    MapShape("building", "building", HOUSE),
    MapShape("road", "main", STREET, (("name", "Раушан даңғылы"), ("name:en", "Rose Avenue"))),
    MapShape("place", "city", shapely.Point(76.93, 43.25), (("name", "Үлгі қала"),), 7),
)


def make_map(folder: Path, *drawn: MapShape, name: str = "map.pmtiles") -> Map:
    path = folder / name
    making.make(drawn, path, MapSource.SIMULATED, "nobody", lambda _: None)
    return Map(path)


def tile_of(lon_deg: float, lat_deg: float, zoom: int) -> tuple[int, int, int]:
    [[east, south]] = mercator.square(np.array([[lon_deg, lat_deg]])).tolist()
    return zoom, int(east * 2**zoom), int(south * 2**zoom)


def test_what_was_drawn_is_on_the_tiles_from_its_zoom_on(tmp_path: Path) -> None:
    basemap = make_map(tmp_path, *TOWN)
    first = basemap.header["min_zoom"]
    for zoom in range(first, ZOOM_MAX + 1):
        tile = basemap.tile(*tile_of(76.93, 43.25, zoom))
        assert ("road" in tile) == (zoom >= 8)
        assert tile["place"][0].words == {"kind": "city", "name": "Үлгі қала", "precedence": 7}
    house = basemap.tile(*tile_of(76.92845, 43.2565, 14))["building"]
    assert "building" not in basemap.tile(*tile_of(76.92845, 43.2565, 13))
    assert len(house) == 1
    [road] = basemap.tile(*tile_of(76.95, 43.25, 14))["road"]
    assert road.words["name:en"] == "Rose Avenue"


def test_a_house_lies_where_it_lies_to_half_a_metre(tmp_path: Path) -> None:
    basemap = make_map(tmp_path, *TOWN)
    zoom, x, y = tile_of(76.92845, 43.2565, 14)
    [corners] = basemap.tile(zoom, x, y)["building"][0].parts
    units = np.array(corners, dtype=float) / 4096 + np.array([x, y])
    lon_deg, lat_deg = mercator.degrees(units / 2**zoom).T
    off_m = [
        np.abs(lat_deg.min() - 43.2564) * 111_100, np.abs(lat_deg.max() - 43.2566) * 111_100,
        np.abs(lon_deg.min() - 76.9283) * 81_200, np.abs(lon_deg.max() - 76.9286) * 81_200,
    ]  # fmt: skip
    assert max(off_m) < 0.5


def test_a_lake_wider_than_many_parts_is_whole_on_each_tile(tmp_path: Path) -> None:
    basemap = make_map(tmp_path, MapShape("water", "lake", LAKE))
    west, east = tile_of(76.5, 43.5, 11)[1], tile_of(77.9, 43.5, 11)[1]
    y = tile_of(77.0, 43.5, 11)[2]
    for x in range(west + 1, east):
        [ring] = basemap.tile(11, x, y)["water"][0].parts
        across = {at[0] for at in ring}
        assert min(across) < 0, "it goes on beyond the tile's western edge"
        assert max(across) > 4096


def test_streets_that_meet_are_one_line(tmp_path: Path) -> None:
    halves = [
        shapely.LineString([(76.90, 43.25), (76.902, 43.251)]),
        shapely.LineString([(76.902, 43.251), (76.904, 43.25)]),
    ]
    basemap = make_map(tmp_path, *(MapShape("road", "minor", half) for half in halves))
    [road] = basemap.tile(*tile_of(76.902, 43.25, 14))["road"]
    assert len(road.parts) == 1


def test_what_is_too_small_for_a_zoom_is_left_out(tmp_path: Path) -> None:
    pond = shapely.box(76.930, 43.250, 76.931, 43.251)  # About 80 by 110 m.
    basemap = make_map(tmp_path, MapShape("water", "lake", pond), *TOWN)
    assert "water" in basemap.tile(*tile_of(76.9305, 43.2505, 14))
    assert "water" not in basemap.tile(*tile_of(76.9305, 43.2505, 10))


def test_the_same_shapes_give_the_same_bytes(tmp_path: Path) -> None:
    make_map(tmp_path, *TOWN, name="one")
    make_map(tmp_path, *TOWN, name="other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    basemap = make_map(tmp_path, *TOWN)
    assert [layer["id"] for layer in basemap.about["vector_layers"]] == list(LAYERS)
    assert (basemap.about["attribution"], basemap.about["source"]) == ("nobody", "simulated")
    assert basemap.header["clustered"]
    box = [basemap.header[name] / 1e7 for name in ("min_lon_e7", "min_lat_e7", "max_lon_e7")]
    assert box == pytest.approx([76.90, 43.25, 76.97], abs=1e-6)
    opened = map_tiles.open_basemap(tmp_path / "map.pmtiles")
    opened.close()
    assert opened.source is MapSource.SIMULATED


def test_nothing_to_draw_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    empty = MapShape("road", "minor", shapely.LineString())
    with pytest.raises(ServiceError, match="nothing on it that a map shows"):
        make_map(tmp_path, empty)
    assert list(tmp_path.iterdir()) == []


def test_what_is_stopped_leaves_the_map_that_was_there(tmp_path: Path) -> None:
    out = tmp_path / "map.pmtiles"
    out.write_bytes(b"before")

    def stop_midway() -> Iterator[MapShape]:
        yield from TOWN
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        making.make(stop_midway(), out, MapSource.OTHER, "", lambda _: None)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]


def test_a_folder_that_is_not_there_is_said_before_the_work(tmp_path: Path) -> None:
    def never() -> Iterator[MapShape]:
        yield pytest.fail("the work was begun")

    with pytest.raises(FileWriteError, match="there is no folder"):
        making.make(never(), tmp_path / "no" / "map", MapSource.OTHER, "", lambda _: None)


def test_how_far_it_is_can_be_followed(tmp_path: Path) -> None:
    progress: list[str] = []
    making.make(TOWN, tmp_path / "map", MapSource.OTHER, "", progress.append)
    assert progress[0] == "reading: 3 shapes"
    assert progress[1].startswith("cutting tiles: part 1 of ")
    assert progress[-1] == "writing the file"


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_the_square_and_degrees_are_each_other_turned_round(lon: float, lat: float) -> None:
    again = mercator.degrees(mercator.square(np.array([[lon, lat]])))
    assert again[0].tolist() == pytest.approx([lon, lat], abs=1e-9)


def test_every_kind_has_its_zoom() -> None:
    zooms = [zoom for kinds in shapes.ZOOMS.values() for zoom in kinds.values()]
    assert all(0 <= zoom <= ZOOM_MAX for zoom in zooms)
