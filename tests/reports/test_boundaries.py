"""The boundaries of a place on a chart."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.values.places import Circle, Corridor, Place, Polygon
from mesure.reports.drawing import chart
from mesure.reports.drawing.chart import PlaneBox, PlaneChart
from mesure.reports.drawing.svg_paths import number
from mesure.reports.maps import boundaries, ground
from mesure.reports.maps.ground import ZoneGround
from mesure.reports.replay.replay_report import ReportedZone
from tests.reports.factory import FOR_EVER, HOME, ring

PLANE = chart.plane_at(*HOME)
SQUARE = Polygon(ring((-100, -100), (100, -100), (100, 100), (-100, 100)))


def chart_around(half_m: float) -> PlaneChart:
    return chart.chart_of(PLANE, PlaneBox(-half_m, -half_m, half_m, half_m), 480, 360)


def paths(drawn: PlaneChart, *shapes: Circle | Polygon | Corridor, count_max: int = 9) -> list[str]:
    areas = boundaries.areas(drawn, make_ground(*shapes), concerned=True, count_max=count_max)
    return [area.path for area in areas]


def make_ground(*shapes: Circle | Polygon | Corridor, keep_out: bool = False) -> ZoneGround:
    zone = ReportedZone(Place("home", shapes), keep_out, frozenset({"C1"}), FOR_EVER)
    return ground.ground_of(zone)


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
    points = np.array(corners(path))
    assert len(points) == 4
    assert points.min() < 0.0
    assert points[:, 0].max() == pytest.approx(528.0, abs=0.5)
    assert points[:, 1].max() == pytest.approx(396.0, abs=0.5)


def test_a_hole_out_of_view_is_not_drawn() -> None:
    holed = Polygon(SQUARE.outer, (ring((80, 80), (90, 80), (90, 90)),))
    [path] = paths(chart_around(20.0), holed)
    assert path.count("z") == 1


def test_a_hole_too_small_to_be_seen_is_not_drawn() -> None:
    holed = Polygon(SQUARE.outer, (ring((-1, -1), (1, -1), (1, 1)),))
    assert paths(chart_around(200.0), holed)[0].count("z") == 2
    assert paths(chart_around(9000.0), holed)[0].count("z") == 1


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


@given(st.floats(1.0, 5000.0))
def test_both_halves_of_a_circle_fit_together(radius_m: float) -> None:
    [path] = paths(chart_around(200.0), Circle(*HOME, radius_m))
    arcs = re.findall(r"a([\d.]+) ([\d.]+) 0 1 0 ?(-?[\d.]+) 0", path)
    (first, _, there), (second, _, back) = arcs
    assert float(first) == float(second) == float(there) / 2 == -float(back) / 2


def test_a_way_is_a_line_as_broad_as_the_way() -> None:
    drawn = chart_around(200.0)
    way = make_ground(Corridor(ring((-100, 0), (100, 0)), 120.0), keep_out=True)
    [area] = boundaries.areas(drawn, way, concerned=False, count_max=1)
    assert float(area.stroke) == pytest.approx(120.0 / drawn.m_per_px, abs=0.3)
    assert (area.keep_out, area.concerned) == (True, False)
    assert len(corners(area.path)) == 2


def test_of_a_way_only_the_parts_near_the_view_are_drawn() -> None:
    """A way of a hundred thousand points on sixty maps would be a page nobody can open."""
    away = [(9000 + step, 5) for step in range(500)]
    there = ring((-900, 0), (-800, 0), (0, 0), (900, 0), *away, (900, 10), (0, 10), (-900, 10))
    [path] = paths(chart_around(200.0), Corridor(there, 10.0))
    assert path.count("M") == 2
    assert len(corners(path)) == 6
    assert paths(chart_around(200.0), Corridor(ring((-900, 900), (900, 900), (900, 0)), 10.0)) == [
        ""
    ]


@given(
    st.lists(st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000)), min_size=2, max_size=12)
)
def test_a_cut_way_shows_in_the_view_what_the_whole_one_shows(
    points_m: list[tuple[int, int]],
) -> None:
    drawn = chart_around(300.0)
    east_m, north_m = np.array(points_m, dtype=np.float64).T
    x, y = drawn.x(east_m), drawn.y(north_m)
    cut = boundaries._line_path(drawn, x, y, 0.0)
    for (x1, y1), (x2, y2) in pairwise(zip(x.tolist(), y.tolist(), strict=True)):
        share = np.linspace(0.0, 1.0, 200)
        on_x, on_y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
        if ((on_x >= 0) & (on_x <= 480) & (on_y >= 0) & (on_y <= 360)).any():
            step = "L".join(f"{number(a)} {number(b)}" for a, b in ((x1, y1), (x2, y2)))
            assert step in cut


@pytest.mark.parametrize(
    ("shape", "width_m"),
    [(SQUARE, 0.0), (Circle(*HOME, 60.0), 0.0), (Corridor(SQUARE.outer, 20.0), 20.0)],
)
def test_how_far_a_zone_reaches_beyond_its_place_is_a_broad_line_below_it(
    shape: Circle | Polygon | Corridor, width_m: float
) -> None:
    drawn = chart_around(200.0)
    around = ground.ground_of(
        ReportedZone(Place("home", (shape,)), True, frozenset({"C1"}), FOR_EVER, grow_m=40.0)
    )
    broad, place = boundaries.areas(drawn, around, concerned=True, count_max=1)
    assert broad.path == place.path
    assert float(broad.stroke) == pytest.approx((80.0 + width_m) / drawn.m_per_px, abs=0.3)
    assert float(place.stroke or 0) == pytest.approx(width_m / drawn.m_per_px, abs=0.3)


def test_where_a_place_is_cut_no_broad_line_comes_into_view() -> None:
    drawn = chart_around(20.0)
    far = Polygon(ring((-900, -900), (900, -900), (900, 900), (-900, 900)))
    zone = ReportedZone(Place("home", (far,)), True, frozenset({"C1"}), FOR_EVER, grow_m=40.0)
    broad, _ = boundaries.areas(drawn, ground.ground_of(zone), concerned=True, count_max=1)
    nearest_px = min(-x for x, _ in corners(broad.path) if x < 0)
    assert nearest_px > float(broad.stroke) / 2


def test_a_shape_too_small_to_see_is_drawn_as_a_dot() -> None:
    for small in (SQUARE, Corridor(SQUARE.outer, 5.0)):
        assert "a2 2 " in paths(chart_around(1e6), small)[0]


@given(
    st.lists(st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000)), min_size=3, max_size=12)
)
def test_a_cut_polygon_covers_of_the_view_what_the_whole_one_covers(
    corners_m: list[tuple[int, int]],
) -> None:
    """Wherever a point of the view lies, it is inside the cut ring as it was in the whole one."""
    drawn = chart_around(300.0)
    east_m, north_m = np.array(corners_m, dtype=np.float64).T
    x_whole, y_whole = drawn.x(east_m), drawn.y(north_m)
    whole = list(zip(x_whole.tolist(), y_whole.tolist(), strict=True))
    x_cut, y_cut = boundaries._in_sight(drawn, x_whole, y_whole)
    cut = list(zip(x_cut.tolist(), y_cut.tolist(), strict=True))
    for x in np.linspace(3.1, 477.3, 9):
        for y in np.linspace(2.7, 357.9, 7):
            assert is_inside(cut, x, y) == is_inside(whole, x, y)


def is_inside(corners_: list[tuple[float, float]], x: float, y: float) -> bool:
    odd = False
    for (x1, y1), (x2, y2) in zip(corners_[-1:] + corners_[:-1], corners_, strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd
