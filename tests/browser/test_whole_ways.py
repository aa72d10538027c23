"""Ways from the first page to the last: an order with drawn places, and evidence taken away."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.framework.context import Context
from mesure.actions.incidents.contests import IncidentRequest
from mesure.web.dependencies import Dependencies, FileDownload
from tests.browser.conftest import ServedOffice, serve_office
from tests.browser.order_pages import PERSON
from tests.browser.test_order_entry import TABLET, at, draw_circle, open_map
from tests.browser.test_pages import barriers
from tests.web.filled import Evening

ORDER = "ALM-2026-0100"
FILE = b"PK evidence"


def send(page: Any) -> None:
    """Send the form of a step."""
    page.click("main form.card button.button:not(.second):not(.quiet)")


def draw_area(page: Any, box: dict[str, float]) -> None:
    for across, down in ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6), (0.3, 0.3)):
        page.touchscreen.tap(*at(box, across, down))
        page.wait_for_timeout(400)  # Two presses at once are a double press.


def test_an_order_is_entered_with_drawn_places_and_confirmed_by_another(
    fresh: ServedOffice, open_page: Any
) -> None:
    officer = open_page(fresh, "officer", **TABLET)
    officer.open(PERSON)
    page = officer.page
    page.click("text=Enter it step by step")
    page.wait_for_url("**/decision")
    draft = page.url.removeprefix(fresh.origin).removesuffix("/decision")
    page.fill("#order", ORDER)
    page.fill("#court", "Almaly court")
    page.fill("#decision_number", "1-100")
    page.fill("#decision_date", "2026-03-05")
    send(page)
    page.wait_for_url("**/dates")
    page.fill("#from_day", "2026-03-20")
    page.fill("#until_day", "2027-03-19")
    page.fill("#time_zone", "Asia/Almaty")
    send(page)
    page.wait_for_url("**/places")
    for shape, name, draw in (("circle", "home", draw_circle), ("area", "stadium", draw_area)):
        draw(page, open_map(officer, f"{draft}/place?shape={shape}"))
        page.fill("#name", name)
        page.click("form[data-draws] button")
        page.wait_for_url("**/places")
    officer.open(f"{draft}/condition?kind=exclusion")
    page.select_option("#place", "stadium")
    page.check("input[name=always][value=yes]")
    send(page)
    page.wait_for_url("**/conditions")
    officer.open(f"{draft}/condition?kind=residence")
    page.select_option("#place", "home")
    page.check("input[name=always][value=yes]")
    send(page)
    page.wait_for_url("**/conditions")
    officer.open(draft)
    read_back = page.text_content("main")
    assert "“home”: within" in read_back
    assert "The person must stay inside this place: “home”." in read_back
    assert "The person must keep out of this place: “stadium”." in read_back
    assert "“stadium”: an area with 4 corners" in read_back
    assert not barriers(page)
    page.check("#compared")
    page.click("button:has-text('Enter the order')")
    page.wait_for_load_state()
    assert "It binds when a second officer has confirmed it." in page.text_content("main")
    other = open_page(fresh, "supervisor")
    other.open("/console/orders")
    other.page.click(f"main a:has-text('{ORDER}')")
    other.page.check("#compared")
    other.page.click("button:has-text('Confirm; it binds from then on')")
    other.page.wait_for_load_state()
    assert "It binds when a second officer" not in other.page.text_content("main")
    other.open("/console/orders")
    assert ORDER not in other.page.text_content("main"), "it waits no more"
    assert not barriers(other.page)


@pytest.fixture
def with_bundles(tmp_path: Path, night: Evening) -> Iterator[ServedOffice]:
    """An office in which evidence is handed out; what a bundle holds is tried elsewhere."""

    def make_bundle(_context: Context, _asked: IncidentRequest, _language: str) -> FileDownload:
        return FileDownload(len(FILE), [FILE])

    def add_bundles(parts: Dependencies) -> Dependencies:
        return replace(parts, bundles=make_bundle)

    with serve_office(tmp_path, night, add_bundles) as site:
        yield site


def test_counsel_takes_the_evidence_away(
    with_bundles: ServedOffice, open_page: Any, tmp_path: Path
) -> None:
    counsel = open_page(with_bundles, "counsel")
    counsel.open("/counsel")
    counsel.page.click(f"a[href='/counsel/incidents/{with_bundles.there.incident}']")
    assert not barriers(counsel.page)
    with counsel.page.expect_download() as coming:
        counsel.page.click("form[action$='/bundle'] button")
    target = tmp_path / "evidence.zip"
    coming.value.save_as(target)
    assert target.read_bytes() == FILE
    assert coming.value.suggested_filename.endswith(".zip")
