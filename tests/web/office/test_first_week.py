"""A new office: its list says what is done, as it is stored, until the first order binds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import OpenAccount
from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.devices import app_enrolment, enrolment_codes
from mesure.actions.devices.app_enrolment import EnrolUnsignedApp
from mesure.actions.devices.enrolment_codes import DeviceRef
from mesure.actions.framework.context import Actor
from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import EnterVersion, VersionRef
from mesure.actions.oversight import office_setup
from mesure.actions.oversight.office_setup import RecordDrill, RenameAccount
from mesure.actions.records.app_records import AppFamily
from mesure.actions.records.procedure import STANDARD
from mesure.actions.refusals.refusals import InvalidInputError
from mesure.privacy.roles import Role
from tests.actions import house
from tests.actions.house import Office
from tests.web import browsing
from tests.web.browsing import Browser
from tests.web.filled import ORDER
from tests.web.office.test_accounts_page import sign_in

ADDRESS = "/office/first-week"
PERSON = "P-0042"


@pytest.fixture
def chief(office: Office) -> Actor:
    """The first supervisor, who came by the link that the service printed."""
    office.now = office.now.replace(month=3)
    actor, _ = house.first_supervisor(office)
    account = RenameAccount(actor.account, staff_accounts.FIRST_NAME)
    office.do(actor, office_setup.rename, account)
    return actor


def _colleague(office: Office, chief: Actor, login: str, role: Role = Role.OFFICER) -> Actor:
    link = office.do(chief, staff_accounts.open_account, OpenAccount(login.title(), role))
    house.set_up(office, link.token, login)
    return Actor(link.account, role)


def _page(office: Office, who: Actor, **parts: object) -> Browser:
    browser = sign_in(office, who.account)
    browser.serve(replace(browsing.parts_of(office), **parts))  # type: ignore[arg-type]
    browser.open(ADDRESS)
    return browser


def _row(browser: Browser, name: str) -> str:
    """Return what a line of the list says, up to the end of its entry."""
    return browser.page.partition(f"{name}</")[2].partition("</li>")[0]


def test_an_empty_office_is_told_what_to_do_and_how(office: Office, chief: Actor) -> None:
    browser = _page(office, chief, programme="mesure", zone_is_known=False)
    assert "0 of 10 done" in browser.text
    assert "still called “First supervisor”" in browser.text
    for command in (
        'name = "…"', 'time_zone = "Asia/Almaty"', "mesurectl accounts let-in",
        "mesure basemap almaty.osm.pbf", 'mail_host = "…"',
        "mesurectl keys drill --from /keys/2026-11-25",
    ):  # fmt: skip
        assert command in browser.text, command
    assert "There are not two yet." in browser.text
    assert "No order is entered yet." in browser.text


def test_what_is_configured_is_done(office: Office, chief: Actor) -> None:
    office.procedure = replace(STANDARD, has_mail=True)
    browser = _page(office, chief, programme="mesure.almaty.kz")
    assert ">done<" in _row(browser, "Name of the programme")
    assert ">done<" in _row(browser, "Time zone and languages")
    assert "English, Français, Русский and Қазақша" in browser.text
    assert ">done<" in _row(browser, "E-mail")
    assert ">to do<" in _row(browser, "Devices")


def test_a_name_is_given_on_the_page_to_which_the_list_leads(office: Office, chief: Actor) -> None:
    browser = _page(office, chief)
    address = f"/office/accounts/{chief.account}"
    assert f'href="{address}"' in browser.page
    browser.open(address)
    browser.send(f"{address}/name", name="Aigerim Sadykova")
    browser.open(ADDRESS)
    assert ">done<" in _row(browser, "Name of your account")


def test_two_become_two_people_after_a_week(office: Office, chief: Actor) -> None:
    _colleague(office, chief, "amina")
    browser = _page(office, chief)
    assert "supervisors 1, officers 1, operators 0" in browser.text
    assert "Two of you count as two people from Tue 17 Mar, 13:00 ." in browser.text
    assert ">to do<" in _row(browser, "People who work here")
    office.later(days=7)
    browser = _page(office, chief)
    assert ">done<" in _row(browser, "People who work here")
    assert "One of you can enter an order, and another confirm it." in browser.text


def test_a_link_that_was_not_used_is_counted(office: Office, chief: Actor) -> None:
    office.do(chief, staff_accounts.open_account, OpenAccount("Amina", Role.OFFICER))
    browser = _page(office, chief)
    assert "1 link has not been used yet." in browser.text
    assert "There are not two yet." in browser.text


def test_the_order_is_followed_until_it_binds(office: Office, chief: Actor) -> None:
    officer = _colleague(office, chief, "amina")
    office.do(officer, persons.enter, EnterPerson(PERSON, "Serik Akhmetov", "kk"))
    office.later(days=8)
    browser = _page(office, chief)
    assert "1 person is entered." in browser.text
    entered = office.do(officer, court_orders.enter, EnterVersion(ORDER.encode()))
    browser = _page(office, chief)
    assert "An order is entered, and waits for a second officer." in browser.text
    office.do(chief, court_orders.confirm, VersionRef("ALM-2026-0042", 1, entered.whole_sha256))
    browser = _page(office, chief)
    assert "An order is in force." in browser.text
    assert ">done<" in _row(browser, "The first order in force")


def test_a_phone_with_an_app_is_a_device_until_it_is_retired(office: Office, chief: Actor) -> None:
    officer = _colleague(office, chief, "amina")
    office.do(officer, enrolment_codes.add, DeviceRef("phone-7"))
    assert ">to do<" in _row(_page(office, chief), "Devices")
    phone = EnrolUnsignedApp("phone-7", AppFamily.OWNTRACKS)
    office.do(officer, app_enrolment.enrol_pilot, phone)
    browser = _page(office, chief)
    assert "1 device is enrolled." in browser.text
    assert ">done<" in _row(browser, "Devices")
    office.do(officer, enrolment_codes.retire, DeviceRef("phone-7"))
    assert "No device or phone is enrolled" in _page(office, chief).text


def test_a_try_of_the_backup_is_entered_and_falls_due_again(office: Office, chief: Actor) -> None:
    browser = _page(office, chief)
    for day, sentence in (
        ("", "Enter the day on which you tried it."),
        ("soon", "This is not a day."),
        ("2027-01-01", "This day has not come yet."),
    ):
        browser.send(f"{ADDRESS}/drill", tried_on=day)
        assert browser.status == 422
        assert sentence in browser.text
    browser.send(f"{ADDRESS}/drill", tried_on="2026-03-08")
    assert "Tried on 8 March 2026 , entered by First supervisor." in browser.text
    browser.send(f"{ADDRESS}/drill", tried_on="2026-03-09")
    assert "Tried on 9 March 2026" in browser.text
    assert ">done<" in _row(browser, "Backup, and a try to restore it")
    office.later(days=100)
    browser = _page(office, chief)
    assert "It is due again each quarter." in browser.text
    assert ">to do<" in _row(browser, "Backup, and a try to restore it")


def test_an_operator_reads_the_list_and_is_led_to_no_case(office: Office, chief: Actor) -> None:
    operator = _colleague(office, chief, "rustem", Role.OPERATOR)
    browser = _page(office, operator)
    assert browser.status == 200
    assert "/console/people" not in browser.page
    later = office.now.date() + timedelta(days=2)
    with pytest.raises(InvalidInputError):
        office.do(operator, office_setup.record_drill, RecordDrill(later))
