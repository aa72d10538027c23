import numpy as np
import pytest

from mesure.geo import boxes
from mesure.geo.boxes import GeoBox


@pytest.mark.parametrize("lat_deg", [0.0, -43.25, 78.0, 88.0])
def test_a_grown_box_holds_what_lies_around(lat_deg: float) -> None:
    box = boxes.grown(GeoBox(lat_deg, lat_deg, 10.0, 10.0), 5_000.0)
    north_deg, east_deg = 5_000.0 / 111_000.0, 5_000.0 / (111_400.0 * np.cos(np.radians(lat_deg)))
    assert box.lat_min_deg < lat_deg - north_deg
    assert box.lat_max_deg > lat_deg + north_deg
    assert box.lon_min_deg < 10.0 - east_deg
    assert box.lon_max_deg > 10.0 + east_deg


def test_round_a_pole_every_longitude_is_near() -> None:
    assert boxes.grown(GeoBox(89.5, 89.5, 10.0, 10.0), 5_000.0)[2:] == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("box", "reach_m"),
    [
        (GeoBox(43.0, 43.5, 76.0, 77.0), 90_000.0),
        (GeoBox(77.0, 78.0, 76.0, 77.0), 85_000.0),
        (GeoBox(-88.5, -78.0, 76.0, 77.0), -1.0),
    ],
)
def test_how_far_one_can_tell_depends_on_the_latitude(box: GeoBox, reach_m: float) -> None:
    assert boxes.fence(box, 76.5, 0.0).reach_m_max == pytest.approx(reach_m, rel=0.05)


def test_beside_the_far_side_of_the_earth_longitude_limits_nothing() -> None:
    fence = boxes.fence(GeoBox(0.0, 1.0, 100.0, 275.0), 100.0, 0.0)
    assert fence.box == GeoBox(0.0, 1.0, -np.inf, np.inf)
