"""Every test of actions has an office of its own, in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mesure.actions.framework.context import Actor
from mesure.privacy.roles import Role
from tests.actions import house, receiving
from tests.actions import scene as scene_
from tests.actions.hashing import quick_hashes
from tests.actions.house import Office
from tests.actions.receiving import Here
from tests.actions.scene import OfficeScene

__all__ = ["quick_hashes"]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with house.office(tmp_path) as office:
        yield office


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    with receiving.place(tmp_path) as place:
        yield place


@pytest.fixture
def ann(office: Office) -> Actor:
    return office.account("ann", Role.OFFICER)


@pytest.fixture
def chief(office: Office) -> Actor:
    return office.account("chief", Role.SUPERVISOR)


@pytest.fixture
def scene(office: Office) -> OfficeScene:
    return scene_.scene(office)
