"""Databases for tests: each kind can be prepared, opened and emptied.

PostgreSQL is the one that is installed, started on loopback in a temporary folder. Where none is,
its tests are skipped, and say so.
"""

import os
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import psycopg
import pytest

from mesure.store.interface.store import Store
from mesure.store.postgres import store as postgres
from mesure.store.postgres.store import PostgresStore
from mesure.store.sqlite.store import SqliteStore
from tests.store import prepared

NO_POSTGRES = (
    "NO POSTGRESQL HERE: the store in PostgreSQL was NOT tested. "
    "Install the server (on Debian and Ubuntu: apt install postgresql)."
)
# What refers to others first. Deleting is quicker than truncating where there is little to delete.
TABLES = (
    "order_version", "device_key", "enrolment", "assignment", "message", "log_end", "quarantine",
    "audit_record", "audit_entry", "audit_node", "register_key", "register", "assessment",
    "superseded", "incident", "judged", "partition_owner", "outgoing", "checkpoint", "court_order",
    "person", "device", "bound", "binding",
)  # fmt: skip


class Database(Protocol):
    """A database that is prepared."""

    kind: str
    where: str  # A path, or how PostgreSQL is connected to.

    def open(self) -> Store: ...

    def empty(self) -> None: ...


class SqliteDatabase:
    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path, self.where = path, str(path)
        if not path.exists():
            prepared.lay(path)

    def open(self) -> SqliteStore:
        return SqliteStore(self.path, repeatable_salts())

    def empty(self) -> None:
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.unlink(self.where + suffix)
        self.path.write_bytes(prepared.empty_file())


class PostgresDatabase:
    kind = "postgres"

    def __init__(self, dsn: str) -> None:
        self.where = dsn
        postgres.prepare(dsn)

    def open(self) -> PostgresStore:
        return PostgresStore(self.where, repeatable_salts())

    def empty(self) -> None:
        with psycopg.connect(self.where) as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")
            connection.execute("UPDATE audit_edge SET size = 0, peaks = ''")
            connection.execute("UPDATE change_edge SET administered = 0, incident = 0, epoch = 0")
            connection.execute(
                "UPDATE binding_edge SET batches = 0, commitments = 0, pinned = 0, whole = false"
            )


def empty_postgres(request: pytest.FixtureRequest) -> PostgresDatabase:
    """Return the database in PostgreSQL that all tests share, with nothing in it."""
    common: PostgresDatabase = request.getfixturevalue("common_postgres")
    common.empty()
    return common


def repeatable_salts() -> Callable[[int], bytes]:
    """Return salts that are the same in every store, so that the trees can be compared.

    Those of rows are counted apart: one store binds each change by itself, the other several.
    """
    count: Counter[int] = Counter()

    def salt(size: int) -> bytes:
        count[size] += 1
        return count[size].to_bytes(size, "big")

    return salt


# --- The server --------------------------------------------------------------------------------


def folder_of_programs() -> Path | None:
    """Return where the newest PostgreSQL that is installed has its programs."""
    named = [Path(folder) for folder in [os.environ.get("TEST_POSTGRES_BIN", "")] if folder]
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    initdb = shutil.which("initdb")
    on_path = [Path(initdb).resolve().parent] if initdb else []
    folders = [*named, *reversed(known), *on_path]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class PostgresServer:
    """A server of PostgreSQL in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        programs = folder_of_programs()
        if programs is None:
            pytest.skip(NO_POSTGRES)
        self._programs, self._data = programs, folder / "data"
        self._account = "postgres" if os.getuid() == 0 else None  # It refuses to run as root.
        self._log = folder / "log"
        if self._account:
            shutil.chown(folder, self._account)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._run("initdb", "-U", "mesure", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        self.start()

    def start(self) -> None:
        settings = (
            f"-c listen_addresses=127.0.0.1 -c port={self._port} -c unix_socket_directories= "
            "-c shared_buffers=16MB -c max_connections=40"
        )
        self._run("pg_ctl", "-l", str(self._log), "-o", settings, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def dsn(self, name: str) -> str:
        return f"host=127.0.0.1 port={self._port} user=mesure dbname={name}"

    def make(self, name: str) -> str:
        """Make an empty database, in place of the one that another test called so."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.dsn(name)

    def program(self, name: str, *arguments: str | Path) -> None:
        """Run a program of PostgreSQL's that asks the server; skip where it has none."""
        if not (self._programs / name).exists():
            pytest.skip(f"{self._programs} has no {name}: NOT tested")
        subprocess.run([self._programs / name, *arguments], check=True, stdin=subprocess.DEVNULL)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, "-D", self._data, *arguments],
            user=self._account,
            cwd=self._data.parent,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def run_postgres() -> Iterator[PostgresServer]:
    """Start a server; not below pytest's own folder, where no other account may look."""
    with TemporaryDirectory(prefix="mesure-postgres-") as folder:
        server = PostgresServer(Path(folder))
        try:
            yield server
        finally:
            server.stop()
