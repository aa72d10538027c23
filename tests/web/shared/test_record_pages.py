"""Who looked at a record, on the pages of the person and of counsel."""

import re

import pytest

from mesure.actions.trails import trail_access
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import Filled

PAGES = {"person": "/portal/looks", "counsel": "/counsel/looks"}
OFFICER = "Amina Bekova, officer"


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reader(office: Office, there: Filled, monkeypatch: pytest.MonkeyPatch, page: str) -> Browser:
    """Whose page of looks it is, with few on each."""
    monkeypatch.setattr(trail_access, "PAGE", 3)
    browser = Browser(office)
    browser.cookies.set("mesure", filled.TOKENS[page])
    return browser


def test_looks_of_officers_are_found_behind_any_number_of_ones_own(
    reader: Browser, page: str
) -> None:
    for _ in range(8):
        reader.open(PAGES[page])
    assert OFFICER in reader.text
    assert "Nobody has looked yet." not in reader.text


def test_earlier_looks_are_on_the_next_page_and_the_last_page_leads_no_further(
    reader: Browser, page: str
) -> None:
    reader.open(PAGES[page])
    pages = [reader.text]
    while earlier := re.search(r'href="([^"]*/looks\?after=[^"]+)"', reader.page):
        reader.open(earlier[1])
        pages.append(reader.text)
    assert len(pages) > 1
    assert all(" officer " in shown or " supervisor " in shown for shown in pages)
    assert "entered" in pages[-1], "the first of all stands last"
    assert not any("Nobody has looked yet." in shown for shown in pages)
