"""File writing: whole or not at all, and a sentence where it failed."""

import io
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO, cast


class FileWriteError(Exception):
    """A result that could not be written: `str` gives the sentence."""

    def __init__(self, where: str, what: str) -> None:
        remedy = "name another place, or make room and give the right to write there"
        super().__init__(f"{where}: {what}; the result has nowhere to go; {remedy}.")


def write(path: Path, data: bytes | Iterator[bytes]) -> None:
    """Put the data in the file's place at once; a run that is stopped leaves the old file.

    Raises `FileWriteError` where that cannot be done.
    """
    refuse_impossible(path)
    try:
        _write(path, iter((data,)) if isinstance(data, bytes) else data)
    except OSError as error:
        raise _refused(str(path), error) from None


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    if path.exists() and not path.is_file():
        # A device or a pipe is written to; a file in its place would be the end of it.
        with path.open("wb") as device:
            device.writelines(pieces)
        return
    target = Path(os.path.realpath(path))  # Where a link leads; the link itself stays.
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".mesure.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
        Path(name).chmod(_rights(target))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _rights(path: Path) -> int:
    """Return who may read the file here: as before, or as new files are made here.

    A report says where somebody was: it must not become readable to more people than before.
    """
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0o077)  # There is no other way to ask for it.
    os.umask(mask)
    return 0o666 & ~mask


def refuse_impossible(path: Path) -> None:
    """Raise `FileWriteError` where no file can be, so that nobody waits for a result in vain."""
    try:
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        raise _refused(str(path), error) from None
    if is_folder:
        raise FileWriteError(str(path), "it is a folder")
    if not has_folder:
        raise FileWriteError(str(path), f"there is no folder “{path.parent}”")


def make_folder(path: Path) -> None:
    """Make a folder, and those it lies in, where they are not there yet."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(str(path), error) from None


def show(text: str | Iterator[str]) -> None:
    """Write a result to standard output, as far as a terminal of any encoding can show it."""
    if sys.stdout is None:
        raise FileWriteError("standard output", "it is closed")
    pieces = iter((text,)) if isinstance(text, str) else text
    try:
        for piece in pieces:
            _show(sys.stdout, piece)
        sys.stdout.flush()
    except BrokenPipeError:  # The reader has read enough; the command line ends quietly.
        raise
    except OSError as error:
        raise _refused("standard output", error) from None


def _show(stream: TextIO, text: str) -> None:
    """Write all of a text; a stream without a buffer takes what fits and does not complain."""
    if not isinstance(stream, io.TextIOWrapper):
        stream.write(text)
        return
    stream.flush()
    below = cast(BinaryIO, stream.buffer)
    left = memoryview(text.encode(stream.encoding, "replace"))
    while left:
        left = left[below.write(left) :]


def _refused(where: str, error: OSError) -> FileWriteError:
    return FileWriteError(where, (error.strerror or "it cannot be written").lower())
