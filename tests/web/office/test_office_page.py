"""Each door of the office opens for those whom it is shown to."""

import re

import pytest

from tests.actions.house import Office
from tests.web.filled import Filled
from tests.web.office.test_accounts_page import browser_of


@pytest.mark.parametrize(("who", "doors"), [("supervisor", 7), ("operator", 6)])
def test_every_door_opens(office: Office, there: Filled, who: str, doors: int) -> None:
    browser = browser_of(office, who)
    page = browser.open("/office")
    assert "Everybody under an order can be judged now." in browser.text
    addresses = re.findall(r'<a class="line" href="([^"]+)"', page)
    assert len(addresses) == doors
    for address in addresses:
        browser.open(address)
        assert (browser.status, browser.address) == (200, address)
    browser.open("/office/help")
    assert "both count as one person for 7 days" in browser.text


def test_an_operator_begins_in_the_office_and_a_supervisor_is_led_there(
    office: Office, there: Filled
) -> None:
    operator = browser_of(office, "operator")
    operator.open("/")
    assert operator.address == "/office"
    assert "/console/people" not in operator.page
    chief = browser_of(office, "supervisor")
    assert 'href="/office"' in chief.open("/console")
    assert 'href="/office"' not in browser_of(office, "officer").open("/console")
