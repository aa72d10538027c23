"""What a file says of accuracy is judged by, and what is not read of it is named."""

import json
from pathlib import Path

import pytest

from mesure.evaluation.assessment import Status
from mesure.record import output
from mesure.record.replay import Replay, ReplayRequest, replay
from tests.service import files


def judge_evening(folder: Path, heading: str, cells: str) -> Replay:
    """Return what comes of an evening 180 m from home, each fix with more said of it."""
    rows = [f"{files.minute(at)},43.25162,76.95,{cells}" for at in range(0, 300, 2)]
    text = "\n".join([f"time,lat,lon,{heading}", *rows])
    order, fixes = files.write(folder, order_yaml=files.ORDER, walk_csv=text)
    return replay(ReplayRequest((order,), (fixes,)))


def statuses(result: Replay) -> set[Status]:
    return {one.status for one in result.statement.assessments if one.condition == "C1"}


@pytest.mark.parametrize("name", ["accuracy", "CONFIDENCE CIRCLE", "accuracy_m"])
def test_circles_of_150_m_are_no_absence(name: str, tmp_path: Path) -> None:
    result = judge_evening(tmp_path, name, "150")
    assert statuses(result) == {Status.UNKNOWN}
    assert result.incidents == ()


def test_circles_of_5_m_are_one(tmp_path: Path) -> None:
    result = judge_evening(tmp_path, "accuracy", "5")
    assert Status.NOT_MET in statuses(result)


def test_columns_that_are_not_read_are_named_in_every_form(tmp_path: Path) -> None:
    result = judge_evening(tmp_path, "accuracy,course,battery", "5,270,80")
    [file_summary] = json.loads(output.render(result, "json"))["files"]
    assert file_summary == {
        "file": "walk.csv",
        "columns_unread": ["course", "battery"],
        "has_accuracy": True,
        "device_events": [],
    }
    for form in ("text", "html"):
        shown = output.render(result, form)
        assert "walk.csv: course, battery" in shown
        assert "Columns not read" in shown
        assert "Accuracy not known" not in shown


def test_a_file_without_accuracy_says_so(tmp_path: Path) -> None:
    result = judge_evening(tmp_path, "accuracy_ft", "5")
    assert not json.loads(output.render(result, "json"))["files"][0]["has_accuracy"]
    for form in ("text", "html"):
        shown = " ".join(output.render(result, form).split())
        assert "walk.csv: no fix says how accurate it is" in shown
