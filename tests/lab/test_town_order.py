"""The order of a simulated person, and what its boundaries truly are."""

from datetime import date

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.filter import allowed_area
from mesure.orders.model import schedule
from mesure_lab.ground import surroundings, town, town_order
from mesure_lab.ground.street_grid import Streets
from mesure_lab.ground.town_order import CURFEW, EXCLUSION, RESIDENCE, OrderBoundaries

STREETS = Streets(1)
_, GROUND = surroundings.surroundings(STREETS, 7)
FIRST, LAST = date(2026, 9, 7), date(2026, 9, 21)


def test_the_file_is_an_order_of_three_conditions() -> None:
    version = town_order.version(town_order.text("P-0001", GROUND, FIRST, LAST))
    assert version.person == "P-0001"
    assert [condition.id for condition in version.conditions] == [CURFEW, RESIDENCE, EXCLUSION]
    bounds = schedule.bounds(
        version.conditions[0], version, version.in_force.start, version.in_force.end
    )
    assert len(bounds) == 15  # The first and the last night are cut by the dates of the order.


@given(
    st.lists(
        st.tuples(st.floats(-2_500.0, 2_500.0), st.floats(-2_500.0, 2_500.0)),
        min_size=1,
        max_size=20,
    )
)
def test_inside_is_inside_by_another_reckoning(points: list[tuple[float, float]]) -> None:
    east_m, north_m = (np.array(column) for column in zip(*points, strict=True))
    polygon = shapely.Polygon(GROUND.district)
    expected = shapely.contains_xy(polygon, east_m, north_m)
    assert (town_order.contains(GROUND.district, east_m, north_m) == expected).all()


def test_the_judge_measures_the_same_boundaries_to_a_metre() -> None:
    version = town_order.version(town_order.text("P-0001", GROUND, FIRST, LAST))
    place = version.places["home"]
    boundary = allowed_area.pack(
        allowed_area.Side(inside=(allowed_area.Region("home"),)), {"home": place}
    )
    turn = np.linspace(0.0, 6.0, 40)
    east_m = GROUND.home[0] + 300.0 * np.cos(turn)
    north_m = GROUND.home[1] + 300.0 * np.sin(turn)
    lat_deg = town.ORIGIN_LAT_DEG + north_m / town.METRES_PER_DEG_NORTH
    lon_deg = town.ORIGIN_LON_DEG + east_m / town.METRES_PER_DEG_EAST
    measured_m = allowed_area.measure(boundary, lat_deg, lon_deg)
    assert np.abs(measured_m - GROUND.beyond_m(east_m, north_m)).max() < 1.0


def test_wrong_sides_are_outside_home_and_district_and_inside_the_place() -> None:
    square = ((0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 50.0))
    ground = OrderBoundaries((0.0, 0.0), 10.0, square, square)
    points = (np.array([5.0, 60.0]), np.array([5.0, 5.0]))
    sides = {name: zone(*points).tolist() for name, zone in ground.wrong_sides().items()}
    assert sides == {CURFEW: [False, True], RESIDENCE: [False, True], EXCLUSION: [True, False]}
