"""`mesure score` on the command line: the options, the exit status, and sentences for faults."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mesure import cli
from tests.lab.folders import full_folder

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    full_folder(tmp_path)
    monkeypatch.chdir(tmp_path)

    def run_command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mesure", "score", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return int(end.value.code or 0), shown.out, shown.err

    return run_command


def test_the_result_alone_goes_to_standard_output(run: Run) -> None:
    status, out, err = run("--traces", "dev", "--rules", "mesure,twice", "--format", "json")
    assert (status, err) == (0, "")
    assert json.loads(out)["radius_m"] == [50.0, 100.0, 200.0]


def test_a_radius_may_be_given_again_or_with_commas(run: Run) -> None:
    line = ("--traces", ".", "--rules", "twice", "--format", "json")
    for words in (("--radius-m", "30", "--radius-m", "80"), ("--radius-m", "80,30")):
        _, out, _ = run(*line, *words)
        assert json.loads(out)["radius_m"] == [30.0, 80.0]


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_a_result_can_go_to_a_file(run: Run, tmp_path: Path, form: str) -> None:
    line = ("--traces", "dev", "--rules", "twice", "--format", form, "--out", "result")
    assert run(*line) == (0, "", "")
    assert (tmp_path / "result").stat().st_size > 1_000


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (("--traces", "nowhere"), "nowhere: it is no folder"),
        (("--traces", "places"), "places: it has no *.parquet"),
        (("--traces", "dev", "--rules", "best"), "There is no rule best"),
        (("--traces", "dev", "--radius-m", "wide"), "A radius is a number of metres"),
        (("--traces", "dev", "--radius-m", "-5"), "A circle has a radius of more than 0 m"),
        (("--traces", "dev", "--format", "html"), "a page needs a file to go to"),
        (("--traces", "dev", "--out", "nowhere/result"), "there is no folder"),
        ((), "--traces"),
    ],
)
def test_bad_input_ends_with_status_2_and_a_sentence(
    run: Run, words: tuple[str, ...], phrase: str
) -> None:
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert phrase in " ".join(err.replace("│", " ").split())
