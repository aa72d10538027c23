"""Every test that asks for a `database` or a `store` runs once for each kind of store."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mesure.store.interface.store import Store
from tests.store import databases
from tests.store.databases import Database, SqliteDatabase


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return SqliteDatabase(tmp_path / "mesure.db")
    return databases.empty_postgres(request)


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(database.open()) as store:
        yield store
