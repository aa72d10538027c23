"""Write a file whole or not at all, and say in a sentence where it could not be."""

import io
import os
import sys
import tempfile
from pathlib import Path


class WritingError(Exception):
    """A result that could not be written: `str` gives the sentence."""

    def __init__(self, where: str, what: str) -> None:
        remedy = "name another place, or make room and give the right to write there"
        super().__init__(f"{where}: {what}; the result has nowhere to go; {remedy}.")


def write(path: Path, data: bytes) -> None:
    """Put the data in the file's place at once; a run that is stopped leaves the old file.

    Raises `WritingError` where that cannot be done.
    """
    refuse_impossible(path)
    try:
        _write(path, data)
    except OSError as error:
        raise _refused(str(path), error) from None


def _write(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def refuse_impossible(path: Path) -> None:
    """Raise `WritingError` where no file can be, so that nobody waits for a result in vain."""
    if path.is_dir():
        raise WritingError(str(path), "it is a folder")
    if not path.parent.is_dir():
        raise WritingError(str(path), f"there is no folder “{path.parent}”")


def make_folder(path: Path) -> None:
    """Make a folder, and those it lies in, where they are not there yet."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(str(path), error) from None


def show(text: str) -> None:
    """Write a result to standard output, as far as a terminal of any encoding can show it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:  # Whoever reads has read enough; the command line ends quietly.
        raise
    except OSError as error:
        raise _refused("standard output", error) from None


def _refused(where: str, error: OSError) -> WritingError:
    return WritingError(where, (error.strerror or "it cannot be written").lower())
