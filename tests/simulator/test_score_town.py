"""A town read back from its files: the same figures as when it was simulated."""

import json
from pathlib import Path

import pytest

from mesure.ingest.faults import FixesError
from mesure.runtime.patience import Stages
from mesure.simulator import results, score_report, score_town, score_town_report, simulate
from mesure.simulator.results import Simulation
from mesure.simulator.score_report import Asked
from mesure.simulator.score_town import TownScored
from mesure.simulator.sweeps import Setting
from mesure.simulator.town_order import CURFEW
from mesure.simulator.towns import Town

PLAN = Town(3, persons=4, days=4)
NAMES = ("mesure", "accuracy_once")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def simulated(folder: Path) -> Simulation:
    return simulate.simulate(PLAN, out=folder, baselines=("accuracy_once",))


@pytest.fixture(scope="module")
def scored(folder: Path, simulated: Simulation) -> TownScored:
    return score_town.score(folder, NAMES, Stages())


def test_the_judge_does_as_well_from_files_as_in_the_town(
    simulated: Simulation, scored: TownScored
) -> None:
    for kind, figures in simulated.figures():
        found = scored.classes[kind]
        assert found.false == figures.false
        assert found.kinds == figures.kinds
        assert found.unknown_h_per_day == figures.unknown_h_per_day
        assert found.silences_per_day == figures.silences_per_day
        assert found.days == figures.days


def test_the_baselines_are_those_of_the_town(simulated: Simulation, scored: TownScored) -> None:
    for swept in simulated.swept:
        for kind in PLAN.classes:
            mine = [one for one in swept.outcomes if one.person.device_class is kind]
            setting = Setting(swept.rule, swept.parameter, swept.value)
            found = scored.curfew[kind.value][setting]
            figures = results.figures(mine)
            assert found.false.count == figures.false.count
            assert found.all_but_near.delays.missed == figures.all_but_near.delays.missed


def test_the_judge_stands_beside_them_on_the_curfew_alone(
    simulated: Simulation, scored: TownScored
) -> None:
    for kind in PLAN.classes:
        mine = [
            results.outcome(one, CURFEW) for one in simulated.persons if one.device_class is kind
        ]
        assert scored.curfew[kind.value][Setting("mesure")].false == results.figures(mine).false


def test_a_town_is_told_from_real_traces(folder: Path, scored: TownScored, tmp_path: Path) -> None:
    assert score_town.is_town(folder)
    assert not score_town.is_town(tmp_path)
    asked = Asked(folder, "mesure,accuracy_once")
    text = score_report.report(asked, "text", Stages())
    assert text == score_town_report.render(scored, "text")
    assert text.startswith("Rules in a simulated town: seed 3")
    assert max(map(len, text.splitlines())) <= 100


def test_the_object_and_the_page_of_a_town_have_the_same_bytes_again(scored: TownScored) -> None:
    found = json.loads(score_town_report.render(scored, "json"))
    assert set(found["classes"]) == {"phone", "gnss_tag"}
    rules = [one["rule"] for one in found["classes"]["phone"]["curfew"]]
    assert rules[0] == "mesure"
    assert rules.count("accuracy_once") == 4
    page = score_town_report.render(scored, "html")
    assert page == score_town_report.render(scored, "html")
    assert page.count("<figure>") == 4
    assert "<script" not in page


def test_a_truth_that_was_not_written_so_is_refused(
    folder: Path, scored: TownScored, tmp_path: Path
) -> None:
    home = tmp_path / "P-1"
    home.mkdir()
    (home / "truth.json").write_text('{"judge_with": "by hand"}')
    with pytest.raises(FixesError, match=r"P-1/truth\.json: it is not as a simulation writes it"):
        score_town.score(tmp_path, NAMES, Stages())
