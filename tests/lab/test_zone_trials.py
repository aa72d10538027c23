"""The closed forms of zones beside the same zones on simulated nights."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mesure.evaluation.feasibility.errors_at_rest import BuildingKind
from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.allowed_area import Region, Side
from mesure.evaluation.policy import DeviceClass
from mesure.record.policy_loading import read_policy
from mesure_lab.carrying.carried import Kit
from mesure_lab.carrying.homes import Building
from mesure_lab.ground import town
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town
from mesure_lab.tables import zone_tables
from mesure_lab.trials import zone_trials
from mesure_lab.trials.zone_trials import NightDeparture, ZoneTrial

POLICY, _ = read_policy(None)
OUT_M = np.array([0.0, 4.0, 19.0, 21.0, 44.0, 46.0, 95.0, 151.0, 230.0])
TAGS = Town(5, persons=40, days=7, classes=(DeviceClass.GNSS_TAG,), awake=True)


@pytest.fixture(scope="module")
def trials() -> list[ZoneTrial]:
    all_trials: list[ZoneTrial] = []
    for batch in zone_trials.run(replace(TAGS, kits=(Kit.PLAIN, Kit.MOTION)), POLICY):
        all_trials += batch
    return all_trials


def test_each_zone_is_tried_on_each_person(trials: list[ZoneTrial]) -> None:
    assert len(trials) == TAGS.persons * len(zone_trials.zones())
    assert {one.days for one in trials} == {7.0}
    assert not any(one.has_beacon for one in trials)


def test_false_incidents_come_as_often_as_the_closed_form_says(trials: list[ZoneTrial]) -> None:
    """Within a factor of three, over the circles that courts draw."""
    expected = zone_trials.predict_checks(TAGS, POLICY, has_beacon=False)
    by_zone = zone_trials.by_zone(trials)
    circles = ("C45", "C60", "C80", "C100")
    count = sum(one.false for zone in circles for one in by_zone[zone])
    expected_count = (
        sum((expected[zone].false_per_day or 0.0) for zone in circles) * 7.0 * TAGS.persons
    )
    assert count > 10
    assert 1.0 / 3.0 < expected_count / count < 3.0


def test_wide_circles_have_no_more_than_narrow_ones(trials: list[ZoneTrial]) -> None:
    by_zone = zone_trials.by_zone(trials)
    narrow, wide = (sum(one.false for one in by_zone[zone]) for zone in ("C30", "C200"))
    assert wide < narrow


def test_a_clear_departure_is_told_as_soon_as_the_closed_form_says(trials: list[ZoneTrial]) -> None:
    expected = zone_trials.predict_checks(TAGS, POLICY, has_beacon=False)["C60"].delay_s
    delays_s = sorted(
        departure.delay_s
        for trial in zone_trials.by_zone(trials)["C60"]
        for departure in trial.departures
        if departure.beyond_m > 100.0
    )
    assert len(delays_s) >= 5
    assert expected / 2.0 < delays_s[len(delays_s) // 2] < expected * 2.0


def test_the_closed_forms_know_each_zone_by_its_room() -> None:
    expected = zone_trials.predict_checks(TAGS, POLICY, has_beacon=True)
    assert set(expected) == set(zone_trials.zones())
    rooms_m = {zone: one.room_m for zone, one in expected.items()}
    assert rooms_m == {zone: pytest.approx(float(zone[1:]), abs=0.2) for zone in rooms_m}
    assert [zone for zone, one in expected.items() if one.has_beacon] == [
        f"C{radius_m}" for radius_m in zone_trials.RADII_M
    ]


@pytest.mark.parametrize("zone", zone_trials.zones())
def test_what_counts_as_the_wrong_side_is_what_is_judged_as_it(zone: str) -> None:
    """To the tolerance of the line, which areas have and circles do not."""
    person = next(towns.people(replace(TAGS, persons=1, days=1)))
    version = zone_trials.order(TAGS, person, [zone])
    (place,) = (name for name in version.places if name != "home")
    inside, outside = ((), (Region(place),)) if zone[0] in "KV" else ((Region(place),), ())
    boundary = allowed_area.pack(Side(inside, outside), version.places)
    east_m, north_m = person.ground.home
    on_the_way = [town.degrees((east_m + out_m, north_m)) for out_m in OUT_M]
    judged_m = allowed_area.measure(
        boundary,
        np.array([point.lat_deg for point in on_the_way]),
        np.array([point.lon_deg for point in on_the_way]),
    )
    said_m = zone_trials.violation_m(
        person.ground.home, zone, east_m + OUT_M, north_m + 0.0 * OUT_M
    )
    assert judged_m == pytest.approx(said_m, abs=0.3)


def test_the_tables_stand_between_their_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zone_tables, "PLAN", replace(zone_tables.PLAN, persons=3, days=4))
    few = replace(zone_tables.BY_BUILDING, persons=12, days=3)  # One of each kit and building.
    monkeypatch.setattr(zone_tables, "BY_BUILDING", few)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{zone_tables.BEGIN}\nof last year\n{zone_tables.END}\nafter\n")
    zone_tables.main([str(page)])
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "of last year" not in text
    for words in ("**phone**", "**gnss_tag**", "| circle of 60 m | ", "| place to keep out of 45"):
        assert words in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)


def test_zones_are_told_apart_by_what_the_home_is_in() -> None:
    plain = zone_trials.predict_checks(TAGS, POLICY, has_beacon=False)
    calm = [
        ZoneTrial(zone, building, has_beacon, 10.0, 0, ())
        for zone in zone_trials.zones()
        for building in Building
        for has_beacon in (False, True)
    ]
    trials = [
        *calm,
        ZoneTrial("C60", Building.TOWER, False, 10.0, 4, ()),
        ZoneTrial("C60", Building.TOWER, True, 10.0, 90, ()),  # With a beacon: in another table.
        ZoneTrial("K20", Building.TOWER, False, 10.0, 90, ()),  # As before an edge to stay behind.
    ]
    _, _, *lines = zone_tables.by_building(trials, plain, has_beacon=False)
    assert len(lines) == len([zone for zone in zone_trials.zones() if not zone.startswith("K")])
    [line] = [line for line in lines if line.startswith("| circle of 60 m |")]
    expected = plain["C60"].by_building
    times = f"{expected[BuildingKind.TOWER] / 0.2:.1f}"
    assert f"| {expected[BuildingKind.HOUSE_OR_FLAT]:.4f} | none, below" in line
    assert f"| {expected[BuildingKind.TOWER]:.4f} | 0.2000 [" in line
    assert f"] | {times} |" in line
    beacon_checks = zone_trials.predict_checks(TAGS, POLICY, has_beacon=True)
    _, _, *lines = zone_tables.by_building(trials, beacon_checks, has_beacon=True)
    assert [line.split(" |")[0] for line in lines] == [
        f"| circle of {radius_m} m" for radius_m in zone_trials.RADII_M
    ]


def test_delays_are_told_apart_by_what_the_home_is_in() -> None:
    plain = zone_trials.predict_checks(TAGS, POLICY, has_beacon=False)
    slow, quick = NightDeparture(900.0, 7200.0, 500.0), NightDeparture(60.0, 7200.0, 500.0)
    near = NightDeparture(90.0, 7200.0, 20.0)  # Not far enough to count.
    trials = [
        ZoneTrial("C60", Building.BASEMENT, False, 7.0, 0, (slow, near)),
        ZoneTrial("C60", Building.FLAT, False, 7.0, 0, (quick,)),
    ]
    [line] = [
        line for line in zone_tables.delays(trials, plain) if line.startswith("| circle of 60")
    ]
    cells = [cell.strip() for cell in line.split("|")][2:-1]
    assert cells[0] == f"{plain['C60'].delay_s:.0f} s"
    assert cells[1:3] == ["1", "60 s"]
    assert cells[5] == "0"
    assert cells[9:11] == ["1", "900 s"]


def test_visits_are_sorted_by_how_far_they_lead() -> None:
    visits = (NightDeparture(600.0, 3600.0, 10.0), NightDeparture(math.inf, 3600.0, 10.0))
    trial = ZoneTrial(
        "C60", Building.FLAT, False, 7.0, 0, (*visits, NightDeparture(90.0, 3600.0, 500.0))
    )
    plain = zone_trials.predict_checks(TAGS, POLICY, has_beacon=False)
    lines = list(zone_tables.visits([trial], plain))
    assert lines[-2].endswith("| 2 | 50 % |")
    assert lines[-1].endswith("m and more | 1 | 100 % |")
