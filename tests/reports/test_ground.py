"""The zones of an order made ready to be drawn."""

import numpy as np
import pytest

from mesure.evaluation.filter import allowed_area
from mesure.orders.values.places import Circle, Corridor, Place, Polygon, Shape
from mesure.reports.drawing import chart
from mesure.reports.drawing.chart import PlaneBox
from mesure.reports.maps import ground
from mesure.reports.maps.ground import ZoneGround
from mesure.reports.replay.replay_report import ReportedZone
from tests.reports.factory import FOR_EVER, HOME, ring

PLANE = chart.plane_at(*HOME)
SQUARE = Polygon(ring((-100, -100), (100, -100), (100, 100), (-100, 100)))
WAY = Corridor(ring((-100, 0), (300, 50)), 40.0)


def make_ground(*shapes: Shape, keep_out: bool = False) -> ZoneGround:
    place = Place("home", shapes)
    return ground.ground_of(ReportedZone(place, keep_out, frozenset({"C1"}), FOR_EVER))


def test_the_box_of_a_zone_holds_every_shape() -> None:
    box = ground.box(PLANE, make_ground(Circle(*HOME, 60.0), SQUARE, WAY))
    assert box.west_m == pytest.approx(-120.0, abs=1.0)
    assert box.east_m == pytest.approx(320.0, abs=1.0)
    assert (box.south_m, box.north_m) == pytest.approx((-100.0, 100.0), abs=1.0)


@pytest.mark.parametrize("lon_deg", [179.9, -179.9])
def test_a_ring_over_the_antimeridian_stays_in_one_piece(lon_deg: float) -> None:
    corners = ((-17.0, 179.999), (-17.0, 180.001), (-16.999, 180.001), (-16.999, 179.999))
    box = ground.box(chart.plane_at(-17.0, lon_deg), make_ground(Polygon(corners)))
    assert box.east_m - box.west_m == pytest.approx(213.0, abs=1.0)


def test_only_shapes_that_touch_the_view_are_seen() -> None:
    far = [
        Circle(HOME[0] + north, HOME[1] + east, 60.0)
        for north, east in ((0.1, 0), (-0.1, 0), (0, 0.1), (0, -0.1))
    ]
    view = PlaneBox(-50.0, -50.0, 50.0, 50.0)
    assert ground.shapes_in_view(PLANE, make_ground(*far, SQUARE, WAY), view).tolist() == [4, 5]


def test_the_boundary_is_that_of_the_judge_with_its_tolerance() -> None:
    lat_deg = HOME[0] + np.array([0.0, 93.0, 108.0, 120.0]) / 111_100.0
    lon_deg = np.full(len(lat_deg), HOME[1])
    circle = Circle(*HOME, 100.0)
    for shape, keep_out, wrong in (
        (circle, False, [False, False, True, True]),
        (SQUARE, False, [False, False, False, True]),
        (circle, True, [True, True, False, False]),
        (SQUARE, True, [True, False, False, False]),
    ):
        around = make_ground(shape, keep_out=keep_out)
        assert (allowed_area.measure(around.boundary, lat_deg, lon_deg) > 0.0).tolist() == wrong


def test_a_zone_may_reach_beyond_its_place_on_every_side() -> None:
    zone = ReportedZone(Place("home", (SQUARE,)), True, frozenset({"C1"}), FOR_EVER, grow_m=40.0)
    around = ground.ground_of(zone)
    lat_deg = HOME[0] + np.array([120.0, 160.0]) / 111_100.0
    wrong = allowed_area.measure(around.boundary, lat_deg, np.full(2, HOME[1])) > 0.0
    assert wrong.tolist() == [True, False]
    assert ground.box(PLANE, around).east_m == pytest.approx(140.0, abs=1.0)


def test_points_of_each_kind_of_shape() -> None:
    assert ground.points_of(Circle(*HOME, 60.0)) == (HOME,)
    assert ground.points_of(WAY) == WAY.line
    assert ground.points_of(SQUARE) == SQUARE.outer
