"""Raw files: what a file of SQLite contains where nothing is stored any more.

A page that is let go is on the free list, a chain of pages that each name others (SQLite, Database
File Format, 1.5). A deletion must overwrite it there, and an erasure writes the file anew, after
which there is no free page.
"""

import shutil
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from mesure_lab.whole.world import World

LOG: Final = "-wal"
HEAD: Final = struct.Struct(">II")  # At byte 32 the first page that names free ones; how many.
HEAD_AT: Final = 32
SIZE: Final = struct.Struct(">H")
SIZE_AT: Final = 16
SIZE_IF_1: Final = 65_536


def erase_due(world: World) -> dict[str, int] | None:
    """Have everything erased that is due, and what was cut short written anew."""
    gone = world.attempt(world.machine.erase)
    if gone is not None and world.is_rewrite_owed:
        look_after_erasure(world)
    return gone


def look_after_erasure(world: World) -> None:
    """Look just after an erasure whether its file was written anew; what follows frees pages."""
    world.is_rewrite_owed = False
    if world.machine.is_embedded:
        world.let_go.extend(let_go(world.machine.folder.database))


def let_go(database: Path) -> Iterator[str]:
    """Yield that pages of a file are free that should have been written anew."""
    free = _free(database.read_bytes())
    if free:
        yield f"{len(free)} pages of {database.name} were let go, and the file not written anew"


def left_on_free_pages(database: Path) -> Iterator[str]:
    """Yield the free pages of a file, with its log, on which something is still written."""
    with TemporaryDirectory(prefix="mesure.raw.") as folder:
        copy = Path(folder) / database.name
        shutil.copy(database, copy)
        if Path(f"{database}{LOG}").exists():
            shutil.copy(f"{database}{LOG}", f"{copy}{LOG}")
        with closing(sqlite3.Connection(copy)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        data = copy.read_bytes()
    size = _size(data)
    left = [page for page in _free(data) if any(data[(page - 1) * size : page * size])]
    if left:
        yield f"something stands on {len(left)} pages of {database.name} that were let go"


def _size(data: bytes) -> int:
    (size,) = SIZE.unpack_from(data, SIZE_AT)
    return SIZE_IF_1 if size == 1 else int(size)


def _free(data: bytes) -> list[int]:
    """Return the numbers of the free pages that others name."""
    size, pages = _size(data), list[int]()
    trunk, _ = HEAD.unpack_from(data, HEAD_AT)
    while trunk:
        at = (trunk - 1) * size
        trunk, count = HEAD.unpack_from(data, at)
        pages += struct.unpack_from(f">{count}I", data, at + HEAD.size)
    return pages
