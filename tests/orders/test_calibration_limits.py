import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.values import calibration_limits
from mesure.orders.values.places import Circle


@given(st.floats(0.001, 50_000))
def test_a_point_is_never_farther_off_than_half_the_radius_or_thirty_metres(
    radius_m: float,
) -> None:
    assert 0 < calibration_limits.away_m_max(radius_m) <= min(30.0, radius_m / 2)


@pytest.mark.parametrize(("home_deg", "point_deg"), [(-180.0, 179.9999), (179.9999, -180.0)])
def test_the_antimeridian_is_no_distance(home_deg: float, point_deg: float) -> None:
    away_m = calibration_limits.away_m(Circle(0.0, home_deg, 60.0), (0.0, point_deg))
    assert away_m == pytest.approx(11.12, abs=0.01)
