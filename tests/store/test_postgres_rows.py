"""Rows in PostgreSQL: a row alone goes as plain values, and its answer is that among others."""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import Select

from mesure.devices.message import public_keys
from mesure.store import sql
from mesure.store.commitments.row_digests import EVIDENCE
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.sql import binding
from mesure.store.sql.composing import POSTGRES, Each
from mesure.store.sql.layout import TABLES
from tests.store.databases import PostgresDatabase
from tests.store.judged_samples import assessment, claim_all, judgement, row
from tests.store.samples import enrolment, everything, message, ready


@pytest.fixture
def store(common_postgres: PostgresDatabase) -> Iterator[Store]:
    common_postgres.empty()
    with closing(common_postgres.open()) as store:
        yield ready(store)


def enter_some_of_each(work: WriteTransaction) -> None:
    for number in (1, 2):
        work.keep_enrolment(enrolment(number))
        work.put(row(f"{number}", keys={"officer": "O-1", "stage": "new"}))
    work.append([message(2), message(3), message(2, device=2, person=2)])
    work.append([message(None, body=b"none"), message(None, body=b"neither", device=2, person=2)])


def questions() -> Iterator[tuple[str, Each]]:
    """Yield everything that is asked for rows, by its name."""
    for module_info in pkgutil.iter_modules(sql.__path__):
        module = importlib.import_module(f"{sql.__name__}.{module_info.name}")
        for name, statement in vars(module).items():
            if isinstance(statement, Each) and isinstance(statement.for_one, Select):
                yield f"{module_info.name}.{name}", statement
    yield from ((f"binding._rows {table}", binding._rows(table)) for table in EVIDENCE)


def rows_there(connection: psycopg.Connection, each: Each) -> list[tuple[object, ...]]:
    """Return values of which rows are there: those of the table of the columns."""
    table = getattr(each.columns[0], "table", None)
    if table is None:
        return [(1, 3), (2, 2)]  # Ranges of numbers.
    there = TABLES[table.name].c
    parts = [name if name in there else f"0 AS {name}" for name in each.names]
    return connection.execute(f"SELECT DISTINCT {', '.join(parts)} FROM {table.name}").fetchall()


def test_a_row_alone_is_answered_as_among_others(store: Store) -> None:
    store.write(enter_some_of_each)
    owner = claim_all(store)
    store.write(lambda work: work.judge([judgement(0, assessment(0, 9))], owner))
    answered = set()
    with store.read() as reading:
        for name, each in questions():
            rows = rows_there(reading._connection, each)  # type: ignore[attr-defined]
            others = {*POSTGRES[each.for_one].names} - {*each.names}
            values = dict.fromkeys(others, 9)
            together = list(reading._ask_for_each(each, rows, **values))
            alone = [one for row in rows for one in reading._ask_for_each(each, [row], **values)]
            assert sorted(alone, key=repr) == sorted(together, key=repr), name
            answered |= {name} if together else set()
    assert {
        "reading._DIGESTS",
        "reading._LOGS",
        "writing._UNCOUNTED",
        "binding._TOUCHED",
    } <= answered
    assert {"reading._ENROLLED", "binding._KEYS_OF", "binding._rows register"} <= answered


def test_a_row_alone_is_asked_for_without_an_array(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(enter_some_of_each)
    texts: list[str] = []
    execute = psycopg.Connection.execute

    def note_text(self: psycopg.Connection, query: str, *values: object) -> psycopg.Cursor:
        texts.append(query)
        return execute(self, query, *values)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(psycopg.Connection, "execute", note_text)
    store.write(lambda work: work.put(row("1", 2, keys={"officer": "O-2", "stage": "new"})))
    store.write(lambda work: work.record([b"{}"], "P-1"))
    with store.read() as reading:
        assert reading.digests([("D-1", 2)])
        assert reading.enrolments_with_keys([public_keys.name(bytes([1]) * 32)])
    assert not [text for text in texts if "unnest" in text]
    [kept] = [text for text in texts if "INSERT INTO audit_entry" in text]
    assert "UPDATE audit_edge" in kept
    assert "INSERT INTO audit_record" in kept
    [changed] = [text for text in texts if "UPDATE register SET" in text and "revision" in text]
    assert "DELETE FROM register_key" in changed
    assert "INSERT INTO register_key" in changed


def test_a_reader_keeps_what_it_has_prepared(store: Store) -> None:
    """The driver lets go of it after `rollback`, and the server would plan each question anew."""
    for _ in range(8):
        everything(store)
    with store.read() as reading:
        connection = reading._connection  # type: ignore[attr-defined]
        [[count]] = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchall()
    assert count > 5
