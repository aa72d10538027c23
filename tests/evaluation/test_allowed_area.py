"""Which side is the right one, and how far a fix lies on the wrong one."""

import numpy as np
import pytest

from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.allowed_area import Boundary, Region, Side
from mesure.geo.fixes import F64
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.values.places import Circle, Corridor, Place, Polygon
from mesure.orders.values.span import Span
from tests.evaluation import scenes
from tests.evaluation.scenes import HOME_LAT_DEG, HOME_LON_DEG, LAT_M, LON_M


def corner(east_m: float, north_m: float) -> tuple[float, float]:
    return HOME_LAT_DEG + north_m / LAT_M, HOME_LON_DEG + east_m / LON_M


def circle(east_m: float, radius_m: float) -> Circle:
    return Circle(*corner(east_m, 0), radius_m)


SQUARE = Polygon((corner(0, 0), corner(1_000, 0), corner(1_000, 1_000), corner(0, 1_000)))
HOLE = (corner(400, 400), corner(600, 400), corner(600, 600), corner(400, 600))
YARD = Polygon((corner(-100, -100), corner(100, -100), corner(100, 100), corner(-100, 100)))
PLACES = {
    "home": Place("home", (circle(0, 60),)),
    "loose": Place("loose", (YARD,)),
    "office": Place("office", (circle(2_000, 80),)),
    "square": Place("square", (SQUARE,)),
    "ring": Place("ring", (Polygon(SQUARE.outer, (HOLE,)),)),
    "way": Place("way", (Corridor((corner(0, 0), corner(1_000, 0)), 100),)),
}


def wrong_m(side: Side, *east_m: float) -> F64:
    """Return how far points lie on the wrong side of a boundary."""
    return measure_points(allowed_area.pack(side, PLACES), *east_m)


def measure_points(boundary: Boundary, *east_m: float) -> F64:
    lat_deg = np.full(len(east_m), HOME_LAT_DEG)
    return allowed_area.measure(boundary, lat_deg, HOME_LON_DEG + np.array(east_m) / LON_M)


def near(*metres: float) -> object:
    return pytest.approx(metres, abs=1.0)


def test_outside_a_place_to_be_in_is_wrong() -> None:
    assert wrong_m(Side(inside=(Region("home"),)), 0, 50, 100) == near(-60, -10, 40)


def test_inside_a_place_to_keep_out_of_is_wrong() -> None:
    assert wrong_m(Side(outside=(Region("home"),)), 0, 50, 100) == near(60, 10, -40)


def test_one_of_several_places_is_enough() -> None:
    side = Side(inside=(Region("home"), Region("office")))
    assert wrong_m(side, 0, 1_000, 2_000) == near(-60, 920 - 0, -80)


def test_all_places_must_be_kept_out_of() -> None:
    side = Side(outside=(Region("home"), Region("office")))
    assert wrong_m(side, 0, 1_000, 2_000) == near(60, -920, 80)


def test_an_absence_lets_the_person_be_in_a_place_also_inside_a_forbidden_one() -> None:
    side = Side(inside=(Region("office"),), outside=(Region("loose"),))
    assert (wrong_m(side, 0, 2_000, -500) < 0).tolist() == [False, True, True]


def test_a_place_may_be_made_larger() -> None:
    assert wrong_m(Side(inside=(Region("home", 40),)), 90) == near(-10)
    assert wrong_m(Side(outside=(Region("home", 40),)), 90) == near(10)


def test_a_tolerance_only_ever_helps() -> None:
    assert wrong_m(Side(inside=(Region("loose"),)), 110) == near(-5)
    assert wrong_m(Side(outside=(Region("loose"),)), 95) == near(-5)


def test_shapes_of_one_place_have_their_own_tolerance() -> None:
    both = {"both": Place("both", (circle(1_000, 60), YARD))}
    inside, outside = Side(inside=(Region("both"),)), Side(outside=(Region("both"),))
    assert measure_points(allowed_area.pack(inside, both), 110, 1_070) == near(-5, 10)
    assert measure_points(allowed_area.pack(outside, both), 95, 1_050) == near(-5, 10)


def test_every_shape_is_packed() -> None:
    lat_deg = np.array([HOME_LAT_DEG + 500 / LAT_M, HOME_LAT_DEG + 40 / LAT_M])
    lon_deg = np.full(2, HOME_LON_DEG + 500 / LON_M)
    for name, expected_m in (("square", (-515, -55)), ("ring", (85, -55)), ("way", (450, -10))):
        boundary = allowed_area.pack(Side(inside=(Region(name),)), PLACES)
        assert allowed_area.measure(boundary, lat_deg, lon_deg) == near(*expected_m)


@pytest.mark.parametrize("reach_m", [10.0, 100.0, 5_000.0])
@pytest.mark.parametrize(
    "side",
    [
        Side(inside=(Region("loose"), Region("square"))),
        Side(outside=(Region("loose", 40.0), Region("office"))),
        Side(inside=(Region("office"),), outside=(Region("home"),)),
    ],
)
def test_what_is_far_is_only_known_by_its_sign(side: Side, reach_m: float) -> None:
    boundary = allowed_area.pack(side, PLACES)
    east_m = np.linspace(-3_000.0, 3_000.0, 301)
    lat_deg = np.full(len(east_m), HOME_LAT_DEG)
    lon_deg = HOME_LON_DEG + east_m / LON_M
    exact_m = allowed_area.measure(boundary, lat_deg, lon_deg)
    within_m = allowed_area.measure_within(
        boundary, lat_deg, lon_deg, np.full(len(east_m), reach_m)
    )
    close = np.abs(exact_m) <= reach_m
    assert np.array_equal(within_m[close], exact_m[close])
    assert np.array_equal(np.sign(within_m), np.sign(exact_m))
    assert (np.abs(within_m[~close]) > reach_m).all()


def test_an_absence_without_a_place_adds_none() -> None:
    [version] = scenes.rules(scenes.order(scenes.CURFEW)).versions
    whole = Span(version.in_force.start, version.in_force.end)
    assert allowed_area.also(BindingSpan(whole)) == ()
    assert allowed_area.also(BindingSpan(whole, also_at="office")) == (Region("office"),)
