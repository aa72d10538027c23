"""A new office from an empty folder, on pages in a real browser, to a phone that reports.

The steps are those of docs/for_operators.md, "The first week, and two people", which says how many
pages and presses they are. One is no page, on purpose: the machine prints the second link.
"""

import json
import re
from pathlib import Path
from typing import Any

import pyotp
import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import FIRST_NAME, AccountName, OpenAccount
from mesure.actions.framework.context import PROGRAM
from mesure.privacy.roles import Role
from tests.actions import house
from tests.actions.house import PASSWORD, Office
from tests.browser.conftest import WatchedPage, site, until
from tests.browser.test_pages import barriers
from tests.house import ROOT
from tests.web.console.devices import phones
from tests.web.office.test_first_week_walked import contexts_of


class Hand:
    """Somebody at a browser, whose pages, presses and filled fields are counted."""

    def __init__(self, watched: WatchedPage, office: Office) -> None:
        self.office, self.watched, self.page = office, watched, watched.page
        self.page.set_default_timeout(15_000)
        self.pages = self.presses = self.fields = 0
        self.page.on("framenavigated", self._opened)

    def _opened(self, frame: Any) -> None:
        self.pages += frame == self.page.main_frame

    def press(self, selector: str) -> None:
        self.presses += 1
        self.page.locator(f"{selector} >> visible=true").first.click()
        self.page.wait_for_load_state()

    def follow(self, words: str) -> None:
        """Press a link by its words, or what leads there from the bar above."""
        self.press(f"a:has-text('{words}')")

    def write(self, **fields: str) -> None:
        for name, value in fields.items():
            self.fields += 1
            self.page.fill(f"[name={name}]", value)

    def send(self, words: str, **fields: str) -> None:
        """Fill in a form, press its button, and hold what comes to no barrier."""
        self.write(**fields)
        self.press(f"main button:text-is('{words}')")
        assert not self.page.locator(".faults").count(), self.page.inner_text(".faults")
        assert not barriers(self.page)

    def main_text(self) -> str:
        return " ".join(self.page.inner_text("main").split())

    def come_in(self, token: str, login: str) -> None:
        """Open a link, choose a password, and sign in."""
        self.watched.open(f"/set-up/{token}")  # As it stands on paper.
        app = pyotp.TOTP(self.page.inner_text(".card .mono").replace(" ", ""))
        code = app.at(self.office.now)
        self.send("Finish", login=login, password=PASSWORD, again=PASSWORD, code=code)
        self.office.later(minutes=1)
        self.follow("I have them. Sign in")
        self.send("Sign in", login=login, password=PASSWORD, code=app.at(self.office.now))
        self.page.wait_for_url("**/console")


@pytest.fixture
def empty(tmp_path: Path) -> Any:
    with house.office(tmp_path) as office:
        yield office


def test_from_an_empty_folder_to_a_phone_that_reports(empty: Office, open_page: Any) -> None:
    link = empty.do(PROGRAM, staff_accounts.open_first, OpenAccount(FIRST_NAME, Role.SUPERVISOR))
    with site(empty, contexts_of(empty)) as at:
        chief, amina = (Hand(open_page(at, None), empty) for _ in range(2))
        chief.come_in(link.token, "aigerim")
        name_and_colleague(chief)
        second = empty.do(PROGRAM, staff_accounts.let_in, AccountName("Amina Bekova"))
        amina.come_in(second.token, "amina")
        enter_order(amina)
        chief.press("a[href='/console']")
        chief.follow("An order waits for a second officer")
        chief.press("#compared")
        chief.send("Confirm; it binds from then on")
        give_phone(amina)
        chief.follow("Office")
        chief.follow("The first week")
        for words in ("An order is in force.", "1 device is enrolled.", "1 person is entered."):
            assert words in chief.main_text()
    counts = [chief.pages + amina.pages, chief.presses + amina.presses, chief.fields + amina.fields]
    page = (ROOT / "docs" / "for_operators.md").read_text(encoding="utf-8")
    written = re.search(r"(\d+) pages, (\d+) presses and (\d+) fields", page)
    assert written is not None
    assert counts == [int(number) for number in written.groups()]


def name_and_colleague(chief: Hand) -> None:
    chief.follow("Office")
    chief.follow("The first week")
    chief.follow("Name of your account")
    chief.send("Save", name="Aigerim Sadykova")
    chief.follow("Staff")
    chief.write(name="Amina Bekova")
    chief.press("input[name=role][value=officer]")
    chief.send("Open the account")


def enter_order(amina: Hand) -> None:
    amina.follow("Orders")
    amina.follow("Enter a new person")
    amina.send("Save and go on", person="P-1", name="Dana")
    amina.send("Enter it step by step")
    amina.send(
        "Save and go on",
        order="ALM-1",
        court="Almaly court",
        decision_number="1-2",
        decision_date="2026-01-05",
    )
    amina.send(
        "Save and go on", from_day="2026-01-05", until_day="2027-01-04", time_zone="Asia/Almaty"
    )
    amina.follow("A circle round a point")
    amina.send("Save", name="home", point="43.25654, 76.92848", radius_m="60")
    amina.follow("Go on to the conditions")
    amina.follow("Be at a place in set hours")
    amina.page.select_option("[name=place]", "home")
    for day in amina.page.locator("[name^=day_1_]").all():
        day.check()
        amina.presses += 1
    amina.send("Save", from_1="22:00", until_1="6:00")
    amina.follow("Go on to the absences")
    amina.follow("Go on and read it back")
    assert "“home”: within 60 m of latitude 43.25654, longitude 76.92848." in amina.main_text()
    amina.press("#compared")
    amina.send("Enter the order")
    assert "It binds when a second officer has confirmed it." in amina.main_text()


def give_phone(amina: Hand) -> None:
    amina.follow("Devices")
    amina.send("Enter it", device="phone-7")
    amina.press("input[name=app]")
    amina.send("Set up this phone")
    assert amina.page.is_visible("svg.square")
    with amina.page.expect_download() as began:
        amina.press("a[download]")
    settings = json.loads(Path(began.value.path()).read_bytes())
    amina.follow("See its messages")
    assert "Nothing usable came yet." in amina.main_text()
    assert phones.send_owntracks(amina.office, settings).status_code == 200
    until(amina.page, "document.querySelector('#heard').innerText.includes('It can be used.')")
    amina.follow("People")
    amina.follow("Dana")
    amina.follow("Give, swap or take back")
    amina.send("Give it", give_device="phone-7")
    assert "phone-7" in amina.main_text()
    amina.follow("Sheet to print")
    assert "phone-7" in amina.main_text()
