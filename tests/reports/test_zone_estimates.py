"""Estimates of zones and of other radii, as pages show them."""

from importlib import resources

import pytest

from mesure.evaluation import policy
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.reports.zones import zone_estimates
from mesure.reports.zones.zone_estimates import FalseIncidentRate
from tests.orders import samples
from tests.orders.plain_catalogue import PlainCatalogue

MORE = (
    "  park: {lat_deg: 43.3, lon_deg: 76.9, radius_m: 100}\n"
    "  here: {lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 90}\n"
    "  way: {corridor: [[43.1, 76.1], [43.2, 76.1]], width_m: 20}\nconditions:\n"
    "  C3: {exclusion: {keep_out_of: park}}\n  C4: {exclusion: {keep_out_of: way}}\n"
    "  C5: {exclusion: {keep_out_of: here}}\n"
)


@pytest.fixture(scope="module")
def thresholds() -> PolicyFile:
    data = resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
    return policy.read("policy.yaml", data)


def test_each_zone_has_an_estimate_for_both_devices_without_and_with_a_beacon(
    thresholds: PolicyFile,
) -> None:
    version = samples.read(samples.ORDER)
    curfew, appointment = zone_estimates.of_version(version, thresholds)
    assert set(curfew.plain) == set(DeviceClass) == set(curfew.heard)
    assert (curfew.first.condition, appointment.first.condition) == ("C1", "C2")
    phone = DeviceClass.PHONE
    assert (curfew.heard[phone].false_per_day or 1.0) < (curfew.plain[phone].false_per_day or 0.0)


def test_a_circle_has_a_table_over_radii_and_what_is_no_circle_has_none(
    thresholds: PolicyFile,
) -> None:
    version = samples.read(samples.ORDER.replace("conditions:\n", MORE))
    tables = {
        table.condition: table
        for table in zone_estimates.radii(version, thresholds, PlainCatalogue())
    }
    assert set(tables) == {"C1", "C2", "C3"}
    home = tables["C1"]
    assert [row.radius for row in home.rows] == ["30 m", "50 m", "60 m", "80 m", "100 m"]
    assert [row.is_written for row in home.rows] == [False, False, True, False, False]
    assert all(row.phone and row.tag and row.beacon for row in home.rows)
    [written] = [row for row in home.rows if row.is_written]
    assert written.tag == FalseIncidentRate("about one in 160 days", "about one in 20 days")
    # With a beacon, and far enough from the wall, there is one thing to say of every home.
    assert home.rows[-1].beacon == FalseIncidentRate("less than one a year", "")
    assert not any(row.beacon for row in (*tables["C2"].rows, *tables["C3"].rows))
