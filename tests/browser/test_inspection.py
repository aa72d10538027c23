"""An inspector verifies the log with the keyboard alone; counsel reads the same evidence."""

from typing import Any

from tests.browser.conftest import ServedOffice


def test_the_log_is_verified_without_a_mouse(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "inspector")
    page = visit.page
    visit.open("/inspector/log")
    checkpoint = page.locator("pre").first.inner_text()
    page.get_by_label("Number of the entry").focus()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    page.get_by_text("Entry 0 is in the log, and the checkpoint covers it.").wait_for()
    page.get_by_label("A checkpoint that you kept").focus()
    page.keyboard.insert_text(checkpoint)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing of them has changed.").wait_for()


def test_a_table_under_a_chart_opens_by_key(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "inspector", viewport={"width": 360, "height": 740})
    visit.open("/inspector")
    first = visit.page.locator(".chart summary").first
    first.focus()
    visit.page.keyboard.press("Enter")
    assert visit.page.locator(".chart table").first.is_visible()


def test_counsel_moves_through_the_time(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "counsel")
    visit.open(f"/counsel/incidents/{read_only.there.incident}")
    visit.page.locator("#follow").focus()
    visit.page.keyboard.press("ArrowRight")
    assert "chance on the wrong side" in visit.page.locator("output[for=follow]").inner_text()
