"""A town read back from its files: the same figures as when it was simulated."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mesure.formats.columns.file_faults import FixesError
from mesure.machine.progress import ProgressStages
from mesure_lab.ground.town_order import CURFEW
from mesure_lab.scoring import score_report, score_town, score_town_report
from mesure_lab.scoring.score_report import ScoreRequest
from mesure_lab.scoring.score_town import TownScored
from mesure_lab.simulation import results, simulate
from mesure_lab.simulation.results import Simulation
from mesure_lab.simulation.sweeps import BaselineSetting
from mesure_lab.simulation.towns import Town

PLAN = Town(3, persons=4, days=4)
NAMES = ("mesure", "accuracy_once")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def simulation(folder: Path) -> Simulation:
    return simulate.simulate(PLAN, out=folder, baselines=("accuracy_once",))


@pytest.fixture(scope="module")
def scores(folder: Path, simulation: Simulation) -> TownScored:
    return score_town.score(folder, NAMES, ProgressStages())


def test_the_judge_does_as_well_from_files_as_in_the_town(
    simulation: Simulation, scores: TownScored
) -> None:
    for kind, figures in simulation.figures():
        class_score = scores.classes[kind]
        assert class_score.false == figures.false
        assert class_score.kinds == figures.kinds
        assert class_score.unknown_h_per_day == figures.unknown_h_per_day
        assert class_score.silences_per_day == figures.silences_per_day
        assert class_score.days == figures.days


def test_the_baselines_are_those_of_the_town(simulation: Simulation, scores: TownScored) -> None:
    for swept in simulation.swept:
        for kind in PLAN.classes:
            mine = [one for one in swept.outcomes if one.person.device_class is kind]
            setting = BaselineSetting(swept.rule, swept.parameter, swept.value)
            setting_score = scores.curfew[kind.value][setting]
            figures = results.figures(mine)
            assert setting_score.false.count == figures.false.count
            assert setting_score.all_but_near.delays.missed == figures.all_but_near.delays.missed


def test_the_judge_stands_beside_them_on_the_curfew_alone(
    simulation: Simulation, scores: TownScored
) -> None:
    for kind in PLAN.classes:
        mine = [
            results.outcome(town_person, CURFEW)
            for town_person in simulation.persons
            if town_person.device_class is kind
        ]
        assert (
            scores.curfew[kind.value][BaselineSetting("mesure")].false
            == results.figures(mine).false
        )


def test_a_town_is_told_from_real_traces(folder: Path, scores: TownScored, tmp_path: Path) -> None:
    assert score_town.is_town(folder)
    assert not score_town.is_town(tmp_path)
    assert not score_town.is_town(tmp_path / ("n" * 5000))
    request = ScoreRequest(folder, "mesure,accuracy_once")
    text = score_report.report(request, "text", ProgressStages())
    assert text == score_town_report.render(scores, "text")
    assert text.startswith("Rules in a simulated town: seed 3")
    assert max(map(len, text.splitlines())) <= 100


def test_the_object_and_the_page_of_a_town_have_the_same_bytes_again(scores: TownScored) -> None:
    report = json.loads(score_town_report.render(scores, "json"))
    assert set(report["classes"]) == {"phone", "gnss_tag"}
    rules = [one["rule"] for one in report["classes"]["phone"]["curfew"]]
    assert rules[0] == "mesure"
    assert rules.count("accuracy_once") == 4
    page = score_town_report.render(scores, "html")
    assert page == score_town_report.render(scores, "html")
    assert page.count("<figure>") == 4
    assert "<script" not in page


def test_a_truth_that_was_not_written_so_is_refused(
    folder: Path, scores: TownScored, tmp_path: Path
) -> None:
    home = tmp_path / "P-1"
    home.mkdir()
    (home / "truth.json").write_text('{"judge_with": "by hand"}')
    with pytest.raises(FixesError, match=r"P-1/truth\.json: it is not as a simulation writes it"):
        score_town.score(tmp_path, NAMES, ProgressStages())


BREACH = {
    "condition": "C1",
    "kind": "walk",
    "start": "2026-09-07T18:00:00Z",
    "end": "2026-09-07T19:00:00Z",
}


def person(folder: Path, town: Path) -> Path:
    """Return the files of one person of the town, alone in a folder."""
    home = folder / "P-0001"
    shutil.copytree(town / "P-0001", home)
    return home


def rewrite(home: Path, **changed: Any) -> None:
    truth = json.loads((home / "truth.json").read_text())
    (home / "truth.json").write_text(json.dumps(truth | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"kit": None},
        {"person": 7},
        {"seed": "one"},
        {"report_every_s": 1e300},
        {"judge_with": 7},
        {"judge_with": "by hand --until 2026-09-09T19:00:00"},
        {"judge_with": "by hand --until 0001-01-01T00:00:00+14:00"},
        {"breaches": [BREACH | {"start": "2026-09-07T18:00:00"}]},
        {"breaches": [BREACH | {"end": "2026-09-07T17:00:00Z"}]},
        {"breaches": [BREACH | {"kind": ["walk"]}]},
    ],
)
def test_a_truth_that_lies_about_its_form_is_refused(
    folder: Path, scores: TownScored, tmp_path: Path, changed: dict[str, Any]
) -> None:
    rewrite(person(tmp_path, folder), **changed)
    with pytest.raises(FixesError, match=r"truth\.json: it is not as a simulation writes it"):
        score_town.score(tmp_path, NAMES, ProgressStages())


def test_a_truth_that_nests_too_deep_is_refused(
    folder: Path, scores: TownScored, tmp_path: Path
) -> None:
    (person(tmp_path, folder) / "truth.json").write_text("[" * 100_000)
    with pytest.raises(FixesError, match="nobody can say what truly happened"):
        score_town.score(tmp_path, NAMES, ProgressStages())


@pytest.mark.parametrize(("old", "new"), [("home", "house"), ("C1:", "C9:")])
def test_an_order_without_a_curfew_at_home_is_refused(
    folder: Path, scores: TownScored, tmp_path: Path, old: str, new: str
) -> None:
    path = person(tmp_path, folder) / "order.yaml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(FixesError, match=r"order\.yaml: it has no circle called home"):
        score_town.score(tmp_path, NAMES, ProgressStages())


def test_two_towns_in_one_folder_are_refused(
    folder: Path, scores: TownScored, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    rewrite(tmp_path / "P-0002", seed=4)
    with pytest.raises(FixesError, match="it is of another town than the person before"):
        score_town.score(tmp_path, NAMES, ProgressStages())


@pytest.mark.parametrize(
    ("until", "days"), [("2990-01-01T00:00:00Z", 4.0), ("2020-01-01T00:00:00Z", None)]
)
def test_days_beyond_the_order_are_no_exposure(
    folder: Path, scores: TownScored, tmp_path: Path, until: str, days: float | None
) -> None:
    rewrite(person(tmp_path, folder), judge_with=f"by hand --until {until}")
    if days is None:
        with pytest.raises(FixesError, match="P-0001/truth"):
            score_town.score(tmp_path, NAMES, ProgressStages())
        return
    score = score_town.score(tmp_path, ("mesure",), ProgressStages())
    assert [every.days for every in score.classes.values()] == [days]


def test_what_else_lies_beside_the_files_does_no_harm(
    folder: Path, scores: TownScored, tmp_path: Path
) -> None:
    home = person(tmp_path, folder)
    (home / "notes").mkdir()
    (home / "gone").symlink_to(tmp_path / "nowhere")
    rewrite(home, breaches=[BREACH | {"kind": "wa\x1b[2Jlk"}])
    score = score_town.score(tmp_path, ("mesure",), ProgressStages())
    assert "\x1b" not in score_town_report.render(score, "text")
