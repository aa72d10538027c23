from datetime import UTC, datetime

import pytest

from mesure.orders.values.places import Calibration, Circle, Place
from tests.orders.samples import ORDER, faults, only_fault, read, replace_once

ADDRESS = (43.25654, 76.92848)
POINT = "lat_deg: 43.25667, lon_deg: 76.92846"
REST = "from: 2026-01-06, by: officer O-7, fixes: 240, spread_m: 9"
GOOD = f"{POINT}, {REST}"
AT_HOME = "lon_deg: 76.92848, radius_m: 60"


def order(calibrated: str) -> str:
    return replace_once(AT_HOME, f"{AT_HOME}, calibrated: {calibrated}")


def home(calibrated: str) -> Place:
    return read(order(calibrated)).places["home"]


def test_a_calibration_is_read_whole() -> None:
    [calibration] = home(f"{{{GOOD}, confirmed_by: officer O-9, during: enrolment}}").calibrations
    start = datetime(2026, 1, 5, 19, tzinfo=UTC)
    assert calibration == Calibration(
        43.25667, 76.92846, start, "officer O-7", "officer O-9", "enrolment",
        240, 9.0,
    )  # fmt: skip


def test_who_confirmed_it_and_how_may_be_left_out() -> None:
    [calibration] = home(f"{{{GOOD}, confirmed_by: ''}}").calibrations
    assert (calibration.confirmed_by, calibration.during) == ("", "")


def test_several_are_a_list_and_sorted_by_when_they_count() -> None:
    later = GOOD.replace("2026-01-06", "2026-03-01")
    calibrations = home(f"[{{{later}}}, {{{GOOD}}}]").calibrations
    assert [one.start.month for one in calibrations] == [1, 2]  # The last of February, in UTC.


def test_a_place_without_one_is_as_it_was() -> None:
    assert read(ORDER).places["home"] == Place("home", (Circle(*ADDRESS, 60.0),))


def test_one_from_before_this_version_is_the_one_that_the_version_before_had() -> None:
    [calibration] = home(f"{{{GOOD.replace('2026-01-06', '2025-11-01')}}}").calibrations
    assert calibration.start.year == 2025


@pytest.mark.parametrize(
    ("calibrated", "key", "says"),
    [
        (f"{{lat_deg: 43.25704, lon_deg: 76.92848, {REST}}}", "lat_deg", "56 m from the address"),
        (f"{{lat_deg: 43.25654, lon_deg: 76.92808, {REST}}}", "lat_deg", "32 m"),
        (f"{{lat_deg: 93.2, lon_deg: 76.92848, {REST}}}", "lat_deg", "no latitude"),
        (f"{{lon_deg: 76.92848, {REST}}}", "", "“lat_deg” is missing"),
        (f"{{lat_deg: 43.25654, {REST}}}", "", "“lon_deg” is missing"),
        (f"{{{POINT}, by: O-7, fixes: 240, spread_m: 9}}", "", "“from” is missing"),
        (f"{{{POINT}, from: 2026-01-06, fixes: 240, spread_m: 9}}", "", "“by” is missing"),
        (f"{{{POINT}, from: 2026-01-06, by: O-7, spread_m: 9}}", "", "“fixes” is missing"),
        (f"{{{POINT}, from: 2026-01-06, by: O-7, fixes: 240}}", "", "“spread_m” is missing"),
        (f"{{{GOOD.replace('240', '0')}}}", "fixes", "no whole number"),
        (f"{{{GOOD.replace('240', '2.5')}}}", "fixes", "no whole number"),
        (f"{{{GOOD.replace('240', 'many')}}}", "fixes", "no whole number"),
        (f"{{{GOOD.replace('m: 9', 'm: 31')}}}", "spread_m", "no number of metres"),
        (f"{{{GOOD.replace('2026-01-06', '2027-01-05')}}}", "from", "not within the time in force"),
        (f"{{{GOOD}, confirmed_by: officer O-7}}", "", "entered the point and confirmed it"),
        (f"{{{GOOD}, during: a visit}}", "during", "does not say when"),
        (f"{{{GOOD}, radius_m: 60}}", "radius_m", "is not known"),
        (f"[{{{GOOD}}}, {{{GOOD}}}]", "", "from the same time"),
        ("[]", "", "a list of 0 values"),
    ],
)
def test_what_is_wrong_is_said(calibrated: str, key: str, says: str) -> None:
    fault = only_fault(order(calibrated))
    assert says in str(fault)
    assert fault.key.removeprefix("places.home.calibrated").lstrip(".") == key


def test_only_a_circle_is_calibrated() -> None:
    area = "polygon: [[43.2, 76.9], [43.3, 76.9], [43.3, 77.0]]"
    circle = "lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60"
    fault = only_fault(replace_once(circle, f"{area}, calibrated: {{{GOOD}}}"))
    assert "no circle" in fault.what


def test_the_point_of_a_home_that_cannot_be_read_is_not_looked_at() -> None:
    [fault] = faults(
        replace_once(AT_HOME, f"lon_deg: 76.92848, radius_m: 0, calibrated: {{{GOOD}}}")
    )
    assert fault.key == "places.home.radius_m"


def test_a_small_home_lets_its_point_be_no_farther_than_half_its_radius() -> None:
    small = replace_once(AT_HOME, f"lon_deg: 76.92848, radius_m: 20, calibrated: {{{GOOD}}}")
    assert "15 m from the address, more than 10 m" in only_fault(small).what
