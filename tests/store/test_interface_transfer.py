"""Handing a whole store on: every table, every column, and back as it was, asked of every store."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from mesure.store.commitments.row_digests import EVIDENCE
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.values import tables
from mesure.store.values.faults import ConflictError
from mesure.store.values.records import RefusedMessage, StoredCheckpoint
from mesure.store.values.tables import HANDED, TABLES
from tests.store import judged_samples, samples
from tests.store.databases import Database, PostgresDatabase, SqliteDatabase
from tests.store.samples import AT, DAY, message, ready


def actual(database: Database) -> dict[str, set[str]]:
    """Return the tables of a database, as the database itself tells them."""
    if database.kind == "sqlite":
        with closing(sqlite3.connect(database.where)) as raw:
            names = [
                row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            ]
            return {n: {row[1] for row in raw.execute(f"PRAGMA table_info({n})")} for n in names}
    columns: dict[str, set[str]] = {}
    with psycopg.connect(database.where) as raw_:
        query = (
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public'"
        )
        for table, column in raw_.execute(query):
            columns.setdefault(table, set()).add(column)
    return columns


def test_every_table_and_every_column_is_handed_on(database: Database) -> None:
    columns = actual(database)
    del columns["mesure_schema"]
    columns["message"] -= {"id"}  # The database's own number, which nothing refers to.
    for table in EVIDENCE:
        columns[table] -= {"bound"}  # The number under which this installation bound the row.
    assert columns == {table: set(names) for table, (_, names) in TABLES.items()}


def fill(store: Store) -> None:
    """Keep something in every table."""
    ready(store)
    owner = judged_samples.claim_all(store)

    def change(work: WriteTransaction) -> None:
        work.add_version(samples.version())
        work.keep_enrolment(samples.enrolment())
        work.keep_assignment(samples.assignment())
        work.keep_standings({"D-1": b"\0standing"})
        work.append([message(2), message(None, body=b"pilot"), message(3, person=None)])
        work.refuse(RefusedMessage("osmand", "", "forged", "-", 1, samples.digest(b""), b"\xff"))
        work.record([b'{"n":1}', b'{"n":2}', b'{"n":3}'], "P-1")
        work.forget_records([1], AT.date(), "x")
        work.put(judged_samples.row(keys={"state": "Ә"}))
        work.enqueue(judged_samples.outbox_entry())
        work.finish("notice", "1", "sent")
        work.enqueue(judged_samples.outbox_entry("2"))
        work.keep_checkpoint(3, b"signed")
        assessment = judged_samples.assessment(0, 10)
        judging = judged_samples.judgement(0, assessment)
        judging = type(judging)(
            judging.judged,
            0,
            judging.assessments,
            (judged_samples.supersede(assessment),),
            (judged_samples.incident(),),
        )
        work.judge([judging], owner)
        work.erase("P-3", AT + DAY)

    store.write(change)


def everything(store: Store) -> dict[str, list[tables.Row]]:
    with store.read() as reading:
        return {table: list(reading.rows(table)) for table in HANDED}


def take_in(store: Store, contents: dict[str, list[tables.Row]]) -> dict[str, int]:
    return store.write(lambda work: {table: work.fill(table, contents[table]) for table in HANDED})


def test_what_is_taken_in_is_what_was_and_goes_on(database: Database) -> None:
    with closing(database.open()) as store:
        fill(store)
        contents = everything(store)
    assert all(contents.values())
    database.empty()
    with closing(database.open()) as store:
        assert take_in(store, contents) == {table: len(rows) for table, rows in contents.items()}
        assert everything(store) == contents
        store.write(lambda work: work.append([message(9)]))
        store.write(lambda work: work.record([b"{}"]))
        with store.read() as reading:
            assert reading.checkpoint() == StoredCheckpoint(3, b"signed")
            assert reading.frontier().size == 5
            assert reading.digests([("D-1", 9)])


def test_one_kind_of_store_takes_in_what_another_gave(
    common_postgres: PostgresDatabase, tmp_path: Path
) -> None:
    common_postgres.empty()
    here = SqliteDatabase(tmp_path / "mesure.db")
    with closing(here.open()) as store, closing(common_postgres.open()) as other:
        fill(store)
        take_in(other, everything(store))
        assert everything(other) == everything(store)


def test_rows_are_taken_in_with_the_numbers_by_which_they_are_bound(database: Database) -> None:
    with closing(database.open()) as store:
        fill(store)
        with store.read() as reading:
            contents = {table: list(reading.rows(table, numbered=True)) for table in HANDED}
            evidence = {table: list(reading.evidence(table)) for table in tables.NUMBERED}
    database.empty()
    with closing(database.open()) as store:
        for table in HANDED:
            store.write(lambda work, table=table: work.fill(table, contents[table], numbered=True))  # type: ignore[misc]
        with store.read() as reading:
            assert {table: list(reading.evidence(table)) for table in tables.NUMBERED} == evidence
    assert all(row[-1] is not None for row in evidence["message"])


def test_nothing_is_taken_in_where_something_is(store: Store) -> None:
    ready(store)
    with pytest.raises(ConflictError, match="something in person already"):
        store.write(lambda work: work.fill("person", []))
    more = [("P-8", 1, 0, 0, "O-1", None), ("P-9", 1, 0, 0, "O-1", None)]
    assert store.write(lambda work: work.fill("person", more, more=True)) == 2


def test_rows_come_sorted_whatever_the_order_in_which_they_were_kept(store: Store) -> None:
    ready(store)
    rows = [judged_samples.row(str(n)) for n in range(30)]
    random.Random(1).shuffle(rows)
    for row in rows:
        store.write(lambda work, row=row: work.put(row))  # type: ignore[misc]
    with store.read() as reading:
        names = [row[1] for row in reading.rows("register")]
    assert names == sorted(names)


def test_what_is_about_one_person_is_told_from_the_rest(store: Store) -> None:
    fill(store)
    account = judged_samples.row("A-1", kind="account", person=None, keys={"person": "P-1"})
    deed = judged_samples.row("000000000002.000", kind="deed", person=None, keys={"person": "P-1"})
    other = judged_samples.row("A-2", kind="account", person=None, keys={"person": "P-2"})
    case = judged_samples.row("P-1", kind="case", person=None)
    for row in (account, deed, other, case):
        store.write(lambda work, row=row: work.put(row))  # type: ignore[misc]
    with store.read() as reading:
        person_rows = {table: list(reading.rows(table, "P-1")) for table in tables.ABOUT}
        everybody = {table: list(reading.rows(table)) for table in tables.ABOUT}
        nobody = {table: list(reading.rows(table, "P-9")) for table in tables.ABOUT}
    assert all(person_rows.values())
    assert not any(nobody.values())
    assert [row[1] for row in person_rows["register"]] == ["1", "A-1", "P-1", "000000000002.000"]
    assert [row[0] for row in person_rows["audit_record"]] == [0, 2]
    assert len(person_rows["message"]) == 2 < len(everybody["message"])
    assert len(person_rows["person"]) == 1
