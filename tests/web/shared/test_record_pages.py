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


@pytest.mark.parametrize("who", PAGES)
def test_looks_of_officers_are_found_behind_any_number_of_ones_own(
    office: Office, there: Filled, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setattr(trail_access, "PAGE", 3)
    reader = Browser(office)
    reader.cookies.set("mesure", filled.TOKENS[who])
    for _ in range(8):
        reader.open(PAGES[who])
    assert OFFICER in reader.text
    assert "Nobody has looked yet." not in reader.text


@pytest.mark.parametrize("who", PAGES)
def test_earlier_looks_are_on_the_next_page_and_the_last_page_leads_no_further(
    office: Office, there: Filled, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setattr(trail_access, "PAGE", 3)
    reader = Browser(office)
    reader.cookies.set("mesure", filled.TOKENS[who])
    reader.open(PAGES[who])
    pages = [reader.text]
    while earlier := re.search(r'href="([^"]*/looks\?after=[^"]+)"', reader.page):
        reader.open(earlier[1])
        pages.append(reader.text)
    assert len(pages) > 1
    assert all(" officer " in page or " supervisor " in page for page in pages)
    assert "entered" in pages[-1], "the first of all stands last"
    assert not any("Nobody has looked yet." in page for page in pages)
