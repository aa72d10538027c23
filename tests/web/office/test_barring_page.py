"""Somebody is barred from a case on a page, and let in again by two supervisors."""

import pytest

from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import CaseRequest
from mesure.privacy.roles import Role
from tests.actions.house import Office
from tests.web.browsing import Browser
from tests.web.filled import PERSON, TOKENS, Filled, begin_session
from tests.web.office.test_accounts_page import browser_of, sign_in

ADDRESS = f"/office/barring/{PERSON}"


@pytest.fixture
def chief(office: Office, there: Filled) -> Browser:
    return browser_of(office, "supervisor")


@pytest.fixture
def other(office: Office, there: Filled) -> Browser:
    """A second supervisor."""
    account = office.account("Nurlan Abdrakhmanov", Role.SUPERVISOR).account
    return sign_in(office, account)


def _bar(chief: Browser, there: Filled) -> None:
    chief.open(ADDRESS)
    chief.send(ADDRESS, account=there.second.account, sure="yes")


def test_somebody_is_barred_after_it_was_asked_once_more(
    office: Office, there: Filled, chief: Browser
) -> None:
    chief.open(f"/console/people/{PERSON}")
    assert f'href="{ADDRESS}"' in chief.page
    chief.open(ADDRESS)
    assert "Nobody is barred from this case." in chief.text
    chief.send(ADDRESS, account="")
    assert chief.status == 422
    assert "Choose whom to bar." in chief.text
    chief.send(ADDRESS, account=there.second.account)
    assert "Bar Bolat Seitov from this case" in chief.text
    assert "They are signed out at once, like every account they let in." in chief.text
    assert "Two supervisors are needed to let them in again." in chief.text
    assert not office.do(there.supervisor, caseload.list_bars, CaseRequest(PERSON))
    chief.send(ADDRESS, account=there.second.account, sure="yes")
    assert "They are barred from this case now." in chief.text
    assert "Barred by Gulnara Ospanova" in chief.text
    second = browser_of(office, "second")
    second.open(f"/console/people/{PERSON}")
    assert second.address.startswith("/sign-in"), "a page of the case may be open on their screen"
    begin_session(office, there.second.account, TOKENS["second"])
    second.open(f"/console/people/{PERSON}")
    assert second.status == 403


def test_two_supervisors_let_somebody_in_again(
    office: Office, there: Filled, chief: Browser, other: Browser
) -> None:
    _bar(chief, there)
    chief.send(f"{ADDRESS}/ask", account=there.second.account)
    assert "Gulnara Ospanova asks to let them in again." in chief.text
    assert "Let them in again" not in chief.text.partition("You asked for this.")[2]
    chief.send(f"{ADDRESS}/unbar", account=there.second.account)
    assert chief.status == 422
    assert office.do(there.supervisor, caseload.list_bars, CaseRequest(PERSON))
    other.open(ADDRESS)
    assert "Check why they were barred" in other.text
    other.send(f"{ADDRESS}/unbar", account=there.second.account)
    assert "told" not in other.text, "nothing is set up here that would tell anybody"
    assert "They may see this case again. Tell the person who barred them." in other.text
    assert not office.do(there.supervisor, caseload.list_bars, CaseRequest(PERSON))


def test_a_request_is_taken_back_and_they_stay_barred(there: Filled, chief: Browser) -> None:
    _bar(chief, there)
    chief.send(f"{ADDRESS}/ask", account=there.second.account)
    chief.send(f"{ADDRESS}/keep", account=there.second.account)
    assert "They stay barred." in chief.text
    assert "asks to let them in again" not in chief.text


def test_what_nobody_asked_for_is_not_confirmed(there: Filled, chief: Browser) -> None:
    _bar(chief, there)
    chief.send(f"{ADDRESS}/unbar", account=there.second.account)
    assert chief.status == 422
    chief.send(f"{ADDRESS}/ask", account=there.officer.account)
    assert chief.status == 422


def test_one_is_led_to_the_case_by_its_number(chief: Browser) -> None:
    chief.open("/office/barring")
    assert chief.status == 200
    assert "person-fault" not in chief.page
    chief.open("/office/barring?person=")
    assert "Enter the number of the person." in chief.text
    chief.open(f"/office/barring?person={PERSON}")
    assert chief.address == ADDRESS


def test_an_operator_bars_nobody(office: Office, there: Filled) -> None:
    operator = browser_of(office, "operator")
    operator.open(ADDRESS)
    assert operator.status == 403


def test_the_list_of_accounts_is_asked_for_once(office: Office, chief: Browser) -> None:
    before = office.size()
    chief.open(ADDRESS)
    assert [one["action"] for one in office.log(before)].count("accounts.list") == 1
