"""What has a tag is found in OpenStreetMap XML, with its outline where it has one."""

from io import BytesIO

import pytest

from mesure.formats.columns.file_faults import FixesError
from mesure.formats.files import osm_xml
from mesure.orders.text import map_features
from mesure.orders.text.map_features import MapFeature
from mesure.orders.text.order_faults import RefusedValueError

NODES = "".join(
    f'<node id="{number}" lat="{43.2 + lat}" lon="{76.9 + lon}"/>'
    for number, (lat, lon) in enumerate([(0, 0), (0, 0.01), (0.01, 0.01), (0.01, 0)], 1)
)
BAR = '<tag k="amenity" v="bar"/><tag k="name" v="Den"/>'


def read(inside: str) -> list[MapFeature]:
    data = f'<?xml version="1.0"?><osm version="0.6">{inside}</osm>'.encode()
    return osm_xml.read("a.osm", lambda: BytesIO(data), lambda tags: tags.get("amenity") == "bar")


def way(number: int, *nodes: int, tags: str = "") -> str:
    return f'<way id="{number}">' + "".join(f'<nd ref="{n}"/>' for n in nodes) + f"{tags}</way>"


def relation(*members: tuple[str, int]) -> str:
    inside = "".join(f'<member type="way" ref="{ref}" role="{role}"/>' for role, ref in members)
    return f'<relation id="1">{inside}<tag k="type" v="multipolygon"/>{BAR}</relation>'


def test_a_node_is_a_point_and_what_has_no_tag_is_not_there() -> None:
    [feature] = read(f'{NODES}<node id="9" lat="43.5" lon="76.5">{BAR}</node>')
    assert (feature.id, feature.texts["name"]) == ("node/9", "Den")
    assert map_features.point(feature) == (43.5, 76.5)


def test_a_node_that_lies_nowhere_cannot_be_drawn() -> None:
    [feature] = read(f'<node id="9" lat="north">{BAR}</node>')
    with pytest.raises(RefusedValueError):
        map_features.point(feature)


def test_a_closed_way_is_an_area_and_an_open_one_is_nowhere() -> None:
    closed, unclosed = read(NODES + way(1, 1, 2, 3, 4, 1, tags=BAR) + way(2, 1, 2, 3, tags=BAR))
    [area] = map_features.areas(closed)
    assert len(area.outer) == 4
    assert unclosed.geometry == {}


def test_a_relation_is_joined_from_ways_in_either_direction() -> None:
    [feature] = read(
        NODES + way(1, 1, 2, 3) + way(2, 1, 4, 3) + relation(("outer", 1), ("outer", 2))
    )
    assert feature.geometry["type"] == "Polygon"
    assert len(map_features.areas(feature)[0].outer) == 4


def test_a_relation_of_several_outlines_and_one_with_a_hole() -> None:
    ring, other = way(1, 1, 2, 3, 1), way(2, 1, 3, 4, 1)
    [several] = read(NODES + ring + other + relation(("outer", 1), ("outer", 2)))
    assert several.geometry["type"] == "MultiPolygon"
    [holed] = read(NODES + ring + other + relation(("outer", 1), ("inner", 2)))
    assert len(holed.geometry["coordinates"]) == 2


@pytest.mark.parametrize(
    "members", [[("outer", 7)], [("outer", 1)], [("outer", 3), ("outer", 4), ("inner", 4)]]
)
def test_what_is_incomplete_is_nowhere(members: list[tuple[str, int]]) -> None:
    ways = way(1, 1, 2, 3) + way(3, 1, 2, 3, 1) + way(4, 1, 3, 4, 1)
    [feature] = read(NODES + ways + relation(*members))
    assert feature.geometry == {}
    [missing] = read(way(1, 1, 2, 3, 4, 1, tags=BAR))
    assert missing.geometry == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<gpx/>", "no OpenStreetMap file"),
        (b"<osm><node", "damaged or cut short"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><osm>&x;</osm>', "damaged or cut short"),
    ],
)  # fmt: skip
def test_another_file_is_refused_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(FixesError, match=words):
        osm_xml.read("a.osm", lambda: BytesIO(data), lambda tags: "amenity" in tags)
