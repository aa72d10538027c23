"""Pages and the API are tried on a real store, in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import house
from tests.actions.hashing import quick_hashes
from tests.actions.house import Office
from tests.web import filled
from tests.web import service as services
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled
from tests.web.service import WebService

__all__ = ["quick_hashes"]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with house.office(tmp_path) as office:
        yield office


@pytest.fixture
def service(tmp_path: Path) -> Iterator[WebService]:
    with services.service(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return filled.judge_evening(tmp_path_factory.mktemp("evening"))


@pytest.fixture
def there(office: Office, night: Evening) -> Filled:
    return filled.fill(office, night)


@pytest.fixture
def person(office: Office, night: Evening, there: Filled) -> Browser:
    browser = Browser(office, contexts=filled.with_trail(office, night))
    browser.cookies.set("mesure", filled.TOKENS["person"])
    return browser
