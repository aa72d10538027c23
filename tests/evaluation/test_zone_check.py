"""What is said of the zones of an order before anybody is judged by it."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.feasibility import zone_check, zone_errors
from mesure.evaluation.feasibility.errors_at_rest import BuildingKind
from mesure.evaluation.feasibility.zone_check import ZoneCaution, ZoneCheck
from mesure.evaluation.policy import DeviceClass
from mesure.orders.reading import read_order
from mesure.orders.values.places import AREA_LINE_M
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    HOME_LAT_DEG,
    HOME_LON_DEG,
    LAT_M,
    LON_M,
    RESIDENCE,
    SLOT,
    default_policy,
    order,
)

PHONE, TAG = DeviceClass.PHONE, DeviceClass.GNSS_TAG
CLASSES = st.sampled_from(list(DeviceClass))


def _checks(
    text: str, kind: DeviceClass = PHONE, *, has_beacon: bool = False, file: bytes = b""
) -> dict[str, ZoneCheck]:
    version = read_order.read("order.yaml", text.encode(), {"venues.geojson": file})
    checks = zone_check.check(version, default_policy(kind), kind, has_beacon=has_beacon)
    return {one.condition: one for one in checks}


def _curfew(radius_m: float, kind: DeviceClass, *, has_beacon: bool = False) -> ZoneCheck:
    text = order(CURFEW).replace("radius_m: 60", f"radius_m: {radius_m:.6f}")
    return _checks(text, kind, has_beacon=has_beacon)["C1"]


def _rates(
    kind: DeviceClass, room_m: float, depth_m: float, hours: float, *, is_home: bool
) -> dict[str, float]:
    """Return what the closed form says of each kind of building."""
    policy, zone = default_policy(kind), (np.array([room_m]), depth_m, hours)
    return {
        building: float(
            zone_errors.false_per_day(policy, kind, building, *zone, is_home=is_home)[0]
        )
        for building in BuildingKind
    }


def _ring(*corners_m: tuple[float, float]) -> str:
    """Return the corners of a polygon, given in metres east and north of home."""
    corners = (
        f"[{HOME_LAT_DEG + north_m / LAT_M:.8f}, {HOME_LON_DEG + east_m / LON_M:.8f}]"
        for east_m, north_m in corners_m
    )
    return f"[{', '.join(corners)}]"


def _with_stadium(place: str, *conditions: str) -> str:
    lines = order(*conditions).splitlines()
    return "\n".join(f"  stadium: {place}" if "  stadium:" in line else line for line in lines)


def _beside(room_m: float) -> str:
    """Return an order to keep out of everything that lies to the east from so far on."""
    west_m = room_m - AREA_LINE_M
    ring = _ring((west_m, -9e3), (west_m + 9e3, -9e3), (west_m + 9e3, 9e3), (west_m, 9e3))
    return _with_stadium(f"{{polygon: {ring}}}", EXCLUSION)


def test_one_place_alone_is_said_as_among_the_others() -> None:
    version = read_order.read("order.yaml", order(CURFEW, RESIDENCE, EXCLUSION, SLOT).encode(), {})
    arguments = version, default_policy(PHONE), PHONE
    whole = zone_check.check(*arguments, has_beacon=False)
    places = {one.place for one in whole}
    assert len(places) > 2
    for place in places:
        alone = zone_check.check(*arguments, has_beacon=False, only=place)
        assert alone == tuple(one for one in whole if one.place == place)


# --- A circle round the home ---------------------------------------------------------------------


def test_a_circle_is_said_as_the_table_has_it() -> None:
    check = _curfew(60.0, TAG)
    assert (check.kind, check.place, check.is_middle, check.is_kept_out) == (
        "curfew",
        "home",
        True,
        False,
    )
    assert (check.hours_per_day, check.zones) == (8.0, 1)
    assert check.room_m == pytest.approx(60.0)
    assert check.by_building == pytest.approx(
        _rates(TAG, 60.0, math.inf, 8.0, is_home=True), rel=1e-6
    )
    house, tower, basement = (check.by_building[kind] for kind in BuildingKind)
    assert check.false_per_day == pytest.approx(0.8 * house + 0.15 * tower + 0.05 * basement)
    assert check.delay_s == zone_errors.delay_s(default_policy(TAG), TAG, math.inf)
    assert check.slow_s == zone_errors.slow_s(default_policy(TAG))
    assert check.told_m == zone_errors.detection_depth_m(default_policy(TAG), TAG)


def test_a_small_circle_is_cautioned_and_a_wide_one_is_not() -> None:
    small = _curfew(30.0, PHONE)
    assert small.cautions == (
        ZoneCaution.WITHIN_ERRORS,
        ZoneCaution.TOO_SMALL,
        ZoneCaution.NO_BEACON,
    )
    wide = _curfew(small.suggested_m, PHONE)
    assert wide.cautions == ()
    assert wide.false_per_day is not None
    assert wide.false_per_day <= zone_check.FALSE_PER_DAY_MAX
    nearly = _curfew(small.suggested_m - 10.0, PHONE)
    assert nearly.false_per_day is not None
    assert nearly.false_per_day > zone_check.FALSE_PER_DAY_MAX


def test_a_beacon_takes_away_most_of_it() -> None:
    plain, with_beacon = (_curfew(30.0, TAG, has_beacon=has) for has in (False, True))
    assert plain.false_per_day is not None
    assert with_beacon.has_beacon
    assert with_beacon.false_per_day == pytest.approx(plain.false_per_day * 0.05)
    assert ZoneCaution.NO_BEACON in plain.cautions
    assert with_beacon.cautions == (ZoneCaution.WITHIN_ERRORS,)
    # However many there are with one, a second one would not help.
    assert _curfew(1.0, TAG, has_beacon=True).cautions[-1] is not ZoneCaution.NO_BEACON


@given(CLASSES, st.floats(5.0, 900.0), st.floats(0.0, 100.0), st.booleans())
def test_a_wider_circle_never_has_more(
    kind: DeviceClass, radius_m: float, more_m: float, has_beacon: bool
) -> None:
    small = _curfew(radius_m, kind, has_beacon=has_beacon)
    wide = _curfew(radius_m + more_m, kind, has_beacon=has_beacon)
    assert small.false_per_day is not None
    assert wide.false_per_day is not None
    assert wide.false_per_day <= small.false_per_day * (1.0 + 1e-9)
    assert set(wide.cautions) <= set(small.cautions)


def test_each_place_of_a_curfew_has_its_hours() -> None:
    text = order(
        "C1: {curfew: {at: home, times: [{from: 22:00, until: 06:00, every: day}, "
        "{from: 08:00, until: 15:00, every: [mon, tue], at: office}]}}"
    )
    version = read_order.read("order.yaml", text.encode(), {})
    checks = zone_check.check(version, default_policy(), PHONE, has_beacon=True)
    assert [(one.place, one.has_beacon) for one in checks] == [("home", True), ("office", False)]
    assert [one.is_home for one in checks] == [True, False]
    assert [one.hours_per_day for one in checks] == pytest.approx([8.0, 2.0])
    assert [one.room_m for one in checks] == pytest.approx([60.0, 80.0])


def test_windows_at_one_place_are_added_up() -> None:
    text = order(
        "C1: {curfew: {at: home, times: [{from: 22:00, until: 06:00, every: day}, "
        "{from: 08:00, until: 15:00, every: [mon, tue], at: home}]}}"
    )
    assert _checks(text)["C1"].hours_per_day == pytest.approx(10.0)
    whole = order(
        "C1: {curfew: {at: home, times: [{from: 00:00, until: 24:00, every: day}, "
        "{from: 08:00, until: 15:00, every: day}]}}"
    )
    assert _checks(whole)["C1"].hours_per_day == 24.0


# --- A district ----------------------------------------------------------------------------------


def _district(ring: str, *conditions: str) -> str:
    lines = order(*conditions).splitlines()
    drawn = f"  district: {{polygon: {ring}}}"
    return "\n".join(drawn if "  district:" in line else line for line in lines)


def test_a_home_deep_inside_its_district_is_no_worry() -> None:
    check = _checks(order(RESIDENCE))["C2"]
    assert check.room_m == pytest.approx(3000.0)
    assert (check.hours_per_day, check.slow_s) == (24.0, None)
    assert check.false_per_day == pytest.approx(0.0, abs=0.001)
    assert check.cautions == ()


def test_a_home_at_the_edge_of_its_district_is_cautioned() -> None:
    ring = _ring((-9e3, -9e3), (10.0, -9e3), (10.0, 9e3), (-9e3, 9e3))
    check = _checks(_district(ring, RESIDENCE))["C2"]
    assert check.room_m == pytest.approx(25.0, abs=0.5)
    assert check.cautions == (
        ZoneCaution.WITHIN_ERRORS,
        ZoneCaution.NEAR_EDGE,
        ZoneCaution.MAPS_DIFFER,
    )
    # One quarter of what a circle of 25 m would have in three times as many hours.
    circle = _curfew(check.room_m or 0.0, PHONE)
    assert circle.false_per_day is not None
    assert check.false_per_day == pytest.approx(circle.false_per_day * 3.0 / 4.0, rel=1e-6)


def test_a_home_outside_its_district_is_cautioned() -> None:
    ring = _ring((40.0, -9e3), (9e3, -9e3), (9e3, 9e3), (40.0, 9e3))
    check = _checks(_district(ring, RESIDENCE))["C2"]
    assert check.room_m == pytest.approx(-25.0, abs=0.5)
    assert check.false_per_day is None
    assert check.cautions[0] is ZoneCaution.WRONG_SIDE


def test_a_home_that_is_the_district_is_a_circle() -> None:
    text = order("C2: {residence: {stay_in: home}}")
    check = _checks(text)["C2"]
    assert check.is_middle
    assert check.room_m == pytest.approx(60.0)
    assert ZoneCaution.TOO_SMALL in check.cautions
    assert ZoneCaution.NO_BEACON not in check.cautions


def test_where_nobody_says_who_lives_where_nothing_is_said_of_the_distance() -> None:
    text = order(RESIDENCE, EXCLUSION).replace("  home:", "  shop:")
    checks = _checks(text)
    assert [(one.room_m, one.false_per_day) for one in checks.values()] == [(None, None)] * 2
    assert all(one.is_home for one in checks.values())
    assert {one.cautions for one in checks.values()} == {(ZoneCaution.NO_HOME,)}
    assert {one.suggested_m for one in checks.values()} == {0.0}


def test_the_place_of_the_curfew_is_the_home_where_none_has_that_name() -> None:
    text = order(RESIDENCE, CURFEW).replace("  home:", "  flat:").replace("at: home", "at: flat")
    assert _checks(text)["C2"].room_m == pytest.approx(3000.0)


# --- A place to keep out of ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", DeviceClass)
def test_a_place_next_to_home_is_cautioned_and_a_far_one_is_not(kind: DeviceClass) -> None:
    near, far = (_checks(_beside(room_m), kind)["C3"] for room_m in (20.0, 900.0))
    assert near.room_m == pytest.approx(20.0, abs=0.5)
    assert near.near_zones == 1
    assert near.cautions == (
        ZoneCaution.WITHIN_ERRORS,
        ZoneCaution.NEAR_EDGE,
        ZoneCaution.MAPS_DIFFER,
    )
    assert far.near_zones == 0
    assert far.cautions == ()


def test_home_inside_the_place_to_keep_out_of() -> None:
    check = _checks(_beside(-20.0))["C3"]
    assert check.room_m == pytest.approx(-20.0, abs=0.5)
    assert check.false_per_day is None
    assert check.cautions == (ZoneCaution.WRONG_SIDE, ZoneCaution.MAPS_DIFFER)


def test_a_place_far_away_asks_for_no_room() -> None:
    check = _checks(order(EXCLUSION))["C3"]
    assert (check.false_per_day, check.suggested_m, check.cautions) == (0.0, 0.0, ())


def test_a_narrow_way_to_keep_out_of_shows_no_stay() -> None:
    line = _ring((300.0, -500.0), (300.0, 500.0))
    check = _checks(_with_stadium(f"{{corridor: {line}, width_m: 30}}", EXCLUSION))["C3"]
    assert check.room_m == pytest.approx(285.0, abs=0.5)
    assert check.cautions == (ZoneCaution.TOO_NARROW,)
    assert check.delay_s == zone_errors.delay_s(default_policy(), PHONE, 15.0)


@pytest.mark.parametrize("wide_m", [20.0, 48.0])
@pytest.mark.parametrize("kind", list(DeviceClass))
def test_a_plot_smaller_than_any_that_was_measured_is_cautioned(
    kind: DeviceClass, wide_m: float
) -> None:
    half_m = wide_m / 2.0
    ring = _ring(
        *((2_000.0 + east, north) for east, north in ((-half_m, -half_m), (half_m, -half_m),
                                                      (half_m, half_m), (-half_m, half_m)))
    )  # fmt: skip
    check = _checks(_with_stadium(f"{{polygon: {ring}}}", EXCLUSION), kind)["C3"]
    assert ZoneCaution.TOO_NARROW in check.cautions
    wide = check.depth_m + 1.0
    assert (
        ZoneCaution.TOO_NARROW
        not in _checks(
            _with_stadium(
                f"{{lat_deg: 43.25, lon_deg: 77.0, radius_m: {max(wide, 26.0)}}}", EXCLUSION
            ),
            kind,
        )["C3"].cautions
    )


def test_a_way_to_stay_on_is_as_wide_as_it_is() -> None:
    line = _ring((0.0, 0.0), (500.0, 0.0))
    text = _with_stadium(
        f"{{corridor: {line}, width_m: 50}}", CURFEW.replace("at: home", "at: stadium")
    )
    check = _checks(text)["C1"]
    assert check.is_middle
    assert check.room_m == pytest.approx(25.0, abs=0.1)
    assert ZoneCaution.TOO_SMALL in check.cautions


def test_venues_add_up_and_are_counted() -> None:
    bars = [(60.0, 0.0), (0.0, 60.0), (400.0, 0.0), (5_000.0, 0.0)]
    places = (
        (HOME_LON_DEG + east_m / LON_M, HOME_LAT_DEG + north_m / LAT_M) for east_m, north_m in bars
    )
    features = [
        {
            "type": "Feature",
            "properties": {"amenity": "bar", "name": f"bar {number}"},
            "geometry": {"type": "Point", "coordinates": place},
        }
        for number, place in enumerate(places)
    ]
    file = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    condition = (
        "C3: {exclusion: {venue_category: nightlife, venues: venues.geojson, venue_radius_m: 30}}"
    )
    check = _checks(order(condition), TAG, file=file)["C3"]
    assert (check.zones, check.near_zones) == (4, 2)
    assert check.room_m == pytest.approx(30.0, abs=0.5)
    # The circle of 30 m that begins 30 m away takes up half as much as a straight line would.
    for building, whole in _rates(TAG, check.room_m or 0.0, 30.0, 24.0, is_home=False).items():
        assert check.by_building[BuildingKind(building)] == pytest.approx(0.5 * whole, rel=0.05)
    assert ZoneCaution.MAPS_DIFFER not in check.cautions


# --- An appointment ------------------------------------------------------------------------------


def test_an_appointment_is_missed_only_by_errors_that_last() -> None:
    check = _checks(SLOT_ONLY)["C4"]
    spare_s = 20 * 60.0
    for building, found_per_day in check.by_building.items():
        [p_missed] = zone_errors.p_slot_missed(PHONE, building, np.array([80.0]), spare_s)
        assert found_per_day == pytest.approx(float(p_missed))
    assert check.room_m == pytest.approx(80.0)
    assert check.delay_s == 30.0
    assert check.cautions == ()
    tight = SLOT_ONLY.replace("present_min: 10", "present_min: 30").replace(
        "radius_m: 80", "radius_m: 15"
    )
    assert _checks(tight)["C4"].cautions == (ZoneCaution.WITHIN_ERRORS, ZoneCaution.TOO_SMALL)


SLOT_ONLY = order(SLOT)


def test_no_room_within_a_kilometre_may_be_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zone_check, "FALSE_PER_DAY_MAX", 0.0)
    assert _curfew(60.0, PHONE).suggested_m == math.inf
