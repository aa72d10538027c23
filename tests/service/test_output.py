"""A replay handed out: to a file, or to standard output and nothing else there."""

import json
import sys
from pathlib import Path

import pytest

from mesure.record import output
from mesure.record.replay import Replay, replay
from tests.service.files import LATE_RETURN, request


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    return replay(request(tmp_path_factory.mktemp("replay"), LATE_RETURN))


def test_each_form_is_what_it_says(result: Replay) -> None:
    assert json.loads(output.render(result, "json"))["order"] == "ALM-1"
    assert output.render(result, "html").lower().startswith("<!doctype html>")
    assert "A possible breach is not a finding." in output.render(result, "text")


def test_without_a_file_it_goes_to_standard_output_alone(
    result: Replay, capsys: pytest.CaptureFixture[str]
) -> None:
    output.put(result, "json", None)
    shown = capsys.readouterr()
    assert json.loads(shown.out)["order"] == "ALM-1"
    assert shown.err == ""


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_with_a_file_nothing_is_shown(
    result: Replay, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output.put(result, form, tmp_path / "result")
    assert capsys.readouterr() == ("", "")
    written = (tmp_path / "result").read_text(encoding="utf-8")
    assert written == output.render(result, form)


def test_the_table_is_as_wide_as_the_terminal(
    result: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    for columns in (60, 100):
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = output.render(result, "text").splitlines()
        assert max(len(line) for line in lines) <= columns


def test_a_table_needs_no_standard_output(result: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    table = output.render(result, "text")
    monkeypatch.setattr(sys, "stdout", None)
    assert output.render(result, "text") == table
