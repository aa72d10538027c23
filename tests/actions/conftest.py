"""Every test of actions has an office of its own, in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import house
from tests.actions import scene as scene_
from tests.actions.house import Office
from tests.actions.scene import Scene


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with house.office(tmp_path) as office:
        yield office


@pytest.fixture
def scene(office: Office) -> Scene:
    return scene_.scene(office)
