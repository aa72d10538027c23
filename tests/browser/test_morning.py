"""A whole morning at a desk as a simulated town fills it: by keyboard alone, in few presses."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountName
from mesure.actions.framework.context import PROGRAM
from tests.actions import house
from tests.browser import quiet_town
from tests.browser.conftest import ServedOffice, serve_office
from tests.browser.test_pages import barriers
from tests.web.filled import Evening

LINES_MAX = 20
PRESSES_MAX = 5  # For what is short and over; issue of the quiet morning.
WIDTHS = (360, 820, 1280)


@pytest.fixture
def town(tmp_path: Path, night: Evening) -> Iterator[ServedOffice]:
    with serve_office(tmp_path, night) as at:
        quiet_town.fill(at.office, night, at.there)
        yield at


def focus(page: Any, selector: str) -> int:
    """Press Tab until the focus is there, and return how often."""
    for count in range(400):
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return count
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by the keyboard")


# Kept over the pages of a visit; a key that presses a button makes none of these.
POINTED = """["pointerdown", "mousedown", "touchstart"].forEach(kind =>
  addEventListener(kind, () => sessionStorage.setItem("pointed", kind), true))"""


def test_a_whole_morning_by_keyboard_alone(town: ServedOffice, open_page: Any) -> None:
    """From signing in, by everything that waits, to a finding that is taken back."""
    visit = open_page(town, None)
    page, keyboard = visit.page, visit.page.keyboard
    page.add_init_script(POINTED)
    sign_in(town, visit)
    focus(page, "a.line")
    keyboard.press("Enter")
    page.wait_for_url(re.compile("/console/(incidents|absences)/"))
    decided: list[str] = []
    while "/console/digest" not in page.url:
        choice = "grants" if "/absences/" in page.url else "finding"
        focus(page, f"input[name={choice}]")
        keyboard.press("Space")
        focus(page, "textarea[name=reason]")
        keyboard.type("We spoke on the telephone.")
        focus(page, "button[name=then]")
        decided.append(page.url)
        keyboard.press("Enter")
        page.wait_for_url(lambda url: url != decided[-1])
        assert len(decided) < LINES_MAX, page.url
    focus(page, "input[name=answer]")
    keyboard.press("Space")
    focus(page, "form[action$=answer] button")
    keyboard.press("Enter")
    page.wait_for_url("**/console/digest?done=**")
    assert "Nothing of this kind waits." in page.inner_text("main")
    visit.open("/console")
    assert "Nothing waits for you." in page.inner_text("main")
    assert len(decided) == 1 + 1 + len(quiet_town.AWAY) + len(quiet_town.LONG)
    take_back(page, next(address for address in reversed(decided) if "/incidents/" in address))
    visit.open("/console")
    assert page.locator("a.line").count() == 1, "what was taken back waits again"
    assert page.evaluate("sessionStorage.getItem('pointed')") is None


def sign_in(town: ServedOffice, officer: Any) -> None:
    """Sign in by password and code, as the officer of the town."""
    office, keyboard = town.office, officer.page.keyboard
    link = office.do(PROGRAM, staff_accounts.let_in, AccountName("Amina Bekova"))
    secret, _ = house.set_up(office, link.token, "amina")
    office.later(minutes=1)
    officer.open("/sign-in")
    for field, words in (
        ("login", "amina"), ("password", house.PASSWORD), ("code", house.code_of(office, secret)),
    ):  # fmt: skip
        focus(officer.page, f"#{field}")
        keyboard.type(words)
    keyboard.press("Enter")
    officer.page.wait_for_url("**/console")


def take_back(page: Any, address: str) -> None:
    """Take a finding back on its page, with a reason."""
    page.goto(address)
    focus(page, "form[action$=take-back] [name=taken_back]")
    page.keyboard.type("I read the wrong line.")
    focus(page, "form[action$=take-back] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("form[action$=finding]")


def test_the_digest_takes_at_most_five_presses_and_no_typing(
    town: ServedOffice, open_page: Any
) -> None:
    visit = open_page(town, "officer")
    page = visit.page
    visit.open("/console")
    presses = 0
    for selector, wait in (
        ("a[href='/console/digest']", "**/console/digest"),
        ("input[name=answer][value=network]", None),
        ("form[action$=answer] button", "**/console/digest?done=**"),
    ):
        page.click(selector)
        presses += 1
        if wait:
            page.wait_for_url(wait)
    assert presses <= PRESSES_MAX
    assert "Nothing of this kind waits." in page.inner_text("main")


def test_the_arrow_keys_lead_from_line_to_line(town: ServedOffice, open_page: Any) -> None:
    visit = open_page(town, "officer")
    page, keyboard = visit.page, visit.page.keyboard
    visit.open("/console")
    focus(page, "a.line")
    addresses = page.eval_on_selector_all("a.line", "lines => lines.map((line) => line.href)")
    for address in addresses[1:]:
        keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.href") == address
    keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.href") == addresses[-1]
    keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.href") == addresses[-2]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", ["/console", "/console/digest", "/console/incidents/L-3-C1"])
def test_nothing_is_cut_off_and_nothing_shuts_anybody_out(
    town: ServedOffice, open_page: Any, address: str, width: int
) -> None:
    visit = open_page(town, "officer", viewport={"width": width, "height": 900})
    visit.open(address)
    assert not barriers(visit.page)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
