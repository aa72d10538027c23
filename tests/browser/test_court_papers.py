"""The court's paper in a real browser: attached by keyboard, seen beside the words anywhere."""

from pathlib import Path
from typing import Any

import pytest

from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import AttachPaper
from tests.actions.scene import ORDER
from tests.browser.conftest import ServedOffice, WatchedPage, until
from tests.browser.order_pages import PERSON
from tests.browser.pages import LANGUAGES_OF_TURN
from tests.browser.test_pages import barriers, open_all
from tests.web.filled import ORDER_ID

PHONE, SCREEN = {"width": 360, "height": 780}, {"width": 1280, "height": 900}
SEEN = "document.querySelector('.court-paper img')?.naturalWidth > 0"


@pytest.fixture(scope="module")
def scan(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a picture of a page, as a scanner makes one."""
    page = chromium.new_page(viewport={"width": 620, "height": 877})
    text = "<h1>District court</h1><p>Decision 7 of 5 January 2026</p>" + "<p>Words.</p>" * 12
    page.set_content(text)
    path = tmp_path_factory.mktemp("scan") / "decision 7.jpg"
    page.screenshot(path=str(path), type="jpeg")
    page.close()
    return path


def begin(visit: WatchedPage) -> str:
    """Begin a draft from a file, and return its address."""
    visit.open(PERSON)
    text = ORDER.replace("P-1", "P-0042").replace("ALM-1", "ALM-2026-0099").encode()
    files = {"name": "o.yaml", "mimeType": "text/yaml", "buffer": text}
    visit.page.set_input_files("#file", files)
    visit.page.click("form[enctype] button")
    visit.page.wait_for_url("**/drafts/*")
    return str(visit.page.url)


@pytest.mark.parametrize("viewport", [PHONE, SCREEN], ids=["phone", "screen"])
def test_it_is_attached_and_seen_by_the_second_officer_and_the_person(
    fresh: ServedOffice, open_page: Any, scan: Path, viewport: dict[str, int]
) -> None:
    first = open_page(fresh, "officer", viewport=viewport)
    begin(first)
    first.page.set_input_files("#paper", str(scan))
    first.page.focus("#paper")
    first.page.keyboard.press("Tab")
    first.page.keyboard.press("Enter")
    first.page.wait_for_url("**#papers")
    until(first.page, SEEN)
    first.page.check("#compared")
    first.page.click("text=Enter the order >> visible=true >> nth=-1")
    first.page.wait_for_url("**/version?**")
    version = first.page.url.removeprefix(fresh.origin)
    second = open_page(fresh, "supervisor", viewport=viewport)
    second.open(version)
    second.page.locator(".court-paper img").scroll_into_view_if_needed()
    until(second.page, SEEN)
    shown = second.page.locator(".court-paper img").bounding_box()
    words = second.page.locator("#words").bounding_box()
    is_beside = shown["x"] > words["x"] + 200
    assert is_beside == (viewport is SCREEN)
    assert shown["width"] >= (500 if viewport is SCREEN else 250)
    assert second.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("language", LANGUAGES_OF_TURN)
def test_no_page_with_a_paper_has_a_barrier_or_is_wider_than_a_phone(
    fresh: ServedOffice, open_page: Any, scan: Path, language: str
) -> None:
    request = AttachPaper(ORDER_ID, 1, "decision 7.jpg", scan.read_bytes())
    fresh.office.do(fresh.there.officer, court_papers.attach, request)
    request = AttachPaper(ORDER_ID, 1, "annex.pdf", b"%PDF-1.7 annex")
    fresh.office.do(fresh.there.officer, court_papers.attach, request)
    looks = "/inspector/looks?search=1&case_number=I-7&person=P-0042"
    for who, address in (
        ("officer", f"{PERSON}/version?order={ORDER_ID}&number=1"),
        ("person", "/portal"),
        ("counsel", "/counsel/order"),
        ("inspector", f"{looks}&first_day=2026-03-01&last_day=2026-03-02"),
    ):
        reader = open_page(fresh, who, language=language, viewport=PHONE)
        assert reader.open(address).status == 200, address
        open_all(reader.page)
        assert "annex.pdf" in reader.page.inner_text("main")
        assert not barriers(reader.page), address
        wide = reader.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], f"{address} is {wide} px wide"
