"""Before a session ends its holder is told and may stay; a form that came too late goes on."""

from typing import Any

import pytest

from tests.browser.conftest import ServedOffice
from tests.browser.test_pages import barriers
from tests.web.filled import PIN


def _told(visit: Any) -> str:
    return " ".join(visit.page.inner_text("#session").split())


@pytest.mark.parametrize("width", [360, 1280])
def test_a_warning_comes_before_the_end_and_a_press_stays(
    fresh: ServedOffice, open_page: Any, width: int
) -> None:
    visit = open_page(fresh, "officer", viewport={"width": width, "height": 800})
    visit.page.clock.install(time=fresh.office.now)
    visit.open("/console")
    visit.page.clock.fast_forward("27:40")
    assert not visit.page.is_visible("#session")
    visit.page.clock.fast_forward("00:30")
    visit.page.wait_for_selector("#session")
    assert "You will be signed out at" in _told(visit)
    assert not barriers(visit.page)
    visit.page.click("#session button")
    visit.page.wait_for_selector("#session", state="hidden")
    fresh.office.later(hours=1)
    visit.page.clock.fast_forward("31:00")
    visit.page.wait_for_selector("text=You are signed out.")


def test_typing_is_a_sign_that_somebody_is_there(fresh: ServedOffice, open_page: Any) -> None:
    phone = open_page(fresh, "person")
    phone.page.clock.install(time=fresh.office.now)
    phone.open(f"/portal/notices/{fresh.there.incident}")
    phone.page.clock.fast_forward("16:00")
    with phone.page.expect_response("**/still"):
        phone.page.type("#words", "My")
    phone.page.clock.fast_forward("14:30")
    assert not phone.page.is_visible("#session")


def test_a_form_that_came_too_late_goes_on_with_what_was_typed(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person", viewport={"width": 360, "height": 740})
    phone.open(f"/portal/notices/{fresh.there.incident}")
    with phone.page.expect_response("**/still"):  # Typing is a sign of life.
        phone.page.fill("#words", "My mother fell.\nI drove her to hospital.")
    fresh.office.later(hours=1)  # The page has not noticed yet.
    phone.page.click("button[value=contest]")
    phone.page.wait_for_url("**/sign-in/card**")
    assert "Nothing was sent." in phone.page.inner_text("main")
    assert not barriers(phone.page)
    phone.page.fill("#card", fresh.there.card)
    phone.page.fill("#pin", PIN)
    phone.page.click("form.card button")
    phone.page.wait_for_selector("text=Here is what you typed")
    assert phone.page.input_value("#words") == "My mother fell.\nI drove her to hospital."
    assert not barriers(phone.page)
    phone.page.click("button[value=contest]")
    phone.page.wait_for_selector("text=You contest it, before any finding")


@pytest.mark.parametrize("who", ["person", "officer"])
def test_another_language_keeps_what_was_typed(
    fresh: ServedOffice, open_page: Any, who: str
) -> None:
    """By keyboard alone; nothing is sent, neither the first time nor the second."""
    incident = fresh.there.incident
    address, field = {
        "person": (f"/portal/notices/{incident}", "#words"),
        "officer": (f"/console/incidents/{incident}", "#reason"),
    }[who]
    visit = open_page(fresh, who, viewport={"width": 360, "height": 740})
    visit.open(address)
    visit.page.fill(field, "My mother fell.\nI drove her to hospital.")
    for language in ("fr", "ru"):
        visit.page.focus("details.menu summary")
        visit.page.keyboard.press("Enter")
        visit.page.focus(f"button[value={language}]")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_selector(f"html[lang={language}]")
        assert visit.page.input_value(field) == "My mother fell.\nI drove her to hospital."
        assert not barriers(visit.page)


def test_another_language_without_a_script_says_what_is_lost(
    fresh: ServedOffice, open_page: Any
) -> None:
    phone = open_page(fresh, "person", java_script_enabled=False)
    phone.open(f"/portal/notices/{fresh.there.incident}")
    phone.page.click("details.menu summary")
    assert "did not send is lost" in phone.page.inner_text("details.menu")
