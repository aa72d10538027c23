import numpy as np
import pytest
from pyproj import Geod, Transformer

from mesure.geo import earth

GEOD = Geod(ellps="WGS84")


@pytest.mark.parametrize("lat_deg", [-78.0, -33.0, 0.0, 43.25, 60.0, 89.0])
def test_a_degree_is_as_long_as_on_the_ellipsoid(lat_deg: float) -> None:
    scale = earth.scale(np.array(lat_deg))
    step_deg = 1e-4
    *_, north_m = GEOD.inv(0.0, lat_deg - step_deg / 2, 0.0, lat_deg + step_deg / 2)
    *_, east_m = GEOD.inv(0.0, lat_deg, step_deg, lat_deg)
    assert float(scale.lat_m_per_deg) == pytest.approx(north_m / step_deg, rel=1e-8)
    assert float(scale.lon_m_per_deg) == pytest.approx(east_m / step_deg, rel=1e-8)


def test_the_degree_of_longitude_changes_as_it_says() -> None:
    low, high = earth.scale(np.array(50.0)), earth.scale(np.array(50.001))
    change_m = (high.lon_m_per_deg - low.lon_m_per_deg) / 0.001
    assert float(low.lon_m_per_deg2) == pytest.approx(float(change_m), rel=1e-4)


def test_at_a_pole_nothing_is_lost() -> None:
    scale = earth.scale(np.array([-90.0, 90.0]))
    assert scale.lon_m_per_deg.tolist() == [0.0, 0.0]
    assert np.isfinite(scale.lon_m_per_deg2).all()


def test_points_in_space_are_where_the_projection_library_has_them() -> None:
    random = np.random.default_rng(2)
    lat_deg, lon_deg = random.uniform(-90, 90, 500), random.uniform(-540, 540, 500)
    to_space = Transformer.from_crs("EPSG:4979", "EPSG:4978")
    truth = np.array(to_space.transform(lat_deg, lon_deg, np.zeros(500)))
    assert np.max(np.abs(np.array(earth.ecef_m(lat_deg, lon_deg)) - truth)) < 1e-8


@pytest.mark.parametrize("way_m", [1.0, 2_000.0, 50_000.0, 500_000.0])
def test_the_way_over_ground_is_as_long_as_on_the_ellipsoid(way_m: float) -> None:
    bearing_deg = np.arange(0.0, 360.0, 15.0)
    start = np.full(24, 76.9), np.full(24, 43.25)
    lon_deg, lat_deg, _ = GEOD.fwd(*start, bearing_deg, np.full(24, way_m))
    here = np.array(earth.ecef_m(np.array(43.25), np.array(76.9)))
    there = np.array(earth.ecef_m(lat_deg, lon_deg))
    chord_m = np.linalg.norm(there - here[:, None], axis=0)
    assert np.max(np.abs(earth.arc_m(chord_m) - way_m)) < 2e-6 * way_m
