"""Keyring file: a file of its own, beside the database and never in a backup of it.

Each key is wrapped under a master key (AES key wrap), which is in another file or comes from the
environment: neither file alone opens anything. The programme's own root key is wrapped too, and
tells at opening whether the master key is the right one.

Several threads and processes may use the file at once. Keys are kept unwrapped in memory for as
long as nobody has changed the file, so that a key forgotten by one process is forgotten by all.
Paper: RFC 3394, AES Key Wrap
"""

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from cryptography.hazmat.primitives import keywrap

from mesure.store.keyring import sealing
from mesure.store.keyring.interface import KEY_BYTES, KeyErasure
from mesure.store.values import bounds
from mesure.store.values.bounds import NOBODY
from mesure.store.values.faults import ErasedError, KeyringError, LostKeyError, UnavailableError
from mesure.store.writing.audit_append import Salts

BUSY_MS: Final = 10_000
READ_MAX: Final = 256  # Orders, some 6 kB each and more with maps: those of a list of 200 persons.
_FORM: Final = "mesure keyring 1"
_TABLES: Final = (
    "CREATE TABLE root (one INTEGER PRIMARY KEY CHECK (one = 1), form TEXT, wrapped BLOB) STRICT",
    "CREATE TABLE wrapped_key (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE erasure (blinded TEXT PRIMARY KEY, at_us INTEGER NOT NULL) STRICT, WITHOUT ROWID",
)

T = TypeVar("T")


class FileKeyring:
    """A file of keys that is open."""

    def __init__(self, path: Path, master: bytes, salts: Salts = secrets.token_bytes) -> None:
        if not path.is_file():
            raise KeyringError(
                f"There is no keyring {path}. Without it nothing that was sealed can be read: "
                "restore it from its own backup, or make a new one for an empty database."
            )
        self._path, self._master, self._salts = path, _checked(master), salts
        self._lock = threading.RLock()
        self._keys: dict[str, bytes] = {}
        self._read: dict[tuple[str, bytes, bytes], Any] = {}  # What was read with keys.
        with _told(path):
            self._connection = _connect(path)
            try:
                self._root = self._unwrapped_root()
            except BaseException:
                self._connection.close()
                raise
            self._seen = self._version()

    def key_of(self, name: str) -> bytes:
        """Return the key of a person, or of what a device sent for nobody, made on first use."""
        if name.startswith(NOBODY):
            return self.make_keys([name])[name]
        key = self.find_key(name)
        if key is not None:
            return key
        if self.is_erased(name):
            raise ErasedError(f"{name} was erased; nothing more can be kept about {name}.")
        raise LostKeyError(sealing.NO_KEY)

    def make_keys(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the keys of persons who are new here; those missing are made in one step."""
        all_names = list(names)
        with self._using():
            known = self.find_keys(all_names)
            if len(known) < len({*all_names}):
                bounds.check_names(*all_names)
                with self._changing():
                    known = {name: self._known(name) or self._made(name) for name in all_names}
                self._keys.update(known)
            return known

    def find_key(self, name: str) -> bytes | None:
        """Return a key, if there is one; None for somebody new or erased."""
        return self.find_keys([name]).get(name)

    def find_keys(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return those of several keys that are there."""
        with self._using():
            key_by_name = {name: key for name in names if (key := self._known(name)) is not None}
            self._keys.update(key_by_name)
            return key_by_name

    def read_once(self, name: str, sealed: bytes, bound: bytes, read: Callable[[bytes], T]) -> T:
        """Return what `read` makes of what is sealed under a key, kept as long as keys are."""
        what = name, bound, sealed
        with self._using():
            if what not in self._read:
                value = read(sealing.unseal(self._known(name), sealed, bound))
                if len(self._read) >= READ_MAX:
                    del self._read[next(iter(self._read))]  # The first that came.
                self._read[what] = value
            known: T = self._read[what]
            return known

    def is_erased(self, name: str) -> bool:
        """Tell whether a key was forgotten."""
        with self._using():
            return self._is_erased(name)

    def forget(self, name: str, at_us: int) -> bool:
        """Destroy a key for good, and write down that it was; False where that was done before."""
        bounds.check_names(name)
        bounds.check_counts(at_us)
        with self._using(), self._changing():
            run = self._connection.execute
            run("DELETE FROM wrapped_key WHERE name = ?", (name,))
            statement = "INSERT INTO erasure VALUES (?, ?) ON CONFLICT DO NOTHING"
            is_new = run(statement, (self.blind(name), at_us)).rowcount == 1
            self._clear()
        self.scrub()
        return is_new

    def forget_again(self, erasures: Iterable[KeyErasure]) -> tuple[str, ...]:
        """Destroy the keys that a newer list of erasures names; return whose were still there."""
        with self._using(), self._changing():
            run = self._connection.execute
            at_us = {one.blinded: one.at_us for one in erasures}
            names = [name for (name,) in run("SELECT name FROM wrapped_key ORDER BY name")]
            back = [name for name in names if self.blind(name) in at_us]
            for name in back:
                run("DELETE FROM wrapped_key WHERE name = ?", (name,))
            self._clear()
            for blinded, when_us in at_us.items():
                run("INSERT INTO erasure VALUES (?, ?) ON CONFLICT DO NOTHING", (blinded, when_us))
        self.scrub()
        return tuple(back)

    def scrub(self) -> None:
        """Write the file anew, without the copies of keys that rows left in pages they moved from.

        Why: `secure_delete` overwrites a row where it is, and not where it was before.
        """
        with self._using():
            self._connection.execute("VACUUM")

    def erasures(self) -> tuple[KeyErasure, ...]:
        """Return which keys were forgotten and when, in order of time."""
        with self._using():
            rows = self._connection.execute(
                "SELECT blinded, at_us FROM erasure ORDER BY at_us, blinded"
            )
            return tuple(KeyErasure(*row) for row in rows)

    def blind(self, name: str) -> str:
        """Return what stands for a name in the list of erasures."""
        return sealing.blind(self.programme_key("erasures"), name)

    def programme_key(self, purpose: str) -> bytes:
        """Return the key that the programme itself has for a purpose; always the same one."""
        return sealing.digest(self._root, sealing.seal_context("programme key", purpose))

    def root_to_hand_on(self) -> bytes:
        """Return the key from which all keys of the programme come, for its successor."""
        return self._root

    def keys_to_hand_on(self) -> dict[str, bytes]:
        """Return every key by its name, for the successor of the programme."""
        with self._using():
            cursor = self._connection.execute("SELECT name, wrapped FROM wrapped_key ORDER BY name")
            return {name: self._unwrapped(wrapped) for name, wrapped in cursor.fetchall()}

    def take_over(self, keys: Mapping[str, bytes]) -> None:
        """Keep the keys of a programme that continues here; none of somebody who was erased."""
        bounds.check_names(*keys)
        with self._using(), self._changing():
            for name, key in keys.items():
                if self._is_erased(name):
                    raise ErasedError(f"{name} was erased; there is no key for {name} any more.")
                wrapped = keywrap.aes_key_wrap(self._master, _checked(key, "A key"))
                self._connection.execute("INSERT INTO wrapped_key VALUES (?, ?)", (name, wrapped))

    def rewrap(self, new_master: bytes) -> None:
        """Put every key under a new master key; the old one opens nothing more."""
        with self._using(), self._changing():
            run = self._connection.execute
            for name, wrapped in run("SELECT name, wrapped FROM wrapped_key").fetchall():
                again = keywrap.aes_key_wrap(_checked(new_master), self._unwrapped(wrapped))
                run("UPDATE wrapped_key SET wrapped = ? WHERE name = ?", (again, name))
            root = keywrap.aes_key_wrap(_checked(new_master), self._root)
            run("UPDATE root SET wrapped = ?", (root,))
            self._master = new_master
        self.scrub()  # No copy under the old one is left behind.

    def copy_to(self, path: Path) -> None:
        """Write a backup of the keyring, still wrapped under the master key."""
        _create(path)
        with self._using(), closing(_connect(path)) as copy:
            self._connection.backup(copy)

    def check(self) -> int:
        """Unwrap every key; return how many there are, or raise for what is damaged."""
        with self._using():
            rows = self._connection.execute("SELECT wrapped FROM wrapped_key").fetchall()
            for (wrapped,) in rows:
                self._unwrapped(wrapped)
            return len(rows)

    def close(self) -> None:
        """Forget the keys in memory, and let go of the file."""
        with self._lock:
            self._clear()
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- Within the lock -----------------------------------------------------------------------

    @contextmanager
    def _using(self) -> Iterator[None]:
        """Have the file to oneself in this process, with nothing in memory that it has no more."""
        with self._lock, _told(self._path):
            self._look()
            yield

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Change the file whole or not at all, with no other process in between."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._look()
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._clear()
            self._connection.rollback()
            raise

    def _look(self) -> None:
        version = self._version()
        if version != self._seen:
            self._clear()
            self._unwrapped_root()  # Says so where the master key was changed meanwhile.
            self._seen = version

    def _clear(self) -> None:
        self._keys.clear()
        self._read.clear()

    def _version(self) -> int:
        """Return a number that changes whenever somebody else has changed the file."""
        number: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return number

    def _known(self, name: str) -> bytes | None:
        if name in self._keys:
            return self._keys[name]
        statement = "SELECT wrapped FROM wrapped_key WHERE name = ?"
        row = self._connection.execute(statement, (name,)).fetchone()
        return self._unwrapped(row[0]) if row else None

    def _made(self, name: str) -> bytes:
        if self._is_erased(name):
            raise ErasedError(f"{name} was erased; nothing more can be kept about {name}.")
        key = self._salts(KEY_BYTES)
        wrapped = keywrap.aes_key_wrap(self._master, key)
        self._connection.execute("INSERT INTO wrapped_key VALUES (?, ?)", (name, wrapped))
        return key

    def _is_erased(self, name: str) -> bool:
        statement = "SELECT 1 FROM erasure WHERE blinded = ?"
        return self._connection.execute(statement, (self.blind(name),)).fetchone() is not None

    def _unwrapped(self, wrapped: bytes) -> bytes:
        try:
            return keywrap.aes_key_unwrap(self._master, wrapped)
        except keywrap.InvalidUnwrap:
            raise KeyringError(
                f"The keyring {self._path} does not open with this master key, or is damaged. Give "
                "the master key that it was made with, or last changed to; no other can open it."
            ) from None

    def _unwrapped_root(self) -> bytes:
        row = self._connection.execute("SELECT form, wrapped FROM root").fetchone()
        if row is None or row[0] != _FORM:
            raise KeyringError(f"{self._path} is no keyring that this version of Mesure reads.")
        return self._unwrapped(row[1])


def make(path: Path, master: bytes, salts: Salts = secrets.token_bytes) -> None:
    """Make an empty keyring under a master key."""
    _create(path)
    with _told(path), closing(_connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLES:
            connection.execute(statement)
        root = keywrap.aes_key_wrap(_checked(master), salts(KEY_BYTES))
        connection.execute("INSERT INTO root VALUES (1, ?, ?)", (_FORM, root))
        connection.execute("COMMIT")


def _checked(key: bytes, what: str = "A master key") -> bytes:
    if len(key) != KEY_BYTES:
        raise KeyringError(f"{what} has {KEY_BYTES} bytes, and not {len(key)}.")
    return key


def _create(path: Path) -> None:
    """Make an empty file that nobody but its owner reads."""
    with _told(path):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            raise KeyringError(
                f"{path} is there already, and nothing is written over it. Name another file."
            ) from None


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_MS / 1_000, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in (
            f"busy_timeout = {BUSY_MS}",
            # One file and no log beside it, in which a key that was forgotten would still be.
            "journal_mode = TRUNCATE",
            "synchronous = FULL",
            "fullfsync = ON",
            "secure_delete = ON",  # What is forgotten is overwritten.
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what the file system and SQLite say in a sentence of ours."""
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise UnavailableError(
            f"The keyring {path} cannot be used now: {error}. Nothing of this was kept. Is the "
            "disk full, or the folder missing?"
        ) from error
    except sqlite3.DatabaseError as error:
        raise KeyringError(
            f"{path} is no keyring, or is damaged: {error}. Name another file, or restore it from "
            "its own backup."
        ) from error
