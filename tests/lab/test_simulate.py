"""The runner: the same seed gives the same bytes, and files that `mesure replay` judges alike."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.instants import to_datetime
from mesure.machine.progress import ProgressStages
from mesure.record.replay import ReplayRequest, replay
from mesure_lab.simulation import simulate, simulate_text
from mesure_lab.simulation.towns import Town

PLAN = Town(5, persons=4, days=4)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_one_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    stages = ProgressStages()
    first = simulate.report(PLAN, "json", tmp_path / "a", stages)
    assert stages.now == "judging person 4 of 4"
    assert first == simulate.report(PLAN, "json", tmp_path / "b", ProgressStages())
    assert _files(tmp_path / "a") == _files(tmp_path / "b")
    assert first != simulate.report(replace(PLAN, seed=6), "json", None, ProgressStages())


def test_the_files_of_a_person_are_judged_alike_by_replay(tmp_path: Path) -> None:
    simulation = simulate.simulate(PLAN, out=tmp_path)
    for person in simulation.persons:
        folder = tmp_path / person.id
        truth = json.loads((folder / "truth.json").read_text())
        again = replay(
            ReplayRequest(
                (folder / "order.yaml",),
                (folder / "fixes.csv",),
                until=to_datetime(PLAN.end_s * 1_000_000),
                device_class=DeviceClass(truth["device_class"]),
            )
        )
        replay_incidents = [
            (incident.condition, incident.opened_at.timestamp())
            for incident in again.incidents
            if incident.kind.value != "silent"
        ]
        town_incidents = [(one.raised.condition, one.raised.opened_s) for one in person.said]
        assert sorted(replay_incidents) == sorted(town_incidents)
        assert len(truth["breaches"]) == len(person.truth.breaches)
        assert "--device-class" in truth["judge_with"]


def test_json_is_whole_and_sorted() -> None:
    text = simulate.report(PLAN, "json", None, ProgressStages())
    document = json.loads(text)
    assert set(document["classes"]) == {"phone", "gnss_tag"}
    assert document["seed"] == 5
    assert "Infinity" not in text
    assert "NaN" not in text
    assert text == json.dumps(document, indent=1, sort_keys=True) + "\n"


def test_text_says_what_a_reader_looks_for() -> None:
    text = simulate.report(PLAN, "text", None, ProgressStages())
    for words in (
        "Nobody in it exists",
        "false incidents of place",
        "over 15 min",
        "hours unknown",
    ):
        assert words in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_baselines_are_run_when_asked() -> None:
    plan = replace(PLAN, persons=2)
    simulation = simulate.simulate(plan, baselines=("point_state", "dwell"))
    assert [(one.rule, one.value) for one in simulation.swept][:2] == [
        ("point_state", 0.0),
        ("dwell", 0.0),
    ]
    assert all(len(one.outcomes) == 2 for one in simulation.swept)
    assert simulate.simulate(plan).swept == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"persons": 0}, "1 to 100,000 persons, not 0"),
        ({"days": 1000}, "1 to 366 days, not 1,000"),
        ({"interval_s": 15}, "multiple of 10 s apart, not 15"),
        ({"interval_s": 0}, "multiple of 10 s apart, not 0"),
    ],
)
def test_a_town_that_cannot_be_is_refused(changes: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        simulate.simulate(replace(PLAN, **changes))  # type: ignore[arg-type]


def test_a_town_of_one_short_day_can_be() -> None:
    simulation = simulate.simulate(Town(1, persons=1, days=1))
    assert "phone: 1 person, " in simulate_text.text(simulation)
