"""Every rule on every case: what comes of a folder whose truth is known."""

import math
from pathlib import Path

import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.machine.progress import ProgressStages
from mesure.record.policy_loading import read_policy
from mesure_lab.scoring import score_folder, score_rules, score_run
from mesure_lab.scoring.score_run import Scored
from tests.lab.folders import full_folder

POLICY = read_policy(None)[0]
NAMES = ("mesure", "point_state", "accuracy_twice", "traccar")
RADII_M = (50.0, 100.0)


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    folder = tmp_path_factory.mktemp("traces")
    full_folder(folder)
    traces = score_folder.find(folder, RADII_M, ProgressStages())
    return score_run.run(
        traces, NAMES, RADII_M, POLICY, ProgressStages(), raw=True, throughput=True
    )


def test_a_single_jump_is_an_incident_to_a_plain_circle_alone(scores: Scored) -> None:
    for radius_m in RADII_M:
        [still] = [
            row for row in scores.resting if (row.set, row.radius_m) == ("android high", radius_m)
        ]
        counts = {name: rate.count for name, rate in still.rules.items()}
        assert counts == {
            "mesure": 0,
            "point_state": 1,
            "accuracy_twice": 0,
            "traccar": 1,
            "point_state, raw": 2,  # And the fix of long before, delivered again.
            "accuracy_twice, raw": 0,
            "traccar, raw": 1,
        }
        assert still.days == pytest.approx(119 / 1440)
        assert still.rules["mesure"].high == pytest.approx(2.9957 / still.days, rel=1e-3)


def test_nights_and_all_at_rest_are_told_apart(scores: Scored) -> None:
    sets = [one.set for one in scores.resting if one.radius_m == 50.0]
    assert sets == ["android high", "surveyed", "all at rest", "nights at home"]


def test_a_departure_is_seen_by_all_in_time(scores: Scored) -> None:
    [wide] = [one for one in scores.leaving if one.radius_m == 100.0]
    [narrow] = [one for one in scores.leaving if one.radius_m == 50.0]
    # The walk from the hall; the other trip begins elsewhere, outside, and has no fix on the way.
    assert (wide.departures, narrow.departures) == (2, 1)
    for name in ("mesure", "point_state", "accuracy_twice"):
        delay_s = narrow.rules[name].median_s.value
        assert 0.0 <= delay_s <= 240.0
        assert wide.rules[name].missed == 1
    assert (
        narrow.rules["point_state"].median_s.value <= narrow.rules["accuracy_twice"].median_s.value
    )
    curve = dict(narrow.rules["point_state"].survival)
    assert (curve[30.0], curve[3600.0]) == (1.0, 0.0) or curve[30.0] == 0.0


def test_every_rule_is_swept_and_has_a_curve(scores: Scored) -> None:
    swept = {one.setting.rule for one in scores.swept if one.setting.parameter}
    assert swept == {"mesure", "accuracy_twice"}
    parameters = {one.setting.parameter for one in scores.swept if one.setting.rule == "mesure"}
    assert parameters == {"", "p_not_met", "correlation_away_s"}
    curves = {one.rule: one for one in scores.curves if one.radius_m == 50.0}
    assert set(NAMES) <= set(curves)
    plain = dict(curves["point_state"].delay_at_false)
    assert math.isinf(plain[0.0])
    assert dict(curves["accuracy_twice"].delay_at_false)[0.0] < 240.0
    assert dict(curves["mesure"].false_at_delay)[600.0] == 0.0


def test_the_rates_of_reporting_are_compared_at_one_radius(scores: Scored) -> None:
    assert scores.cadence_radius_m == 100.0
    assert [(one.every_s, one.rule) for one in scores.cadence][:5] == [
        (10.0, "mesure"),
        (10.0, "point_state"),
        (10.0, "accuracy_twice"),
        (10.0, "traccar"),
        (30.0, "mesure"),
    ]


def test_the_order_of_fixes_does_not_matter(scores: Scored) -> None:
    assert scores.mixed is not None
    assert scores.mixed.cases == 5
    assert (scores.mixed.shuffled, scores.mixed.doubled, scores.mixed.in_late_batches) == (5, 5, 5)


def test_the_chance_is_held_against_what_was_so(scores: Scored) -> None:
    assert set(scores.honesty) == {"gnss"}
    gnss = scores.honesty["gnss"]
    # Two at rest at two radii, and the walk at each: 66 fixes, some of them outside.
    assert gnss.fixes == 2 * (120 + 20) + 2 * 66
    assert sum(one.count for one in gnss.bins) == gnss.fixes
    assert 0.0 < gnss.brier < 0.05
    assert gnss.bins[0].outside_ratio < 0.05 < 0.9 < gnss.bins[-1].outside_ratio


def test_what_was_unknown_is_added_up_by_set_and_radius(scores: Scored) -> None:
    assert scores.unknown_h_per_day["android high", 100.0] < 1.0
    assert scores.unknown_h_per_day["nights at home", 100.0] > 0.0


def test_throughput_is_timed_only_when_asked_for(scores: Scored) -> None:
    assert scores.throughput is not None
    assert set(scores.throughput) == set(NAMES)
    assert all(value > 0.0 for value in scores.throughput.values())


def test_a_folder_with_nights_alone_has_no_departures_and_no_truth_of_places(
    tmp_path: Path,
) -> None:
    full_folder(tmp_path)
    for gone in ("mobilitynet_trips", "mobilitynet_stationary", "surveyed"):
        (tmp_path / "dev" / f"{gone}.parquet").unlink()
    traces = score_folder.find(tmp_path, (30.0,), ProgressStages())
    scored = score_run.run(traces, ("point_state",), (30.0,), POLICY, ProgressStages())
    assert (scored.leaving, scored.mixed, scored.throughput) == ((), None, None)
    assert (scored.unknown_h_per_day, scored.honesty) == ({}, {})
    assert scored.cadence_radius_m == 30.0
    assert [one.set for one in scored.resting] == ["nights at home"]


def test_the_settings_are_the_rule_as_it_comes_and_each_other_value() -> None:
    values = POLICY.at(score_rules.DAY, DeviceClass.PHONE)
    settings = list(score_rules.settings(("mesure", "twice"), values, raw=False))
    assert [one.value for one in settings if one.rule == "twice"] == [0.0, 3.0, 5.0]
    ours = [one.value for one in settings if one.parameter == "p_not_met"]
    assert values.p_not_met not in ours
    assert len(ours) == len(set(ours)) >= 6
