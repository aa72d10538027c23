"""A file is written whole or not at all; where it cannot be, a sentence says so."""

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pytest

from mesure.machine import file_writing
from mesure.machine.file_writing import FileWriteError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for data in (b"old and long", b"new"):
        file_writing.write(path, data)
        assert path.read_bytes() == data
    assert names(tmp_path) == ["report.json"]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_nobody_may_read_a_report_who_could_not_read_the_one_before(
    tmp_path: Path, mask: int
) -> None:
    old = tmp_path / "old.json"
    old.touch(mode=0o600)
    before = os.umask(mask)
    try:
        for path in (old, tmp_path / "new.json"):
            file_writing.write(path, b"x")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert old.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new.json").stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_link_stays_and_where_it_leads_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to("folder/report.json")
    for data in (b"first", b"second"):
        file_writing.write(link, data)
        assert link.is_symlink()
        assert (tmp_path / "folder" / "report.json").read_bytes() == data
    assert names(tmp_path / "folder") == ["report.json"]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    """A file in the place of /dev/null would be the end of the machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        file_writing.write(pipe, b"report")
        assert os.read(reader, 100) == b"report"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert names(tmp_path) == ["pipe"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(errno.ENOSPC, "No space left")])
def test_a_run_that_is_stopped_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def raise_stop(_: Path, mode: int) -> None:
        raise stop

    monkeypatch.setattr(Path, "chmod", raise_stop)
    with pytest.raises((KeyboardInterrupt, FileWriteError)):
        file_writing.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["report.json"]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (".", "it is a folder"),
        ("nowhere/report.json", "there is no folder"),
        ("file/x", "there is"),
        ("x" * 300 + "/report.json", "name too long|there is no folder"),
    ],
)
def test_where_no_file_can_be_a_sentence_says_so(tmp_path: Path, where: str, message: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    for act in (file_writing.refuse_impossible, lambda path: file_writing.write(path, b"x")):
        with pytest.raises(FileWriteError, match=message) as caught:
            act(tmp_path / where)
        assert str(caught.value).startswith(str(tmp_path / where))
    assert names(tmp_path) == ["file"]


def test_a_name_no_file_can_have_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileWriteError, match="name too long"):
        file_writing.write(tmp_path / ("x" * 300), b"x")
    assert names(tmp_path) == []


def test_a_name_as_long_as_can_be_is_written(tmp_path: Path) -> None:
    file_writing.write(tmp_path / ("x" * 255), b"x")
    assert names(tmp_path) == ["x" * 255]


def test_a_place_where_a_file_can_be_is_not_refused(tmp_path: Path) -> None:
    file_writing.refuse_impossible(tmp_path / "new.json")
    assert names(tmp_path) == []


def test_folders_are_made_where_there_are_none(tmp_path: Path) -> None:
    for _ in range(2):
        file_writing.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileWriteError, match="file exists"):
        file_writing.make_folder(tmp_path / "file")


# --- Standard output -------------------------------------------------------------------------


def test_a_text_is_shown_as_far_as_the_terminal_can(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    file_writing.show("home “дом”\n")
    assert raw.getvalue() == b"home ?????\n"


def test_a_text_is_shown_as_it_is_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    file_writing.show("дом")
    assert capsys.readouterr().out == "дом"


class _Slow(io.RawIOBase):
    """A stream without a buffer that takes three bytes at a time."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        self.taken += bytes(data)[:3]
        return min(len(bytes(data)), 3)


def test_a_stream_that_takes_little_at_a_time_gets_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = _Slow()
    stream = io.TextIOWrapper(cast(BinaryIO, slow), encoding="utf-8", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    file_writing.show("дом, дом\n")
    assert slow.taken.decode() == "дом, дом\n"


def test_a_closed_standard_output_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(FileWriteError, match="standard output: it is closed"):
        file_writing.show("x")


class _Broken(io.StringIO):
    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


def test_a_full_disk_behind_standard_output_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(sys, "stdout", _Broken(full))
    with pytest.raises(FileWriteError, match="standard output: no space left on device"):
        file_writing.show("x")


def test_a_reader_who_has_read_enough_is_left_to_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", _Broken(BrokenPipeError()))
    with pytest.raises(BrokenPipeError):
        file_writing.show("x")


def test_an_error_without_words_still_says_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", _Broken(OSError()))
    with pytest.raises(FileWriteError, match="it cannot be written"):
        file_writing.show("x")
