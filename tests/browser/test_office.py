"""The office in a real browser: an account is opened and barred from a case, by keyboard alone."""

from typing import Any

import pytest

from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import CaseRequest
from tests.browser.conftest import ServedOffice
from tests.browser.test_journeys import tab_to
from tests.browser.test_pages import barriers
from tests.web.filled import PERSON

NARROW, WIDE = {"width": 360, "height": 780}, {"width": 1280, "height": 900}


def _is_fitting(page: Any) -> bool:
    width = page.viewport_size["width"]
    return bool(page.evaluate("document.documentElement.scrollWidth") <= width)


def _looked_at(page: Any) -> None:
    assert not barriers(page)
    assert _is_fitting(page)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["phone", "desk"])
def test_a_supervisor_opens_an_account_and_bars_it_by_keyboard_alone(
    fresh: ServedOffice, open_page: Any, size: dict[str, int]
) -> None:
    visit = open_page(fresh, "supervisor", viewport=size)
    page, keyboard = visit.page, visit.page.keyboard
    visit.open("/console")
    tab_to(page, "nav.places a[href='/office']")
    keyboard.press("Enter")
    page.wait_for_url("**/office")
    _looked_at(page)
    tab_to(page, "main a[href='/office/accounts']")
    keyboard.press("Enter")
    page.wait_for_url("**/office/accounts")
    tab_to(page, "#name")
    keyboard.type("Aliya Nurlan")
    tab_to(page, "form[action='/office/accounts'] button:not([name])")
    keyboard.press("Enter")  # What they do was forgotten: it is said, and the name is there still.
    page.wait_for_selector(".faults")
    assert page.evaluate("document.activeElement.className") == "faults"
    assert page.input_value("#name") == "Aliya Nurlan"
    visit.complaints.clear()  # The browser says that a form was not in order.
    _looked_at(page)
    tab_to(page, "#role")
    keyboard.press("Space")
    tab_to(page, "form[action='/office/accounts'] button:not([name])")
    keyboard.press("Enter")
    page.wait_for_selector(".card.paper")
    assert "/set-up/" in page.inner_text(".card.paper")
    _looked_at(page)
    _bar(visit, page, keyboard)
    barred = fresh.office.do(fresh.there.supervisor, caseload.list_bars, CaseRequest(PERSON))
    assert [bar.name for bar in barred] == ["Aliya Nurlan"]


def _bar(visit: Any, page: Any, keyboard: Any) -> None:
    """Bar the new account from a case, after the page has asked once more."""
    visit.open("/office/barring")
    tab_to(page, "#person")
    keyboard.type(PERSON)
    keyboard.press("Enter")
    page.wait_for_url(f"**/office/barring/{PERSON}")
    tab_to(page, "select#account")
    keyboard.type("Aliya")
    tab_to(page, "form button:not([name]):not(.choice)")
    keyboard.press("Enter")
    page.wait_for_selector("input[name=sure]", state="attached")
    _looked_at(page)
    tab_to(page, "form button.grave")
    keyboard.press("Enter")
    page.wait_for_url("**done=barred")
    _looked_at(page)


def test_a_secret_and_a_test_event_are_seen_by_an_operator(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "operator", viewport=NARROW)
    visit.open("/office/webhooks")
    visit.page.fill("#receiver", "https://hooks.example/mesure")
    visit.page.check("#event_1")
    visit.page.click("form[action='/office/webhooks'] button:not([name])")
    visit.page.wait_for_selector(".card.paper")
    assert "whsec_" in visit.page.inner_text(".card.paper")
    _looked_at(visit.page)
    visit.open("/office/webhooks")
    visit.page.click("form[action$='/try'] button")
    visit.page.wait_for_selector("#trial")
    _looked_at(visit.page)
