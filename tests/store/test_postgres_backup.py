"""A backup of PostgreSQL while the service works, of one moment, and the way back."""

import json
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from mesure.store.postgres import store as postgres
from mesure.store.postgres.operation import backup as postgres_backup
from mesure.store.values.faults import OtherVersionError, UnavailableError
from mesure.store.values.tables import TABLES
from tests.store import judged_samples
from tests.store.databases import PostgresDatabase, PostgresServer
from tests.store.samples import everything, message, ready


@pytest.fixture
def full_database(
    postgres_server: PostgresServer, request: pytest.FixtureRequest
) -> PostgresDatabase:
    database = PostgresDatabase(postgres_server.make(f"from_{request.node.name[:40].lower()}"))
    with closing(database.open()) as store:
        ready(store)
        store.write(lambda work: work.append([message(2)]))
        store.write(lambda work: work.put(judged_samples.row("1", person="P-1", body=b"\0\n\\.")))
        store.write(lambda work: work.record([b"first", b"second"], "P-1"))
    return database


@pytest.fixture
def empty(postgres_server: PostgresServer, request: pytest.FixtureRequest) -> str:
    return postgres_server.make(f"into_{request.node.name[:40].lower()}")


def rows(dsn: str) -> dict[str, list[tuple[object, ...]]]:
    """Return whatever there is, of every table."""
    with psycopg.connect(dsn) as connection:
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in TABLES
        }


def test_what_is_backed_up_is_restored_as_it_was(
    full_database: PostgresDatabase, empty: str, tmp_path: Path
) -> None:
    before = rows(full_database.where)
    postgres_backup.back_up(full_database.where, tmp_path)
    with closing(full_database.open()) as store:
        store.write(lambda work: work.append([message(3)]))
    postgres_backup.restore(tmp_path, empty)
    assert rows(empty) == before
    assert {path.stem for path in tmp_path.glob("*.copy")} == set(TABLES)
    with closing(postgres.PostgresStore(empty)) as store, closing(full_database.open()) as other:
        store.write(lambda work: work.append([message(3)]))
        assert everything(store) == everything(other)


def test_a_backup_while_others_write_is_of_one_moment(
    full_database: PostgresDatabase, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    stop, counter = threading.Event(), 3

    def write() -> None:
        nonlocal counter
        while not stop.is_set():
            sent = [message(counter), message(counter, device=2, person=2)]
            store.write(lambda work: (work.append(sent), work.record([b"both", b"both"])))  # noqa: B023
            counter += 1

    with closing(full_database.open()) as store:
        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(3):
                (tmp_path / str(number)).mkdir()
                postgres_backup.back_up(full_database.where, tmp_path / str(number))
        finally:
            stop.set()
            writer.join()
    for number in range(3):
        target = postgres_server.make(f"moment_{number}")
        postgres_backup.restore(tmp_path / str(number), target)
        with psycopg.connect(target) as connection:
            counts = "SELECT (SELECT count(*) FROM message WHERE counter > 2), "
            counts += "(SELECT count(*) FROM audit_record WHERE record = 'both'), "
            counts += "(SELECT size FROM audit_edge), (SELECT count(*) FROM audit_entry)"
            [(messages, records, size, entries)] = connection.execute(counts).fetchall()
        assert (messages, size) == (records, entries)


def test_nothing_is_written_over_and_half_a_restore_is_none(
    full_database: PostgresDatabase, empty: str, tmp_path: Path
) -> None:
    postgres_backup.back_up(full_database.where, tmp_path)
    with pytest.raises(UnavailableError, match="cannot be written"):
        postgres_backup.back_up(full_database.where, tmp_path)
    with pytest.raises(OtherVersionError, match="is not empty"):
        postgres_backup.restore(tmp_path, full_database.where)
    whole = (tmp_path / "register_key.copy").read_bytes()
    (tmp_path / "register_key.copy").write_bytes(whole[:-3])
    with pytest.raises(OtherVersionError, match=r"register_key\.copy is damaged"):
        postgres_backup.restore(tmp_path, empty)
    (tmp_path / "register_key.copy").write_bytes(whole)
    postgres_backup.restore(tmp_path, empty)
    assert rows(empty) == rows(full_database.where)


def test_a_backup_of_another_version_or_of_nothing_is_refused(
    full_database: PostgresDatabase, empty: str, tmp_path: Path
) -> None:
    with pytest.raises(UnavailableError, match="cannot be read"):
        postgres_backup.restore(tmp_path, empty)
    with pytest.raises(OtherVersionError, match="is empty"):
        postgres_backup.back_up(empty, tmp_path)
    postgres_backup.back_up(full_database.where, tmp_path)
    head = json.loads((tmp_path / "postgres.json").read_text())
    (tmp_path / "postgres.json").write_text(json.dumps(head | {"schema": "9999"}))
    with pytest.raises(OtherVersionError, match="another version of Mesure"):
        postgres_backup.restore(tmp_path, empty)
