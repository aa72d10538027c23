"""A new office on pages alone: from the first link to an order in force and a phone that reports.

One step is no page, on purpose: the link of the second person comes from the machine. The steps
stand in docs/for_operators.md, "The first week, and two people".
"""

from dataclasses import replace
from typing import Any, Final

import pyotp

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import FIRST_NAME, AccountName, OpenAccount
from mesure.actions.framework.context import PROGRAM
from mesure.formats.stored.message_reader import MessageReader
from mesure.privacy.roles import Role
from mesure.web.dependencies import Contexts, default_thresholds
from tests.actions.house import PASSWORD, Office
from tests.web.console.devices import phones
from tests.web.console.order_entry.desk import CaseworkBrowser
from tests.web.console.order_entry.test_routes import enter

PAGES_MAX: Final = 60  # Of thirty minutes, half a minute for each.


class Counted(CaseworkBrowser):
    """A browser that counts the pages that it opened and the forms that it sent."""

    pages = 0

    def ask(self, method: str, address: str, **arguments: Any) -> str:
        """Ask as ever, and count."""
        self.pages += 1
        return super().ask(method, address, **arguments)


def contexts_of(office: Office) -> Contexts:
    """Return how contexts are made where it is shown how devices are heard."""
    reader = MessageReader(default_thresholds())
    return lambda actor, request, address: replace(
        office.context(actor, address), request=request, reader=reader
    )


def come_in(office: Office, token: str, login: str) -> Counted:
    """Open a link, choose a password, and sign in."""
    desk = Counted(office, contexts=contexts_of(office))
    page = desk.open(f"/set-up/{token}").partition("Or type these letters")[2]
    secret = "".join(page.partition('<span class="mono">')[2].partition("</span>")[0].split())
    code = pyotp.TOTP(secret).at(office.now)
    desk.fill(login=login, password=PASSWORD, again=PASSWORD, code=code)
    office.later(minutes=1)
    desk.open("/sign-in")
    desk.fill(login=login, password=PASSWORD, code=pyotp.TOTP(secret).at(office.now))
    assert desk.url == "/console"
    return desk


def test_an_order_is_in_force_and_a_phone_reports_within_sixty_pages(office: Office) -> None:
    first = office.do(PROGRAM, staff_accounts.open_first, OpenAccount(FIRST_NAME, Role.SUPERVISOR))
    chief = come_in(office, first.token, "aigerim")
    chief.follow("Office")
    chief.follow("The first week")
    chief.follow("Name of your account")
    chief.fill(name="Aigerim Sadykova")
    chief.open("/office/accounts")
    chief.fill(name="Amina Bekova", role="officer", language="en")
    link = office.do(PROGRAM, staff_accounts.let_in, AccountName("Amina Bekova"))
    amina = come_in(office, link.token, "amina")
    amina.open("/console/orders")
    amina.follow("Enter a new person")
    amina.fill(person="P-1", name="Dana", language="kk")
    enter(amina)
    amina.fill(compared="yes")
    chief.open("/console")
    chief.follow("An order waits for a second officer")
    chief.fill(compared="yes")
    _give_phone(office, amina)
    chief.follow("Office")
    chief.follow("The first week")
    for words in ("An order is in force.", "1 device is enrolled.", "1 person is entered."):
        assert words in chief.text
    assert chief.pages + amina.pages <= PAGES_MAX


def _give_phone(office: Office, amina: Counted) -> None:
    amina.open("/console/devices")
    amina.fill(device="phone-7")
    amina.fill(app="owntracks")
    settings = phones.read_settings(amina.page)
    amina.follow("See its messages")
    assert "Nothing usable came yet." in amina.text
    assert phones.send_owntracks(office, settings).status_code == 200
    amina.follow("Look again")
    assert "It can be used." in amina.text
    amina.open("/console/people/P-1")
    amina.follow("Give, swap or take back")
    amina.fill(give_device="phone-7")
    assert "phone-7" in amina.text
