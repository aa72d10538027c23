import dataclasses

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import owens_t
from scipy.stats import ncx2

from mesure.geo import chance, distance, earth, error_model, zones
from mesure.geo.error_model import ErrorModel, Mixture, ProviderErrors
from mesure.geo.fixes import F64, Provider
from mesure.geo.zones import CircleShape, CorridorShape, PolygonShape, Shape, Zone
from tests.geo.shapes import fixes_round, in_shapely, ring

AT = (43.25, 76.9)
GAUSS = error_model.alike(ProviderErrors(Mixture((1.0,), (1.0,)), 0.1, 50.0))
DRAWN = np.random.default_rng(0).normal(size=(200_000, 2))


def outside(zone: Zone, lat: F64, lon: F64, sigma_m: F64, model: ErrorModel = GAUSS) -> F64:
    gnss = np.full(len(lat), Provider.GNSS, np.int8)
    return chance.outside(zone, lat, lon, model, gnss, sigma_m)


@pytest.mark.parametrize("radius_m", [0.5, 5.0, 60.0, 900.0])
@pytest.mark.parametrize("sigma_m", [0.5, 3.0, 10.0, 300.0])
def test_a_circle_against_the_noncentral_chi_square(radius_m: float, sigma_m: float) -> None:
    zone = zones.pack([CircleShape(*AT, radius_m)])
    away_m = np.maximum(radius_m + sigma_m * np.linspace(-8.0, 8.0, 65), 0.0)
    lat, lon = AT[0] + away_m / 111_098.0, np.full(65, AT[1])
    measured_m = distance.distance_m(zone, lat, lon) + radius_m
    truth = 1.0 - ncx2.cdf((radius_m / sigma_m) ** 2, 2, (measured_m / sigma_m) ** 2)
    assert np.max(np.abs(outside(zone, lat, lon, np.full(65, sigma_m)) - truth)) < 1e-6


def of_owen(polygon: PolygonShape, lat: float, lon: float, sigma_m: float) -> float:
    """Return the chance outside by Owen's T: what each triangle of the fix and an edge holds."""
    scale = earth.scale(np.array(lat))
    total = 0.0
    for path in (polygon.outer, *polygon.holes):
        lats, lons = np.array([*path, path[0]]).T
        x = (lons - lon) * float(scale.lon_m_per_deg) / sigma_m
        y = (lats - lat) * float(scale.lat_m_per_deg) / sigma_m
        dx, dy = np.diff(x), np.diff(y)
        length = np.hypot(dx, dy)
        height = (x[:-1] * dy - y[:-1] * dx) / length
        height = np.where(np.abs(height) < 1e-12, 1e-12, height)  # The fix is on the edge.
        start, end = (x[:-1] * dx + y[:-1] * dy) / length, (x[1:] * dx + y[1:] * dy) / length
        angle = np.arctan2(end, height) - np.arctan2(start, height)
        angle -= 2.0 * np.pi * np.rint(angle / (2.0 * np.pi))
        beyond = owens_t(height, end / height) - owens_t(height, start / height)
        total += float(np.sum(angle / (2.0 * np.pi) - beyond))
    return 1.0 - total


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    size_m=st.sampled_from([5.0, 60.0, 3_000.0]),
    sigma_m=st.sampled_from([2.0, 12.0, 90.0]),
)
def test_a_polygon_with_a_hole_against_owens_t(seed: int, size_m: float, sigma_m: float) -> None:
    random = np.random.default_rng(seed)
    hole = ring(random, AT, size_m * 0.3, 8)[::-1]  # Clockwise, as its chance is taken away.
    polygon = PolygonShape(ring(random, AT, size_m, 40, rough=0.3), (hole,))
    lat, lon = fixes_round(random, AT, size_m, 6)
    corner, next_corner = polygon.outer[:2]
    lat[0], lon[0] = (corner[0] + next_corner[0]) / 2.0, (corner[1] + next_corner[1]) / 2.0
    chances = outside(zones.pack([polygon]), lat, lon, np.full(6, sigma_m))
    truth = [of_owen(polygon, *at, sigma_m) for at in zip(lat.tolist(), lon.tolist(), strict=True)]
    assert chances == pytest.approx(np.array(truth), abs=1e-5)


def test_at_corners_the_chance_is_the_share_of_the_full_turn() -> None:
    square = PolygonShape(((0.0, 0.0), (0.0, 0.1), (0.1, 0.1), (0.1, 0.0)))
    lat, lon = np.array([0.0, 0.0, 0.0, 0.05]), np.array([0.0, 0.1, 0.05, 0.1])
    chances = outside(zones.pack([square]), lat, lon, np.full(4, 10.0))
    assert chances == pytest.approx(np.array([0.75, 0.75, 0.5, 0.5]), abs=1e-4)


def of_many_draws(shapes: list[Shape], lat: float, lon: float, sigma_m: float) -> float:
    scale = earth.scale(np.array(lat))
    mixture = ErrorModel().gnss.mixture
    scales = np.random.default_rng(1).choice(mixture.scale_ratios, 200_000, p=mixture.share_ratios)
    lons = lon + DRAWN[:, 0] * scales * sigma_m / float(scale.lon_m_per_deg)
    lats = lat + DRAWN[:, 1] * scales * sigma_m / float(scale.lat_m_per_deg)
    inside = np.zeros(200_000, np.bool_)
    for shape in shapes:
        if isinstance(shape, PolygonShape):
            inside |= shapely.contains_xy(in_shapely(shape), lons, lats)
        else:
            inside |= distance.distance_m(zones.pack([shape]), lats, lons) < 0.0
    return 1.0 - float(inside.mean())


WAY = CorridorShape(((43.25, 76.9), (43.2515, 76.9003), (43.2518, 76.903), (43.2512, 76.905)), 60.0)
PARK = PolygonShape(ring(np.random.default_rng(3), (43.2512, 76.904), 90.0, 12))
OVERLAPPING: list[Shape] = [
    WAY,
    CircleShape(43.2511, 76.9045, 50.0),
    PARK,
    CircleShape(43.2508, 76.9048, 30),
]
APART: list[Shape] = [CircleShape(43.2511, 76.9045, 50.0), CircleShape(43.2521, 76.9045, 40.0)]


@pytest.mark.parametrize("shapes", [[WAY], OVERLAPPING, APART, [PARK]])
def test_mixtures_and_unions_against_many_draws(shapes: list[Shape]) -> None:
    zone = zones.pack(shapes)
    lat, lon = fixes_round(np.random.default_rng(4), (43.2512, 76.9035), 90.0, 6)
    chances = outside(zone, lat, lon, np.full(6, 10.0), ErrorModel())
    truth = [of_many_draws(shapes, float(lat[i]), float(lon[i]), 10.0) for i in range(6)]
    assert chances == pytest.approx(np.array(truth), abs=0.004)


@pytest.mark.parametrize(
    "shape",
    [
        CircleShape(*AT, 80.0),
        CircleShape(*AT, 5.0),
        PARK,
        PolygonShape(((43.25, 76.9), (43.25, 76.91), (43.2501, 76.91), (43.2501, 76.9))),
    ],
)
def test_along_rays_the_chance_is_nearly_the_exact_one(shape: Shape) -> None:
    exact = zones.pack([shape])
    lat, lon = fixes_round(np.random.default_rng(5), (43.2502, 76.901), 80.0, 60)
    sigma_m = np.random.default_rng(6).uniform(4.0, 30.0, 60)
    chances = outside(dataclasses.replace(exact, overlaps=True), lat, lon, sigma_m)
    assert chances == pytest.approx(outside(exact, lat, lon, sigma_m), abs=0.002)


def test_in_the_middle_of_a_circle_every_ray_is_as_long() -> None:
    zone = dataclasses.replace(zones.pack([CircleShape(*AT, 20.0)]), overlaps=True)
    chances = outside(zone, np.array([AT[0]]), np.array([AT[1]]), np.array([10.0]))
    assert chances[0] == pytest.approx(np.exp(-2.0), abs=1e-6)


@pytest.mark.parametrize("lat_deg", [0.0, 78.0])
@pytest.mark.parametrize("lon_deg", [76.9, 180.0])
def test_walking_out_the_chance_grows(lat_deg: float, lon_deg: float) -> None:
    random = np.random.default_rng(7)
    at = (lat_deg, lon_deg)
    for shape in (CircleShape(*at, 50.0), PolygonShape(ring(random, at, 60.0, 12, rough=0.0))):
        lat = lat_deg + np.linspace(0.0, 500.0, 200) / 111_200.0
        chances = outside(
            zones.pack([shape]),
            lat,
            np.full(200, -180.0 if lon_deg == 180.0 else lon_deg),
            np.full(200, 12.0),
            ErrorModel(),
        )
        assert (np.diff(chances) > -1e-9).all()
        assert chances[0] < 0.1
        assert chances[-1] > 0.99


def test_far_off_and_deep_inside_nothing_is_left_to_chance() -> None:
    district = zones.pack(
        [PolygonShape(ring(np.random.default_rng(8), AT, 9_000.0, 300, rough=0.1))]
    )
    lat, lon = np.array([AT[0], 44.25]), np.full(2, AT[1])
    assert outside(district, lat, lon, np.full(2, 10.0), ErrorModel()).tolist() == [0.0, 1.0]


def test_outside_of_no_shapes_is_certain() -> None:
    chances = outside(zones.pack([]), np.zeros(1), np.zeros(1), np.full(1, 10.0))
    assert chances.tolist() == [1.0]
