"""Streets are read from the very map that the installation makes, and from no nonsense."""

import gzip
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
from shapely import LineString

from mesure.geo.fixes import F64
from mesure.service.basemap import making
from mesure.service.basemap.shapes import MapShape
from mesure.web import map_tiles, streets
from mesure.web.map_tiles import Basemap, MapSource

LAT_DEG, LON_DEG = 43.25, 76.9
STREET = LineString([(76.86, LAT_DEG), (76.94, LAT_DEG)])  # Through several tiles.


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Basemap]:
    path = tmp_path_factory.mktemp("map") / "basemap.pmtiles"
    shapes = [
        MapShape("road", "minor", STREET),
        MapShape("rail", "rail", LineString([(76.9, 43.2), (76.9, 43.3)])),
        MapShape("water", "stream", LineString([(76.89, 43.2), (76.89, 43.3)])),
        MapShape("place", "town", STREET.centroid, (("name", "Town"),)),
    ]
    making.make(shapes, path, MapSource.SIMULATED, "", lambda _: None)
    with closing(map_tiles.open_basemap(path)) as one:
        yield one


def width_deg(lines: list[F64]) -> float:
    return sum(abs(float(line[-1, 1] - line[0, 1])) for line in lines)


def test_a_street_has_its_length_though_tiles_overlap(held: Basemap) -> None:
    found = streets.near(held, LAT_DEG, LON_DEG, 3000.0)
    assert all(np.abs(line[:, 0] - LAT_DEG).max() < 1e-4 for line in found)
    # Tiles are read whole, so all of it is there, and nothing of it twice.
    assert width_deg(found) == pytest.approx(0.08, rel=0.02)
    assert len(found) >= 3


def test_where_there_is_none_none_is_found(held: Basemap) -> None:
    assert streets.near(held, 10.0, 10.0, 2000.0) == []
    assert streets.near(held, LAT_DEG, LON_DEG, 300_000.0) == []  # Too much to read for one page.


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
    ],
)
def test_what_is_no_tile_has_no_streets(tile: bytes) -> None:
    assert list(streets._of_tile(gzip.compress(tile))) == []


def test_a_line_in_two_parts_is_two_lines() -> None:
    packed = bytes([9, 2, 2, 10, 0x90, 0x03, 0, 9, 2, 2, 10, 0x90, 0x03, 0])
    feature = bytes([0x18, 2, 0x22, len(packed)]) + packed
    assert len(list(streets._of_tile(gzip.compress(layer(feature))))) == 2


def test_what_is_not_squeezed_has_no_streets() -> None:
    assert list(streets._of_tile(b"plain")) == []
    assert list(streets._of_tile(None)) == []
