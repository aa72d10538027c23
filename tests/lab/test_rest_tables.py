"""Devices at rest before the judge: real figures beside simulated ones, between marks on a page."""

from dataclasses import replace
from pathlib import Path

import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.record.policy_loading import read_policy
from mesure_lab.scoring import score_rules
from mesure_lab.tables import rest_tables
from mesure_lab.trials import compare


def test_each_kind_has_what_was_real_and_what_the_judge_says_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest_tables, "HOMES", 1)
    monkeypatch.setattr(rest_tables, "DAYS", 0.5)
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- at rest: begin -->\nold\n<!-- at rest: end -->\nb\n")
    rest_tables.main([str(page)])
    lines = page.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("a", "b")
    rows = [line for line in lines if line.count("|") == 7][2:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [
        kind.name for kind in rest_tables.KINDS
    ]
    assert all(kind.judge in row for kind, row in zip(rest_tables.KINDS, rows, strict=True))


def test_who_is_carried_off_for_some_hours_is_one_incident_and_who_lies_there_is_none() -> None:
    [record] = (one for one in compare.RECORDS if one.name == "logger in a house")
    policy = read_policy(None)[0].at(score_rules.DAY, DeviceClass.GNSS_TAG)
    trial = compare.trial(replace(record, days=1.0), 3)
    assert rest_tables.false(trial, policy) == 0
    trial.view.east_m[1000:1500] += 400.0
    assert rest_tables.false(trial, policy) == 1


def test_firmware_that_repeats_sends_one_position_for_a_while() -> None:
    [record] = (one for one in compare.RECORDS if one.name == "collar at a house")
    [kind] = (one for one in rest_tables.KINDS if one.repeats)
    plain = compare.trial(replace(record, days=1.0), 3)
    again = rest_tables.as_sent(kind, compare.trial(replace(record, days=1.0), 3), 3)
    steps = (again.view.east_m[1:] == again.view.east_m[:-1]).sum()
    assert steps > 0.2 * len(again.view.east_m)
    assert steps > (plain.view.east_m[1:] == plain.view.east_m[:-1]).sum()
    assert (again.view.claim_m[1:] == again.view.claim_m[:-1]).sum() >= steps
