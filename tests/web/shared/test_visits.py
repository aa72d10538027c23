"""What no name and no text has in it stops at the door, and not in the store."""

import pytest

from mesure.web.shared.visits import PageVisit
from tests.actions import house
from tests.actions.house import PASSWORD, Office
from tests.web.browsing import Browser


@pytest.fixture
def browser(office: Office) -> Browser:
    return Browser(office)


@pytest.mark.parametrize("name", ["%00", "a%00b", "a%0d%0ab", "%e2%80%ae"])
def test_a_name_that_nothing_has_is_not_looked_up(
    browser: Browser, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store may not even take the question."""
    _, secret = house.first_supervisor(browser.office)
    browser.office.later(minutes=1)
    browser.open("/sign-in")
    code = house.code_of(browser.office, secret)
    browser.send("/sign-in", login="aigerim", password=PASSWORD, code=code)
    assert browser.address == "/console"

    def perform(visit: PageVisit, action: object, request: object) -> None:
        raise AssertionError(request)

    monkeypatch.setattr(PageVisit, "perform", perform)
    browser.open(f"/console/incidents/{name}")
    assert browser.status == 404
    browser.open("/console/incidents/I-1")
    assert browser.status == 500


def test_a_sign_that_no_keyboard_writes_is_left_out(browser: Browser) -> None:
    browser.open("/sign-in")
    browser.send("/sign-in", login="aig\0erim", password="x", code="")
    assert 'value="aigerim"' in browser.page
