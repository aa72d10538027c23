"""What only the store in PostgreSQL has: a server that goes away, comes back, or is not fit."""

import os
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from mesure.store.interface.reader_pool import READERS_MAX
from mesure.store.interface.store import Store
from mesure.store.postgres import store as postgres
from mesure.store.postgres.store import PostgresStore
from mesure.store.postgres.writing import PostgresWriteTransaction
from mesure.store.schema import versions
from mesure.store.values.faults import OtherVersionError, StoreError, UnavailableError
from tests.store import databases, judged_samples, older_schema, samples
from tests.store.databases import PostgresDatabase, PostgresServer
from tests.store.samples import everything, message, ready


@pytest.fixture
def database(common_postgres: PostgresDatabase) -> PostgresDatabase:
    common_postgres.empty()
    return common_postgres


def execute(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)


def test_a_server_that_crashes_and_returns_has_what_was_acknowledged(
    database: PostgresDatabase, postgres_server: PostgresServer
) -> None:
    with database.open() as store:
        ready(store)
        store.write(lambda work: work.append([message(2)]))
        before = everything(store)
        postgres_server.stop()
        try:
            with pytest.raises(UnavailableError, match="cannot be used now"):
                store.write(lambda work: work.append([message(3)]))
            with pytest.raises(UnavailableError, match="Is the server running"):
                everything(store)
        finally:
            postgres_server.start()
        assert everything(store) == before
        store.write(lambda work: work.append([message(3)]))
        with store.read() as reading:
            assert reading.digests([("D-1", 3)])


def test_a_commit_waits_for_the_disk(database: PostgresDatabase) -> None:
    with database.open() as store:
        row = store._writer.execute("SHOW synchronous_commit").fetchone()
        store._writer.rollback()
    assert row == ("on",)


def test_a_change_that_hides_a_fault_is_taken_back_all_the_same(database: PostgresDatabase) -> None:
    def hides_it(work: PostgresWriteTransaction) -> None:
        work.append([message(2)])
        with suppress(psycopg.IntegrityError):
            work._connection.execute("INSERT INTO court_order VALUES ('X', 'nobody', 0, 'O-1')")

    with database.open() as store:
        ready(store)
        before = everything(store)
        with pytest.raises(StoreError, match="went on"):
            store.write(hides_it)
        assert everything(store) == before


def test_another_process_that_changes_something_is_waited_for_and_then_named(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LOCK_MS", 20)
    with database.open() as store, psycopg.connect(database.where) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (postgres._LOCK,))
        with pytest.raises(UnavailableError, match="lock timeout"):
            ready(store)
        other.rollback()
        ready(store)


def test_nobody_there_is_a_sentence_without_the_password() -> None:
    dsn = "host=127.0.0.1 port=1 dbname=mesure user=mesure password=hidden-word"
    for act in (lambda: PostgresStore(dsn), lambda: postgres.prepare(dsn)):
        with pytest.raises(UnavailableError, match=r"mesure at 127\.0\.0\.1") as raised:
            act()
        assert "hidden-word" not in str(raised.value)
    with pytest.raises(UnavailableError, match="not written as") as raised:
        PostgresStore("password=hidden-word and so on")
    assert "hidden-word" not in str(raised.value)


def test_a_newer_older_empty_or_foreign_database_is_refused(
    postgres_server: PostgresServer,
) -> None:
    dsn = postgres_server.make("other")
    with pytest.raises(OtherVersionError, match="is empty"):
        PostgresStore(dsn)
    postgres.prepare(dsn)
    postgres.prepare(dsn)
    for number, phrase in (("9999", "newer version of Mesure"), ("0000", "then migrate")):
        execute(dsn, f"UPDATE {versions.VERSION_TABLE} SET version_num = '{number}'")
        with pytest.raises(OtherVersionError, match=phrase):
            PostgresStore(dsn)
    execute(dsn, f"UPDATE {versions.VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(OtherVersionError, match="newer version of Mesure"):
        postgres.prepare(dsn)
    foreign = postgres_server.make("foreign")
    execute(foreign, "CREATE TABLE accounts (id integer)")
    with pytest.raises(OtherVersionError, match="something else"):
        postgres.prepare(foreign)


def test_the_way_back_to_the_first_schema_and_forth_again(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("reverted")
    postgres.prepare(dsn)
    older_schema.revert_database(dsn, "0001")
    execute(dsn, "INSERT INTO person VALUES ('P-1', 'name', 0, 'O-1')")
    with pytest.raises(OtherVersionError, match="then migrate"):
        PostgresStore(dsn)
    with pytest.raises(OtherVersionError, match="holds records"):
        postgres.prepare(dsn)
    execute(dsn, "DELETE FROM person")
    postgres.prepare(dsn)
    with PostgresStore(dsn) as store:
        ready(store)
        before = everything(store)
    with pytest.raises(OtherVersionError, match="Restore the backup"):
        older_schema.revert_database(dsn, "0001")
    with PostgresStore(dsn) as store:
        assert everything(store) == before


def test_every_table_of_a_change_is_asked_by_an_index(database: PostgresDatabase) -> None:
    with database.open() as store:
        shown = [
            store._writer.execute(f"SHOW enable_{kind}").fetchone()
            for kind in ("seqscan", "hashjoin", "mergejoin")
        ]
        store._writer.rollback()
    assert shown == [("off",)] * 3


def test_what_the_servers_own_programs_save_is_restored_as_it_was(
    database: PostgresDatabase, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    with database.open() as store:
        ready(store)
        store.write(lambda work: work.append([message(2)]))
        owner = judged_samples.claim_all(store)
        store.write(lambda work: work.judge([judged_samples.judgement()], owner))
        before = everything(store)
    dsn = postgres_server.make("restored")
    saved = tmp_path / "mesure.dump"
    postgres_server.program(
        "pg_dump", "--format=custom", f"--file={saved}", f"--dbname={database.where}"
    )
    postgres_server.program(
        "pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={dsn}", saved
    )
    with PostgresStore(dsn) as store:
        assert everything(store) == before
        store.write(lambda work: work.append([message(3)]))
        with store.read() as reading:
            assert reading.progress_of("P-1") == judged_samples.progress()


@pytest.mark.parametrize(
    ("version", "row", "phrase"),
    [
        (140_011, ("on", "on", "UTF8"), "PostgreSQL 14; 15 or later"),
        (180_001, ("off", "on", "UTF8"), "fsync = on"),
        (180_001, ("on", "on", "LATIN1"), "UTF8"),
    ],
)
def test_a_server_that_is_not_fit_is_refused(
    version: int, row: tuple[str, str, str], phrase: str
) -> None:
    answer = SimpleNamespace(fetchone=lambda: row)
    server: Any = SimpleNamespace(
        info=SimpleNamespace(server_version=version),
        execute=lambda _: answer,
        rollback=lambda: None,
    )
    with pytest.raises(OtherVersionError, match=phrase):
        postgres._check_server(cast("psycopg.Connection", server), "dbname=mesure")


def test_a_server_that_is_not_fit_is_not_kept_open(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "OLDEST", 99)
    with pytest.raises(OtherVersionError, match="99 or later"):
        database.open()


def test_a_full_disk_of_the_server_is_nobodys_own_fault(database: PostgresDatabase) -> None:
    def fills(work: PostgresWriteTransaction) -> None:
        work.put(judged_samples.row())
        raise psycopg.errors.DiskFull("No space left on device")

    with database.open() as store:
        ready(store)
        with pytest.raises(UnavailableError, match="No space left"):
            store.write(fills)
        store.write(lambda work: work.put(judged_samples.row()))


def test_a_reader_whose_connection_broke_is_not_used_again(database: PostgresDatabase) -> None:
    with database.open() as store:
        with store.read() as reading:
            reading._connection.close()
        assert store._readers.waiting == []
        everything(store)


def test_more_readers_at_once_than_are_kept_open(database: PostgresDatabase) -> None:
    with database.open() as store:
        readings = [store.read() for _ in range(READERS_MAX + 2)]
        for reading in readings:
            reading.__enter__()
        for reading in readings:
            reading.__exit__(None, None, None)
        assert len(store._readers.waiting) == READERS_MAX


def test_it_is_a_store(database: PostgresDatabase) -> None:
    opened: Store = database.open()  # The type checker holds it to the contract.
    with closing(opened):
        opened.write(samples.enter)


def test_without_a_server_the_tests_say_so_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "folder_of_programs", lambda: None)
    with pytest.raises(pytest.skip.Exception, match="NOT tested"), databases.run_postgres():
        pass


@pytest.mark.skipif("CI" not in os.environ, reason="Only where tests may not be skipped.")
def test_where_it_counts_there_is_a_server() -> None:
    assert databases.folder_of_programs(), databases.NO_POSTGRES
