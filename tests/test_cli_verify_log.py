"""`mesure verify-log` on the command line: 0 whole, 1 broken and where, 2 bad input."""

from pathlib import Path

import pytest

from tests.audit.samples import LOG_KEY, WITNESS_KEY, sample
from tests.test_cli import CommandLine

SAMPLE = sample()


@pytest.fixture
def mesure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    (tmp_path / "audit.log").write_bytes(b"".join(SAMPLE.lines))
    (tmp_path / "records.txt").write_bytes(b"".join(SAMPLE.records()))
    (tmp_path / "log.key").write_text(f"{LOG_KEY}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return CommandLine(monkeypatch, capsys)


LOG = ("verify-log", "audit.log", "--key", "log.key")


def test_a_whole_log_ends_with_status_0_and_a_plain_sentence(mesure: CommandLine) -> None:
    ended = mesure(*LOG)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("The log log.example/almaty is whole: none of its 12 entries")


def test_everything_that_is_at_hand_is_held_against_it(mesure: CommandLine, tmp_path: Path) -> None:
    words = (*LOG, "--witness", str(WITNESS_KEY), "--records", "records.txt")
    assert mesure(*words, "--keep", "kept.txt").status == 0
    assert (tmp_path / "kept.txt").is_file()
    assert mesure(*LOG, "--earlier", "kept.txt", "--keep", "kept.txt").status == 0
    assert mesure(*words, "--selection").status == 0


@pytest.mark.parametrize(
    ("language", "phrase"),
    [("en", "does not hold"), ("fr", "pas intact"), ("ru", "не прошёл"), ("kk", "өтпеді")],
)
def test_a_broken_log_ends_with_status_1_and_says_where(
    mesure: CommandLine, tmp_path: Path, language: str, phrase: str
) -> None:
    lines = [line for number, line in enumerate(SAMPLE.lines) if number != 3]
    (tmp_path / "audit.log").write_bytes(b"".join(lines))
    ended = mesure(*LOG, "--language", language)
    assert (ended.status, ended.err) == (1, "")
    assert phrase in ended.out
    assert "0" in ended.out
    assert "3" in ended.out


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (("verify-log",), "Missing argument"),
        (("verify-log", "audit.log"), "Missing option '--key'"),
        ((*LOG, "--selection"), "--selection says something of --records"),
        (("verify-log", "nothing.log", "--key", "log.key"), "nothing.log: no such file"),
        (("verify-log", ".", "--key", "log.key"), "is a directory"),
        (("verify-log", "records.txt", "--key", "log.key"), "no entry can be checked"),
        (("verify-log", "audit.log", "--key", "nothing.key"), "is no key"),
        ((*LOG, "--keep", "no/folder"), "there is no folder"),
    ],
)
def test_bad_input_ends_with_status_2_and_a_sentence(
    mesure: CommandLine, words: tuple[str, ...], phrase: str
) -> None:
    ended = mesure(*words)
    assert (ended.status, ended.out) == (2, "")
    assert phrase in " ".join(ended.err.replace("│", "").split())


def test_the_help_has_an_example(mesure: CommandLine) -> None:
    ended = mesure("verify-log", "--help")
    assert ended.status == 0
    assert "Example: mesure verify-log audit.log" in ended.out
