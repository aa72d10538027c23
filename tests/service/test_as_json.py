"""The JSON of a replay: its fields, its bytes, and that chunks of fixes end in the same bytes."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation import pipeline
from mesure.evaluation.pipeline import EvaluationState
from mesure.geo.numeric import geo_kernels
from mesure.incidents import raising
from mesure.instants import to_us
from mesure.machine import timezones
from mesure.record import as_json, output
from mesure.record.replay import Replay, ReplayRequest, replay
from mesure.version import VERSION
from mesure_lab.demonstration import demo
from tests.service.files import FAR, HEAD, LATE_RETURN, ORDER, minute, request, rows, write

ALWAYS = {"id", "condition", "kind", "opened_at", "start", "end", "p_outside_max", "explanation"}
OF_EVIDENCE = {"evidence", "evidence_decided", "evidence_llr", "evidence_terms"}


def as_dict(done: Replay) -> Any:
    return json.loads(as_json.to_json(done))


def test_the_fields_of_a_replay(tmp_path: Path) -> None:
    report = as_dict(replay(request(tmp_path, LATE_RETURN + rows(0, 2))))
    assert set(report) == {
        "engine_version", "policy_version", "tzdata_version", "unsigned", "order", "person",
        "until", "inputs_sha256", "fixes", "assessments", "superseded", "ask_for_fixes",
        "incidents", "files",
    }  # fmt: skip
    assert (report["engine_version"], report["unsigned"]) == (VERSION, True)
    assert report["tzdata_version"] == timezones.VERSION
    assert (report["order"], report["person"]) == ("ALM-1", "P-1")
    assert report["until"] == minute(299)
    assert set(report["inputs_sha256"]) == {"order", "fixes", "policy"}
    assert [len(report["inputs_sha256"][name]) for name in ("order", "fixes", "policy")] == [
        1,
        1,
        64,
    ]
    assert report["fixes"] == {
        "read": 302,
        "used": 300,
        "kept_unused": {"duplicate": 2},
        "clock_corrected": 0,
    }


def _plain() -> st.SearchStrategy[Any]:
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    return st.recursive(
        leaf, lambda children: st.lists(children) | st.dictionaries(st.text(), children)
    )


@given(_plain())
def test_a_value_is_written_as_the_library_writes_it(value: Any) -> None:
    usual = json.dumps({"one": [value]}, ensure_ascii=False, sort_keys=True, indent=1)
    assert as_json._text({"one": [value]}, 0) == usual
    deeper = json.dumps([[value]], ensure_ascii=False, sort_keys=True, indent=1)
    inner = deeper.removeprefix("[\n ").removesuffix("\n]")
    assert as_json._text([value], 1) == inner


def test_what_a_live_device_would_have_been_asked(tmp_path: Path) -> None:
    wild = rows(100, 101, (43.35, 76.95))
    done = replay(request(tmp_path, rows(0, 100) + wild + rows(101, 110)))
    [ask] = as_dict(done)["ask_for_fixes"]
    assert (ask["condition"], ask["because"], ask["every_s"]) == ("C1", "first_look", 20.0)
    assert (ask["start"], ask["asked_at"], ask["end"]) == (minute(100), minute(100), minute(101))
    assert "In doubt" in output.render(done, "text")
    assert "In doubt" in output.render(done, "html")
    sure = replay(request(tmp_path, rows(0, 100)))
    assert as_dict(sure)["ask_for_fixes"] == []
    assert "In doubt" not in output.render(sure, "text")


def test_hours_in_which_a_device_said_that_it_lay_still_are_told_apart_from_silence(
    tmp_path: Path,
) -> None:
    """A sign that says since when, one that does not, and one by which the device moves."""
    signs = [(at, minute(58)) for at in range(75, 150, 15)] + [(300, "0"), (310, str(1 << 59))]
    fixes = [row + ",\n" for row in (rows(0, 61) + rows(200, 202)).splitlines()]
    claims = [f"{minute(at)},,,{minute(at)},{since}\n" for at, since in signs]
    fixes_files = write(
        tmp_path, fixes_csv="".join([f"{HEAD.strip()},still_since\n", *fixes, *claims])
    )
    done = replay(ReplayRequest(write(tmp_path, order_yaml=ORDER), fixes_files))
    report = as_dict(done)
    assert report["lay_still"] == [
        {"start": minute(58), "end": minute(135)},
        {"start": minute(201), "end": minute(300)},
    ]
    figures = report["fixes"]
    assert (figures["read"], figures["used"], figures["rest_claims"]) == (70, 63, 7)
    assert figures["kept_unused"] == {}
    for form in ("text", "html"):
        shown = output.render(done, form)
        assert "Device lies still" in shown
        assert "2\xa0h\xa056\xa0min" in shown
    silent = replay(request(tmp_path, rows(0, 61) + rows(200, 202)))
    assert "lay_still" not in as_dict(silent)
    assert "Device lies still" not in output.render(silent, "text")


def test_clocks_that_were_set_right_are_counted_whether_the_row_is_used_or_not(
    tmp_path: Path,
) -> None:
    behind = f"2006-06-27T16:00:30Z,43.25,76.95,{minute(1)}\n"
    figures = as_dict(replay(request(tmp_path, rows(0, 10) + 2 * behind)))["fixes"]
    assert figures == {
        "read": 12,
        "used": 11,
        "kept_unused": {"duplicate": 1},
        "clock_corrected": 2,
    }


def test_the_fields_of_an_assessment(tmp_path: Path) -> None:
    report = as_dict(replay(request(tmp_path, LATE_RETURN)))
    assert report["assessments"] == [
        {"condition": "C1", "status": "met", "start": minute(60), "end": minute(120)},
        {"condition": "C1", "status": "not_met", "start": minute(120), "end": minute(180)},
        {"condition": "C1", "status": "met", "start": minute(180), "end": minute(299)},
    ]
    assert report["superseded"] == []


def test_the_fields_of_an_incident(tmp_path: Path) -> None:
    [incident] = as_dict(replay(request(tmp_path, LATE_RETURN)))["incidents"]
    assert set(incident) == {*ALWAYS, *OF_EVIDENCE}
    assert (incident["condition"], incident["kind"]) == ("C1", "absent")
    assert (incident["start"], incident["end"]) == (minute(120), minute(180))
    assert incident["opened_at"] > incident["start"]
    assert 0.95 < incident["p_outside_max"] < 1.0
    assert incident["p_outside_max"] == round(incident["p_outside_max"], 6)
    assert set(incident["explanation"]) == {"en", "fr", "ru", "kk"}
    assert len(set(incident["explanation"].values())) == 4
    assert incident["evidence"][:2] == [120, 121]


def test_what_counted_adds_up_to_the_odds_that_decided(tmp_path: Path) -> None:
    done = replay(request(tmp_path, LATE_RETURN))
    [incident] = as_dict(done)["incidents"]
    first, *others = incident["evidence_terms"]
    assert (first["term"], first["fixes"]) == ("start", 0)
    assert [other["term"] for other in others][:2] == ["drift", "positions"]
    account = done.incidents[0].account
    odds = done.statement.judgement.said[account.lane].odds[account.last]
    assert sum(term["llr"] for term in incident["evidence_terms"]) == pytest.approx(
        math.log(odds), abs=0.002
    )
    weights = [other["llr"] for other in others if other["term"] not in ("drift", "limits")]
    decided = len(
        [row for row in incident["evidence"] if row <= 120 + account.last - account.first]
    )
    assert sum(incident["evidence_llr"][:decided]) == pytest.approx(sum(weights), abs=0.02)
    assert len(incident["evidence_llr"]) == len(incident["evidence"]) >= decided
    assert incident["evidence_decided"] == {
        "first_fix": minute(120), "last_fix": minute(120 + account.last - account.first)
    }  # fmt: skip


def test_an_open_incident_ends_in_null(tmp_path: Path) -> None:
    [incident] = as_dict(replay(request(tmp_path, rows(0, 120) + rows(120, 180, FAR))))["incidents"]
    assert incident["end"] is None


PAIR = "".join(rows(at, at + 1, FAR) for at in (100, 120))
REFUTED = rows(0, 90) + PAIR + rows(90, 140, received=240) + rows(230, 300)


def test_what_late_evidence_changed(tmp_path: Path) -> None:
    report = as_dict(replay(request(tmp_path, REFUTED)))
    assert set(report["superseded"][0]) == {
        "condition", "status", "start", "end", "stood_from", "stood_until"
    }  # fmt: skip
    assert {one["stood_until"] for one in report["superseded"]} == {minute(240)}
    [incident] = report["incidents"]
    assert set(incident) == {*ALWAYS, *OF_EVIDENCE, "withdrawn_at", "withdrawn_because"}
    assert (incident["withdrawn_at"], incident["withdrawn_because"]) == (
        minute(240),
        "late_evidence",
    )
    assert incident["opened_at"] == minute(120)


def test_a_silence_is_a_kind_of_its_own(tmp_path: Path) -> None:
    replay_request = request(tmp_path, rows(0, 90))
    report = as_dict(replay(replace(replay_request, until=datetime.fromisoformat(minute(400)))))
    [incident] = report["incidents"]
    assert (incident["kind"], incident["p_outside_max"], incident["evidence"]) == (
        "silent",
        0.0,
        [89],
    )
    assert (incident["evidence_terms"], incident["evidence_llr"], incident["evidence_decided"]) == (
        [],
        [],
        None,
    )


# --- Instants --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [(0, "00Z"), (500_000, "00.5Z"), (1, "00.000001Z"), (120_000, "00.12Z")],
)
def test_instants_have_the_digits_they_have(microseconds: int, text: str) -> None:
    almaty = timezone(timedelta(hours=5))
    moment = datetime(2026, 2, 12, 23, 16, 0, microseconds, almaty)
    assert as_json.instant(moment) == f"2026-02-12T18:16:{text}"
    assert as_json.instant(moment.astimezone(UTC)) == as_json.instant(moment)


# --- The same bytes --------------------------------------------------------------------------


def test_the_text_is_sorted_and_readable(tmp_path: Path) -> None:
    text = as_json.to_json(replay(request(tmp_path, LATE_RETURN)))
    assert text.endswith("}\n")
    assert "\\u" not in text  # Letters stay letters.
    report = json.loads(text)
    assert list(report) == sorted(report)
    assert list(report["incidents"][0]) == sorted(report["incidents"][0])
    assert report == as_json.to_object(replay(request(tmp_path, LATE_RETURN)))
    whole = json.dumps(report, ensure_ascii=False, sort_keys=True, indent=1)
    assert text == f"{whole}\n"


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """A made-up person's fortnight with lateness, drift, silence and leave."""
    folder = tmp_path_factory.mktemp("fortnight")
    for name, data in demo.fortnight(3).items():
        (folder / name).write_bytes(data)
    return replay(ReplayRequest((folder / "order.yaml",), (folder / "fixes.csv",)))


@pytest.mark.parametrize("batches", [1, 2, 20])
def test_however_fixes_are_cut_into_batches_the_bytes_are_the_same(
    fortnight: Replay, batches: int
) -> None:
    """By receipt, as a live server hears them, each batch judged when it came."""
    all_fixes = fortnight.gathered.fixes
    until_us = to_us(fortnight.until)
    edges = np.quantile(all_fixes.received_us, np.linspace(0.0, 1.0, batches + 1)[1:-1])
    moments = [int(edge) for edge in edges]
    state, last_us = EvaluationState(), -1
    for moment_us in [*moments, until_us]:
        new = (all_fixes.received_us > last_us) & (all_fixes.received_us <= moment_us)
        part = all_fixes.rows(np.flatnonzero(new))
        evaluation = pipeline.evaluate(fortnight.rules, state, part, moment_us)
        state, statement = evaluation.state, evaluation.statement
        last_us = moment_us
    unused = {reason: kept.observed_us for reason, kept in fortnight.gathered.unused.items()}
    incidents = raising.incidents(fortnight.rules, statement, unused, unsigned=True)
    in_batches = replace(fortnight, statement=statement, incidents=incidents)
    assert as_json.to_json(in_batches) == as_json.to_json(fortnight)


def test_the_fortnight_has_something_of_everything(fortnight: Replay) -> None:
    report = as_dict(fortnight)
    assert {one["status"] for one in report["assessments"]} == {"met", "not_met", "unknown"}
    assert {one["kind"] for one in report["incidents"]} >= {"absent", "silent"}


def test_with_and_without_the_compiler_the_bytes_are_the_same(tmp_path: Path) -> None:
    replay_request = request(tmp_path, REFUTED)
    compiled = as_json.to_json(replay(replay_request))
    try:
        geo_kernels.use_compiler(False)
        assert as_json.to_json(replay(replay_request)) == compiled
    finally:
        geo_kernels.use_compiler(True)
