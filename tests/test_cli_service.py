"""Commands that look after an installation: what they print, and with what they end."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mesure.service.installation import log_signing
from tests.service import installations
from tests.test_cli import CommandLine

COMMANDS = (
    "serve",
    "upgrade",
    "accept-older",
    "backup",
    "restore",
    "keys",
    "witness",
    "export-log",
    "verify-store",
)


@pytest.fixture
def mesure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MESURE_NAME", "log.example")
    with installations.begin(tmp_path) as instance:
        installations.record(instance, 5)
    return CommandLine(monkeypatch, capsys)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(mesure: CommandLine, command: str) -> None:
    ended = mesure(command, "--help")
    assert ended.status == 0
    assert f"Example: mesure {command}" in ended.out


def test_data_and_keys_go_to_two_places_and_come_back(mesure: CommandLine, tmp_path: Path) -> None:
    data = ("--data", "data")
    assert mesure("backup", *data, "--out", "saved").out.splitlines()[-1] == "saved/backup.json"
    assert mesure("keys", "backup", *data, "--out", "keys").status == 0
    again = mesure("backup", *data, "--out", "saved")
    assert (again.status, again.out) == (2, "")
    assert "name a new one for each backup" in again.err
    (tmp_path / "new" / "keys").mkdir(parents=True, mode=0o700)
    (tmp_path / "new").chmod(0o700)
    typed = tmp_path / "new" / "keys" / "master.key"
    typed.write_bytes((tmp_path / "data" / "keys" / "master.key").read_bytes())
    typed.chmod(0o600)
    restored = mesure("restore", "--data", "new", "--from", "saved", "--keys", "keys")
    assert restored.status == 0
    assert restored.out.endswith("Erased again: 0 persons.\n")
    assert mesure("restore", "--data", "new", "--from", "saved").status == 2


def test_keys_are_checked_drilled_and_rotated(mesure: CommandLine) -> None:
    data = ("--data", "data")
    checked = mesure("keys", "check", *data)
    assert (checked.status, checked.out.splitlines()[0]) == (
        0,
        "0 keys open. There is data about 0 persons.",
    )
    mesure("keys", "backup", *data, "--out", "keys")
    assert mesure("keys", "drill", *data, "--from", "keys").status == 0
    assert mesure("keys", "rotate", *data).status == 0
    drilled = mesure("keys", "drill", *data, "--from", "keys")
    assert (drilled.status, drilled.out) == (2, "")
    assert "does not open with this master key" in drilled.err


def test_the_log_is_handed_out_checked_and_witnessed(mesure: CommandLine, tmp_path: Path) -> None:
    data = ("--data", "data")
    key = mesure("export-log", *data, "--out", "audit.log", "--records", "records").out.strip()
    line = ("verify-log", "audit.log", "--key", key, "--records", "records")
    assert mesure(*line).status == 0
    court = mesure("witness", "new-key", "--name", "court.example", "--out", "court.key").out
    (tmp_path / "court.pub").write_text(court)
    by = ("--witness", "court.pub")
    assert mesure("witness", "request", *data, *by, "--out", "ask").status == 0
    secret = ("--name", "court.example", "--key", "court.key", "--log", key)
    cosign = ("witness", "cosign", "ask", *secret, "--held", "held", "--out", "answer")
    assert mesure(*cosign).status == 0
    assert (
        mesure("witness", "keep", "answer", *data, *by).out == "court.example has seen 6 entries.\n"
    )
    mesure("export-log", *data, "--out", "audit.log")
    assert mesure(*line, *by).status == 0
    mesure("witness", "request", *data, *by, "--seen", "0", "--out", "ask")
    refused = mesure(*cosign)
    assert (refused.status, refused.out) == (1, "")
    assert "does not begin at the checkpoint that you hold" in refused.err


def test_an_upgrade_that_is_not_needed_says_so(mesure: CommandLine) -> None:
    output = mesure("upgrade", "--data", "data").out
    assert output == "The data has the schema of this version.\n"


@pytest.mark.parametrize("command", [("backup", "--out", "o"), ("keys", "check"), ("upgrade",)])
def test_a_folder_that_is_none_is_a_sentence(mesure: CommandLine, command: tuple[str, ...]) -> None:
    ended = mesure(*command, "--data", "data/mesure.db")
    assert (ended.status, ended.out) == (2, "")


def test_a_store_is_checked_and_what_was_altered_is_named(
    mesure: CommandLine, tmp_path: Path
) -> None:
    data = ("--data", "data")
    mesure("export-log", *data, "--out", "audit.log")
    ended = mesure("verify-store", *data)
    assert ended.status == 0
    assert "holds: its 1 row was not altered or removed" in ended.out
    with closing(sqlite3.connect(tmp_path / "data" / "mesure.db")) as raw, raw:
        raw.execute("UPDATE audit_entry SET line = x'00' WHERE entry = 3")
        raw.execute("UPDATE register SET changed_us = 1")
    ended = mesure("verify-store", *data, "--language", "fr")
    assert ended.status == 1
    assert (
        "register, ligne installation, keys\N{NO-BREAK SPACE}: changed_us a été modifié"
        in ended.out
    )
    assert "audit_entry, ligne 3" in ended.out


def test_older_data_is_accepted_once(mesure: CommandLine, tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        log_signing.checkpoint(instance)
        database = instance.folder.database
    saved = database.read_bytes()
    with installations.begin(tmp_path) as instance:
        installations.record(instance, 2)
        log_signing.checkpoint(instance)
    database.write_bytes(saved)
    outcome = mesure("accept-older", "--data", "data")
    assert (outcome.status, outcome.err) == (0, "")
    assert "The data is accepted as it is" in outcome.out
    assert "Nothing had to be accepted" in mesure("accept-older", "--data", "data").out


def test_an_upgrade_makes_no_store_where_none_is(mesure: CommandLine, tmp_path: Path) -> None:
    outcome = mesure("upgrade", "--data", "new")
    assert (outcome.status, outcome.out) == (2, "")
    assert "there is no data here" in outcome.err
    assert not (tmp_path / "new").exists()  # Nor a folder with a name that was mistyped.
    (tmp_path / "data" / "mesure.db").unlink()
    outcome = mesure("upgrade", "--data", "data")
    assert outcome.status == 2
    assert "the data may lie in PostgreSQL: name the settings" in outcome.err
    assert not (tmp_path / "data" / "mesure.db").exists()
