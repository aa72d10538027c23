"""A database of PostgreSQL in which somebody's key is lost, and an office over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import house
from tests.actions.house import Office
from tests.store import databases


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with house.office(tmp_path, databases.empty_postgres(request).open()) as office:
        yield office
