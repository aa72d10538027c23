"""Who may confirm an order, and from when, is read before the button is there to be pressed."""

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import OpenAccount
from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.framework.context import Actor
from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import EnterVersion
from mesure.privacy.roles import Role
from tests.actions import house
from tests.actions.house import Office
from tests.web.filled import ORDER, ORDER_ID, PERSON
from tests.web.office.test_accounts_page import sign_in

VERSION = f"/console/orders/of/{PERSON}/version?order={ORDER_ID}&number=1"
BUTTON = "Confirm; it binds from then on"


def _two(office: Office) -> tuple[Actor, Actor]:
    """Return a supervisor and an officer of a new office, with a person on the officer's list."""
    chief, _ = house.first_supervisor(office)
    link = office.do(chief, staff_accounts.open_account, OpenAccount("Amina", Role.OFFICER))
    house.set_up(office, link.token, "amina")
    officer = Actor(link.account, Role.OFFICER)
    office.do(officer, persons.enter, EnterPerson(PERSON, "Serik Akhmetov", "kk"))
    return chief, officer


def test_an_office_of_two_is_told_who_may_and_from_when(office: Office) -> None:
    chief, officer = _two(office)
    office.do(chief, court_orders.enter, EnterVersion(ORDER.encode()))
    desk = sign_in(office, chief.account)
    desk.open(VERSION)
    assert "Who may confirm it Amina: from Tue 17 Feb, 13:00" in desk.text
    assert "nobody may confirm" not in desk.text
    other = sign_in(office, officer.account)
    other.open(VERSION)
    assert "You may confirm this version from Tue 17 Feb, 13:00 ." in other.text
    assert BUTTON not in other.text
    office.later(days=7)
    other = sign_in(office, officer.account)
    other.open(VERSION)
    assert "Amina: at once" in other.text
    assert other.text.index("Amina: at once") < other.text.index(BUTTON)


def test_where_nobody_ever_may_a_way_out_is_said(office: Office) -> None:
    chief, officer = _two(office)
    office.do(officer, court_orders.enter, EnterVersion(ORDER.encode()))
    for who in (officer, chief):
        desk = sign_in(office, who.account)
        desk.open(VERSION)
        assert "Aigerim: not this version, since one let the other in" in desk.text
        assert "As things are, nobody may confirm this version." in desk.text
        assert "mesurectl accounts let-in" in desk.text
        assert BUTTON not in desk.text
    assert "You cannot confirm this version" in desk.text
