"""Looking up an address while a place is entered, in a real browser: by phone, by keyboard."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ServedOffice, WatchedPage, serve_office
from tests.browser.order_pages import PERSON
from tests.browser.pages import LANGUAGES_OF_TURN
from tests.browser.test_pages import barriers
from tests.service.addresses import made_up
from tests.web.filled import Evening

VIEWS = ({"width": 360, "height": 780}, {"width": 1280, "height": 900})
FIVE = "Clover Avenue 5, AB1 2CD Hillford"
HITS = ".list.hits button"


@pytest.fixture(scope="module")
def office_with_book(
    tmp_path_factory: pytest.TempPathFactory, night: Evening
) -> Iterator[ServedOffice]:
    """An office that has an address book."""
    book = made_up.book(tmp_path_factory.mktemp("book"))
    folder = tmp_path_factory.mktemp("office")
    with serve_office(folder, night, lambda parts: replace(parts, addresses=book)) as site:
        yield site


def circle(visit: WatchedPage) -> str:
    """Begin an order, open the fields of a circle, and return the address of the draft."""
    visit.open(PERSON)
    visit.page.click("text=Enter it step by step")
    visit.page.wait_for_url("**/decision")
    draft: str = visit.page.url.removeprefix(visit.at.origin).removesuffix("/decision")
    visit.open(f"{draft}/place?shape=circle")
    return draft


def picture(page: Any, name: str, *, full: bool = True) -> None:
    """Keep a picture of a page where a folder for them is named."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=full)


@pytest.mark.parametrize("view", VIEWS, ids=["phone", "desk"])
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "none"])
def test_an_address_is_looked_up_chosen_and_saved(
    office_with_book: ServedOffice, open_page: Any, view: dict[str, int], has_script: bool
) -> None:
    visit = open_page(office_with_book, "officer", viewport=view, java_script_enabled=has_script)
    circle(visit)
    page, width = visit.page, view["width"]
    page.fill("#name", "home")
    page.fill("#radius_m", "60")
    page.fill("#address", "clover ave 5")
    page.click("button[name=look_up]")
    page.wait_for_selector(HITS)
    picture(page, f"hits-{width}-{has_script}")
    top = page.locator(HITS).first.bounding_box()["y"]
    assert 0 < top < view["height"] - 100  # Nobody has to look for them.
    assert page.locator(HITS).count() == 3
    assert page.input_value("#name") == "home"
    if has_script:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not barriers(page)
        sizes = page.locator(HITS).evaluate_all("all => all.map(one => one.offsetHeight)")
        assert min(sizes) >= 44
    page.click(f"{HITS} >> nth=0")
    page.wait_for_selector("text=Address and point are filled in.")
    picture(page, f"chosen-{width}-{has_script}")
    assert page.input_value("#address") == FIVE
    assert page.input_value("#point") == "43.25100, 76.92000"
    assert page.input_value("#radius_m") == "60"
    page.click("form[data-draws] button:has-text('Save') >> nth=-1")
    page.wait_for_url("**/places")
    picture(page, f"saved-{width}-{has_script}")
    assert f"Address: {FIVE}." in page.text_content("main")
    assert not visit.elsewhere()


def test_by_keyboard_enter_saves_and_an_address_alone_is_looked_up(
    office_with_book: ServedOffice, open_page: Any
) -> None:
    visit = open_page(office_with_book, "officer", viewport=VIEWS[1])
    circle(visit)
    page = visit.page
    page.fill("#name", "church")
    page.fill("#radius_m", "50")
    page.fill("#address", "3 rue de l'eglise")
    page.keyboard.press("Enter")
    page.wait_for_selector(HITS)
    page.focus("#address")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert "Rue de l’Église 3" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Address and point are filled in.")
    page.focus("#radius_m")
    page.keyboard.press("Enter")
    page.wait_for_url("**/places")
    assert "Address: Rue de l’Église 3, Prévert." in page.text_content("main")


@pytest.mark.parametrize("language", LANGUAGES_OF_TURN)
def test_every_answer_of_the_search_fits_on_a_phone(
    office_with_book: ServedOffice, open_page: Any, language: str
) -> None:
    visit = open_page(office_with_book, "officer", language=language, viewport=VIEWS[0])
    visit.open("/console/orders/of/P-0042/move?order=ALM-2026-0042")
    page, violations = visit.page, []
    for words in ("clover", "nothing that there is", "w" * 300):
        page.fill("#address", words)
        page.click("button[name=look_up]")
        page.wait_for_selector("#look-up [role=status]")
        violations += barriers(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= VIEWS[0]["width"], words
    picture(page, f"move-{language}")
    assert not violations, "\n".join(violations)


def test_streets_stand_under_the_map_of_a_possible_breach(
    office_with_book: ServedOffice, open_page: Any
) -> None:
    for who, path in (
        ("officer", f"/console/incidents/{office_with_book.there.incident}"),
        ("person", f"/portal/notices/{office_with_book.there.incident}"),
        ("counsel", f"/counsel/incidents/{office_with_book.there.incident}"),
    ):
        for view in VIEWS:
            visit = open_page(office_with_book, who, viewport=view)
            visit.open(path)
            for fold in visit.page.locator("details").all():
                fold.evaluate("fold => { fold.open = true; }")
            visit.page.wait_for_selector("#stays li")
            visit.page.locator("#stays").scroll_into_view_if_needed()
            picture(visit.page, f"stays-{who}-{view['width']}", full=False)
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= view["width"]
            assert not barriers(visit.page)
