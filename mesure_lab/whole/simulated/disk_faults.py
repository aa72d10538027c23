"""Simulated disk: real files under the real SQLite, and what a crash leaves of them.

Every statement of the store and of the keyring passes here. A fault that was planned strikes at the
nth write from then on, between any two of them. When the machine goes off nothing more is read or
written, and the next start finds what was durable: after a kill all that the program had written,
after a loss of power only what it had waited for (`PRAGMA synchronous`), and of the rest whole
sectors, torn at will.
Decision: docs/decisions/0051-one-seed-simulates-the-whole-system.md
"""

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

from mesure_lab.whole.drawn.disk_fault_kinds import DiskFault

SECTOR_BYTES: Final = 512
LOG: Final = "-wal"
SHARED: Final = "-shm"  # Memory of the processes that are gone, not a file that outlives them.
SYNCED: Final = 2  # `PRAGMA synchronous`, from FULL on: a commit is waited for.
AWAY_STATEMENTS: Final = 12
CHECKPOINTED_AT: Final = slice(96, 100)  # Of the shared memory: how many frames.
PAGE_BYTES_AT: Final = slice(8, 12)  # Of the log.
LOG_HEADER_BYTES: Final = 32
FRAME_HEADER_BYTES: Final = 24
REWRITES: Final = "VACUUM"
_COMMITS: Final = ("COMMIT", "VACUUM")
_READS: Final = ("SELECT", "PRAGMA", "BEGIN", "WITH", "ROLLBACK", "SAVEPOINT", "RELEASE")


class SimulatedDisk:
    """The files of one installation, and what happens to them."""

    def __init__(self, folder: Path, dice: Random, *, is_sound: bool = False) -> None:
        self._folder, self._dice, self._is_sound = folder, dice, is_sound
        self._fault: DiskFault | None = None
        self._writes_left = 0
        self._away_left = 0
        self._durable: dict[str, int] = {}  # Bytes of each log that were waited for.
        self._image: dict[Path, bytes] | None = None
        self._is_watched = False
        self.struck: DiskFault | None = None
        self._is_full = False  # For longer than one write.
        self.short_of_memory = 0  # How often a write found no memory.
        self.on_rewrite: Callable[[Path], None] = lambda _: None  # Before a file is written anew.

    def connect(self, database: str | Path, **options: Any) -> sqlite3.Connection:  # noqa: ANN401
        """Open a database; one of this installation through the faults of its disk."""
        if not str(database).startswith(str(self._folder)):
            return sqlite3.Connection(database, **options)
        connection = DiskConnection(database, **options)
        connection.disk, connection.path = self, str(database)
        return connection

    def plan(self, fault: DiskFault, writes: int) -> None:
        """Have a fault strike at a write to come."""
        if not self._is_sound:
            self._fault, self._writes_left = fault, writes

    def fill(self, *, is_full: bool) -> None:
        """Have no room from now on, or have room again."""
        self._is_full = is_full and not self._is_sound

    def spare(self) -> None:
        """Have nothing strike that has not yet."""
        self._fault, self._away_left = None, 0

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Look at what is there without anything striking."""
        self._is_watched = True
        try:
            yield
        finally:
            self._is_watched = False

    @property
    def is_off(self) -> bool:
        """Tell whether the machine went off."""
        return self._image is not None

    def start(self) -> None:
        """Put what was durable in the place of what the machine had before its eyes."""
        if self._image is None:
            return
        for path in sorted(self._folder.rglob("*")):
            if path.is_file():
                path.unlink()
        for path, data in self._image.items():
            path.write_bytes(data)
            path.chmod(0o600)
        self._image, self._durable = None, {}

    # --- Seen by each statement ------------------------------------------------------------------

    def before(self, connection: "DiskConnection", statement: str) -> None:
        """Let a statement go by, or have it fail as the disk has it."""
        if self._is_watched:
            return
        if self.is_off:
            raise sqlite3.OperationalError("the machine is off")
        if self._away_left:
            self._away_left -= 1
            raise sqlite3.OperationalError("disk I/O error")
        if self._is_full and connection.is_changing and statement.startswith(_COMMITS):
            raise sqlite3.OperationalError("database or disk is full")
        is_read = statement.lstrip().startswith(_READS)
        if self._fault is None or is_read or not connection.is_changing:
            return
        if self._writes_left:
            self._writes_left -= 1
            return
        if self._fault is DiskFault.KILLED:
            self._go_off(connection)
        elif self._fault is DiskFault.AWAY:
            self._strike()
            self._away_left = self._dice.randrange(AWAY_STATEMENTS)
            raise sqlite3.OperationalError("disk I/O error")
        elif self._fault is DiskFault.MEMORY:
            self.short_of_memory += 1
            self._strike()
            raise MemoryError
        elif self._fault is DiskFault.POWER and not connection.has_log:
            self._go_off(connection)  # A journal that was not waited for undoes nothing.
        elif self._fault is DiskFault.FULL and statement.startswith(_COMMITS):
            self._strike()
            raise sqlite3.OperationalError("database or disk is full")

    def after(self, connection: "DiskConnection", statement: str) -> None:
        """Note what a commit wrote, or have the machine go off when it has."""
        if not statement.startswith(_COMMITS) or not connection.was_changing:
            return
        is_due = self._fault in {DiskFault.CUT, DiskFault.POWER} and not self._writes_left
        if is_due and self._fault is DiskFault.CUT:
            self._go_off(connection)
        if is_due:
            self._lose_power(connection)
        self._wait_for(connection)

    def _wait_for(self, connection: "DiskConnection") -> None:
        """Note how much of a log is on the disk for good, where the program waits for it."""
        if connection.synchronous >= SYNCED:
            log = Path(connection.path + LOG)
            self._durable[connection.path] = log.stat().st_size if log.exists() else 0

    def _strike(self) -> None:
        self.struck, self._fault = self._fault, None

    def _go_off(self, connection: "DiskConnection") -> None:
        self._strike()
        self._image = self._files()
        connection.was_changing = False
        raise sqlite3.OperationalError("the machine went off")

    def _lose_power(self, connection: "DiskConnection") -> None:
        """Go off while a commit is being written: what nobody had waited for is there in part."""
        self._strike()
        image = self._files()
        log = Path(connection.path + LOG)
        if log in image:
            durable_bytes = self._durable.get(connection.path, 0)
            durable_bytes = max(durable_bytes, _checkpointed_bytes(connection.path, image[log]))
            image[log] = self._torn(image[log], min(durable_bytes, len(image[log])))
        self._image = image
        raise sqlite3.OperationalError("the power went")

    def _torn(self, data: bytes, durable_bytes: int) -> bytes:
        """Return a file of whose end some sectors were never written."""
        result = bytearray(data)
        share = self._dice.choice((0.0, 0.3, 0.9))
        for start in range(durable_bytes, len(result), SECTOR_BYTES):
            if self._dice.random() >= share:
                end = min(start + SECTOR_BYTES, len(result))
                result[start:end] = bytes(end - start)
        return bytes(result[: self._dice.choice((len(result), durable_bytes))])

    def _files(self) -> dict[Path, bytes]:
        return {
            path: path.read_bytes()
            for path in sorted(self._folder.rglob("*"))
            if path.is_file() and not path.name.endswith(SHARED)
        }


def _checkpointed_bytes(database: str, log: bytes) -> int:
    """Return how much of a log is in its file already: SQLite waits for that much of it first.

    Specification: the WAL file format of SQLite, 1.2 and 2.2.
    """
    frames = int.from_bytes(Path(database + SHARED).read_bytes()[CHECKPOINTED_AT], sys.byteorder)
    page_bytes = int.from_bytes(log[PAGE_BYTES_AT], "big")
    return LOG_HEADER_BYTES + frames * (FRAME_HEADER_BYTES + page_bytes) if frames else 0


class DiskConnection(sqlite3.Connection):
    """A connection whose statements the simulated disk sees."""

    disk: SimulatedDisk
    path: str
    is_changing = False  # Within a transaction that writes.
    was_changing = False

    @property
    def has_log(self) -> bool:
        """Tell whether it writes into a log beside the file, and not into the file."""
        return Path(self.path + LOG).exists()

    @property
    def synchronous(self) -> int:
        """Return how long the program waits for the disk."""
        return int(super().execute("PRAGMA synchronous").fetchone()[0])

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401
        """Run a statement, if the disk lets it."""
        self._begin(statement)
        self.disk.before(self, statement)
        if statement == REWRITES:
            self.disk.on_rewrite(Path(self.path))
        cursor = super().execute(statement, values)
        self._end(statement)
        return cursor

    def executemany(self, statement: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
        """Run a statement for many rows, if the disk lets it."""
        self.disk.before(self, statement)
        return super().executemany(statement, rows)

    def rollback(self) -> None:
        """Take back what was not committed; a machine that is off has done nothing."""
        self.is_changing = False
        super().rollback()

    def _begin(self, statement: str) -> None:
        if statement.startswith(("BEGIN IMMEDIATE", "VACUUM")):
            self.is_changing = True

    def _end(self, statement: str) -> None:
        if statement.startswith((*_COMMITS, "ROLLBACK")) and not statement.startswith(
            "ROLLBACK TO"
        ):
            self.was_changing, self.is_changing = self.is_changing, False
            self.disk.after(self, statement)
