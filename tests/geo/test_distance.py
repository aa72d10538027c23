from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from mesure.geo import distance, zones
from mesure.geo.fixes import F64
from mesure.geo.numeric import geo_kernels
from mesure.geo.zones import CircleShape, CorridorShape, PolygonShape, Shape
from tests.geo.shapes import fixes_round, in_shapely, ring

GEOD = Geod(ellps="WGS84")
LATITUDES_DEG = [0.0, 43.25, 60.0, 78.0, -33.0]


def to_paths_m(paths: list[list[tuple[float, float]]], lat_deg: F64, lon_deg: F64) -> F64:
    """Return the distances over the ellipsoid to densely sampled edges, straight in degrees."""
    share = np.linspace(0.0, 1.0, 801)[:, None]
    ends = [np.array(pair) for path in paths for pair in pairwise(path)]
    lat, lon = np.concatenate([a + (b - a) * share for a, b in ends]).T
    here_lon, here_lat = np.repeat(lon_deg, len(lat)), np.repeat(lat_deg, len(lat))
    count = len(lat_deg)
    *_, away_m = GEOD.inv(here_lon, here_lat, np.tile(lon, count), np.tile(lat, count))
    least_m: F64 = away_m.reshape(count, -1).min(axis=1)
    return least_m


def close_ring(corners: zones.Ring) -> list[tuple[float, float]]:
    return [*corners, corners[0]]


def assert_near(found_m: F64, truth_m: F64) -> None:
    allowed_m = 0.3 + 1e-4 * np.abs(truth_m)
    near = np.abs(truth_m) < 2_000.0
    assert near.any()
    assert (np.abs(found_m - truth_m) <= allowed_m)[near].all()


@pytest.mark.parametrize("lat_deg", LATITUDES_DEG)
@pytest.mark.parametrize("lon_deg", [76.9, 180.0, -180.0])
def test_a_polygon_is_as_far_as_over_the_ellipsoid(lat_deg: float, lon_deg: float) -> None:
    random = np.random.default_rng(1)
    polygon = PolygonShape(
        ring(random, (lat_deg, lon_deg), 1_500.0, 9), (ring(random, (lat_deg, lon_deg), 300.0, 5),)
    )
    lat, lon = fixes_round(random, (lat_deg, lon_deg), 1_200.0, 30)
    paths = [close_ring(polygon.outer), close_ring(polygon.holes[0])]
    inside = shapely.contains_xy(in_shapely(polygon), lon, lat)
    truth_m = to_paths_m(paths, lat, lon) * np.where(inside, -1.0, 1.0)
    found_m = distance.distance_m(
        zones.pack([polygon]), lat, np.where(lon > 180.0, lon - 360.0, lon)
    )
    assert_near(found_m, truth_m)


@pytest.mark.parametrize("lat_deg", LATITUDES_DEG)
def test_a_corridor_is_as_far_as_over_the_ellipsoid(lat_deg: float) -> None:
    random = np.random.default_rng(2)
    line = ring(random, (lat_deg, 179.995), 1_200.0, 4)
    lat, lon = fixes_round(random, (lat_deg, 179.995), 1_000.0, 30)
    truth_m = to_paths_m([list(line)], lat, lon) - 60.0
    assert_near(distance.distance_m(zones.pack([CorridorShape(line, 120.0)]), lat, lon), truth_m)


@pytest.mark.parametrize(("lat_deg", "lon_deg"), [(43.25, 76.9), (78.0, 179.99), (-90.0, 0.0)])
@pytest.mark.parametrize("radius_m", [60.0, 50_000.0])
def test_a_circle_is_as_far_as_over_the_ellipsoid(
    lat_deg: float, lon_deg: float, radius_m: float
) -> None:
    random = np.random.default_rng(3)
    zone = zones.pack([CircleShape(lat_deg, lon_deg, radius_m)])
    bearing_deg, away_m = random.uniform(0, 360, 200), random.uniform(0, radius_m + 2_000, 200)
    start = np.full(200, lon_deg), np.full(200, lat_deg)
    lon, lat, _ = GEOD.fwd(*start, bearing_deg, away_m)
    assert np.max(np.abs(distance.distance_m(zone, lat, lon) - (away_m - radius_m))) < 2e-3


def test_an_edge_of_fifty_kilometres_is_exact_where_the_fix_is_near_it() -> None:
    polygon = PolygonShape(((60.0, 10.0), (60.3, 11.0), (59.0, 11.0)))
    for share in np.linspace(0.1, 0.9, 9).tolist():
        lat, lon = np.array([60.0 + 0.3 * share + 0.0005]), np.array([10.0 + share])
        piece = [(60.0 + 0.3 * s, 10.0 + s) for s in (share - 0.005, share + 0.005)]
        found_m = distance.distance_m(zones.pack([polygon]), lat, lon)
        assert found_m[0] == pytest.approx(to_paths_m([piece], lat, lon)[0], abs=0.01)


# --- Which side ------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    corners=st.integers(3, 60),
    lat_deg=st.sampled_from([*LATITUDES_DEG, 89.0]),
)
def test_a_fix_is_inside_exactly_where_shapely_says_so(
    seed: int, corners: int, lat_deg: float
) -> None:
    random = np.random.default_rng(seed)
    at = (lat_deg, 179.9)
    polygon = PolygonShape(
        ring(random, at, 1_000.0, corners, rough=0.5), (ring(random, at, 450.0, corners),)
    )
    lat, lon = fixes_round(random, at, 600.0, 300)
    assume(in_shapely(polygon).is_valid)
    # The hazard: as far north as a corner, where a ray to the east meets two edges or none.
    lat[:corners] = [corner[0] for corner in polygon.outer]
    inside = shapely.contains_xy(in_shapely(polygon), lon, lat)
    found_m = distance.distance_m(zones.pack([polygon]), lat, lon)
    assert ((found_m < 0.0) == inside).all()


def test_on_corners_and_edges_the_distance_is_nothing() -> None:
    square = PolygonShape(((0.0, 0.0), (0.0, 0.01), (0.01, 0.01), (0.01, 0.0)))
    lat = np.array([0.0, 0.0, 0.005, 0.01, 0.01])
    lon = np.array([0.0, 0.005, 0.01, 0.01, 0.002])
    found_m = distance.distance_m(zones.pack([square]), lat, lon)
    assert np.max(np.abs(found_m)) < 1e-9
    assert not np.signbit(found_m[found_m == 0.0]).any()


def test_walking_out_the_distance_grows() -> None:
    random = np.random.default_rng(4)
    zone = zones.pack([PolygonShape(ring(random, (43.25, 76.9), 500.0, 12, rough=0.0))])
    lat = 43.25 + np.linspace(0.0, 0.05, 500)
    found_m = distance.distance_m(zone, lat, np.full(500, 76.9))
    assert (np.diff(found_m) > 0.0).all()


# --- Unions ----------------------------------------------------------------------------------


def test_the_nearest_shape_counts_and_inside_the_deepest() -> None:
    shapes: list[Shape] = [CircleShape(0.0, 0.0, 100.0), CircleShape(0.0, 0.01, 200.0)]
    lat, lon = np.zeros(3), np.array([0.0, 0.003, 0.01])
    found_m = distance.distance_m(zones.pack(shapes), lat, lon)
    each_m = [distance.distance_m(zones.pack([shape]), lat, lon) for shape in shapes]
    assert found_m.tolist() == np.minimum(*each_m).tolist()


def test_a_zone_without_shapes_leaves_everything_outside() -> None:
    zone = zones.pack([])
    assert distance.distance_m(zone, np.zeros(2), np.zeros(2)).tolist() == [np.inf, np.inf]


def test_a_seam_between_two_polygons_is_no_boundary() -> None:
    west = PolygonShape(((0.0, 0.0), (0.0, 0.01), (0.01, 0.01), (0.01, 0.0)))
    east = PolygonShape(((0.01, 0.01), (0.0, 0.01), (0.0, 0.02), (0.01, 0.02)))
    both = PolygonShape(((0.0, 0.0), (0.0, 0.02), (0.01, 0.02), (0.01, 0.0)))
    lat, lon = fixes_round(np.random.default_rng(5), (0.005, 0.01), 500.0, 200)
    found_m = distance.distance_m(zones.pack([west, east]), lat, lon)
    assert np.allclose(
        found_m, distance.distance_m(zones.pack([both]), lat, lon), rtol=0, atol=1e-6
    )


def test_the_same_polygon_twice_is_the_polygon() -> None:
    polygon = PolygonShape(ring(np.random.default_rng(6), (43.25, 76.9), 500.0, 40))
    lat, lon = fixes_round(np.random.default_rng(7), (43.25, 76.9), 500.0, 200)
    once_m = distance.distance_m(zones.pack([polygon]), lat, lon)
    assert (distance.distance_m(zones.pack([polygon, polygon]), lat, lon) == once_m).all()


def test_the_antimeridian_divides_nothing_however_shapes_are_written() -> None:
    lat, lon = np.array([0.0, 0.0, 0.0]), np.array([179.999, -179.999, -179.995])
    written = [179.999, -180.001]
    distances_m = [
        distance.distance_m(zones.pack([CircleShape(0.0, at, 300.0)]), lat, lon) for at in written
    ]
    assert np.allclose(distances_m[0], distances_m[1], rtol=0.0, atol=1e-6)
    box = ((-0.01, 179.99), (-0.01, 180.01), (0.01, 180.01), (0.01, 179.99))
    other = tuple((a, b - 360.0) for a, b in box)
    distances_m = [
        distance.distance_m(zones.pack([PolygonShape(ring)]), lat, lon) for ring in (box, other)
    ]
    assert np.allclose(distances_m[0], distances_m[1], rtol=0.0, atol=1e-6)
    apart: list[Shape] = [CircleShape(0.0, 179.999, 300.0), PolygonShape(other)]
    assert (distance.distance_m(zones.pack(apart), lat, lon) < 0.0).all()


# --- Reach and batches -----------------------------------------------------------------------

PLACES = st.sampled_from(
    [(43.25, 76.9), (0.0, 180.0), (-33.0, -179.999), (78.0, 20.0), (89.9, 0.0)]
)


@st.composite
def many_shapes(draw: st.DrawFn) -> tuple[list[Shape], F64, F64, F64]:
    """Return shapes of all kinds, and fixes in, near and far from them, with their reach."""
    at, seed = draw(PLACES), draw(st.integers(0, 2**32))
    random = np.random.default_rng(seed)
    shapes: list[Shape] = []
    for _ in range(draw(st.integers(1, 40))):
        lat, lon = fixes_round(random, at, 4_000.0, 1)
        near = (float(np.clip(lat[0], -89.95, 89.95)), float(lon[0]))
        corners = int(random.integers(3, 70))
        kind = random.integers(0, 3)
        if kind == 0:
            shapes.append(CircleShape(*near, float(random.uniform(5, 500))))
        elif kind == 1:
            shapes.append(
                PolygonShape(ring(random, near, float(random.uniform(20, 3_000)), corners))
            )
        else:
            shapes.append(
                CorridorShape(ring(random, near, 900.0, 4), float(random.uniform(10, 300)))
            )
    lat, lon = fixes_round(random, at, draw(st.sampled_from([100.0, 3_000.0, 300_000.0])), 150)
    reach_m = np.exp(random.uniform(0.0, draw(st.sampled_from([6.0, 16.0])), 150))
    return shapes, np.clip(lat, -90.0, 90.0), lon, reach_m


@settings(max_examples=60)
@given(many_shapes())
def test_within_reach_it_is_the_exact_distance_and_beyond_infinite(
    case: tuple[list[Shape], F64, F64, F64],
) -> None:
    shapes, lat, lon, reach_m = case
    zone = zones.pack(shapes)
    exact_m = distance.distance_m(zone, lat, lon)
    assert np.isfinite(exact_m).all()
    beyond_m = np.where(exact_m < 0.0, -np.inf, np.inf)
    wanted_m = np.where(np.abs(exact_m) <= reach_m, exact_m, beyond_m)
    assert distance.distance_within_m(zone, lat, lon, reach_m).tobytes() == wanted_m.tobytes()


@settings(max_examples=60)
@given(many_shapes())
def test_compiled_or_not_and_alone_or_together_the_bits_are_the_same(
    case: tuple[list[Shape], F64, F64, F64],
) -> None:
    shapes, lat, lon, reach_m = case
    zone = zones.pack(shapes)
    together = distance.distance_within_m(zone, lat, lon, reach_m)
    columns = [lat, lon, reach_m]
    geo_kernels.use_compiler(False)
    try:
        plain = distance.distance_within_m(zone, lat, lon, reach_m)
        alone = [
            distance.distance_within_m(zone, *(c[i : i + 1] for c in columns)) for i in range(9)
        ]
        backwards = distance.distance_within_m(zone, *(column[::-1] for column in columns))
    finally:
        geo_kernels.use_compiler(True)
    assert plain.tobytes() == together.tobytes()
    assert np.concatenate(alone).tobytes() == together[:9].tobytes()
    assert backwards[::-1].tobytes() == together.tobytes()


def test_more_fixes_than_a_chunk_holds_are_measured_like_few() -> None:
    random = np.random.default_rng(8)
    shapes: list[Shape] = [
        PolygonShape(ring(random, (43.25, 76.9), 900.0, 1_500)),
        CircleShape(43.25, 76.95, 100.0),
    ]
    zone = zones.pack(shapes)
    lat, lon = fixes_round(random, (43.25, 76.9), 900.0, distance.ROWS_PER_CHUNK + 100)
    whole_m = distance.distance_m(zone, lat, lon)
    rows = slice(distance.ROWS_PER_CHUNK - 50, None)
    assert whole_m[rows].tobytes() == distance.distance_m(zone, lat[rows], lon[rows]).tobytes()
