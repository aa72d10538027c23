"""`mesure device` on the command line: from a track to signed messages and back."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mesure import cli
from mesure.machine.signatures import SecretKey
from tests.service.files import HEAD, LATE_RETURN, ORDER, write

Run = Callable[..., tuple[int, str, str]]
STATE, OUT = ("--state", "device"), ("--out", "messages")
READ = ("device", "read", "messages", "--key", "device/introduction.cose")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    write(tmp_path, order_yaml=ORDER, fixes_csv=HEAD + LATE_RETURN + "never,43,76,\n")
    monkeypatch.chdir(tmp_path)

    def run_command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mesure", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return int(end.value.code or 0), shown.out, shown.err

    return run_command


@pytest.fixture
def device(run: Run) -> Run:
    assert run("device", "enrol", "--out", "device", "--name", "D-0007") == (
        0,
        "D-0007 is ready. Hand its introduction to whoever enrols it: device/introduction.cose\n",
        "",
    )
    return run


@pytest.mark.parametrize("command", ["", "enrol", "send", "new-key", "replay", "read"])
def test_the_help_of_each_command_has_an_example(run: Run, command: str) -> None:
    status, out, _ = run("device", *command.split(), "--help")
    assert status == 0
    assert f"Example: mesure device {command}" in out


def test_a_track_becomes_messages_and_the_messages_the_same_track(device: Run) -> None:
    rows = LATE_RETURN.count("\n")
    replayed = device(
        "device", "replay", "--fixes", "fixes.csv", *STATE, *OUT, "--per-message", "1"
    )
    assert replayed == (
        0,
        f"Messages handed over: {rows}. Waiting: 0.\n",
        "1 rows have no time or place and were left out.\n",
    )
    status, out, err = device(*READ, "--fixes", "heard.csv")
    assert (status, err) == (0, "")
    assert out.endswith(
        f"D-0007. Messages: {rows}, fixes: {rows}, refused: 0, missing counters: none.\n"
    )
    reports = []
    for fixes in ("fixes.csv", "heard.csv"):
        status, out, _ = device(
            "replay", "--order", "order.yaml", "--fixes", fixes, "--format", "json"
        )
        assert status == 0
        reports.append(json.loads(out))
    for what in ("assessments", "superseded"):
        assert reports[0][what] == reports[1][what]
    assert reports[1]["incidents"]


def test_what_was_tampered_with_is_refused_with_status_1(device: Run, tmp_path: Path) -> None:
    device("device", "replay", "--fixes", "fixes.csv", *STATE, *OUT)
    first = min((tmp_path / "messages").iterdir())
    whole = first.read_bytes()
    first.write_bytes(whole[:-1] + bytes((whole[-1] ^ 1,)))
    status, out, _ = device(*READ)
    assert status == 1
    assert out.startswith(f"refused  {first.name[:40]}")
    assert ": forged: the key of D-0007 did not sign this\n" in out
    status, out, _ = device(*READ, "--format", "json")
    assert status == 1
    assert json.loads(out)["refused"][0]["reason"] == "forged"


def test_a_heartbeat_and_a_new_key_are_sent(device: Run) -> None:
    handed = (0, "Messages handed over: 1. Waiting: 0.\n", "")
    assert device("device", "send", *STATE, *OUT, "--battery", "87", "--not-charging") == handed
    assert device("device", "new-key", *STATE, *OUT) == handed
    assert device("device", "send", *STATE, *OUT) == handed
    status, out, _ = device(*READ, "--format", "json")
    messages = json.loads(out)["messages"]
    assert status == 0
    assert [one["kind"] for one in messages] == ["heartbeat", "new_key", "heartbeat"]
    assert (messages[0]["battery_percent"], messages[0]["is_charging"]) == (87, False)


def test_what_cannot_be_handed_over_waits(device: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, out, err = device("device", "send", *STATE, "--out", "file")
    assert (status, out) == (2, "")
    assert "there is no folder" in err or "not a directory" in err
    assert device("device", "send", *STATE, *OUT)[1] == "Messages handed over: 2. Waiting: 0.\n"


def test_messages_say_where_somebody_was_and_are_their_owners_alone(
    device: Run, tmp_path: Path
) -> None:
    device("device", "send", *STATE, *OUT)
    assert (tmp_path / "messages").stat().st_mode & 0o777 == 0o700


def test_a_replay_keeps_the_pace_of_the_track(device: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    slept_s: list[float] = []
    monkeypatch.setattr(time, "sleep", slept_s.append)
    handed = device(
        "device", "replay", "--fixes", "fixes.csv", *STATE, *OUT, "--speed", "60",
        "--per-message", "30",
    )  # fmt: skip
    sent_ms = [
        message["sent_ms"]
        for message in json.loads(device(*READ, "--format", "json")[1])["messages"]
    ]
    assert handed[1] == f"Messages handed over: {len(sent_ms)}. Waiting: 0.\n"
    assert len(slept_s) == len(sent_ms) - 1 > 3
    assert sum(slept_s) * 60_000 == pytest.approx(sent_ms[-1] - sent_ms[0])


def test_a_device_without_a_name_gets_one_that_says_nothing(run: Run) -> None:
    names = {run("device", "enrol", "--out", f"d{n}")[1].split()[0] for n in range(2)}
    assert len(names) == 2
    assert all(len(name) == 10 and name.startswith("D-") for name in names)


def test_the_installations_key_is_checked(run: Run) -> None:
    right = SecretKey.from_seed(bytes([4]) * 32).key.hex()
    assert run("device", "enrol", "--out", "a", "--server-key", right)[0] == 0
    for wrong in ("zz", right[:-2], "01" + "00" * 31):
        status, _, err = run("device", "enrol", "--out", "b", "--server-key", wrong)
        assert status == 2
        assert "no key of an installation" in " ".join(err.split())


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (("enrol", "--out", "device"), "there is a device here already"),
        (("enrol", "--out", "x", "--name", "n" * 65), "at most 64 characters"),
        (("send", "--state", "nowhere", *OUT), "there is no device here"),
        (("read", "nowhere", "--key", "device/introduction.cose"), "there is no such folder"),
        (("read", "device", "--key", "nowhere"), "whose messages these are is not known"),
        (("replay", "--fixes", "nowhere", *STATE, *OUT), "no such file"),
    ],
)
def test_bad_input_is_a_sentence_and_status_2(
    device: Run, words: tuple[str, ...], phrase: str
) -> None:
    status, out, err = device("device", *words)
    assert (status, out) == (2, "")
    assert phrase in " ".join(err.replace("│", " ").split())
