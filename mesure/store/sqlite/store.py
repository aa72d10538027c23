"""The store in one file, by SQLite: nothing to install, one machine.

Durability: the write-ahead log is flushed to the disk (`synchronous = FULL`) with every commit, and
nobody is answered before. What was answered survives a crash of the program, of the system, and of
the power, on a disk that keeps what it says it has written. The file must lie on a local disk.

One thread writes; readers see the moment at which they began and never wait for it. Another program
that writes at the same time is waited for, some seconds at most.
"""

import os
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from mesure.store.interface.reader_pool import ReaderPool
from mesure.store.schema import versions
from mesure.store.sqlite.operation.write_ahead_log import LogTruncation
from mesure.store.sqlite.writing import SqliteReadTransaction, SqliteWriteTransaction
from mesure.store.values.faults import MisnamedError, OtherVersionError, UnavailableError
from mesure.store.values.mismatches import RowMismatch
from mesure.store.writing.audit_append import Salts
from mesure.store.writing.fsync import settle
from mesure.store.writing.group_commit import CommitJob, GroupCommit

T = TypeVar("T")

BUSY_MS: Final = 5_000
PAUSE_S: Final = 0.000_5  # After which a file that is locked is asked for again.
CACHE_KIB: Final = 64 << 10  # Of the one that writes: the indexes of the log want to fit in.
READER_CACHE_KIB: Final = 8 << 10  # Of each one that reads, at most.
WAL_PAGES: Final = 8_000  # How long the write-ahead log grows before it is copied: about 32 MB.
SCRUB_BUSY_MS: Final = 60_000  # Changes are short, but in a crowd there is always one.
EMPTY_BUSY_MS: Final = 500  # For the readers of the write-ahead log, before the writer goes on.
EMPTY_PAUSE_S: Final = 0.5
EMPTY_TRIES: Final = 20
SCRUB_ROOM_RATIO: Final = 2.5  # A copy beside the file, and the log through which it is written.


def prepare(path: Path) -> None:
    """Make the file with its tables, or bring an older one to the present schema."""
    if not path.parent.is_dir():
        raise MisnamedError(f"There is no folder {path.parent} to keep the database in; make it.")
    with suppress(FileExistsError):  # Nobody but its owner reads what is in it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with _told(path):
        with closing(_connect(path)) as connection:
            version, has_tables = _schema(connection)
            if has_tables and version is None:
                versions.check(version, has_tables, str(path))
        with migration_connection(path) as migrated:
            versions.migrate(migrated, str(path))


def check(path: Path) -> None:
    """Refuse a file that is damaged, or that this program cannot work with."""
    if not path.is_file():
        raise OtherVersionError(f"There is no database {path}. Name the right file.")
    with _told(path), closing(_read_only(path)) as connection:
        versions.check(*_schema(connection), str(path))
        integrity = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        wrong = connection.execute("PRAGMA foreign_key_check").fetchone()
    if integrity != "ok" or wrong:
        damage = integrity if integrity != "ok" else wrong
        raise OtherVersionError(f"{path} is damaged: {damage}. Restore another backup.")


def copy(source: Path, target: Path) -> None:
    """Write a file as it is at one moment into a new one, while it is being used.

    The new file has its name only once it is whole and on the disk.
    """
    if not source.is_file():
        raise OtherVersionError(f"There is no database {source}. Name the right file.")
    half = target.with_name(target.name + ".half")
    for path in (target, half):
        if path.exists():
            raise UnavailableError(
                f"{path} is there already, and nothing is written over it. Name another file, or "
                "take it away."
            )
    try:
        with _told(target):
            os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(_read_only(source)) as read, closing(sqlite3.connect(half)) as written:
                read.backup(written)
                written.execute("PRAGMA journal_mode = DELETE")  # One file, and none beside it.
            os.replace(half, target)
            settle(target)
    except OSError as error:
        raise UnavailableError(f"{target} cannot be written: {error}.") from error
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def migration_connection(path: Path) -> Iterator[Connection]:
    """Open a transaction in which tables are changed."""
    engine = create_engine("sqlite://", creator=lambda: _connect(path), poolclass=NullPool)
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as migrated:
        yield migrated


class SqliteStore:
    """A file that is open; it must have been prepared."""

    def __init__(self, path: Path, salts: Salts = secrets.token_bytes) -> None:
        if not path.is_file():
            raise OtherVersionError(f"There is no database {path}. Prepare it first.")
        self._path, self._salts = path, salts
        self._readers = ReaderPool(lambda: _connect(path))
        self._changing = threading.Lock()
        with _told(path):
            self._writer = _connect(path, CACHE_KIB)
            try:
                versions.check(*_schema(self._writer), str(path))
            except BaseException:
                self._writer.close()
                raise
        self._shortening = LogTruncation(path, WAL_PAGES, BUSY_MS)
        self._gathering: GroupCommit[SqliteWriteTransaction] = GroupCommit(
            self._commit, f"writer of {path.name}"
        )

    def submit(self, change: Callable[[SqliteWriteTransaction], T]) -> "Future[T]":
        """Make a change soon; the future has its value once it is on the disk."""
        return self._gathering.submit(change)

    def write(self, change: Callable[[SqliteWriteTransaction], T]) -> T:
        """Make a change, and return its value once it is on the disk."""
        return self.submit(change).result()

    @contextmanager
    def read(self) -> Iterator[SqliteReadTransaction]:
        """Read, from as many threads as like, without waiting for changes."""
        with _told(self._path):
            connection = self._readers.take()
            try:
                connection.execute("BEGIN")
                yield SqliteReadTransaction(connection)
            finally:
                connection.rollback()
                self._readers.give_back(connection)

    def scrub(self) -> bool:
        """Overwrite in the file and its write-ahead log what was let go.

        Deleted rows are overwritten at once (`secure_delete`), but not the copies that are left in
        the free room of a page when rows move from one page to another. So the file is written
        anew, and the log with the former pages is emptied. Changes wait meanwhile, about ten
        seconds for a gigabyte.
        """
        self._refuse_without_room()
        with _told(self._path), closing(_connect(self._path)) as connection:
            with self._changing:
                connection.execute(f"PRAGMA busy_timeout = {SCRUB_BUSY_MS}")
                # Beside the data: the folder for temporary files may be small, or another disk.
                folder = str(self._path.parent).replace("'", "''")
                connection.execute(f"PRAGMA temp_store_directory = '{folder}'")
                connection.execute("VACUUM")
            return _empty_log(connection)

    def _refuse_without_room(self) -> None:
        needed = int(self._path.stat().st_size * SCRUB_ROOM_RATIO)
        free = shutil.disk_usage(self._path.parent).free
        if free < needed:
            raise UnavailableError(
                f"What was erased is not overwritten in {self._path}: that takes {needed >> 20} MB "
                f"of room on the disk, and {free >> 20} MB are free. Make room; it is tried again."
            )

    def misshapen(self) -> tuple[RowMismatch, ...]:
        """Return what of the file its migrations do not make, or make differently."""
        # Only a caller of this has to know what the migrations make.
        from mesure.store.schema import shape
        from mesure.store.sqlite.operation import database_shape as sqlite_shape

        with _told(self._path), closing(_read_only(self._path)) as connection:
            return tuple(shape.faults(sqlite_shape.parts(connection), sqlite_shape.meant()))

    def close(self) -> None:
        """Finish the changes that were submitted, and let go of the file."""
        self._gathering.close()
        self._readers.close()
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _commit(self, group: Sequence[CommitJob[SqliteWriteTransaction]]) -> None:
        """Make a group of changes; one that goes wrong is taken back alone.

        At first without a savepoint for each, for which the database would copy each page before a
        change touches it; only where one goes wrong is everything taken back and made again, with
        savepoints.
        """
        run = self._writer.execute
        with self._changing, _told(self._path):
            try:
                self._begin()
                if not self._made(group):
                    run("ROLLBACK")
                    self._begin()
                    self._make_each(group)
                run("COMMIT")
            except BaseException:
                self._writer.rollback()
                raise
            self._shortening.shorten(self._writer)

    def _begin(self) -> None:
        """Begin a change once no other program makes one.

        SQLite itself asks again after pauses that grow to a tenth of a second. Two programs that
        change one file all the time would mostly wait for each other's pauses.
        """
        until_s = time.monotonic() + BUSY_MS / 1_000
        self._writer.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    self._writer.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until_s:
                        raise
                    time.sleep(PAUSE_S)
                else:
                    return
        finally:
            self._writer.execute(f"PRAGMA busy_timeout = {BUSY_MS}")

    def _made(self, group: Sequence[CommitJob[SqliteWriteTransaction]]) -> bool:
        """Make changes, and tell whether all of them went through."""
        work = SqliteWriteTransaction(self._writer, self._salts)
        for job in group:
            if not self._ran(job, work):
                return False
            work.settle()
        return True

    def _make_each(self, group: Sequence[CommitJob[SqliteWriteTransaction]]) -> None:
        """Make changes, and take back each that goes wrong."""
        run = self._writer.execute
        work = SqliteWriteTransaction(self._writer, self._salts)
        for job in group:
            run("SAVEPOINT change")
            if self._ran(job, work):
                work.settle()
            else:
                work.take_back()
                run("ROLLBACK TO change")
            run("RELEASE change")

    def _ran(self, job: CommitJob[SqliteWriteTransaction], work: SqliteWriteTransaction) -> bool:
        """Make a change, and tell whether it went through."""
        is_made = job.run(work)
        if isinstance(job.fault, sqlite3.OperationalError):
            raise job.fault  # A fault of the disk or the file, and of no caller.
        if not self._writer.in_transaction:  # The next change would be kept at once, and alone.
            raise sqlite3.OperationalError("a change hid that all of them were taken back")
        return is_made


def _connect(path: Path, cache_kib: int = READER_CACHE_KIB) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_MS / 1_000, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in (
            f"busy_timeout = {BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"cache_size = -{cache_kib}",
            f"wal_autocheckpoint = {WAL_PAGES}",
            "fullfsync = ON",  # On a Mac, a flush alone stops at the disk's own memory.
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "secure_delete = ON",  # What is erased is overwritten.
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _empty_log(connection: sqlite3.Connection) -> bool:
    """Copy the write-ahead log into the file and empty it; False where somebody reads it for long.

    Writers wait while this waits for readers, so it waits briefly, and again after a pause.
    """
    connection.execute(f"PRAGMA busy_timeout = {EMPTY_BUSY_MS}")
    for _ in range(EMPTY_TRIES):
        if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0:
            return True
        time.sleep(EMPTY_PAUSE_S)
    return False


def _read_only(path: Path) -> sqlite3.Connection:
    """Open a file without changing anything of it, not even its kind of log."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_MS / 1_000)


def _schema(connection: sqlite3.Connection) -> tuple[str | None, bool]:
    """Return the number of the schema, and whether there are any tables at all."""
    names: list[Any] = connection.execute("SELECT name FROM sqlite_schema").fetchall()
    if (versions.VERSION_TABLE,) not in names:
        return None, bool(names)
    row = connection.execute(f"SELECT version_num FROM {versions.VERSION_TABLE}").fetchone()
    return (row[0] if row else None), len(names) > 1 + bool(row is None)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what the database says in a sentence of ours."""
    try:
        yield
    except DBAPIError as fault:  # As migrations raise it.
        if not isinstance(fault.orig, sqlite3.OperationalError):
            raise
        raise _away(path, fault.orig) from fault
    except sqlite3.OperationalError as error:
        raise _away(path, error) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise OtherVersionError(
            f"{path} is no database of Mesure, or is damaged: {error}. Name another file, or "
            "restore a backup."
        ) from error


def _away(path: Path, error: Exception) -> UnavailableError:
    return UnavailableError(
        f"The database {path} cannot be used now: {error}. Nothing of this was kept. Is the "
        "disk full, or is another program writing in it?"
    )
