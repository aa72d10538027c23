"""The closed forms of zones beside the same zones on simulated nights."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from mesure.compliance.policy import DeviceClass
from mesure.runtime.replay import read_policy
from mesure.simulator import zone_tables, zone_trials
from mesure.simulator.carried import Kit
from mesure.simulator.homes import Building
from mesure.simulator.towns import Town
from mesure.simulator.zone_trials import Departure, Trial

POLICY, _ = read_policy(None)
TAGS = Town(5, persons=20, days=7, classes=(DeviceClass.GNSS_TAG,), awake=True)


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    found: list[Trial] = []
    for one in zone_trials.run(replace(TAGS, kits=(Kit.PLAIN, Kit.MOTION)), POLICY):
        found += one
    return found


def test_each_zone_is_tried_on_each_person(trials: list[Trial]) -> None:
    assert len(trials) == TAGS.persons * len(zone_trials.zones())
    assert {one.days for one in trials} == {7.0}
    assert not any(one.has_beacon for one in trials)


def test_false_incidents_come_as_often_as_the_closed_form_says(trials: list[Trial]) -> None:
    """Within a factor of three, over the circles that courts draw."""
    expected = zone_trials.expected(TAGS, POLICY, has_beacon=False)
    by_zone = zone_trials.by_zone(trials)
    circles = ("C45", "C60", "C80", "C100")
    found = sum(one.false for zone in circles for one in by_zone[zone])
    said = sum((expected[zone].false_per_day or 0.0) for zone in circles) * 7.0 * TAGS.persons
    assert found > 10
    assert 1.0 / 3.0 < said / found < 3.0


def test_wide_circles_have_no_more_than_narrow_ones(trials: list[Trial]) -> None:
    by_zone = zone_trials.by_zone(trials)
    narrow, wide = (sum(one.false for one in by_zone[zone]) for zone in ("C30", "C200"))
    assert wide < narrow


def test_a_clear_departure_is_told_as_soon_as_the_closed_form_says(trials: list[Trial]) -> None:
    expected = zone_trials.expected(TAGS, POLICY, has_beacon=False)["C60"].delay_s
    delays_s = sorted(
        departure.delay_s
        for one in zone_trials.by_zone(trials)["C60"]
        for departure in one.departures
        if departure.beyond_m > 100.0
    )
    assert len(delays_s) >= 5
    assert expected / 2.0 < delays_s[len(delays_s) // 2] < expected * 2.0


def test_the_closed_forms_know_each_zone_by_its_room() -> None:
    expected = zone_trials.expected(TAGS, POLICY, has_beacon=True)
    assert set(expected) == set(zone_trials.zones())
    rooms_m = {zone: one.room_m for zone, one in expected.items()}
    assert rooms_m == {zone: pytest.approx(float(zone[1:]), abs=0.2) for zone in rooms_m}
    assert [zone for zone, one in expected.items() if one.has_beacon] == [
        f"C{radius_m}" for radius_m in zone_trials.RADII_M
    ]


def test_the_tables_stand_between_their_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zone_tables, "PLAN", replace(zone_tables.PLAN, persons=3, days=4))
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


def test_circles_are_told_apart_by_what_the_walls_are() -> None:
    plain = zone_trials.expected(TAGS, POLICY, has_beacon=False)
    trials = [
        Trial("C60", Building.FLAT, False, 10.0, 0, ()),
        Trial("C60", Building.TOWER, False, 10.0, 4, ()),
        Trial("C60", Building.TOWER, True, 10.0, 90, ()),  # With a beacon: not in this table.
        Trial("S20", Building.TOWER, False, 10.0, 90, ()),  # No circle.
    ]
    head, _, *lines = zone_tables.by_building(trials, plain)
    assert "flat: simulated | times | tower: simulated | times" in head
    assert "house" not in head
    [line] = [line for line in lines if line.startswith("| circle of 60 m |")]
    expected = plain["C60"].false_per_day
    assert expected is not None
    assert f"| {expected:.4f} | none, below" in line
    assert "| - | 0.4000 [" in line
    assert line.endswith(f"| {expected / 0.4:.1f} |")
    assert len(lines) == len(zone_trials.RADII_M)


def test_visits_are_sorted_by_how_far_they_lead() -> None:
    visits = (Departure(600.0, 3600.0, 10.0), Departure(math.inf, 3600.0, 10.0))
    trial = Trial("C60", Building.FLAT, False, 7.0, 0, (*visits, Departure(90.0, 3600.0, 500.0)))
    plain = zone_trials.expected(TAGS, POLICY, has_beacon=False)
    lines = list(zone_tables.visits([trial], plain))
    assert lines[-2].endswith("| 2 | 50 % |")
    assert lines[-1].endswith("m and more | 1 | 100 % |")
