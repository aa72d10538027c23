"""Where a person stays, and how far zones are from there."""

import math

import pytest

from mesure.evaluation.feasibility import zone_ground
from mesure.evaluation.feasibility.zone_ground import GroundPoint
from mesure.evaluation.filter.allowed_area import Region, Side
from mesure.orders.values.places import Circle, Corridor, Place, Polygon
from tests.evaluation.scenes import HOME_LAT_DEG, HOME_LON_DEG, LAT_M, LON_M

HERE = GroundPoint(HOME_LAT_DEG, HOME_LON_DEG)


def _at(east_m: float, north_m: float = 0.0) -> GroundPoint:
    return GroundPoint(HOME_LAT_DEG + north_m / LAT_M, HOME_LON_DEG + east_m / LON_M)


def _block(east_m: float, north_m: float, wide_m: float, high_m: float) -> Polygon:
    """Return a rectangle from its south-western corner."""
    ends = ((0.0, 0.0), (wide_m, 0.0), (wide_m, high_m), (0.0, high_m))
    return Polygon(tuple(_at(east_m + east, north_m + north) for east, north in ends))


def _away_m(point: GroundPoint, other: GroundPoint) -> float:
    east_m, north_m = (point[1] - other[1]) * LON_M, (point[0] - other[0]) * LAT_M
    return math.hypot(east_m, north_m)


def test_the_middle_of_a_circle_is_its_centre() -> None:
    place = Place("home", (Circle(*HERE, 60.0),))
    assert zone_ground.middle(place) == HERE
    assert zone_ground.depth_m(place) == 60.0


def test_the_middle_of_an_area_is_the_innermost_point() -> None:
    place = Place("yard", (_block(-20.0, -20.0, 40.0, 40.0),))
    assert _away_m(zone_ground.middle(place), HERE) < 1.0
    assert zone_ground.depth_m(place) == pytest.approx(20.0, abs=0.5)


def test_a_hole_is_not_in_the_middle() -> None:
    hole = _block(-10.0, -10.0, 20.0, 20.0).outer
    place = Place("yard", (Polygon(_block(-50.0, -30.0, 100.0, 60.0).outer, (hole,)),))
    # Between the hole and the wall lie 40 m, of which the widest circle takes half and a little.
    assert zone_ground.depth_m(place) == pytest.approx(21.5, abs=1.5)
    assert _away_m(zone_ground.middle(place), HERE) > 25.0


def test_the_middle_of_a_way_is_half_way() -> None:
    place = Place("way", (Corridor((HERE, _at(400.0)), 120.0),))
    assert _away_m(zone_ground.middle(place), _at(200.0)) < 0.1
    assert zone_ground.depth_m(place) == 60.0


def test_the_widest_of_several_shapes_counts() -> None:
    place = Place("two", (Circle(*_at(900.0), 20.0), Circle(*HERE, 60.0)))
    assert zone_ground.middle(place) == HERE
    assert zone_ground.depth_m(place) == 60.0


def test_room_is_counted_with_the_tolerance() -> None:
    home = Place("home", (_block(-100.0, -100.0, 200.0, 200.0),))
    inside = Side(inside=(Region("home"),))
    assert zone_ground.room_m(inside, {"home": home}, HERE) == pytest.approx(115.0, abs=0.5)
    assert zone_ground.room_m(inside, {"home": home}, _at(145.0)) == pytest.approx(-30.0, abs=0.5)
    out = Side(outside=(Region("home", 5.0),))  # It shrinks by ten.
    assert zone_ground.room_m(out, {"home": home}, _at(140.0)) == pytest.approx(45.0, abs=0.5)
    [depth_m] = zone_ground.exclusion_depths_m(home)
    assert depth_m == pytest.approx(90.0, abs=1.0)


def test_near_zones_are_found_one_by_one() -> None:
    shapes = (
        Circle(*_at(100.0), 25.0),
        Circle(*_at(0.0, 5_000.0), 25.0),
        _block(200.0, -50.0, 100.0, 100.0),
        Corridor((_at(-300.0, -900.0), _at(-300.0, 900.0)), 40.0),
        Circle(*_at(1_500.0), 25.0),  # Near enough to be measured, and then too far.
    )
    place = Place("nightlife", shapes)
    zones = zone_ground.zones_near(Side(outside=(Region("nightlife"),)), place, HERE)
    assert [tuple(map(round, zone)) for zone in zones] == [
        (75, 25, 25),
        (200, 50, 71),
        (280, 20, 920),
    ]


def test_a_part_of_an_area_is_as_near_and_as_deep_as_it_is_judged() -> None:
    """A small part that hangs on a large one shrinks like it, to nothing if it is narrow."""
    wide, part = _block(400.0, -200.0, 400.0, 400.0), _block(300.0, 200.0, 100.0, 100.0)
    sliver = _block(380.0, -220.0, 20.0, 20.0)
    place, side = Place("campus", (wide, part, sliver)), Side(outside=(Region("campus"),))
    there = _at(200.0, 250.0)
    zones = zone_ground.zones_near(side, place, there)
    assert [(round(zone.room_m), round(zone.depth_m)) for zone in zones] == [(115, 35), (221, 185)]
    assert zones[0].room_m == zone_ground.room_m(side, {"campus": place}, there)


def test_a_zone_over_the_antimeridian_is_near() -> None:
    place = Place("pier", (Circle(0.0, -179.9995, 30.0),))
    [zone] = zone_ground.zones_near(
        Side(outside=(Region("pier"),)), place, GroundPoint(0.0, 179.9995)
    )
    assert zone.room_m == pytest.approx(81.3, abs=0.2)
    assert zone[1:] == (30.0, 30.0)


def test_an_area_at_a_pole_has_a_middle() -> None:
    place = Place("station", (Polygon(((90.0, 0.0), (89.9, 1.0), (89.9, 3.0))),))
    assert 89.9 <= zone_ground.middle(place).lat_deg <= 90.0
    assert zone_ground.depth_m(place) > 0.0
