"""The boundaries of a place on a chart."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.places import Circle, Corridor, Place, Polygon
from mesure.reports import boundaries, chart
from mesure.reports.chart import Box, Chart
from tests.reports.factory import HOME, ring

PLANE = chart.plane_at(*HOME)
SQUARE = Polygon(ring((-100, -100), (100, -100), (100, 100), (-100, 100)))


def chart_around(half_m: float) -> Chart:
    return chart.chart_of(PLANE, Box(-half_m, -half_m, half_m, half_m), 480, 360)


def paths(drawn: Chart, *shapes: Circle | Polygon | Corridor, count_max: int = 9) -> list[str]:
    place = Place("home", shapes)
    found = boundaries.areas(drawn, place, keep_out=False, concerned=True, count_max=count_max)
    return [area.path for area in found]


def corners(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)]


def test_a_polygon_that_is_in_view_is_drawn_corner_by_corner() -> None:
    [path] = paths(chart_around(200.0), SQUARE)
    assert len(corners(path)) == 4
    assert path.endswith("z")


def test_a_hole_is_a_second_ring() -> None:
    holed = Polygon(SQUARE.outer, (ring((-10, -10), (10, -10), (10, 10)),))
    [path] = paths(chart_around(200.0), holed)
    assert path.count("z") == 2


def test_a_polygon_around_the_view_is_cut_out_of_sight() -> None:
    [path] = paths(chart_around(20.0), SQUARE)
    found = np.array(corners(path))
    assert len(found) == 4
    assert found.min() < 0.0
    assert found[:, 0].max() == pytest.approx(528.0, abs=0.5)
    assert found[:, 1].max() == pytest.approx(396.0, abs=0.5)


def test_a_hole_out_of_view_is_not_drawn() -> None:
    holed = Polygon(SQUARE.outer, (ring((80, 80), (90, 80), (90, 90)),))
    [path] = paths(chart_around(20.0), holed)
    assert path.count("z") == 1


def test_corners_that_fall_on_the_one_before_are_left_out() -> None:
    many = Polygon(ring(*((100 * np.cos(a), 100 * np.sin(a)) for a in np.linspace(0, 6.28, 5000))))
    [path] = paths(chart_around(3000.0), many)
    assert len(corners(path)) < 100


def test_a_place_elsewhere_is_not_drawn_and_of_many_shapes_only_so_many() -> None:
    near, far = Circle(*HOME, 50.0), Circle(HOME[0] + 1.0, HOME[1], 50.0)
    assert paths(chart_around(200.0), far) == []
    assert len(paths(chart_around(200.0), far, *[near] * 5, count_max=3)) == 3


def test_a_circle_has_its_radius_and_can_always_be_seen() -> None:
    drawn = chart_around(200.0)
    radius = 60.0 / drawn.m_per_px
    assert f"a{round(radius * 2) / 2:g} " in paths(drawn, Circle(*HOME, 60.0))[0]
    assert "a2 2 " in paths(chart_around(1e6), Circle(*HOME, 60.0))[0]


def test_a_way_is_a_line_as_broad_as_the_way() -> None:
    drawn = chart_around(200.0)
    way = Place("way", (Corridor(ring((-100, 0), (100, 0)), 120.0),))
    [area] = boundaries.areas(drawn, way, keep_out=True, concerned=False, count_max=1)
    assert float(area.stroke) == pytest.approx(120.0 / drawn.m_per_px, abs=0.3)
    assert (area.keep_out, area.concerned) == (True, False)
    assert len(corners(area.path)) == 2


def test_the_box_of_a_place_holds_every_shape() -> None:
    way = Corridor(ring((-100, 0), (300, 50)), 40.0)
    box = boundaries.box_of_place(PLANE, Place("all", (Circle(*HOME, 60.0), SQUARE, way)))
    assert box.west_m == pytest.approx(-120.0, abs=1.0)
    assert box.east_m == pytest.approx(320.0, abs=1.0)
    assert (box.south_m, box.north_m) == pytest.approx((-100.0, 100.0), abs=1.0)


def test_a_ring_over_the_antimeridian_stays_in_one_piece() -> None:
    ring_ = ((-17.0, 179.999), (-17.0, 180.001), (-16.999, 180.001), (-16.999, 179.999))
    for lon_deg in (179.9, -179.9):
        box = boundaries.box_of_shape(chart.plane_at(-17.0, lon_deg), Polygon(ring_))
        assert box.east_m - box.west_m == pytest.approx(213.0, abs=1.0)


@given(
    st.lists(st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000)), min_size=3, max_size=12)
)
def test_a_cut_polygon_covers_of_the_view_what_the_whole_one_covers(
    corners_m: list[tuple[int, int]],
) -> None:
    """Wherever a point of the view lies, it is inside the cut ring as it was in the whole one."""
    drawn = chart_around(300.0)
    whole = [
        (float(drawn.x(np.array([east]))[0]), float(drawn.y(np.array([north]))[0]))
        for east, north in corners_m
    ]
    cut = whole
    for axis, limit, sign in ((0, -48.0, 1.0), (0, 528.0, -1.0), (1, -36.0, 1.0), (1, 396.0, -1.0)):
        cut = boundaries._cut(cut, axis, limit, sign)
    for x in np.linspace(3.1, 477.3, 9):
        for y in np.linspace(2.7, 357.9, 7):
            assert is_inside(cut, x, y) == is_inside(whole, x, y)


def is_inside(corners_: list[tuple[float, float]], x: float, y: float) -> bool:
    odd = False
    for (x1, y1), (x2, y2) in zip(corners_[-1:] + corners_[:-1], corners_, strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd
