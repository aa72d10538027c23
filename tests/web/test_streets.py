"""Streets are read from the very map that the installation makes, and from no nonsense."""

import gzip
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from shapely import LineString

from mesure.geo.fixes import F64
from mesure.reports.drawing.chart import Frame
from mesure.service.basemap import making
from mesure.service.basemap.shapes import MapShape
from mesure.web import map_tiles, streets
from mesure.web.map_tiles import Basemap, MapSource

LAT_DEG, LON_DEG = 43.25, 76.9
STREET = LineString([(76.86, LAT_DEG), (76.94, LAT_DEG)])  # Through several tiles.


@pytest.fixture(scope="module")
def basemap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Basemap]:
    path = tmp_path_factory.mktemp("map") / "basemap.pmtiles"
    shapes = [
        MapShape("road", "minor", STREET),
        MapShape("rail", "rail", LineString([(76.9, 43.2), (76.9, 43.3)])),
        MapShape("water", "stream", LineString([(76.89, 43.2), (76.89, 43.3)])),
        MapShape("place", "town", STREET.centroid, (("name", "Town"),)),
    ]
    making.make(shapes, path, MapSource.SIMULATED, "", lambda _: None)
    with closing(map_tiles.open_basemap(path)) as basemap:
        yield basemap


@pytest.fixture(scope="module")
def street_map(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Basemap]:
    """A map of two streets with names, 100 m apart, and one without between them."""
    path = tmp_path_factory.mktemp("named") / "basemap.pmtiles"
    clover = (("name", "Clover Avenue"), ("name:kk", "Беде даңғылы"))
    streets_ = [(0.0, clover), (100.0, (("name", "<script>"),)), (40.0, ())]
    shapes = [MapShape("road", "minor", street_at(north_m), names) for north_m, names in streets_]
    shapes.append(MapShape("water", "river", street_at(60.0), (("name", "River"),)))
    making.make(shapes, path, MapSource.SIMULATED, "", lambda _: None)
    with closing(map_tiles.open_basemap(path)) as basemap:
        yield basemap


def street_at(north_m: float) -> LineString:
    lat_deg = LAT_DEG + north_m / streets.METRES_PER_DEGREE
    return LineString([(76.86, lat_deg), (76.94, lat_deg)])


def point(north_m: float, lon_deg: float = LON_DEG) -> tuple[float, float]:
    return LAT_DEG + north_m / streets.METRES_PER_DEGREE, lon_deg


def test_a_point_is_near_the_nearest_street_that_has_a_name(street_map: Basemap) -> None:
    points = [point(0.0), point(-55.0), point(-65.0), point(45.0), point(70.0), point(300.0)]
    assert streets.names_near(street_map, points, 60.0, "en") == [
        "Clover Avenue", "Clover Avenue", "", "Clover Avenue", "<script>", "",
    ]  # fmt: skip
    assert streets.names_near(street_map, [point(10.0)], 60.0, "kk") == ["Беде даңғылы"]
    assert streets.names_near(street_map, [point(10.0)], 60.0, "ru") == ["Clover Avenue"]
    assert streets.names_near(street_map, [], 60.0, "ru") == []


def test_a_street_is_near_across_the_edge_of_its_tile(tmp_path: Path) -> None:
    edge = 76.88671875  # Between two tiles of zoom 14.
    line = LineString([(edge + 0.0001, LAT_DEG), (edge + 0.002, LAT_DEG)])
    shape = MapShape("road", "minor", line, (("name", "East Street"),))
    making.make([shape], tmp_path / "m", MapSource.SIMULATED, "", lambda _: None)
    with closing(map_tiles.open_basemap(tmp_path / "m")) as basemap:
        near, far = (edge - 0.0004, edge - 0.002)
        points = [(LAT_DEG, near), (LAT_DEG, far), (-85.5, 0.0), (89.0, 180.0)]
        assert streets.names_near(basemap, points, 60.0, "en") == ["East Street", "", "", ""]


def width_deg(lines: list[F64]) -> float:
    return sum(abs(float(line[-1, 1] - line[0, 1])) for line in lines)


def test_a_street_has_its_length_though_tiles_overlap(basemap: Basemap) -> None:
    lines = streets.near(basemap, LAT_DEG, LON_DEG, 3000.0)
    assert all(np.abs(line[:, 0] - LAT_DEG).max() < 1e-4 for line in lines)
    # Tiles are read whole, so all of it is there, and nothing of it twice.
    assert width_deg(lines) == pytest.approx(0.08, rel=0.02)
    assert len(lines) >= 3


def test_where_there_is_none_none_is_found(basemap: Basemap) -> None:
    assert streets.near(basemap, 10.0, 10.0, 2000.0) == []
    assert streets.near(basemap, -89.9, 10.0, 10.0) == []  # No map of this kind reaches a pole.
    assert (
        streets.near(basemap, LAT_DEG, LON_DEG, 300_000.0) == []
    )  # Too much to read for one page.


NAME = bytes([0x0A, 4]) + b"road"


def layer(feature: bytes) -> bytes:
    body = NAME + bytes([0x12, len(feature)]) + feature
    return bytes([0x1A, len(body)]) + body


@pytest.mark.parametrize(
    "tile",
    [
        b"",
        b"no tile at all",
        bytes([0x1A, 9]) + NAME,  # Its end is missing.
        bytes([0x1B]),  # A kind of field that there is not.
        bytes([0xFF] * 12),  # A number without an end.
        bytes([0x80]),
        bytes([0x09]) + bytes(8) + bytes([0x0D]) + bytes(4),  # What nobody asks for.
        layer(bytes([0x18, 2, 0x22, 3, 15, 2, 2])),  # Commands of an area, said to be a line.
        layer(bytes([0x18, 3, 0x22, 3, 9, 2, 2])),  # An area.
        layer(bytes([0x18, 2, 0x22, 3, 9, 2, 2])),  # A line of a single point.
        layer(bytes([0x12, 2, 7, 7, 0x18, 2])),  # Named by a text that there is not.
    ],
)
def test_what_is_no_tile_has_no_streets(tile: bytes) -> None:
    assert list(streets._of_tile(gzip.compress(tile))) == []
    assert streets._named_of_tile(gzip.compress(tile)) == []


def test_a_line_in_two_parts_is_two_lines() -> None:
    packed = bytes([9, 2, 2, 10, 0x90, 0x03, 0, 9, 2, 2, 10, 0x90, 0x03, 0])
    feature = bytes([0x18, 2, 0x22, len(packed)]) + packed
    assert len(list(streets._of_tile(gzip.compress(layer(feature))))) == 2


def test_what_is_not_squeezed_has_no_streets() -> None:
    assert list(streets._of_tile(b"plain")) == []
    assert list(streets._of_tile(None)) == []


@pytest.mark.parametrize("lat_deg", [89.0, -89.9, 85.2])
def test_a_drawing_near_a_pole_has_no_streets(basemap: Basemap, lat_deg: float) -> None:
    """No map of this kind reaches a pole."""
    frame = Frame(10.0, lat_deg, 10.01, lat_deg + 0.01, m_per_px=1.0)
    assert streets.on_drawing(basemap, frame) == ""
