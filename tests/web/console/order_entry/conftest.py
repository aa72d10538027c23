"""An officer, a second one, a person, and their browsers."""

import pytest

from tests.actions import scene as scene_
from tests.actions.house import Office
from tests.actions.scene import OfficeScene
from tests.web.console.order_entry.desk import CaseworkBrowser


@pytest.fixture
def scene(office: Office) -> OfficeScene:
    return scene_.scene(office)


@pytest.fixture
def desk(scene: OfficeScene) -> CaseworkBrowser:
    return CaseworkBrowser.of(scene, scene.ann)
