import numpy as np
import pytest

from mesure.geo import distance, zones
from mesure.geo.zones import CircleShape, CorridorShape, PolygonShape, Shape
from tests.geo.shapes import fixes_round, ring

SQUARE = PolygonShape(((0.0, 0.0), (0.0, 0.01), (0.01, 0.01), (0.01, 0.0)))


def test_a_line_that_goes_nowhere_is_a_circle() -> None:
    lat, lon = fixes_round(np.random.default_rng(1), (43.25, 76.9), 80.0, 50)
    nowhere = zones.pack([CorridorShape(((43.25, 76.9), (43.25, 76.9)), 100.0)])
    circle = zones.pack([CircleShape(43.25, 76.9, 50.0)])
    wanted_m = distance.distance_m(circle, lat, lon)
    assert distance.distance_m(nowhere, lat, lon).tolist() == wanted_m.tolist()


@pytest.mark.parametrize("turned", [False, True])
def test_the_direction_of_a_ring_says_nothing(turned: bool) -> None:
    random = np.random.default_rng(2)
    outer, hole = ring(random, (43.25, 76.9), 500.0, 30), ring(random, (43.25, 76.9), 100.0, 20)
    polygon = PolygonShape(outer[::-1], (hole,)) if turned else PolygonShape(outer, (hole[::-1],))
    lat, lon = fixes_round(random, (43.25, 76.9), 400.0, 200)
    wanted_m = distance.distance_m(zones.pack([PolygonShape(outer, (hole,))]), lat, lon)
    found_m = distance.distance_m(zones.pack([polygon]), lat, lon)
    assert np.allclose(found_m, wanted_m, rtol=0.0, atol=1e-9)


def test_a_ring_may_repeat_its_first_corner() -> None:
    lat, lon = fixes_round(np.random.default_rng(3), (0.005, 0.005), 800.0, 100)
    repeated = PolygonShape((*SQUARE.outer, SQUARE.outer[0]))
    found_m = distance.distance_m(zones.pack([repeated]), lat, lon)
    assert found_m.tolist() == distance.distance_m(zones.pack([SQUARE]), lat, lon).tolist()


def test_hundreds_of_venues_are_kept_in_small_blocks() -> None:
    random = np.random.default_rng(4)
    places = np.stack(fixes_round(random, (43.25, 76.9), 5_000.0, 300), axis=1).tolist()
    shapes = [PolygonShape(ring(random, (lat, lon), 30.0, 12)) for lat, lon in places]
    shapes.append(PolygonShape(ring(random, (43.25, 76.9), 4_000.0, 2_000)))
    blocks = zones.pack(shapes).blocks
    parts = [len(block.half_width_m) for block in blocks]
    assert sum(parts) == 301
    assert max(parts) <= zones.SHAPES_PER_BLOCK
    crowded = [block for block in blocks if len(block.lines.part) > zones.CHAINS_PER_BLOCK]
    assert [len(block.half_width_m) for block in crowded] == [1]


def test_a_hole_that_touches_the_outer_ring_leaves_no_boundary_there() -> None:
    hole = ((0.0, 0.004), (0.0, 0.006), (0.004, 0.006), (0.004, 0.004))
    outer = ((0.0, 0.0), (0.0, 0.004), (0.0, 0.006), (0.0, 0.01), (0.01, 0.01), (0.01, 0.0))
    zone = zones.pack([PolygonShape(outer, (hole,))])
    found_m = distance.distance_m(zone, np.array([0.0]), np.array([0.005]))
    assert found_m[0] == pytest.approx(111.3, abs=0.2)


def box(west: float, east: float, south: float = 40.0, north: float = 50.0) -> PolygonShape:
    return PolygonShape(((south, west), (south, east), (north, east), (north, west)))


def away_m(shapes: list[Shape], lat: float, lon: float) -> float:
    return float(distance.distance_m(zones.pack(shapes), np.array([lat]), np.array([lon]))[0])


WALLIS, FRANCE = box(-178.3, -176.1, -14.5, -13.1), box(-4.8, 8.2, 42.3, 51.1)
ROUND_THE_EARTH: list[list[Shape]] = [
    [box(-180.0, 180.0)],
    [box(0.0, 360.0)],
    [box(-180.0, 0.0), box(0.0, 180.0)],
    [box(-180.0, -60.0), box(-60.0, 60.0), box(60.0, 180.0)],
    [box(-70.0, 70.0), box(50.0, 190.0), box(170.0, 310.0)],
    [box(0.0, 400.0)],
]


@pytest.mark.parametrize("shapes", [[WALLIS, FRANCE], [FRANCE, WALLIS], [FRANCE, box(10, 20)]])
@pytest.mark.parametrize("lon", [-4.7, 2.35, 2.79999, 2.8, 2.80001, 5.4, 8.1])
def test_every_part_of_a_zone_is_whole_whichever_comes_first(
    shapes: list[Shape], lon: float
) -> None:
    assert away_m(shapes, 45.0, lon) == pytest.approx(away_m([FRANCE], 45.0, lon), abs=1e-3)


@pytest.mark.parametrize("east", [2.79999, 2.8, 2.80001, -177.2, 177.2])
def test_a_boundary_at_the_meridian_opposite_is_near_on_both_sides(east: float) -> None:
    """The first shape's middle is at 177.2 W, so that longitudes are counted up to 2.8 E."""
    shapes: list[Shape] = [WALLIS, box(east - 5.0, east)]
    lat, lon = np.array([45.0, 45.0]), np.array([east - 1e-4, east + 1e-4])
    assert distance.distance_m(zones.pack(shapes), lat, lon) == pytest.approx([-7.885, 7.885], 1e-3)
    assert away_m(shapes, 45.0, east) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("lon", [2.79999, 2.80001])
def test_a_way_along_the_meridian_opposite_has_both_its_sides(lon: float) -> None:
    shapes: list[Shape] = [WALLIS, CorridorShape(((44.0, 2.8), (46.0, 2.8)), 200.0)]
    assert away_m(shapes, 45.0, lon) == pytest.approx(-99.2, abs=0.1)


@pytest.mark.parametrize("shapes", ROUND_THE_EARTH)
def test_a_band_round_the_whole_earth_has_no_sides(shapes: list[Shape]) -> None:
    for lon in (-180.0, -179.99999, -90.0, -60.0, 0.0, 1e-5, 55.0, 110.0, 179.99999, 180.0):
        assert away_m(shapes, 45.0, lon) < -500_000.0, lon
        assert away_m(shapes, 50.0, lon) == pytest.approx(0.0, abs=1e-6), lon
        assert away_m(shapes, 39.9, lon) == pytest.approx(11_100.0, abs=10.0), lon


def test_a_circle_at_the_meridian_opposite_counts_once() -> None:
    shapes: list[Shape] = [WALLIS, CircleShape(45.0, 2.8, 60.0)]
    alone_m = away_m([CircleShape(45.0, 2.8, 60.0)], 45.0005, 2.8)
    assert away_m(shapes, 45.0005, 2.8) == alone_m == pytest.approx(-4.4, abs=0.1)
