"""The store in PostgreSQL 15 or later, for a programme that runs a database server.

Durability: each commit waits until the server has its own log on the disk, and nobody is answered
before. A server that is set not to wait (`fsync = off`, `full_page_writes = off`) is refused.

One change is made at a time in the whole database, whichever process makes it: the audit log is one
chain. A lock that the server holds for the transaction sees to that.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final, Self, TypeVar

import psycopg
from psycopg import Connection, IsolationLevel, conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection as Migrated
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from mesure.store.interface.reader_pool import READERS_MAX, ReaderPool
from mesure.store.postgres import database_shape as postgres_shape
from mesure.store.postgres.writing import PostgresReadTransaction, PostgresWriteTransaction
from mesure.store.schema import shape, versions
from mesure.store.values.faults import (
    MisnamedError,
    OtherVersionError,
    StoreError,
    UnavailableError,
)
from mesure.store.values.mismatches import RowMismatch
from mesure.store.writing.audit_append import Salts
from mesure.store.writing.group_commit import CommitJob, GroupCommit

T = TypeVar("T")

CONNECT_S: Final = 5
LOCK_MS: Final = 10_000
STANDING_MS: Final = 8_000  # In the middle of a change, nothing said to the server.
# By these the server notices that a machine left without a goodbye, and ends its transaction.
_KEPT_ALIVE: Final = (
    "-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=6000"
)
OLDEST: Final = 15
_LOCK: Final = 0x6D657375_7265  # Any number that nobody else takes: "mesure".
# Whatever is asked here is asked by an index. A plan that was made while a table was small, and is
# kept, must not read the whole of it when it is large.
_SETTINGS: Final = (
    "-c synchronous_commit=on -c client_encoding=UTF8 -c jit=off "
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
)


def prepare(dsn: str) -> None:
    """Make the tables in an empty database, or bring older ones to the present schema."""
    with translate_faults(dsn):
        with _connect(dsn) as connection:
            version, has_tables = _schema(connection)
        if has_tables and version is None:
            versions.check(version, has_tables, where(dsn))
        with migration_connection(dsn) as migrated:
            versions.migrate(migrated, where(dsn))


@contextmanager
def migration_connection(dsn: str) -> Iterator[Migrated]:
    """Open a transaction in which tables are changed, by one process at a time."""
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: _connect(dsn), poolclass=NullPool
    )
    with translate_faults(dsn), engine.connect() as migrated:
        migrated.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield migrated
        migrated.commit()


def connect(dsn: str) -> Connection:
    """Return a connection of one's own, to be closed."""
    with translate_faults(dsn):
        return _connect(dsn)


@contextmanager
def own_connection(dsn: str) -> Iterator[Connection]:
    """Open a connection of one's own."""
    with translate_faults(dsn), _connect(dsn) as connection:
        yield connection


def has_tables(connection: Connection) -> bool:
    """Tell whether there is anything in a database."""
    version, others = _schema(connection)
    return others or version is not None


def schema_at(dsn: str) -> str | None:
    """Return the number of the schema of a database; None where there is none yet."""
    with own_connection(dsn) as connection:
        return _schema(connection)[0]


def schema_in(connection: Connection, dsn: str) -> str:
    """Return the number of the schema that a database of ours has; refuse any other."""
    version, others = _schema(connection)
    if version is None:
        versions.check(version, others, where(dsn))
    assert version is not None, "what has no schema was refused"
    return version


class PostgresStore:
    """A database that is open; it must have been prepared."""

    def __init__(self, dsn: str, salts: Salts = secrets.token_bytes) -> None:
        self._dsn, self._salts = dsn, salts
        self._readers = ReaderPool(lambda: _connect_reader(dsn))
        with translate_faults(dsn):
            self._writer = _connect(dsn, _KEPT_ALIVE)
            try:
                schema = _schema(self._writer)
                self._writer.rollback()
                versions.check(*schema, where(dsn))
            except BaseException:
                self._writer.close()
                raise
        self._gathering: GroupCommit[PostgresWriteTransaction] = GroupCommit(
            self._commit, "writer of PostgreSQL"
        )

    def submit(self, change: Callable[[PostgresWriteTransaction], T]) -> "Future[T]":
        """Make a change soon; the future has its value once it is on the disk."""
        return self._gathering.submit(change)

    def write(self, change: Callable[[PostgresWriteTransaction], T]) -> T:
        """Make a change, and return its value once it is on the disk."""
        return self.submit(change).result()

    @contextmanager
    def read(self) -> Iterator[PostgresReadTransaction]:
        """Read, from as many threads as like, without waiting for changes."""
        with translate_faults(self._dsn):
            connection = self._reader()
            try:
                yield PostgresReadTransaction(connection)
            finally:
                if not connection.closed:
                    connection.commit()  # `rollback` would let go of what was prepared.
                    self._readers.give_back(connection)

    def scrub(self) -> bool:
        """Have the server remove the rows that were let go, and use their room again.

        Free room in a page holds its former bytes until it is used: that is up to the server.
        """
        with translate_faults(self._dsn), _connect(self._dsn) as connection:
            connection.rollback()
            connection.autocommit = True
            connection.execute("VACUUM")
        return True

    def misshapen(self) -> tuple[RowMismatch, ...]:
        """Return what of the database its migrations do not make, or make differently."""
        with own_connection(self._dsn) as connection:
            there = postgres_shape.parts(connection)
            return tuple(shape.faults(there, postgres_shape.meant(connection)))

    def close(self) -> None:
        """Finish the changes that were submitted, and let go of the database."""
        self._gathering.close()
        self._readers.close()
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _reader(self) -> Connection:
        """Return a connection on which the moment that will be read has begun."""
        for others in reversed(range(READERS_MAX + 1)):
            connection = self._readers.take()
            try:
                connection.execute("SELECT")
            except psycopg.OperationalError:
                connection.close()  # The server went away while it waited.
                if not others:
                    raise
            else:
                break
        return connection

    def _commit(self, group: Sequence[CommitJob[PostgresWriteTransaction]]) -> None:
        """Make a group of changes; one that goes wrong is taken back alone.

        At first without a savepoint for each, which would take two more round trips; only where one
        goes wrong is everything taken back and made again, with savepoints.
        """
        with translate_faults(self._dsn):
            try:
                self._commit_once(group)
            except psycopg.errors.LockNotAvailable:
                # A process stopped in the middle of a change keeps nobody waiting for ever.
                if not _end_standing(self._dsn):
                    raise
                self._commit_once(group)

    def _commit_once(self, group: Sequence[CommitJob[PostgresWriteTransaction]]) -> None:
        if self._writer.closed:
            self._writer = _connect(self._dsn, _KEPT_ALIVE)
        try:
            work = self._begin()
            if not all(job.run(work) for job in group) or self._is_spoilt():
                self._writer.rollback()
                self._begin()
                for job in group:
                    self._careful(job)
            else:
                work.settle()
            self._writer.commit()
        except BaseException:
            self._writer.close()  # Whatever is open ends with it; the next group connects anew.
            raise

    def _begin(self) -> PostgresWriteTransaction:
        """Wait for the turn to change anything, and with it read how far rows are bound."""
        work = PostgresWriteTransaction(self._writer, self._salts)
        with self._writer.pipeline():
            self._writer.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            work.begin()
        return work

    def _is_spoilt(self) -> bool:
        """Tell whether the server would take back the transaction and call that a commit."""
        return self._writer.info.transaction_status is not TransactionStatus.INTRANS

    def _careful(self, job: CommitJob[PostgresWriteTransaction]) -> None:
        self._writer.execute("SAVEPOINT change")
        work = PostgresWriteTransaction(self._writer, self._salts)
        if not job.run(work) or self._is_spoilt():
            job.fault = job.fault or StoreError("A change went on after the database refused.")
            if isinstance(job.fault, psycopg.OperationalError):
                raise job.fault  # A fault of the server or its disk, and of no caller.
            self._writer.execute("ROLLBACK TO SAVEPOINT change")
        else:
            work.settle()
        self._writer.execute("RELEASE SAVEPOINT change")


def _connect(dsn: str, more: str = "") -> Connection:
    try:
        conninfo.conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:  # What it says may repeat a part of the password.
        raise MisnamedError(
            "The name of the database is not written as PostgreSQL asks. Write it as in "
            "“host=db.example dbname=mesure user=mesure”."
        ) from None
    connection = psycopg.connect(
        dsn,
        connect_timeout=CONNECT_S,
        application_name="mesure",
        options=f"-c lock_timeout={LOCK_MS} {_SETTINGS} {more}",
    )
    try:
        _check_server(connection, dsn)
    except BaseException:
        connection.close()
        raise
    return connection


# The server's own timeout for this does not run after statements that were sent together.
_END_STANDING: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND (classid::bigint << 32) + objid::bigint = %s "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND state = 'idle in transaction' "
    "AND state_change < clock_timestamp() - %s * interval '1 millisecond'"
)


def _end_standing(dsn: str) -> bool:
    """End the transaction of a holder of the turn that has stalled; tell whether one had."""
    with _connect(dsn) as connection:
        return bool(connection.execute(_END_STANDING, (_LOCK, STANDING_MS)).fetchall())


def _connect_reader(dsn: str) -> Connection:
    connection = _connect(dsn)
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection


def _check_server(connection: Connection, dsn: str) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        raise OtherVersionError(
            f"The database server of {where(dsn)} is PostgreSQL {version}; {OLDEST} or later is "
            "needed. Upgrade the server."
        )
    row = connection.execute(
        "SELECT current_setting('fsync'), current_setting('full_page_writes'), "
        "current_setting('server_encoding')"
    ).fetchone()
    connection.rollback()
    if row != ("on", "on", "UTF8"):
        raise OtherVersionError(
            f"The database server of {where(dsn)} would lose what was acknowledged, or not keep "
            "every letter: it needs fsync = on, full_page_writes = on and the encoding UTF8. "
            "Change its settings."
        )


def _schema(connection: Connection) -> tuple[str | None, bool]:
    """Return the number of the schema, and whether there are any tables at all."""
    names = connection.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace "
        "AND c.relkind IN ('r', 'p', 'v', 'm')"
    ).fetchall()
    if (versions.VERSION_TABLE,) not in names:
        return None, bool(names)
    row = connection.execute(f"SELECT version_num FROM {versions.VERSION_TABLE}").fetchone()
    return (row[0] if row else None), len(names) > 1


def where(dsn: str) -> str:
    """Return the name of a database and its server, without any password."""
    parts = conninfo.conninfo_to_dict(dsn)
    return f"{parts.get('dbname', 'by default')} at {parts.get('host', 'this machine')}"


@contextmanager
def translate_faults(dsn: str) -> Iterator[None]:
    """Say what the server says in a sentence of ours."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, DBAPIError) as fault:
        error = fault.orig if isinstance(fault, DBAPIError) else fault  # As migrations raise it.
        if not isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
            raise
        said = str(error).strip().splitlines()
        raise UnavailableError(
            f"The database {where(dsn)} cannot be used now: {said[0] if said else 'no reason'}. "
            "Nothing of this was acknowledged. Is the server running, and is its disk full?"
        ) from error
