import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.text import geometry
from mesure.orders.text.order_faults import RefusedValueError
from mesure.orders.values.places import Corridor, Ring

SQUARE: Ring = ((0.0, 0.0), (0.0, 10.0), (10.0, 10.0), (10.0, 0.0))


def refusal(outer: Ring, *holes: Ring) -> str:
    with pytest.raises(RefusedValueError) as caught:
        geometry.polygon(outer, holes)
    return caught.value.what


def move_ring(ring: Ring, lat_deg: float, lon_deg: float, scale_ratio: float = 1.0) -> Ring:
    return tuple((lat_deg + scale_ratio * lat, lon_deg + scale_ratio * lon) for lat, lon in ring)


def test_the_first_corner_need_not_be_repeated() -> None:
    assert geometry.polygon((*SQUARE, SQUARE[0])) == geometry.polygon(SQUARE)
    assert geometry.polygon(SQUARE).outer == SQUARE


def test_repeated_corners_are_one() -> None:
    assert geometry.polygon(tuple(corner for corner in SQUARE for _ in range(3))).outer == SQUARE


@pytest.mark.parametrize(
    ("ring", "what"),
    [
        ((), "fewer than three"),
        ((SQUARE[0],), "fewer than three"),
        (SQUARE[:2], "fewer than three"),
        ((*SQUARE[:2], *SQUARE[:2], SQUARE[0]), "crosses or touches"),
        (((0.0, 0.0), (1.0, 1.0), (2.0, 2.0)), "crosses or touches itself near"),
        (((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)), "latitude 0.50000, longitude 0.50000"),
        (((0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (0.0, 2.0), (4.0, 0.0)), "touches itself"),
        (((0.0, 0.0), (10.0, 180.0), (20.0, 90.0)), "half the globe apart"),
        (((80.0, 0.0), (80.0, 120.0), (80.0, -120.0)), "round a pole"),
        (((-80.0, 0.0), (-80.0, -120.0), (-80.0, 120.0)), "round a pole"),
    ],
)
def test_what_is_no_boundary_is_refused(ring: Ring, what: str) -> None:
    assert what in refusal(ring)


@pytest.mark.parametrize(
    ("holes", "what"),
    [
        ([move_ring(SQUARE, 20, 20)], "outside the area"),
        ([move_ring(SQUARE, 1, 1, 0.5), move_ring(SQUARE, 2, 2, 0.1)], "inside another hole"),
        ([((5.0, 0.0), (0.0, 5.0), (5.0, 10.0), (10.0, 5.0))], "into pieces"),
        ([move_ring(SQUARE, 1, 1, 0.1)] * 2, "crosses or touches"),
        ([SQUARE[:2]], "fewer than three"),
    ],
)
def test_holes_lie_apart_inside_the_area(holes: list[Ring], what: str) -> None:
    assert what in refusal(SQUARE, *holes)


def test_an_area_may_lie_over_the_antimeridian_with_its_hole() -> None:
    ring = ((60.0, 170.0), (60.0, -170.0), (70.0, -170.0), (70.0, 170.0))
    hole = ((62.0, -178.0), (62.0, -172.0), (66.0, -172.0))
    area = geometry.polygon(ring, [hole])
    assert area.outer == ((60.0, 170.0), (60.0, 190.0), (70.0, 190.0), (70.0, 170.0))
    assert area.holes == (((62.0, 182.0), (62.0, 188.0), (66.0, 188.0)),)
    west = geometry.polygon((ring[1], ring[2], ring[3], ring[0]), [hole])
    assert west.outer[0] == (60.0, -170.0)
    assert west.outer[3] == (60.0, -190.0)
    assert west.holes == (hole,)


def test_an_area_winds_round_the_earth_twice_at_most() -> None:
    def ribbon(turns: int) -> Ring:
        lons = [(120 * third + 180) % 360 - 180 for third in range(3 * turns + 1)]
        there = [(40.0 + third / 10, float(lon)) for third, lon in enumerate(lons)]
        return (*there, *((lat + 5.0, lon) for lat, lon in reversed(there)))

    assert geometry.polygon(ribbon(2)).outer[6] == (40.6, 720.0)
    with pytest.raises(RefusedValueError, match="goes round a pole"):
        geometry.polygon(ribbon(3))
    assert geometry.corridor(ribbon(2)[:7], 200.0).line[6] == (40.6, 720.0)
    with pytest.raises(RefusedValueError, match="more than twice"):
        geometry.corridor(ribbon(3)[:10], 200.0)


def test_the_antimeridian_itself_has_two_names() -> None:
    area = geometry.polygon(((0.0, 180.0), (0.0, -170.0), (5.0, -170.0), (5.0, -180.0)))
    assert area.outer == ((0.0, 180.0), (0.0, 190.0), (5.0, 190.0), (5.0, 180.0))


@given(
    st.lists(st.floats(0.1, 1.0), min_size=3, max_size=12), st.floats(-80, 80), st.floats(-180, 180)
)
def test_a_star_is_read_wherever_it_lies(
    arms_deg: list[float], lat_deg: float, lon_deg: float
) -> None:
    turn_rad = 2 * math.pi / len(arms_deg)
    star = tuple(
        (lat_deg + arm * math.sin(turn_rad * n), lon_deg + arm * math.cos(turn_rad * n))
        for n, arm in enumerate(arms_deg)
    )
    wrapped = tuple((lat, (lon + 180) % 360 - 180) for lat, lon in star)
    area = geometry.polygon(wrapped)
    assert len(area.outer) == len(star)
    assert all(abs(a[1] - b[1]) < 180 for a, b in zip(area.outer, area.outer[1:], strict=False))
    drawn = shapely.Polygon([(lon, lat) for lat, lon in area.outer])
    assert drawn.area == pytest.approx(shapely.Polygon([(o, a) for a, o in star]).area, abs=1e-6)


def circle(corners: int) -> Ring:
    turn_rad = 2 * math.pi / corners
    return tuple((math.sin(turn_rad * n), math.cos(turn_rad * n)) for n in range(corners))


def test_a_hundred_thousand_corners_are_read_and_more_are_not() -> None:
    assert len(geometry.polygon(circle(100_000)).outer) == 100_000
    assert "more than 100000 corners" in refusal(circle(100_001))


def test_a_thicket_of_long_edges_is_refused_before_it_takes_minutes() -> None:
    count, step_deg = 20_000, 1e-4
    teeth = []
    for n in range(count):
        teeth += [(n * step_deg, -n * step_deg), (10 + n * step_deg, 10.0 - n * step_deg)]
    ring = (*teeth, (count * step_deg, -20.0), (-20.0, -20.0))
    assert "too many long edges" in refusal(ring)


def test_a_way_runs_over_the_antimeridian() -> None:
    line = ((0.0, 179.0), (0.0, 179.0), (0.0, -179.0))
    assert geometry.corridor(line, 50.0) == Corridor(((0.0, 179.0), (0.0, 181.0)), 50.0)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ((), "fewer than two"),
        (((1.0, 1.0), (1.0, 1.0)), "fewer than two"),
        (((0.0, -90.0), (0.0, 90.0)), "half the globe"),
        (((0.0, 0.0), (1.0, 1.0)) * 50_001, "more than 100000"),
    ],
)
def test_what_is_no_way_is_refused(line: Ring, what: str) -> None:
    with pytest.raises(RefusedValueError) as caught:
        geometry.corridor(line, 50.0)
    assert what in caught.value.what
