"""A map that can be moved says the same as the drawing, and no more."""

from datetime import UTC, datetime

import numpy as np
import pytest
from shapely.geometry import Point, shape

from mesure.geo.fixes import Fixes
from mesure.orders.values.places import Circle, Corridor, Place, Polygon, Shape
from mesure.orders.values.span import Span
from mesure.reports.maps import envelopes, features
from mesure.reports.replay.replay_report import ReportedZone
from tests.reports.factory import English

EVER = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
SQUARE = ((43.24, 76.92), (43.24, 76.93), (43.25, 76.93), (43.25, 76.92))
HOLE = ((43.243, 76.923), (43.243, 76.926), (43.246, 76.926), (43.246, 76.923))
PER_DEG_M = 111_000.0


def zone(of: Shape, grow_m: float = 0.0) -> ReportedZone:
    return ReportedZone(Place("park", (of,)), True, frozenset({"C1"}), EVER, grow_m)


def zone_features(of: Shape, grow_m: float = 0.0) -> list[features.Feature]:
    return list(features.zones([(zone(of, grow_m), True)], English()))


@pytest.mark.parametrize(
    "of", [Circle(43.25, 76.95, 60.0), Polygon(SQUARE, (HOLE,)), Corridor(SQUARE[:2], 100.0)]
)
def test_a_shape_is_one_closed_area(of: Shape) -> None:
    [feature] = zone_features(of)
    assert feature["properties"] == {
        "what": "zone",
        "name": "park",
        "keep_out": True,
        "concerned": True,
    }
    assert shape(feature["geometry"]).is_valid
    for ring in feature["geometry"]["coordinates"]:
        assert ring[0] == ring[-1]


def test_a_circle_is_as_wide_as_it_is_said_to_be() -> None:
    [feature] = zone_features(Circle(43.25, 76.95, 500.0))
    west, south, east, north = shape(feature["geometry"]).bounds
    assert (north - south) / 2 * PER_DEG_M == pytest.approx(500, rel=0.01)
    assert (east - west) / (north - south) == pytest.approx(1 / np.cos(np.radians(43.25)), rel=0.01)


def test_a_hole_stays_a_hole_and_a_way_is_as_broad_as_it_is() -> None:
    [area] = zone_features(Polygon(SQUARE, (HOLE,)))
    assert not shape(area["geometry"]).contains(Point(76.9245, 43.2445))
    [way] = zone_features(Corridor(SQUARE[:2], 100.0))
    assert shape(way["geometry"]).contains(Point(76.925, 43.24 + 45 / PER_DEG_M))
    assert not shape(way["geometry"]).contains(Point(76.925, 43.24 + 55 / PER_DEG_M))


@pytest.mark.parametrize(
    "of", [Circle(43.245, 76.925, 300.0), Polygon(SQUARE, (HOLE,)), Corridor(SQUARE[:2], 100.0)]
)
def test_where_a_condition_reaches_beyond_the_place_both_are_shown(of: Shape) -> None:
    place, reach = (shape(one["geometry"]) for one in zone_features(of, 80.0))
    assert reach.buffer(1e-6).contains(place)
    grown_m = (reach.bounds[3] - place.bounds[3]) * PER_DEG_M
    assert grown_m == pytest.approx(80, rel=0.02)


def test_a_zone_over_the_antimeridian_stays_in_one_piece() -> None:
    [way] = zone_features(Corridor(((0.0, 179.99), (0.0, 180.01)), 100.0))
    west, _, east, _ = shape(way["geometry"]).bounds
    assert east - west < 0.03


def test_a_place_of_which_nothing_says_what_it_is_for_is_marked() -> None:
    shown = [(zone(Circle(43.25, 76.95, 60.0)), False)]
    for undecided in ((), ("park",), ("home",)):
        [feature] = features.zones(shown, English(), undecided)
        assert feature["properties"].get("undecided", False) is ("park" in undecided)


def some_fixes(count: int, radius95_m: float = 20.0) -> Fixes:
    us = np.arange(count, dtype=np.int64)
    flag = np.zeros(count, np.int8)
    step_deg = us.astype(np.float64) * 1e-3
    lat_deg, lon_deg = 43.25 + step_deg, 76.95 + step_deg
    radius = np.full(count, radius95_m)
    return Fixes(us, us, lat_deg, lon_deg, radius, radius, flag, flag, flag, us)


def test_the_outline_of_a_stay_comes_as_an_area() -> None:
    envelope, other = features.envelopes(envelopes.on_ground(some_fixes(2, 4.0)))
    assert envelope["properties"] == {"what": "envelope"}
    assert shape(envelope["geometry"]).contains(Point(76.95, 43.25))
    assert not shape(envelope["geometry"]).intersects(shape(other["geometry"]))


def test_all_of_it_is_one_collection() -> None:
    parts = zone_features(Circle(43.25, 76.95, 60.0))
    assert features.collection(parts) == {"type": "FeatureCollection", "features": parts}
