"""Shares of streets and venues near home, on ground laid out so that they are known."""

import numpy as np
import pytest

from mesure.geo.fixes import F64
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.reports.maps import coverage
from mesure.reports.maps.coverage import Coverage, NearbyFeatures

LAT_DEG = 43.25
ORDER = """\
order: O-1
person: P-1
time_zone: Asia/Almaty
in_force: {{from: 2026-01-05, until: 2027-01-05}}
places:
{places}
conditions:
  X1: {{exclusion: {{keep_out_of: park}}}}
"""
AT_HOME = "  home: {lat_deg: 43.25, lon_deg: 76.9, radius_m: 60}\n"
NORTH_DEG = 1.0 / 111_110.0  # A metre to the north, near enough for a part in a thousand.
PARK = f"  park: {{lat_deg: {LAT_DEG + 1000 * NORTH_DEG:.6f}, lon_deg: 76.9, radius_m: 300}}\n"


def order(place: str, home: str = AT_HOME) -> OrderVersion:
    return read_order.read("o.yaml", ORDER.format(places=home + place).encode(), {})


def of(version: OrderVersion, around: NearbyFeatures) -> Coverage:
    """Return what the condition takes from what is held round its middle."""
    at, _ = coverage.middle(version, "X1")
    return coverage.of_condition(version, "X1", coverage.laid_out(at, around))


def northward(start_m: float, end_m: float) -> F64:
    """Return a street that leads north from the home."""
    return np.array([[LAT_DEG + at * NORTH_DEG, 76.9] for at in (start_m, end_m)])


def test_the_share_of_a_street_that_leads_through_a_place() -> None:
    zone_coverage = of(order(PARK), NearbyFeatures([northward(0.0, 5000.0)], {}))
    assert zone_coverage.is_home
    assert zone_coverage.streets is not None
    assert zone_coverage.streets.whole_m == pytest.approx(2000.0, rel=0.01)
    assert zone_coverage.streets.covered_m == pytest.approx(600.0, rel=0.01)
    assert zone_coverage.streets.covered_ratio == pytest.approx(0.3, rel=0.01)


def test_a_street_that_is_given_twice_counts_once() -> None:
    twice = [northward(0.0, 1500.0), northward(500.0, 1500.0), northward(0.0, 1.0)[:1]]
    zone_coverage = of(order(PARK), NearbyFeatures(twice, {}))
    assert zone_coverage.streets is not None
    assert zone_coverage.streets.whole_m == pytest.approx(1500.0, rel=0.01)


def test_what_lies_far_away_is_not_counted() -> None:
    bars = [(LAT_DEG + at * NORTH_DEG, 76.9) for at in (900.0, 1900.0, 2500.0)]
    around = NearbyFeatures([northward(3000.0, 4000.0)], {"nightlife": bars, "none": []})
    zone_coverage = of(order(PARK), around)
    assert zone_coverage.streets is None
    assert list(zone_coverage.venues) == ["nightlife"]
    share = zone_coverage.venues["nightlife"]
    assert (share.whole, share.covered) == (2, 1)


def test_without_streets_nothing_is_said_of_them() -> None:
    assert of(order(PARK), NearbyFeatures(None, {})).streets is None


def test_without_a_home_it_is_counted_round_the_place() -> None:
    around = NearbyFeatures([northward(0.0, 5000.0)], {})
    zone_coverage = of(order(PARK, home=""), around)
    assert not zone_coverage.is_home
    assert zone_coverage.streets is not None
    assert zone_coverage.streets.whole_m == pytest.approx(3000.0, rel=0.01)


@pytest.mark.parametrize(
    "place",
    [
        "  park: {polygon: [[43.254, 76.89], [43.254, 76.91], [43.258, 76.91], [43.258, 76.89]]}\n",
        "  park: {corridor: [[43.256, 76.89], [43.256, 76.91]], width_m: 444}\n",
    ],
)
def test_an_area_and_a_way_cover_as_a_circle_does(place: str) -> None:
    zone_coverage = of(order(place), NearbyFeatures([northward(0.0, 2000.0)], {}))
    assert zone_coverage.streets is not None
    assert zone_coverage.streets.covered_m == pytest.approx(444.0, rel=0.02)


def test_only_places_to_keep_out_of_are_asked_for() -> None:
    assert coverage.exclusions(order(PARK)) == ["X1"]
