"""An officer, a second one, a person, and their browsers."""

import pytest

from tests.actions import scene as scene_
from tests.actions.house import Office
from tests.actions.scene import Scene
from tests.web.console.order_entry.desk import Desk


@pytest.fixture
def scene(office: Office) -> Scene:
    return scene_.scene(office)


@pytest.fixture
def desk(scene: Scene) -> Desk:
    return Desk.of(scene, scene.ann)
