"""The command line: what goes where, what it ends with, and sentences instead of tracebacks."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mesure import cli
from mesure.cli import door
from mesure.cli.options import Language
from mesure.record import replay
from mesure.record.replay import Replay
from mesure.version import VERSION
from tests.service.files import FAR, HEAD, LATE_RETURN, LATER, ORDER, minute, rows, write

COMMANDS = ("replay", "check-order", "simulate", "score", "demo")
FILES = ("--order", "order.yaml", "--fixes", "fixes.csv")


class Ended(NamedTuple):
    status: int
    out: str
    err: str


class CommandLine:
    """A command line in a folder with an order and fixes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *words: str) -> Ended:
        """Run the program in this process."""
        self._monkeypatch.setattr(sys, "argv", ["mesure", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        shown = self._capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return Ended(int(end.value.code or 0), shown.out, shown.err)


@pytest.fixture
def mesure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    write(tmp_path, order_yaml=ORDER, later_yaml=LATER, fixes_csv=HEAD + LATE_RETURN)
    write(tmp_path, empty_csv="", wrong_yaml=ORDER.replace("radius_m: 60", "radius_m: 0"))
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    return CommandLine(monkeypatch, capsys)


# --- Help ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(mesure: CommandLine, command: str) -> None:
    ended = mesure(command, "--help")
    assert ended.status == 0
    assert f"Example: mesure {command}" in ended.out


def test_every_command_is_named_and_the_version_is_told(mesure: CommandLine) -> None:
    assert all(command in mesure("--help").out for command in COMMANDS)
    assert mesure("--version") == (0, f"{VERSION}\n", "")


@pytest.mark.parametrize("words", [(), ("replay",), ("fly",), ("check-order",)])
def test_a_line_that_asks_for_nothing_ends_with_status_2(
    mesure: CommandLine, words: Sequence[str]
) -> None:
    ended = mesure(*words)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err


# --- Replay ----------------------------------------------------------------------------------


def test_standard_output_carries_only_the_result(mesure: CommandLine) -> None:
    ended = mesure("replay", *FILES, "--format", "json")
    assert (ended.status, ended.err) == (0, "")
    report = json.loads(ended.out)
    assert [one["kind"] for one in report["incidents"]] == ["absent"]
    text = mesure("replay", *FILES)
    assert (text.status, text.err) == (0, "")
    assert "A possible breach is not a finding." in text.out


def test_the_same_line_gives_the_same_bytes(mesure: CommandLine) -> None:
    assert mesure("replay", *FILES, "--format", "json") == mesure(
        "replay", *FILES, "--format", "json"
    )


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_a_result_can_go_to_a_file(mesure: CommandLine, tmp_path: Path, form: str) -> None:
    assert mesure("replay", *FILES, "--format", form, "--out", "result") == (0, "", "")
    assert (tmp_path / "result").stat().st_size > 1_000


def test_an_empty_file_is_no_fixes_and_no_error(mesure: CommandLine) -> None:
    line = ("replay", "--order", "order.yaml", "--fixes", "empty.csv", "--format", "json")
    ended = mesure(*line, "--until", minute(200))
    report = json.loads(ended.out)
    assert ended.status == 0
    assert report["fixes"] == {"read": 0, "used": 0, "kept_unused": {}, "clock_corrected": 0}
    assert {one["status"] for one in report["assessments"]} == {"unknown"}
    assert report["incidents"] == []
    assert mesure(*line).status == 0


def test_the_moment_of_looking_has_an_offset(mesure: CommandLine) -> None:
    line = ("replay", *FILES, "--format", "json", "--until")
    for until in ("2026-02-10T18:30:00Z", "2026-02-10T23:30:00+05:00"):
        report = json.loads(mesure(*line, until).out)
        assert report["until"] == "2026-02-10T18:30:00Z"
        assert report["fixes"]["kept_unused"] == {"after_until": 150}
        assert report["incidents"][0]["end"] is None


def test_by_default_nothing_comes_after_the_moment_of_looking(mesure: CommandLine) -> None:
    report = json.loads(mesure("replay", *FILES, "--format", "json").out)
    assert report["until"] == minute(299)
    assert report["fixes"]["kept_unused"] == {}


def test_versions_and_files_are_given_by_repeating(mesure: CommandLine, tmp_path: Path) -> None:
    write(tmp_path, more_csv=HEAD + rows(300, 2900))
    files = (*FILES, "--fixes", "more.csv")
    report, other = (
        json.loads(mesure("replay", *orders, *files, "--format", "json").out)
        for orders in (("--order", "later.yaml"), ())
    )
    assert len(report["inputs_sha256"]["order"]) == 2
    assert starts(report)[-1] == minute(2820)  # On the 12th at 20:00.
    assert starts(other)[-1] == minute(1500)  # On the 11th at 22:00.


def starts(report: dict[str, Any]) -> list[str]:
    return [one["start"] for one in report["assessments"] if one["condition"] == "C1"]


def test_a_class_of_device_and_a_trace_can_be_named(mesure: CommandLine, tmp_path: Path) -> None:
    two = "time,lat,lon,trace_id\n" + "".join(
        f"{minute(at)},43.25,76.95,{name}\n" for at in range(60, 80) for name in "ab"
    )
    write(tmp_path, two_csv=two)
    line = ("replay", "--order", "order.yaml", "--fixes", "two.csv", "--format", "json")
    until = ("--until", minute(200))
    refused = mesure(*line)
    assert refused.status == 2
    assert "--trace" in refused.err
    assert "a, b" in refused.err
    phone, tag = (
        json.loads(mesure(*line, *until, "--trace", "a", "--device-class", name).out)
        for name in ("phone", "gnss_tag")
    )
    assert phone["fixes"]["kept_unused"] == {"other_trace": 20}
    assert phone["assessments"][0]["end"] == minute(109)
    assert tag["assessments"][0]["end"] == minute(89)


# --- What is wrong ---------------------------------------------------------------------------

OWN = """
version: own
thresholds:
  silence_s: {unit: seconds, reason: r, reference: r, values: [{from: 2026-01-01, value: soon}]}
  silense_s: {unit: seconds, reason: r, reference: r, values: [{from: 2026-01-01, value: 5}]}
"""


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (("--order", "nowhere.yaml", "--fixes", "fixes.csv"), "nowhere.yaml: no such file"),
        (("--order", "order.yaml", "--fixes", "nowhere.csv"), "nowhere.csv: no such file"),
        (("--order", "folder", "--fixes", "fixes.csv"), "folder: is a directory"),
        (("--order", "order.yaml", "--fixes", "folder"), "folder: is a directory"),
        (("--order", "wrong.yaml", "--fixes", "fixes.csv"), "wrong.yaml, line 6, places.home"),
        (("--order", "order.yaml", *FILES), "the version comes into force at the same time"),
        ((*FILES, "--policy", "nowhere.yaml"), "nowhere.yaml: no such file"),
        ((*FILES, "--policy", "policy.yaml"), "“soon” cannot be used"),
        ((*FILES, "--policy", "policy.yaml"), "“silense_s” is not a key here"),
        (
            (*FILES, "--until", "2026-02-10T23:00:00"),
            "--until: “2026-02-10T23:00:00” has no offset",
        ),
        ((*FILES, "--until", "tomorrow"), "--until: “tomorrow” is no instant"),
        ((*FILES, "--until", "0001-01-01T00:00:00+05:00"), "is no instant"),
        ((*FILES, "--until", "9999-12-31T23:59:59-05:00"), "is no instant"),
        ((*FILES, "--until", "9999-12-31T23:59:59Z"), "outside the years 1900 to 8999"),
        ((*FILES, "--until", "1900-01-01T00:00:00+05:00"), "outside the years 1900 to 8999"),
        ((*FILES, "--until", "\x1b[2J"), "“\ufffd[2J” is no instant"),
        ((*FILES, "--format", "html"), "add --out report.html"),
        ((*FILES, "--format", "pdf"), "'pdf' is not one of"),
        ((*FILES, "--device-class", "watch"), "'watch' is not one of"),
        ((*FILES, "--wrong"), "--wrong"),
        ((*FILES, "extra"), "extra"),
        (("--order", "order.yaml"), "--fixes"),
        ((*FILES, "--trace", "x\x1b[2J"), "“x\ufffd[2J”"),
        (("--order", "\x1b[2J", "--fixes", "fixes.csv"), "\ufffd[2J: no such file"),
        ((*FILES, "--out", "folder"), "folder: it is a folder"),
        ((*FILES, "--out", "nowhere/report.json"), "there is no folder “nowhere”"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_status_2(
    mesure: CommandLine, tmp_path: Path, words: Sequence[str], phrase: str
) -> None:
    write(tmp_path, policy_yaml=OWN)
    ended = mesure("replay", *words)
    assert (ended.status, ended.out) == (2, "")
    assert phrase in ended.err
    assert "\x1b" not in ended.err


@pytest.mark.parametrize("until", ["1900-01-01T00:00:00Z", "8999-12-31T23:59:59Z"])
@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_one_may_look_long_before_and_long_after(
    mesure: CommandLine, until: str, form: str
) -> None:
    line = ("replay", *FILES, "--until", until, "--format", form, "--out", "result")
    assert mesure(*line) == (0, "", "")


def test_too_little_memory_is_a_sentence(
    mesure: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raise_error(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(replay, "replay", raise_error)
    ended = mesure("replay", *FILES)
    assert (ended.status, ended.out, ended.err) == (2, "", f"{door.NO_MEMORY}\n")


def test_all_faults_of_a_file_are_told_at_once(mesure: CommandLine, tmp_path: Path) -> None:
    write(tmp_path, wrong_yaml=ORDER.replace("radius_m: 60", "radius_m: 0").replace("P-1", ""))
    ended = mesure("replay", "--order", "wrong.yaml", "--fixes", "fixes.csv")
    assert [line.split(":")[0] for line in ended.err.splitlines()] == [
        "wrong.yaml, line 2, person",
        "wrong.yaml, line 6, places.home.radius_m",
    ]


def test_incidents_do_not_change_the_status(mesure: CommandLine, tmp_path: Path) -> None:
    write(tmp_path, away_csv=HEAD + rows(0, 300, FAR))
    assert mesure("replay", "--order", "order.yaml", "--fixes", "away.csv").status == 0


# --- Check-order -----------------------------------------------------------------------------


def test_an_order_is_read_back_in_four_languages(mesure: CommandLine) -> None:
    outcomes = [mesure("check-order", "order.yaml", "--language", tag) for tag in Language]
    assert {one.status for one in outcomes} == {0}
    assert {one.err for one in outcomes} == {""}
    assert len({one.out for one in outcomes}) == 4
    assert "The person must be at this place: “home”." in outcomes[0].out
    assert mesure("check-order", "order.yaml").out == outcomes[0].out


def test_versions_are_read_back_together(mesure: CommandLine) -> None:
    ended = mesure("check-order", "later.yaml", "order.yaml")
    assert ended.status == 0
    assert ended.out.index("22:00") < ended.out.index("20:00")


def test_no_sign_in_an_order_steers_the_terminal(mesure: CommandLine, tmp_path: Path) -> None:
    write(tmp_path, turned_yaml=ORDER.replace("P-1", "P-\u202e1"))
    ended = mesure("check-order", "turned.yaml")
    assert ended.status == 0
    assert "P-\ufffd1" in ended.out


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (("wrong.yaml",), "wrong.yaml, line 6, places.home"),
        (("nowhere.yaml",), "nowhere.yaml: no such file"),
        (("order.yaml", "--as-of", "2026-13-01"), "--as-of: “2026-13-01” is no date"),
        (("order.yaml", "--language", "de"), "'de' is not one of"),
    ],
)
def test_an_order_that_cannot_be_read_back(
    mesure: CommandLine, words: Sequence[str], phrase: str
) -> None:
    ended = mesure("check-order", *words)
    assert (ended.status, ended.out) == (2, "")
    assert phrase in ended.err


def test_overdue_reviews_are_named_on_a_day(mesure: CommandLine, tmp_path: Path) -> None:
    write(tmp_path, due_yaml=ORDER.replace("day}}", "day}, review_by: 2026-02-10}", 1))
    quiet, due = (
        mesure("check-order", "due.yaml", "--as-of", f"2026-02-{day}") for day in (10, 11)
    )
    assert (quiet.status, due.status) == (0, 0)
    assert quiet.out != due.out


# --- Measuring a home ------------------------------------------------------------------------


VISIT = ("--enrolled", "2026-02-10T21:00+05:00", "2026-02-10T23:00+05:00")


def test_a_home_is_measured_and_nothing_is_changed(mesure: CommandLine, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    ended = mesure("calibrate-home", "order.yaml", "--fixes", "fixes.csv", *VISIT)
    assert (ended.status, ended.err) == (0, "")
    assert "calibrated: {lat_deg: 43.25, lon_deg: 76.95," in ended.out
    assert before == {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}


def test_too_little_ends_with_status_1(mesure: CommandLine) -> None:
    words = ("calibrate-home", "order.yaml", "--fixes", "fixes.csv", "--confirmed-by-beacon")
    ended = mesure(*words, "--language", "fr")
    assert (ended.status, ended.err) == (1, "")
    assert "Il n’y a rien à saisir." in ended.out


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ((), "what confirms that the device was at home?"),
        ((*VISIT, "--confirmed-by-beacon"), "and not both"),
        (VISIT[:2], "requires 2 arguments"),
        ((VISIT[0], VISIT[2], VISIT[1]), "is not later than"),
        ((VISIT[0], VISIT[1], "2026-02-10T23:00"), "has no offset"),
        ((*VISIT, "--place", "den"), "no place called “den”"),
    ],
)
def test_a_home_that_cannot_be_measured(
    mesure: CommandLine, words: Sequence[str], phrase: str
) -> None:
    ended = mesure("calibrate-home", "order.yaml", "--fixes", "fixes.csv", *words)
    assert (ended.status, ended.out) == (2, "")
    assert phrase in " ".join(ended.err.split())


# --- Stopping --------------------------------------------------------------------------------


def test_who_stops_it_finds_no_half_written_file(
    mesure: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_midway(replay: Replay) -> Iterator[str]:
        yield "{"
        raise KeyboardInterrupt

    monkeypatch.setattr("mesure.record.as_json.pieces", stop_midway)
    before = sorted(path.name for path in tmp_path.iterdir())
    ended = mesure("replay", *FILES, "--format", "json", "--out", "report.json")
    assert ended == (130, "", "Stopped. No file was left half-written.\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_progress_goes_to_standard_error(
    mesure: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mesure.machine.progress.QUIET_S", 0.0)
    ended = mesure("replay", *FILES, "--format", "json")
    assert json.loads(ended.out)["order"] == "ALM-1"
    assert ended.err.startswith("mesure: ")


# --- Demo ------------------------------------------------------------------------------------


def test_the_demo_needs_a_folder(mesure: CommandLine) -> None:
    ended = mesure("demo", "--report", "--out", "order.yaml", "--once")
    assert ended.status == 2
    assert "order.yaml: file exists" in ended.err
