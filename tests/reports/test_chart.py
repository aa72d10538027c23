"""From degrees to points of a drawing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.reports.drawing import chart
from mesure.reports.drawing.chart import PlaneBox


def test_a_place_on_the_antimeridian_is_drawn_in_one_piece() -> None:
    plane = chart.plane_at(-17.0, 179.999)
    east_m = plane.east_m(np.array([179.998, -179.999]))
    assert east_m[0] == pytest.approx(-106.5, abs=1.0)
    assert east_m[1] == pytest.approx(213.0, abs=1.0)


def test_north_is_up_and_east_is_right() -> None:
    plane = chart.plane_at(43.0, 77.0)
    drawn = chart.chart_of(plane, PlaneBox(-100.0, -100.0, 100.0, 100.0), 480, 360)
    x, y = drawn.x(np.array([0.0, 50.0])), drawn.y(np.array([0.0, 50.0]))
    assert (x[0], y[0]) == pytest.approx((240.0, 180.0))
    assert x[1] > x[0]
    assert y[1] < y[0]


def test_a_pole_can_be_drawn() -> None:
    plane = chart.plane_at(90.0, 0.0)
    assert np.isfinite(plane.east_m(np.array([123.0]))).all()


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_a_chart_shows_the_whole_box(
    west: float, south: float, width: float, height: float
) -> None:
    box = PlaneBox(west, south, west + width, south + height)
    drawn = chart.chart_of(chart.plane_at(43.0, 77.0), box, 480, 360)
    x = drawn.x(np.array([box.west_m, box.east_m]))
    y = drawn.y(np.array([box.south_m, box.north_m]))
    assert -1e-6 <= x[0] <= x[1] <= 480 + 1e-6
    assert -1e-6 <= y[1] <= y[0] <= 360 + 1e-6
    assert drawn.m_per_px >= chart.M_PER_PX_MIN


def test_one_point_makes_a_chart_that_is_not_all_noise() -> None:
    point = chart.box_of(np.array([3.0]), np.array([4.0]))
    assert chart.chart_of(chart.plane_at(0.0, 0.0), point, 480, 360).m_per_px == 0.25


def test_a_wild_fix_does_not_shrink_the_town_to_a_dot() -> None:
    east_m = np.append(np.linspace(0.0, 1000.0, 500), 1e6)
    box = chart.box_of_most(east_m, east_m, 0.01)
    assert box.east_m < 1001.0
    assert chart.box_of(east_m, east_m).east_m == 1e6


def test_a_joined_box_holds_both_and_a_grown_one_more() -> None:
    joined = PlaneBox(0.0, 0.0, 1.0, 1.0).union(PlaneBox(-3.0, 0.5, 0.5, 5.0))
    assert joined == PlaneBox(-3.0, 0.0, 1.0, 5.0)
    assert joined.grown(2.0) == PlaneBox(-5.0, -2.0, 3.0, 7.0)
    assert PlaneBox(0.0, 0.0, 3.0, 4.0).diagonal_m == 5.0


@given(st.floats(0.25, 1e5), st.floats(40.0, 200.0))
def test_a_scale_bar_is_round_and_fits(m_per_px: float, length_px_max: float) -> None:
    length_m = chart.scale_bar_m(m_per_px, length_px_max)
    assert str(length_m).rstrip("0") in {"1", "2", "5"}
    assert length_m <= max(m_per_px * length_px_max, 1.0)
    assert 2.5 * length_m >= m_per_px * length_px_max * 0.999
