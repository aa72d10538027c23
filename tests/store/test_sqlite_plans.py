"""Plans of SQLite: what is asked of a table that grows is asked by an index there, too.

A statement is written once for both databases, and what is good for one may read the whole of a
table in the other.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from mesure.store.interface.store import Store
from mesure.store.sql.composing import SqlTexts
from mesure.store.sqlite import connection
from tests.store.databases import SqliteDatabase
from tests.store.samples import ready
from tests.store.test_postgres_plans import FEW, administer, judge, look, receive


@pytest.mark.parametrize("use", [receive, judge, administer, look], ids=lambda use: use.__name__)
def test_a_table_that_grows_is_never_read_from_end_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use: Callable[[Store], None]
) -> None:
    texts = SqlTexts(sqlite.dialect(paramstyle="qmark"))
    monkeypatch.setattr(connection, "SQLITE", texts)
    database = SqliteDatabase(tmp_path / "data.sqlite")
    with closing(database.open()) as store:
        ready(store)
        texts.clear()
        use(store)
    assert texts
    for text in texts.values():
        read = set(scans(database.path, text.text))
        assert read <= FEW | {"json_each", "asked"}, text.text


def test_what_waits_of_everybody_reads_no_incident_whole_but_those_that_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = SqlTexts(sqlite.dialect(paramstyle="qmark"))
    monkeypatch.setattr(connection, "SQLITE", texts)
    database = SqliteDatabase(tmp_path / "data.sqlite")
    with closing(database.open()) as store:
        ready(store)
        texts.clear()
        with store.read() as reading:
            reading.all_heads_without("review", "stage", "found")
    [text] = [one.text for one in texts.values() if "EXCEPT" in one.text]
    with closing(sqlite3.connect(database.path)) as reading_plan:
        places = [None] * text.count("?")
        steps = [step[-1] for step in reading_plan.execute(f"EXPLAIN QUERY PLAN {text}", places)]
    whole = [step for step in steps if step.startswith("SCAN")]
    assert whole
    assert all("COVERING INDEX" in step for step in whole), steps
    assert any(re.match(r"SEARCH incident USING INDEX .*\(id=\?\)", step) for step in steps), steps


def scans(path: Path, text: str) -> Iterator[str]:
    """Yield the tables that a statement reads from end to end."""
    places = [None] * text.count("?")
    with closing(sqlite3.connect(path)) as reading:
        for *_, step in reading.execute(f"EXPLAIN QUERY PLAN {text}", places):
            if scan := re.match("SCAN (?!CONSTANT ROW)(\\w+)", step):
                yield scan[1]


def test_a_whole_table_is_seen(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "data.sqlite")
    assert list(scans(database.path, "SELECT body FROM message WHERE form = ?")) == ["message"]
