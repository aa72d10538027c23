"""Client state: what a device must not lose: its key, its counter, and the messages that wait.

One SQLite file, so that a counter and the message under it are written together or not at all: a
device that is killed at any moment uses no counter twice and loses no message. Only its owner may
read the file, for the key is enough to speak for the device.
"""

import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

FILE: Final = "device.db"
_PRIVATE: Final = 0o600
_LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS device (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL, class TEXT NOT NULL, server BLOB,
    counter INTEGER NOT NULL, heard INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS keys (first INTEGER PRIMARY KEY, seed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (
    counter INTEGER PRIMARY KEY, message BLOB NOT NULL, tries INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS set_aside (
    counter INTEGER PRIMARY KEY, message BLOB NOT NULL, reason TEXT NOT NULL
);
"""


class DeviceStateError(Exception):
    """A device's state that can't be used: `str` gives the sentence."""

    def __init__(self, where: Path, what: str, why: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}, so {why}; {remedy}.")


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """Who the device is and how far it has counted."""

    name: str
    device_class: str
    server: bytes | None  # The installation's key; None: nothing it says can be believed.
    counter: int  # The last that was used.
    heard: int  # The last counter of what it received.


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message that nobody has acknowledged yet."""

    counter: int
    message: bytes


class ClientState:
    """The state of one device, in a folder."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self._path, self._database = path, database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_stopped: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that is done inside, for good, or nothing of it; one process at a time."""
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise _unusable(self._path, str(error)) from None

    # --- Who it is ---

    def begin(self, name: str, device_class: str, server: bytes | None, seed: bytes) -> None:
        """Write down a device that has used counter 1, to introduce itself."""
        self._database.execute(
            "INSERT INTO device VALUES (1, ?, ?, ?, 1, 0)", (name, device_class, server)
        )
        self._database.execute("INSERT INTO keys VALUES (1, ?)", (seed,))

    def facts(self) -> ClientFacts | None:
        """Return who the device is; None where none was written down."""
        row = self._database.execute("SELECT name, class, server, counter, heard FROM device")
        values = row.fetchone()
        return None if values is None else ClientFacts(*values)

    def seeds(self) -> list[bytes]:
        """Return what the device's keys grow from, the present one first."""
        rows = self._database.execute("SELECT seed FROM keys ORDER BY first DESC")
        return [seed for (seed,) in rows]

    def add_seed(self, first: int, seed: bytes) -> None:
        """Keep what another key grows from, which signs from a counter on."""
        self._database.execute("INSERT INTO keys VALUES (?, ?)", (first, seed))

    def record_command_counter(self, counter: int) -> None:
        """Remember up to which counter the device received messages."""
        self._database.execute("UPDATE device SET heard = ?", (counter,))

    # --- What waits ---

    def keep(self, counter: int, message: bytes) -> None:
        """Use a counter, and keep the message under it until it is acknowledged."""
        self._database.execute("UPDATE device SET counter = ?", (counter,))
        self._database.execute("INSERT INTO waiting (counter, message) VALUES (?, ?)",
                               (counter, message))  # fmt: skip

    def next_messages(self, after: int, last: int, most: int) -> list[QueuedMessage]:
        """Return the first messages that wait, from behind one counter up to another."""
        rows = self._database.execute(
            "SELECT counter, message FROM waiting WHERE counter > ? AND counter <= ?"
            " ORDER BY counter LIMIT ?",
            (after, last, most),
        )
        return [QueuedMessage(*row) for row in rows]

    def count_waiting(self) -> int:
        """Return how many wait."""
        (count,) = self._database.execute("SELECT count(*) FROM waiting").fetchone()
        return int(count)

    def let_go(self, first: int, last: int) -> int:
        """Forget messages that are kept elsewhere, and say how many were here."""
        row = self._database.execute("DELETE FROM waiting WHERE counter BETWEEN ? AND ?",
                                     (first, last))  # fmt: skip
        return row.rowcount

    def set_aside(self, counter: int, reason: str) -> int:
        """Send a message no more, and keep it with the reason."""
        moved = self._database.execute(
            "INSERT INTO set_aside SELECT counter, message, ? FROM waiting WHERE counter = ?",
            (reason, counter),
        )
        self.let_go(counter, counter)
        return moved.rowcount

    def count_try(self, counters: Sequence[int], most: int) -> list[int]:
        """Count one more try for messages, and return those that have had `most` in vain."""
        vain: list[int] = []
        for counter in counters:
            row = self._database.execute(
                "UPDATE waiting SET tries = tries + 1 WHERE counter = ? RETURNING tries", (counter,)
            ).fetchone()
            if row is not None and row[0] >= most:
                vain.append(counter)
        return vain

    def aside(self) -> list[tuple[int, str]]:
        """Return the counters of what was set aside, with the reasons."""
        return list(
            self._database.execute("SELECT counter, reason FROM set_aside ORDER BY counter")
        )


def create(folder: Path) -> ClientState:
    """Return a state in which no device is written down yet; only its owner may read it."""
    path = folder / FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _PRIVATE))
    except OSError as error:
        raise _unusable(path, (error.strerror or "it can't be made").lower()) from None
    return _opened(path)


def open_(folder: Path) -> ClientState:
    """Return the state of the device in a folder; raise `DeviceStateError` where there is none."""
    path = folder / FILE
    if not path.is_file():
        remedy = f"enrol one first: mesure device enrol --out {folder}"
        raise DeviceStateError(path, "there is no device here", "nothing can be signed", remedy)
    state = _opened(path)
    if state.facts() is None:
        state.close()
        remedy = f"enrol it again: mesure device enrol --out {folder}"
        raise DeviceStateError(path, "its enrolment was not finished", "it has no key", remedy)
    return state


def in_memory() -> ClientState:
    """Return a state that is gone with the process: of simulated devices, and of no real one."""
    database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    database.executescript(_LAYOUT)
    return ClientState(Path(":memory:"), database)


def _opened(path: Path) -> ClientState:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        what, why = "others may read it", "they could speak for the device"
        raise DeviceStateError(
            path, what, why, f"make it private: chmod 600 {path}, and take a new key"
        )
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA synchronous = EXTRA")  # A commit outlasts a loss of power.
        database.executescript(_LAYOUT)
    except sqlite3.Error as error:
        database.close()
        raise _unusable(path, str(error)) from None
    return ClientState(path, database)


def _unusable(path: Path, what: str) -> DeviceStateError:
    remedy = "check the path, the right to write there and the room on the disk"
    return DeviceStateError(path, what, "the device's state can't be kept", remedy)
