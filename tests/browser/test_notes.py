"""Notes in a real browser: written by keyboard, and no barrier on any page that shows them."""

from datetime import timedelta
from typing import Any

import pytest

from mesure.actions.cases import case_notes
from mesure.actions.cases.case_notes import CorrectNote, NoteKind, WriteNote
from tests.browser.conftest import ServedOffice
from tests.browser.pages import LANGUAGES_OF_TURN
from tests.browser.test_pages import barriers, open_all
from tests.web.filled import PERSON

PHONE, SCREEN = {"width": 360, "height": 780}, {"width": 1280, "height": 900}
ADDRESS = f"/console/people/{PERSON}/notes"


@pytest.mark.parametrize("viewport", [PHONE, SCREEN], ids=["phone", "screen"])
def test_a_note_is_written_by_keyboard(
    fresh: ServedOffice, open_page: Any, viewport: dict[str, int]
) -> None:
    officer = open_page(fresh, "officer", viewport=viewport)
    officer.open(ADDRESS)
    officer.page.focus("#kind")
    officer.page.keyboard.press("ArrowDown")
    officer.page.focus("#text")
    officer.page.keyboard.type("He called about his shift.")
    officer.page.keyboard.press("Tab")
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_selector("article")
    assert "He called about his shift." in officer.page.inner_text("article")
    assert "Telephone call" in officer.page.inner_text("article")


@pytest.mark.parametrize("language", LANGUAGES_OF_TURN)
def test_which_of_two_times_is_meant_is_chosen_by_keyboard_on_a_phone(
    fresh: ServedOffice, open_page: Any, language: str
) -> None:
    officer = open_page(fresh, "officer", language=language, viewport=PHONE)
    officer.open(ADDRESS)
    officer.page.fill("#happened_day", "2024-02-29")
    officer.page.fill("#happened_time", "23:30")  # It happened twice that night in Almaty.
    officer.page.fill("#text", "He called about his shift.")
    officer.page.press("#text", "Tab")
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_selector(".faults")
    officer.complaints.clear()  # The browser says that a form was not in order.
    assert not barriers(officer.page)
    assert officer.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert officer.page.input_value("#text") == "He called about his shift."
    officer.page.keyboard.press("Tab")
    officer.page.keyboard.press("Enter")  # To what is wrong.
    officer.page.focus("#happened_which")
    officer.page.keyboard.press("ArrowDown")
    officer.page.focus("#text")
    officer.page.keyboard.press("Tab")
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_selector("article")
    assert "23:30 (UTC+05:00)" in officer.page.inner_text("article")


@pytest.mark.parametrize("language", LANGUAGES_OF_TURN)
def test_no_page_of_notes_has_a_barrier_or_is_wider_than_a_phone(
    fresh: ServedOffice, open_page: Any, language: str
) -> None:
    office, at = fresh.office, fresh.office.now - timedelta(hours=3)
    request = WriteNote(PERSON, NoteKind.CALL, at, "He works on Saturdays.")
    note = office.do(fresh.there.officer, case_notes.write, request)
    corrected = CorrectNote(note, 1, NoteKind.CALL, at, "He works on Sundays.")
    office.do(fresh.there.officer, case_notes.correct, corrected)
    for who, address in (
        ("officer", ADDRESS),
        ("officer", f"{ADDRESS}/{note}"),
        ("person", "/portal/notes"),
        ("counsel", "/counsel/notes"),
    ):
        reader = open_page(fresh, who, language=language, viewport=PHONE)
        assert reader.open(address).status == 200, address
        open_all(reader.page)
        assert "He works on Saturdays." in reader.page.inner_text("main")
        assert not barriers(reader.page), address
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
