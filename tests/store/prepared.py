"""An empty store in SQLite, prepared once in a process; each test gets a copy of the file."""

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from mesure.store.sqlite import store as sqlite


def lay(path: Path) -> None:
    """Lay an empty file with its tables at a place where there is none."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(empty_file())


@cache
def empty_file() -> bytes:
    """Return what a file holds that was just prepared."""
    with TemporaryDirectory(prefix="mesure-prepared-") as folder:
        path = Path(folder) / "mesure.db"
        sqlite.prepare(path)
        return path.read_bytes()
