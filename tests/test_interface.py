"""The public Python interface: what the command does, as a function."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import mesure
from mesure.evaluation.assessment import Status
from mesure.incidents.incident import IncidentKind
from tests.service.files import HEAD, LATE_RETURN, LATER, ORDER, minute, rows, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, order_yaml=ORDER, later_yaml=LATER, fixes_csv=HEAD + LATE_RETURN)
    return tmp_path


def test_a_replay_is_a_function_and_a_value(folder: Path) -> None:
    report = mesure.replay(folder / "order.yaml", str(folder / "fixes.csv"))
    assert [one.status for one in report.assessments] == [Status.MET, Status.NOT_MET, Status.MET]
    assert [one.kind for one in report.incidents] == [IncidentKind.ABSENT]
    assert report.superseded == ()
    assert {one.condition for one in report.ask_for_fixes} <= {"C1"}
    assert (report.fixes_read, report.fixes_kept_unused) == (300, {})
    assert report.until == datetime.fromisoformat(minute(299))


def test_it_says_what_the_command_says(folder: Path) -> None:
    report = mesure.replay(folder / "order.yaml", folder / "fixes.csv")
    assert json.loads(report.to_json())["order"] == "ALM-1"
    assert "A possible breach is not a finding." in report.to_text()
    assert report.to_html().lower().startswith("<!doctype html>")


def test_several_files_may_be_given(folder: Path) -> None:
    write(folder, more_csv=HEAD + rows(300, 400) + rows(0, 10))
    report = mesure.replay(
        [folder / "later.yaml", folder / "order.yaml"],
        (folder / name for name in ("fixes.csv", "more.csv")),
    )
    assert (report.fixes_read, report.fixes_kept_unused) == (410, {"duplicate": 10})


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5))])
def test_the_moment_of_looking_is_aware(folder: Path, zone: timezone) -> None:
    until = datetime.fromisoformat(minute(150))
    report = mesure.replay(
        folder / "order.yaml", folder / "fixes.csv", until=until.astimezone(zone)
    )
    assert report.until == until
    assert report.until.tzinfo is UTC
    assert report.fixes_kept_unused == {"after_until": 150}


def test_policy_trace_and_class_of_device_are_named(folder: Path) -> None:
    own = (
        "version: own\nthresholds:\n  silence_s: {unit: seconds, reason: r, reference: r, "
        "values: [{from: 2026-01-01, value: 60}]}\n"
    )
    _, table = write(
        folder, policy_yaml=own, two_csv=f"time,lat,lon,trace_id\n{minute(70)},43.25,76.95,a\n"
    )
    report = mesure.replay(
        folder / "order.yaml",
        table,
        policy=folder / "policy.yaml",
        trace="a",
        until=datetime.fromisoformat(minute(90)),
        device_class="gnss_tag",
    )
    assert json.loads(report.to_json())["policy_version"] == "own"
    assert report.assessments[0].span.end == datetime.fromisoformat(minute(71))


@pytest.mark.parametrize(
    ("until", "phrase"),
    [
        (datetime(2026, 2, 10), "“until” has no offset"),  # noqa: DTZ001
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=5))), "outside the years"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=5))), "outside the years"),
        (datetime(9000, 1, 1, tzinfo=UTC), "outside the years 1900 to 8999"),
        (datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=5))), "outside the years"),
    ],
)
def test_a_moment_that_no_clock_shows_is_refused(
    folder: Path, until: datetime, phrase: str
) -> None:
    with pytest.raises(mesure.InputError, match=phrase):
        mesure.replay(folder / "order.yaml", folder / "fixes.csv", until=until)


def test_files_that_cannot_be_read_are_one_kind_of_error(folder: Path) -> None:
    write(folder, wrong_yaml=ORDER.replace("radius_m: 60", "radius_m: 0"), wrong_csv="a,b\n1,2\n")
    for order, fixes, phrase in (
        ("wrong.yaml", "fixes.csv", "radius"),
        ("order.yaml", "wrong.csv", "wrong.csv"),
        ("nowhere.yaml", "fixes.csv", "no such file"),
    ):
        with pytest.raises(mesure.InputError, match=phrase) as caught:
            mesure.replay(folder / order, folder / fixes)
        assert isinstance(caught.value, ValueError)
        assert caught.value.__cause__ is None


def test_without_an_order_there_is_nothing_to_judge_by(folder: Path) -> None:
    with pytest.raises(mesure.InputError, match="No order was given"):
        mesure.replay([], folder / "fixes.csv")
    assert mesure.replay(folder / "order.yaml", []).fixes_read == 0


def test_the_package_names_what_is_public() -> None:
    assert set(mesure.__all__) == {"InputError", "ReplayResult", "__version__", "replay"}
    assert mesure.ReplayResult.__doc__
    with pytest.raises(AttributeError, match="no attribute 'judge'"):
        _ = mesure.judge
