"""What a rule is given of a case: the same reports for all, as an ingest hands them on or bare."""

from pathlib import Path

import numpy as np

from mesure.machine.progress import ProgressStages
from mesure.record.policy_loading import read_policy
from mesure_lab.scoring import score_cases, score_folder, score_rules
from mesure_lab.scoring.score_cases import CaseKind, DepartureTruth, ScoreCase
from tests.lab.folders import NOON, full_folder

POLICY = read_policy(None)[0]


def cases(folder: Path) -> list[ScoreCase]:
    full_folder(folder)
    return list(score_folder.find(folder, (100.0,), ProgressStages()).cases)


def test_a_device_that_reports_once_a_minute_sends_one_in_three(tmp_path: Path) -> None:
    [walk, *_] = [one for one in cases(tmp_path) if one.truth and one.truth.starts_inside]
    rule_input = score_rules.make_rule_input(walk, 60.0, POLICY)
    assert set(np.diff(rule_input.live.time_s)) == {60.0}
    assert len(rule_input.fixes) == len(rule_input.live) == 66
    assert len(score_rules.make_rule_input(walk, 0.0, POLICY).fixes) == 196


def test_all_rules_are_given_the_same_fixes(tmp_path: Path) -> None:
    for case in cases(tmp_path):
        rule_input = score_rules.make_rule_input(case, 60.0, POLICY)
        assert list(rule_input.fixes.observed_us / 1e6) == list(rule_input.live.time_s)
        assert rule_input.bare is None


def test_a_bare_server_sees_what_was_delivered_again_days_later(tmp_path: Path) -> None:
    [still, *_] = [one for one in cases(tmp_path) if one.kind is CaseKind.AT_REST]
    rule_input = score_rules.make_rule_input(still, 60.0, POLICY, raw=True)
    assert rule_input.bare is not None
    assert len(rule_input.bare) == len(rule_input.live) + 1
    assert NOON - 40_000 in rule_input.bare.time_s
    assert NOON - 40_000 not in rule_input.live.time_s
    # It came between two others: in the order of receipt time runs backwards.
    assert (np.diff(rule_input.bare.received_s) >= 0).all()
    assert (np.diff(rule_input.bare.time_s) < 0).any()


def test_a_circle_of_another_size_moves_the_boundary_alone(tmp_path: Path) -> None:
    [still, *_] = [one for one in cases(tmp_path) if one.kind is CaseKind.AT_REST]
    readings = score_rules.make_rule_input(still, 60.0, POLICY).live
    small, large = (score_cases.within(readings, radius_m) for radius_m in (50.0, 80.0))
    assert np.allclose(small.beyond_m - large.beyond_m, 30.0)
    assert (small.radius_m, large.radius_m) == (50.0, 80.0)


def test_before_the_trip_the_device_was_inside() -> None:
    truth = DepartureTruth(12.0, True, np.arange(10.0, 16.0), np.arange(6) >= 2)
    outside = truth.outside_at(np.array([0.0, 9.9, 10.0, 12.0, 15.0, 99.0]))
    assert outside.tolist() == [False, False, False, True, True, True]
