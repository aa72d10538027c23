"""A hand-over in a real browser: written and confirmed by keyboard, without a barrier anywhere."""

from dataclasses import replace
from typing import Any

import pytest

from mesure.actions.desk import handover_notes, overdue_things
from mesure.actions.desk.handover_notes import CorrectHandover, WriteHandover
from mesure.actions.framework.context import PROGRAM
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AnswerAbsence
from mesure.actions.records import case_deadlines
from mesure.incidents import deadlines
from tests.browser.conftest import ServedOffice
from tests.browser.pages import LANGUAGES_OF_TURN, TURN
from tests.browser.test_pages import barriers, open_all
from tests.web.filled import PERSON

PHONE, TABLET, SCREEN = (
    {"width": 360, "height": 780},
    {"width": 820, "height": 1180},
    {"width": 1280, "height": 900},
)
ADDRESS = f"/console/people/{PERSON}/handover"
WORDS = "He starts work on Monday. His foreman calls."
A_MINUTE = (
    "{unit: minutes, reason: agreed, reference: paper 7, "
    "values: [{from: 2000-01-01, value: 1, counts: all_hours}]}"
)


def bring_overdue(fresh: ServedOffice) -> None:
    """Have everything that waits brought to the supervisors."""
    rules = "".join(
        f"  {name}: {A_MINUTE}\n" for name in ("decide_place", "decide_device", "bring_overdue")
    )
    text = f"deadlines: ours\nversion: 2\nrules:\n{rules}"
    ours = deadlines.read("ours.yaml", text.encode(), case_deadlines.default())
    context = fresh.office.context(PROGRAM)
    procedure = replace(context.procedure, deadlines=ours)
    assert overdue_things.bring_if_any(replace(context, procedure=procedure))


@pytest.mark.parametrize("viewport", [PHONE, SCREEN], ids=["phone", "screen"])
def test_a_note_is_written_and_confirmed_by_keyboard(
    fresh: ServedOffice, open_page: Any, viewport: dict[str, int]
) -> None:
    officer = open_page(fresh, "officer", viewport=viewport)
    officer.open(ADDRESS)
    officer.page.focus("#text")
    officer.page.keyboard.type(WORDS)
    officer.page.keyboard.press("Tab")
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_selector("article")
    assert WORDS in officer.page.inner_text("article")
    second = open_page(fresh, "second", viewport=viewport)
    second.open("/console")
    second.page.get_by_text("A hand-over note to read").click()
    second.page.get_by_role("button", name="I have read it").focus()
    second.page.keyboard.press("Enter")
    second.page.wait_for_selector("text=Recorded.")
    assert "Bolat Seitov" in second.page.inner_text("article")


VIEWPORTS = {"phone": PHONE, "tablet": TABLET, "screen": SCREEN}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [*VIEWPORTS] if TURN is None else [[*VIEWPORTS][int(TURN) % 3]])
def test_no_page_of_a_hand_over_has_a_barrier_or_is_wider_than_its_screen(
    fresh: ServedOffice, open_page: Any, screen: str, scheme: str
) -> None:
    viewport = VIEWPORTS[screen]
    _hand_over(fresh)
    for who, address, words in _pages():
        reader = open_page(fresh, who, viewport=viewport, color_scheme=scheme)
        assert reader.open(address).status == 200, address
        open_all(reader.page)
        assert words in reader.page.inner_text("main"), address
        assert not barriers(reader.page), address
        width = reader.page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], address


@pytest.mark.parametrize("language", LANGUAGES_OF_TURN)
def test_no_language_makes_a_page_of_a_hand_over_wider_than_a_phone(
    fresh: ServedOffice, open_page: Any, language: str
) -> None:
    _hand_over(fresh)
    for who, address, _ in _pages():
        reader = open_page(fresh, who, language=language, viewport=PHONE)
        assert reader.open(address).status == 200, address
        open_all(reader.page)
        width = reader.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], address


def _hand_over(fresh: ServedOffice) -> None:
    office, there = fresh.office, fresh.there
    note = office.do(there.officer, handover_notes.write, WriteHandover(PERSON, "He works."))
    office.do(there.officer, handover_notes.correct, CorrectHandover(note, 1, WORDS))
    office.do(there.officer, absences.answer, AnswerAbsence(there.absence, True, "Enjoy it."))
    bring_overdue(fresh)


def _pages() -> list[tuple[str, str, str]]:
    return [
        ("officer", ADDRESS, WORDS),
        ("second", ADDRESS, "I have read it"),
        ("officer", "/console", "your supervisor knows"),
        ("second", "/console", "A hand-over note to read"),
        ("supervisor", "/console", "undone a while after"),
        ("supervisor", "/console/officers", "Hand-over note for Bolat Seitov"),
        ("officer", "/console/caseloads", "Hand-over"),
        ("officer", f"/console/people/{PERSON}", "absence granted"),
        ("person", "/portal/nights", "Authorised absence"),
        ("person", "/portal/notes", WORDS),
        ("counsel", "/counsel/notes", WORDS),
        ("counsel", "/counsel/nights", "Authorised absence"),
    ]
