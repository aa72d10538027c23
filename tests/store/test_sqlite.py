"""What only the store in one file has: the file, its owner, its disk, its version."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from mesure.store.interface.reader_pool import READERS_MAX
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.schema import versions
from mesure.store.sqlite import store as sqlite
from mesure.store.sqlite.store import SqliteStore
from mesure.store.sqlite.writing import SqliteWriteTransaction
from mesure.store.values.effects import PartitionOwner
from mesure.store.values.faults import OtherVersionError, UnavailableError
from mesure.store.writing.group_commit import CommitJob
from tests.store import judged_samples, older_schema, samples
from tests.store.samples import everything, message, ready


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mesure.db"
    sqlite.prepare(path)
    return path


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def test_a_commit_waits_for_the_disk(path: Path) -> None:
    with SqliteStore(path) as store:
        assert isinstance(store, SqliteStore)
        settings = [
            store._writer.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert settings == ["wal", 2, 1]


def test_nobody_but_its_owner_reads_the_file(path: Path) -> None:
    with SqliteStore(path) as store:
        ready(store)
        modes = [oct(file.stat().st_mode & 0o777) for file in path.parent.glob("mesure.db*")]
    assert modes == ["0o600"] * 3


def test_preparing_again_changes_nothing(path: Path) -> None:
    with SqliteStore(path) as store:
        before = everything(ready(store))
    sqlite.prepare(path)
    with SqliteStore(path) as store:
        assert everything(store) == before


def test_a_full_disk_keeps_nothing_of_a_group_and_says_so(path: Path) -> None:
    with SqliteStore(path) as store:
        ready(store)
        store.write(lambda work: work.append([message(2)]))
        before = everything(store)
        # As many pages as there are, and not one more: what SQLite says of a disk that is full.
        pages = store._writer.execute("PRAGMA page_count").fetchone()[0]
        store._writer.execute(f"PRAGMA max_page_count = {pages}")
        body = bytes(200_000)
        with pytest.raises(UnavailableError, match="full"):
            store.write(lambda work: work.append([message(3, body=body)]))
        assert everything(store) == before

        def hides_it(work: WriteTransaction) -> None:
            with suppress(sqlite3.OperationalError):
                work.append([message(3, body=body)])

        with pytest.raises(UnavailableError):
            store.write(hides_it)
        keeps: CommitJob[SqliteWriteTransaction] = CommitJob(
            lambda work: work.keep_standings({"D-1": b"known"}), Future()
        )
        with pytest.raises(UnavailableError):
            store._commit([CommitJob(hides_it, Future()), keeps])
        assert everything(store) == before
        store._writer.execute("PRAGMA max_page_count = 1000000")
        store.write(lambda work: work.append([message(3, body=body)]))
        with store.read() as reading:
            assert reading.digests([("D-1", 3)])


def fillers(owner: PartitionOwner) -> list[Callable[[WriteTransaction], object]]:
    """Return changes of every other kind that need more room than there is."""
    body = bytes(200_000)
    rows = [judged_samples.assessment(n, n + 1) for n in range(5_000)]
    return [
        lambda work: work.put(judged_samples.row(body=body)),
        lambda work: work.enqueue(replace(judged_samples.outbox_entry(), body=body)),
        lambda work: work.judge([judged_samples.judgement(0, *rows)], owner),
        lambda work: work.keep_checkpoint(1, body),
        lambda work: work.record([body]),
        lambda work: work.add_version(replace(samples.version(), body=body)),
    ]


def test_a_full_disk_keeps_nothing_of_anything(path: Path) -> None:
    with SqliteStore(path) as store:
        ready(store)
        owner = judged_samples.claim_all(store)
        pages = store._writer.execute("PRAGMA page_count").fetchone()[0]
        store._writer.execute(f"PRAGMA max_page_count = {pages}")
        for change in fillers(owner):
            with pytest.raises(UnavailableError, match="full"):
                store.write(change)
        store._writer.execute("PRAGMA max_page_count = 1000000")
        with store.read() as reading:
            answers = (
                (reading.entry("absence", "1"), reading.checkpoint()),
                (reading.due("notice", 99, 9), reading.assessments("P-1", 0, 99)),
                (reading.entries(0, 9), reading.versions("ALM-1")),
            )
        assert not [one for some in answers for one in some if one]
        for change in fillers(owner):
            store.write(change)


def test_the_way_back_to_the_first_schema_and_forth_again(path: Path) -> None:
    older_schema.revert_file(path, "0001")
    execute(path, "INSERT INTO person VALUES ('P-1', 'name', 0, 'O-1')")
    with pytest.raises(OtherVersionError, match="then migrate"):
        SqliteStore(path)
    with pytest.raises(OtherVersionError, match="holds records"):
        sqlite.prepare(path)
    execute(path, "DELETE FROM person")
    sqlite.prepare(path)
    with SqliteStore(path) as store:
        ready(store)
    with pytest.raises(OtherVersionError, match="Restore the backup"):
        older_schema.revert_file(path, "0001")
    execute(path, f"UPDATE {versions.VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(OtherVersionError, match="newer version of Mesure"):
        older_schema.revert_file(path, "0001")


def test_both_ways_to_a_schema_make_the_same_tables(path: Path) -> None:
    def tables() -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(path)) as connection:
            statement = "SELECT name, sql FROM sqlite_schema ORDER BY name"
            rows = connection.execute(statement).fetchall()
            return [(name, " ".join(sql.split())) for name, sql in rows if sql]

    before = tables()
    older_schema.revert_file(path, "0001")
    assert tables() != before
    sqlite.prepare(path)
    assert tables() == before


def test_another_program_that_writes_is_waited_for_and_then_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 20)
    with SqliteStore(path) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match="another program"):
            ready(store)
        other.rollback()
        ready(store)


def test_a_newer_file_is_refused_in_a_sentence(path: Path) -> None:
    execute(path, f"UPDATE {versions.VERSION_TABLE} SET version_num = '9999'")
    for act in (lambda: SqliteStore(path), lambda: sqlite.prepare(path)):
        with pytest.raises(OtherVersionError, match="newer version of Mesure") as raised:
            act()
        assert str(path) in str(raised.value)


def test_an_older_file_is_to_be_migrated_first(path: Path) -> None:
    execute(path, f"UPDATE {versions.VERSION_TABLE} SET version_num = '0000'")
    with pytest.raises(OtherVersionError, match="then migrate"):
        SqliteStore(path)


def test_what_is_no_file_of_ours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for act in (lambda: SqliteStore(path), lambda: sqlite.prepare(tmp_path / "no" / "file")):
        with pytest.raises((OtherVersionError, UnavailableError), match="There is no"):
            act()
    path.touch()
    with pytest.raises(OtherVersionError, match="is empty"):
        SqliteStore(path)
    execute(path, "CREATE TABLE accounts (id)")
    for act in (lambda: SqliteStore(path), lambda: sqlite.prepare(path)):
        with pytest.raises(OtherVersionError, match="something else"):
            act()
    path.write_text("This is a letter, and no database at all. " * 100, encoding="utf-8")
    for act in (lambda: SqliteStore(path), lambda: sqlite.prepare(path)):
        with pytest.raises(OtherVersionError, match="no database of Mesure"):
            act()


def test_the_database_itself_refuses_what_the_program_should_have(path: Path) -> None:
    def beside(work: SqliteWriteTransaction) -> None:
        work._connection.execute("INSERT INTO court_order VALUES ('X', 'nobody', 0, 'O-1', NULL)")

    with SqliteStore(path) as store, pytest.raises(sqlite3.IntegrityError):
        store.write(beside)


def test_more_readers_at_once_than_are_kept_open(path: Path) -> None:
    with SqliteStore(path) as store:
        readings = [store.read() for _ in range(READERS_MAX + 2)]
        for reading in readings:
            reading.__enter__()
        for reading in readings:
            reading.__exit__(None, None, None)
        assert len(store._readers.waiting) == READERS_MAX


def test_it_is_a_store(path: Path) -> None:
    opened: Store = SqliteStore(path)  # The type checker holds it to the contract.
    opened.write(samples.enter)
    opened.close()
