"""Every test that asks for a `database` or a `store` runs once for each kind of store."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from mesure.store.interface.store import Store
from tests.store import databases
from tests.store.databases import Database, PostgresDatabase, PostgresServer, SqliteDatabase

_NAMES = count()


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    with databases.run_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def common_postgres(server: PostgresServer) -> PostgresDatabase:
    """Return a database that the tests use one after another; it is emptied in between."""
    return PostgresDatabase(server.make("shared"))


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return SqliteDatabase(tmp_path / "mesure.db")
    shared: PostgresDatabase = request.getfixturevalue("common_postgres")
    shared.empty()
    return shared


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(database.open()) as store:
        yield store
