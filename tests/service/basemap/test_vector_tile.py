import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon

from mesure.service.basemap import vector_tile
from tests.service.basemap import tiles_read

AT = st.tuples(st.integers(-64, 4160), st.integers(-64, 4160))
SQUARE = Polygon([(0, 0), (0, 90), (90, 90), (90, 0)], [[(10, 10), (80, 10), (80, 80), (10, 80)]])


def twice_the_area(ring: tiles_read.Ring) -> int:
    after = [*ring[1:], ring[0]]
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, after, strict=True))


@given(st.lists(AT, min_size=2, max_size=40, unique=True))
def test_a_line_is_read_back_point_by_point(points: list[tuple[int, int]]) -> None:
    data = vector_tile.tile({"road": {(("kind", "minor"),): LineString(points)}})
    [feature] = tiles_read.tile(data)["road"]
    assert (feature.type, feature.words, feature.parts) == (2, {"kind": "minor"}, [points])


@given(AT, AT)
def test_a_box_turns_one_way_whichever_way_it_came(
    corner: tuple[int, int], other: tuple[int, int]
) -> None:
    (west, east), (north, south) = sorted((corner[0], other[0])), sorted((corner[1], other[1]))
    box = shapely.box(west, north, east + 1, south + 1)
    for area in (box, box.reverse()):
        data = vector_tile.tile({"green": {(): area}})
        [feature] = tiles_read.tile(data)["green"]
        assert feature.type == 3
        assert twice_the_area(feature.parts[0]) == 2 * box.area


def test_a_hole_turns_the_other_way() -> None:
    [feature] = tiles_read.tile(vector_tile.tile({"water": {(): SQUARE}}))["water"]
    edge, hole = feature.parts
    assert (twice_the_area(edge), twice_the_area(hole)) == (2 * 8_100, -2 * 4_900)


def test_what_has_the_same_words_is_one_feature_with_several_parts() -> None:
    houses = MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(20, 0, 29, 9)])
    data = vector_tile.tile({"building": {(("kind", "building"),): houses}})
    [feature] = tiles_read.tile(data)["building"]
    assert len(feature.parts) == 2


def test_words_and_numbers_are_said_once_and_read_back() -> None:
    town = (("kind", "town"), ("name", "Үлгі қала"), ("precedence", 300))
    other = (("kind", "town"), ("name", "kind"), ("precedence", 0))
    data = vector_tile.tile({"place": {town: Point(5, 6), other: MultiPoint([(1, 1), (2, 2)])}})
    first, second = tiles_read.tile(data)["place"]
    assert (first.words, first.type, first.parts) == (dict(town), 1, [[(5, 6)]])
    assert (second.words, second.parts) == (dict(other), [[(1, 1)], [(2, 2)]])
    assert data.count(b"town") == 1


def test_what_cannot_be_seen_is_not_written() -> None:
    speck = shapely.box(1.1, 1.1, 1.2, 1.2)
    dot = LineString([(1.1, 1.1), (1.2, 1.2)])
    assert vector_tile.tile({"green": {(): speck}, "road": {(): dot}, "rail": {}}) == b""


def test_an_edge_that_shrinks_to_nothing_takes_its_holes_along() -> None:
    sliver = Polygon([(0, 0), (50, 0.2), (100, 0)], [[(49, 0.05), (51, 0.05), (50, 0.1)]])
    assert vector_tile.tile({"green": {(): sliver}}) == b""
