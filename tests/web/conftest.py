"""Pages and the API are tried on a real store, in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import house
from tests.actions.house import Office
from tests.web import service as services
from tests.web.service import Service


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with house.office(tmp_path) as office:
        yield office


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with services.service(tmp_path) as running:
        yield running
