"""A circle is shown among the radii that are usual, by the same estimates as the zone check."""

import pytest

from mesure.evaluation.feasibility import zone_check, zone_radii
from mesure.evaluation.policy import DeviceClass
from mesure.orders.reading import read_order
from tests.evaluation.scenes import CURFEW, EXCLUSION, default_policy, order

PHONE = DeviceClass.PHONE


def over(text: str, place: str = "home") -> tuple[zone_radii.RadiusChecks, ...]:
    version = read_order.read("order.yaml", text.encode(), {})
    return zone_radii.over(version, place, default_policy(PHONE), PHONE, has_beacon=False)


def test_the_written_radius_is_among_them_with_the_figures_of_the_zone_check() -> None:
    checks_by_radius = {one.radius_m: one.checks for one in over(order(CURFEW, EXCLUSION))}
    assert list(checks_by_radius) == [30.0, 50.0, 60.0, 80.0, 100.0]
    version = read_order.read("order.yaml", order(CURFEW, EXCLUSION).encode(), {})
    [written] = (
        check
        for check in zone_check.check(version, default_policy(PHONE), PHONE, has_beacon=False)
        if check.place == "home"
    )
    assert checks_by_radius[60.0] == (written,)


def test_a_larger_circle_round_a_home_makes_fewer_false_incidents() -> None:
    rates = [one.checks[0].false_per_day or 0.0 for one in over(order(CURFEW))]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > rates[-1]


def test_a_place_that_nothing_names_and_one_without_a_radius_have_none() -> None:
    text = order(CURFEW).replace(
        "places:", "places:\n  shed: {lat_deg: 1, lon_deg: 1, radius_m: 9}"
    )
    assert over(text, "shed") == ()
    drawn = text.replace(
        "lat_deg: 1, lon_deg: 1, radius_m: 9", "corridor: [[1, 1], [1, 2]], width_m: 9"
    )
    assert over(drawn, "shed") == ()


@pytest.mark.parametrize("radius_m", [10.0, 30.0, 65.0, 5000.0])
def test_radii_grow_and_hold_the_one_that_is_written(radius_m: float) -> None:
    radii_m = list(zone_radii.nearby(radius_m))
    assert radii_m == sorted(set(radii_m))
    assert radius_m in radii_m
