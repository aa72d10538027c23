"""A file is written whole or not at all; where it cannot be, a sentence says so."""

import errno
import io
import sys
from pathlib import Path

import pytest

from mesure.runtime import writing
from mesure.runtime.writing import WritingError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for data in (b"old and long", b"new"):
        writing.write(path, data)
        assert path.read_bytes() == data
    assert names(tmp_path) == ["report.json"]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(errno.ENOSPC, "No space left")])
def test_a_run_that_is_stopped_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def stopped(_: Path, mode: int) -> None:
        raise stop

    monkeypatch.setattr(Path, "chmod", stopped)
    with pytest.raises((KeyboardInterrupt, WritingError)):
        writing.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["report.json"]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (".", "it is a folder"),
        ("nowhere/report.json", "there is no folder"),
        ("file/x", "there is"),
    ],
)
def test_where_no_file_can_be_a_sentence_says_so(tmp_path: Path, where: str, said: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    for act in (writing.refuse_impossible, lambda path: writing.write(path, b"x")):
        with pytest.raises(WritingError, match=said) as caught:
            act(tmp_path / where)
        assert str(caught.value).startswith(str(tmp_path / where))
    assert names(tmp_path) == ["file"]


def test_a_place_where_a_file_can_be_is_not_refused(tmp_path: Path) -> None:
    writing.refuse_impossible(tmp_path / "new.json")
    assert names(tmp_path) == []


def test_folders_are_made_where_there_are_none(tmp_path: Path) -> None:
    for _ in range(2):
        writing.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WritingError, match="file exists"):
        writing.make_folder(tmp_path / "file")


# --- Standard output -------------------------------------------------------------------------


def test_a_text_is_shown_as_far_as_the_terminal_can(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    writing.show("home “дом”\n")
    assert raw.getvalue() == b"home ?????\n"


def test_a_text_is_shown_as_it_is_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    writing.show("дом")
    assert capsys.readouterr().out == "дом"


class _Broken(io.StringIO):
    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


def test_a_full_disk_behind_standard_output_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(sys, "stdout", _Broken(full))
    with pytest.raises(WritingError, match="standard output: no space left on device"):
        writing.show("x")


def test_a_reader_who_has_read_enough_is_left_to_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", _Broken(BrokenPipeError()))
    with pytest.raises(BrokenPipeError):
        writing.show("x")


def test_an_error_without_words_still_says_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", _Broken(OSError()))
    with pytest.raises(WritingError, match="it cannot be written"):
        writing.show("x")
