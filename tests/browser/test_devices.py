"""A phone is set up, heard and given out in a real browser: by keyboard alone, narrow and wide."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ServedOffice, until
from tests.browser.test_pages import barriers, open_all
from tests.web.console.devices import phones
from tests.web.filled import DEVICE, PERSON

DEVICES = "/console/devices"


def press_to(page: Any, selector: str) -> None:
    """Press Tab until the focus is there, and it can be seen."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            ring = "getComputedStyle(document.activeElement).outlineStyle"
            near = "getComputedStyle(document.activeElement.closest('label') ?? document.body)"
            outlines = {page.evaluate(ring), page.evaluate(f"{near}.outlineStyle")}
            assert outlines - {"none"}, "the focus cannot be seen"
            return
    raise AssertionError(f"{selector} is not reached by the keyboard")


def fits(page: Any, width: int) -> None:
    """Hold a page, with all of it unfolded, to no barrier and to the width of the screen."""
    open_all(page)
    assert not barriers(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{page.url} is {wide} px wide on {width} px"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_phone_is_set_up_heard_and_given_by_keyboard_alone(
    fresh: ServedOffice, open_page: Any, width: int
) -> None:
    visit = open_page(fresh, "officer", viewport={"width": width, "height": 800})
    page, keyboard = visit.page, visit.page.keyboard
    visit.open(DEVICES)
    press_to(page, "#device")
    keyboard.type("phone-7")
    press_to(page, f"form[action='{DEVICES}'] button")
    keyboard.press("Enter")
    page.wait_for_url(f"**{DEVICES}/at/phone-7")
    fits(page, width)
    press_to(page, "input[name=app]")
    keyboard.press("Space")
    press_to(page, "form[action*='/app/'] button")
    keyboard.press("Enter")
    page.wait_for_selector("svg.square")
    settings = settings_of(page)
    fits(page, width)
    assert settings["url"] == f"{fresh.origin}/pilot/owntracks"
    press_to(page, "a[href$='/messages/phone-7']")
    keyboard.press("Enter")
    page.wait_for_selector("#heard")
    assert "Nothing usable came yet." in page.inner_text("#heard")
    page.evaluate("window.stayed = 1; document.activeElement.blur()")
    assert phones.send_owntracks(fresh.office, settings).status_code == 200
    until(page, "document.querySelector('#heard').innerText.includes('It can be used.')")
    assert page.evaluate("window.stayed") == 1, "it came by itself"
    fits(page, width)
    give(visit, width)


def settings_of(page: Any) -> Any:
    """Return the settings in the file, as the browser keeps it, reached by keyboard."""
    press_to(page, "a[download]")
    with page.expect_download() as began:
        page.keyboard.press("Enter")
    assert began.value.suggested_filename == "mesure.otrc"
    return json.loads(Path(began.value.path()).read_bytes())


def give(visit: Any, width: int) -> None:
    """Swap the device of the person for the phone, after a tick that was forgotten."""
    page, keyboard = visit.page, visit.page.keyboard
    visit.open(f"/console/people/{PERSON}/devices")
    press_to(page, "details:has(#swap_new) summary")
    keyboard.press("Enter")
    press_to(page, "#swap_new")
    keyboard.type("phone-7")
    press_to(page, "form[action$='/swap'] button")
    keyboard.press("Enter")
    page.wait_for_selector(".faults")
    assert all("422" in said for said in visit.complaints)  # A browser tells of each refused form.
    visit.complaints.clear()
    assert page.evaluate("document.activeElement.className") == "faults"
    assert page.input_value("#swap_new") == "phone-7"
    fits(page, width)
    press_to(page, "#swap_sure")
    keyboard.press("Space")
    press_to(page, "form[action$='/swap'] button")
    keyboard.press("Enter")
    page.wait_for_url("**done=1")
    assert "phone-7" in page.inner_text("[aria-labelledby=now]")
    visit.open(f"/console/people/{PERSON}/devices/sheet")
    fits(page, width)


@pytest.mark.parametrize("width", [360, 1280])
def test_an_operator_s_pages_have_no_barrier(
    fresh: ServedOffice, open_page: Any, width: int
) -> None:
    visit = open_page(fresh, "operator", viewport={"width": width, "height": 800})
    for part in ("", f"/at/{DEVICE}", f"/messages/{DEVICE}"):
        assert visit.open(f"{DEVICES}{part}").status == 200
        assert visit.page.locator("nav.places a:visible").count() == 2
        fits(visit.page, width)


def test_a_narrow_screen_leads_to_the_devices_from_the_people(
    fresh: ServedOffice, open_page: Any
) -> None:
    visit = open_page(fresh, "officer", viewport={"width": 360, "height": 800}, language="kk")
    visit.open("/console/people")
    assert visit.page.locator(f"nav.places a[href='{DEVICES}']:visible").count() == 0
    visit.page.click(f"main a[href='{DEVICES}']")
    visit.page.wait_for_url(f"**{DEVICES}")
    fits(visit.page, 360)
