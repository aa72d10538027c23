"""The operator of the machine lets the last supervisor in again, with a command."""

import re
from pathlib import Path

import pytest

from tests.service import installations
from tests.test_cli import CommandLine


@pytest.fixture
def mesure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MESURE_NAME", "log.example")
    return CommandLine(monkeypatch, capsys)


def supervisor(folder: Path) -> None:
    """Begin an installation, and open the account of its first supervisor."""
    import secrets

    from mesure.service.serve import startup_banner

    with installations.begin(folder) as instance:
        assert startup_banner.first_link(instance, "", secrets.token_bytes)


def test_a_link_is_printed_and_what_to_put_before_it(mesure: CommandLine, tmp_path: Path) -> None:
    supervisor(tmp_path)
    ended = mesure("accounts", "let-in", "--data", "data")
    assert ended.status == 0
    assert re.fullmatch(r"/set-up/\S+\n", ended.out)
    assert "It works once, within three days." in ended.err
    assert "Put the address of your service before it" in ended.err


def test_the_whole_link_is_printed_where_the_address_is_known(
    mesure: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor(tmp_path)
    monkeypatch.setenv("MESURE_PUBLIC_URL", "https://mesure.example")
    ended = mesure("accounts", "let-in", "--data", "data")
    assert re.fullmatch(r"https://mesure\.example/set-up/\S+\n", ended.out)


def test_who_is_meant_must_be_plain(mesure: CommandLine, tmp_path: Path) -> None:
    supervisor(tmp_path)
    ended = mesure("accounts", "let-in", "--data", "data", "--name", "Nobody")
    assert (ended.status, ended.out) == (2, "")
    assert "'Nobody' names no account" in ended.err
    assert "First supervisor" in ended.err


def test_the_help_has_an_example(mesure: CommandLine) -> None:
    assert "Example: mesure accounts let-in" in mesure("accounts", "--help").out
