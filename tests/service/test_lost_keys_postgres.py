"""Somebody's key is lost, and the store is in PostgreSQL: judging and notices go on alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import house
from tests.actions.house import Office
from tests.service import court
from tests.service.court import Court
from tests.service.test_dispatch_lost_keys import (  # noqa: F401
    mail,
    test_a_notice_to_somebody_whose_key_is_lost_goes_out_once_it_is_back,
)
from tests.service.test_worker_lost_keys import (  # noqa: F401
    test_a_change_of_somebody_whose_key_is_lost_stops_nobody,
    test_whose_key_is_lost_is_tried_again_until_it_is_back,
)
from tests.store import databases
from tests.store.databases import PostgresDatabase


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresDatabase]:
    with databases.running() as server:
        yield PostgresDatabase(server.make("lost_keys"))


@pytest.fixture
def office(database: PostgresDatabase, tmp_path: Path) -> Iterator[Office]:
    database.empty()
    with house.office(tmp_path, database.open()) as office:
        yield office


@pytest.fixture
def at_court(database: PostgresDatabase, tmp_path: Path) -> Iterator[Court]:
    database.empty()
    with court.opened(tmp_path, other=database.open()) as opened:
        yield opened
