"""An officer and an operator at the devices' pages."""

import pytest

from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled


def browser(office: Office, night: Evening, who: str) -> Browser:
    opened = Browser(office, contexts=filled.with_trail(office, night))
    opened.cookies.set("mesure", filled.TOKENS[who])
    return opened


@pytest.fixture
def officer(office: Office, night: Evening, there: Filled) -> Browser:
    return browser(office, night, "officer")


@pytest.fixture
def supervisor(office: Office, night: Evening, there: Filled) -> Browser:
    return browser(office, night, "supervisor")


@pytest.fixture
def operator(office: Office, night: Evening, there: Filled) -> Browser:
    return browser(office, night, "operator")
