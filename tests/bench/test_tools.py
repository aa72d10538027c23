import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.evaluation import files, growth, made_up_people, one_tool, rules_of_others, tools
from bench.evaluation.tools import Competitor
from bench.measuring import Worked
from mesure.geo import distance, zones
from mesure.geo.fixes import NOT_KNOWN, Fixes
from mesure.geo.numeric import geo_kernels
from mesure.orders.reading import read_order
from mesure.orders.values.places import Circle
from mesure_lab.rules import readings

FIXES = 1_500


@pytest.fixture(autouse=True)
def _compiler_as_before() -> Iterator[None]:
    yield
    geo_kernels.use_compiler(True)


@pytest.mark.parametrize("name", Competitor)
def test_every_tool_finds_something(name: Competitor, capsys: pytest.CaptureFixture[str]) -> None:
    if name is Competitor.MOVINGPANDAS:
        pytest.importorskip("movingpandas")
    one_tool.main(name, 1, FIXES)
    report = json.loads(capsys.readouterr().out)
    of_one_circle = tools.whose(name) is made_up_people.people_at_home
    assert report["spans"] >= (1 if of_one_circle else 2 + made_up_people.EXCLUSIONS)
    assert report["cpu_s"] > 0.0
    assert report["first_s"] > 0.0


def test_with_and_without_the_compiler_as_much_is_found() -> None:
    [someone] = made_up_people.people(1, FIXES)
    fast, base = (tools.tool(name) for name in (Competitor.FAST, Competitor.BASE))
    assert fast(someone)() == base(someone)()


def test_late_people_are_the_same_people_with_an_hour_a_day_late() -> None:
    [someone], [late] = made_up_people.people(1, FIXES), made_up_people.late_people(1, FIXES)
    assert late.order == someone.order
    assert (late.fixes.observed_us == someone.fixes.observed_us).all()
    changed = late.fixes.received_us != someone.fixes.received_us
    assert set(late.fixes.observed_us[changed] // made_up_people.HOUR_US % 24) == {
        made_up_people.LATE_HOUR
    }
    assert (late.fixes.received_us[changed] > someone.fixes.received_us[changed]).all()
    assert np.count_nonzero(changed) == 60


def test_people_at_home_are_the_same_people_with_a_home_by_night() -> None:
    [someone], [at_home] = made_up_people.people(1, FIXES), made_up_people.people_at_home(1, FIXES)
    assert [one.duty.kind for one in at_home.order.conditions] == ["curfew"]
    assert at_home.order.places == {"home": someone.order.places["home"]}
    for name in Fixes.__slots__:
        column, same = getattr(at_home.fixes, name), getattr(someone.fixes, name)
        assert column.tobytes() == same.tobytes(), name
    for silent in (at_home.fixes.motion, at_home.fixes.beacon):
        assert (silent == NOT_KNOWN).all()
    assert np.isnan(at_home.fixes.speed_mps).all()


def test_people_with_sensors_are_the_same_people_and_their_sensors_mostly_right() -> None:
    [someone], [other] = (
        made_up_people.people(1, FIXES),
        made_up_people.people_with_sensors(1, FIXES),
    )
    assert other.order == someone.order
    assert (other.fixes.lat_deg == someone.fixes.lat_deg).all()
    beyond_m = rules_of_others.readings_of(other).beyond_m
    hears, moves = other.fixes.beacon == 1, other.fixes.motion == 1
    assert 0.9 < np.count_nonzero(hears[beyond_m < 0.0]) / np.count_nonzero(beyond_m < 0.0) < 1.0
    assert not hears[beyond_m > 100.0].any()
    assert 0.0 < np.count_nonzero(moves) / FIXES < 0.5
    assert (other.fixes.speed_mps[moves] > made_up_people.WALKING_MPS).all()


def test_rules_are_given_what_our_ingest_would_hand_on() -> None:
    [someone] = made_up_people.people_at_home(1, FIXES)
    peer_readings = rules_of_others.readings_of(someone)
    handed_on = readings.with_ingest(peer_readings)
    for name in ("time_s", "beyond_m", "accuracy_m", "is_bound"):
        assert getattr(peer_readings, name).tobytes() == getattr(handed_on, name).tobytes(), name
    assert 0 < np.count_nonzero(peer_readings.is_bound) < FIXES


def test_rules_are_given_the_distances_that_the_judge_measures() -> None:
    [someone] = made_up_people.people_at_home(1, FIXES)
    [home] = someone.order.places["home"].shapes
    assert isinstance(home, Circle)
    zone = zones.pack([zones.CircleShape(home.lat_deg, home.lon_deg, home.radius_m)])
    outside_m = distance.distance_m(zone, someone.fixes.lat_deg, someone.fixes.lon_deg)
    near = np.abs(outside_m) < 500.0
    given_m = rules_of_others.readings_of(someone).beyond_m
    assert np.abs(given_m - outside_m)[near].max() < 0.1


def test_every_rule_has_its_rows_and_the_quickest_stands_beside_everything_on() -> None:
    rates = dict.fromkeys(Competitor, 1.0) | {
        Competitor.SLOW_FAST: 4.0,
        Competitor.CUSUM: 1.6,
        Competitor.WHOLE_FAST: 0.4,
    }
    rows = rules_of_others.table(rates)
    slow = [row for row in rows if row.name == rules_of_others.SLOW_WHAT + "with `fast`"]
    assert [row.holds for row in slow] == [True] + [None] * len(tools.RULES)
    assert [row.peer for row in slow[1:]] == [
        f"{label}: {rates[name]:.3g}" for name, label in rules_of_others.LABELS.items()
    ]
    whole = [row for row in rows if row.name == rules_of_others.WHOLE_WHAT + "with `fast`"]
    assert [(row.holds, row.peer, row.ratio) for row in whole] == [
        (False, None, None),
        (None, "cumulative sum: 1.6", 0.25),
    ]


def test_a_person_as_files_has_the_same_order(tmp_path: Path) -> None:
    files.main(tmp_path, FIXES)
    [someone] = made_up_people.people(1, FIXES)
    order = read_order.read("order.yaml", (tmp_path / "order.yaml").read_bytes(), {})
    assert [c.id for c in order.conditions] == [c.id for c in someone.order.conditions]
    assert [c.duty.kind for c in order.conditions] == [
        c.duty.kind for c in someone.order.conditions
    ]
    lines = (tmp_path / "fixes.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"time","recv_time","lat","lon","accuracy_m","provider"'
    assert len(lines) == FIXES + 1


def test_a_peer_that_would_take_too_long_stops_and_is_extrapolated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fix_counts: list[int] = []

    def work(_name: str, _persons: int, fixes: int) -> Worked:
        fix_counts.append(fixes)
        return Worked(fixes / 1_000.0, 1, 0.0)

    monkeypatch.setattr(growth, "work", work)
    costs = growth.costs(Competitor.CHANCE, (10, 100, 1_000), cpu_s_max=0.5)
    assert fix_counts == [10, 100]
    assert [(cost.cpu_s, cost.mark) for cost in costs] == [
        (0.01, ""),
        (0.1, ""),
        (1.0, " (extrapolated)"),
    ]
