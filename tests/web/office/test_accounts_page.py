"""A supervisor opens an account, names it, gives a new link, and closes it; on pages alone."""

import base64
import re

import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.sessions import SESSION, SessionRecord
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.records import tokens
from tests.actions import house
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import Filled

ADDRESS = "/office/accounts"
NEW = {"name": "Aliya Nurlan", "role": "officer", "language": "ru"}


def browser_of(office: Office, who: str) -> Browser:
    browser = Browser(office)
    browser.cookies.set("mesure", filled.TOKENS[who])
    return browser


def sign_in(office: Office, account: str) -> Browser:
    """Return the browser of an account that signs in now."""
    session = SessionRecord(account, office.now, office.now)
    token = base64.urlsafe_b64encode(f"{account} {office.size()}".encode()).decode()
    office.write(lambda rows, _: rows.add(SESSION, tokens.hash_secret(token), session))
    browser = Browser(office)
    browser.cookies.set("mesure", token)
    return browser


@pytest.fixture
def chief(office: Office, there: Filled) -> Browser:
    return browser_of(office, "supervisor")


def _link(browser: Browser) -> str:
    [token] = re.findall(r"http://127.0.0.1:8080/set-up/([\w-]+)", browser.page)
    return str(token)


def _account(office: Office, there: Filled, name: str) -> str:
    accounts = office.do(there.supervisor, staff_accounts.list_accounts, EmptyRequest())
    [account] = [one.account for one in accounts if one.name == name]
    return account


def test_an_account_is_opened_set_up_and_closed(
    office: Office, there: Filled, chief: Browser
) -> None:
    chief.open(ADDRESS)
    chief.send(ADDRESS, **NEW)
    assert chief.status == 200
    assert "This link is shown only now." in chief.text
    assert "count as two people 7 days after the link was used" in chief.text
    assert 'mesurectl accounts let-in --name "Aliya Nurlan"' in chief.text
    token = _link(chief)
    assert token not in chief.open(ADDRESS)
    assert "Aliya Nurlan officer link not used yet" in chief.text
    house.set_up(office, token, "aliya")
    chief.open(ADDRESS)
    assert "Aliya Nurlan officer in use" in chief.text
    account = _account(office, there, "Aliya Nurlan")
    chief.open(f"{ADDRESS}/{account}")
    chief.send(f"{ADDRESS}/{account}/close")
    assert "It cannot be opened again." in chief.text
    chief.send(f"{ADDRESS}/{account}/close", sure="yes")
    assert "The account is closed." in chief.text
    assert "Aliya Nurlan officer account closed" in chief.text
    chief.cookies.set("mesure_language", "ru")
    chief.open(ADDRESS)
    assert "стёгнут" not in chief.text, "an account is not buttoned like a strap"


def test_nothing_is_closed_before_it_is_asked_once_more(
    office: Office, there: Filled, chief: Browser
) -> None:
    chief.open(f"{ADDRESS}/{there.second.account}")
    chief.send(f"{ADDRESS}/{there.second.account}/close")
    assert chief.status == 200
    accounts = office.do(there.supervisor, staff_accounts.list_accounts, EmptyRequest())
    assert all(one.closed_at is None for one in accounts)


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(chief: Browser) -> None:
    chief.open(ADDRESS)
    chief.send(ADDRESS, name="", role="judge")
    assert chief.status == 422
    assert "Enter the name of the person who will work here." in chief.text
    assert "Choose what they do here." in chief.text
    chief.send(ADDRESS, **NEW, email="nobody at home")
    assert chief.status == 422
    assert 'id="email-fault"' in chief.page
    assert 'value="Aliya Nurlan"' in chief.page
    assert 'value="nobody at home"' in chief.page


def test_a_name_is_changed_and_changed_back(there: Filled, chief: Browser) -> None:
    address = f"{ADDRESS}/{there.second.account}"
    chief.open(address)
    chief.send(f"{address}/name", name=" ")
    assert chief.status == 422
    assert "Enter a name." in chief.text
    chief.send(f"{address}/name", name="Bolat Seitkali")
    assert "It was kept." in chief.text
    assert "Bolat Seitkali" in chief.open(ADDRESS)


def test_a_new_link_is_asked_once_more_and_ends_what_was_before(
    office: Office, there: Filled, chief: Browser
) -> None:
    address = f"{ADDRESS}/{there.second.account}"
    chief.open(address)
    chief.send(f"{address}/link")
    assert "What opens the account now ends" in chief.text
    second = browser_of(office, "second")
    second.open("/account")
    assert second.address == "/account"
    chief.send(f"{address}/link", sure="yes")
    assert _link(chief)
    second.open("/account")
    assert second.address == "/sign-in"


def test_the_last_supervisor_stays_and_gives_themselves_no_link(
    there: Filled, chief: Browser
) -> None:
    address = f"{ADDRESS}/{there.supervisor.account}"
    chief.open(address)
    assert "Your own is given by another supervisor." in chief.text
    chief.send(f"{address}/close", sure="yes")
    assert chief.status == 422
    assert chief.page.count('class="fault"') == 1
    chief.send(f"{address}/link", sure="yes")
    assert chief.status == 422


def test_an_operator_reads_the_list_and_an_officer_does_not(office: Office, there: Filled) -> None:
    operator = browser_of(office, "operator")
    operator.open(ADDRESS)
    assert "A supervisor opens and closes accounts." in operator.text
    assert "<form class" not in operator.page
    operator.send(ADDRESS, **NEW)
    assert operator.status == 403
    officer = browser_of(office, "officer")
    officer.open(ADDRESS)
    assert officer.status == 403


def test_what_is_not_there_is_said_so(chief: Browser) -> None:
    chief.open(f"{ADDRESS}/A-nobody")
    assert chief.status == 404
