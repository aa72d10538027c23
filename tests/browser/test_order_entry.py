"""Entering an order in a real browser: no barrier on any page of it, and places drawn on a map."""

from typing import Any

import pytest

from tests.actions.scene import ORDER
from tests.browser.conftest import Served, Watched, until
from tests.browser.order_pages import OTHERS, PERSON, STEPS
from tests.browser.pages import LANGUAGES
from tests.browser.test_pages import barriers, open_all


@pytest.fixture(scope="module")
def draft(read_only: Served, chromium: Any) -> str:
    """Begin a draft from a file, and return its address."""
    one = Watched(chromium, read_only, "officer")
    one.open(PERSON)
    text = ORDER.replace("P-1", "P-0042").replace("ALM-1", "ALM-2026-0099").encode()
    files = {"name": "o.yaml", "mimeType": "text/yaml", "buffer": text}
    one.page.set_input_files("#file", files)
    one.page.click("form[enctype] button")
    one.page.wait_for_url("**/drafts/*")
    address: str = one.page.url.removeprefix(read_only.origin)
    one.close()
    return address


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_it_has_a_barrier_or_is_wider_than_a_phone(
    read_only: Served, watched: Any, draft: str, language: str
) -> None:
    view = {"width": 360, "height": 780}
    one = watched(read_only, "officer", language=language, viewport=view)
    found: list[str] = []
    for address in (*OTHERS, *(draft + step for step in STEPS)):
        assert one.open(address).status == 200, address
        assert one.page.get_attribute("html", "lang") == language, address
        open_all(one.page)
        found += barriers(one.page)
        wide = one.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= view["width"], f"{address} is {wide} px wide"
    assert not found, "\n".join(found)


def test_an_area_is_drawn_on_the_map_and_entered(
    read_only: Served, watched: Any, draft: str
) -> None:
    one = watched(read_only, "officer")
    one.open(f"{draft}/place?shape=area")
    one.page.fill("#name", "stadium")
    one.page.click("[data-moves]")
    one.page.wait_for_selector("svg.map[hidden]", state="attached", timeout=60_000)
    until(one.page, "document.querySelector('.maplibregl-canvas')?.style.cursor === 'crosshair'")
    box = one.page.locator(".map.moving").bounding_box()
    for across, down in ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6)):
        one.page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
        one.page.wait_for_timeout(400)  # Two presses at once are a double press, which zooms.
    assert len(one.page.input_value("#corners").splitlines()) == 4
    assert not barriers(one.page)
    one.page.click("form[data-draws] button")
    one.page.wait_for_url("**/places")
    assert "an area with 4 corners" in one.page.text_content("main")


def test_a_fault_gets_the_focus_and_leads_to_its_field(
    read_only: Served, watched: Any, draft: str
) -> None:
    one = watched(read_only, "officer")
    one.open(f"{draft}/place?shape=circle")
    one.page.fill("#name", "office 2")
    one.page.fill("#point", "north")
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector(".faults")
    assert one.page.evaluate("document.activeElement.className") == "faults"
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Enter")
    assert one.page.url.endswith("#point")
    assert not barriers(one.page)
    # The browser notes that the answer was a refusal; that is what was asked for here.
    one.complaints = [said for said in one.complaints if "422" not in said]
