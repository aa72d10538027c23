"""An error is a page that helps, whatever went wrong and wherever."""

import pytest

from tests.actions.house import Office
from tests.web.browsing import Browser


def test_what_breaks_inside_is_nobodys_fault_and_has_a_number(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mesure.web.sign_in import login

    def broken(visit: object) -> None:
        raise RuntimeError("a secret of somebody")

    monkeypatch.setattr(login, "by_card", broken)
    browser = Browser(office)
    browser.open("/sign-in/card")
    assert browser.status == 500
    assert "Something is wrong with the service" in browser.text
    assert "It is not your fault" in browser.text
    assert browser.headers["x-request-id"] in browser.text
    assert "secret" not in browser.page
    assert browser.headers["content-security-policy"]


def test_a_form_of_another_site_is_refused_by_a_page(office: Office) -> None:
    browser = Browser(office)
    browser.open("/sign-in")
    browser.headers_sent = {"Sec-Fetch-Site": "cross-site"}
    browser.send("/sign-in", login="x", password="y", code="z")
    assert browser.status == 403
    assert "You cannot open this" in browser.text


def test_too_many_tries_are_told_to_wait(office: Office) -> None:
    browser = Browser(office)
    browser.open("/sign-in")
    for _ in range(12):
        browser.send("/sign-in")
    assert browser.status == 429
    assert "Wait a minute and try again." in browser.text
    assert int(browser.headers["retry-after"]) > 0


def test_what_is_no_page_stays_a_problem(office: Office) -> None:
    browser = Browser(office)
    browser.open("/static/nothing.css")
    assert browser.headers["content-type"].startswith("application/problem+json")


def test_the_portal_sends_whoever_is_signed_out_to_their_door(office: Office) -> None:
    browser = Browser(office)
    browser.open("/portal")
    assert browser.address == "/sign-in/card"
