"""Every test of actions has an office of its own, in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import house
from tests.actions.house import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with house.office(tmp_path) as office:
        yield office
