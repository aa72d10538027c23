"""A database of PostgreSQL in which somebody's key is lost, and an office over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import house
from tests.actions.house import Office
from tests.store import databases
from tests.store.databases import PostgresDatabase, PostgresServer


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with databases.run_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def database(server: PostgresServer) -> PostgresDatabase:
    return PostgresDatabase(server.make("lost_keys"))


@pytest.fixture
def office(database: PostgresDatabase, tmp_path: Path) -> Iterator[Office]:
    database.empty()
    with house.office(tmp_path, database.open()) as office:
        yield office
