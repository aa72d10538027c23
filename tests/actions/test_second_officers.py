"""Who may confirm a version is said as it is refused: the sentence and the door agree."""

import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountName, OpenAccount
from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.orders import court_orders, second_officers
from mesure.actions.orders.court_orders import EnterVersion, VersionRef
from mesure.actions.orders.second_officers import SecondOfficersRequest, SecondOfficerState
from mesure.actions.refusals.refusals import NotAllowedError, NotFoundError
from mesure.privacy.roles import Role
from tests.actions import house
from tests.actions.house import Office
from tests.web.filled import ORDER, ORDER_ID, PERSON


@pytest.fixture
def chief(office: Office) -> Actor:
    actor, _ = house.first_supervisor(office)
    return actor


@pytest.fixture
def officer(office: Office, chief: Actor) -> Actor:
    link = office.do(chief, staff_accounts.open_account, OpenAccount("Amina", Role.OFFICER))
    house.set_up(office, link.token, "amina")
    actor = Actor(link.account, Role.OFFICER)
    office.do(actor, persons.enter, EnterPerson(PERSON, "Serik Akhmetov", "kk"))
    return actor


def _enter(office: Office, who: Actor) -> str:
    entered = office.do(who, court_orders.enter, EnterVersion(ORDER.encode()))
    assert not entered.binds
    return entered.whole_sha256


def _state(office: Office, who: Actor, of: Actor, number: int = 1) -> SecondOfficerState:
    order = ORDER_ID if number else ""
    request = SecondOfficersRequest(PERSON, order, number)
    everybody = office.do(who, second_officers.second_officers, request)
    [officer] = [one for one in everybody if one.account == of.account]
    return officer.state


def _confirm(office: Office, who: Actor, whole: str) -> None:
    office.do(who, court_orders.confirm, VersionRef(ORDER_ID, 1, whole))


def test_a_new_officer_confirms_a_week_after_their_link_and_it_is_said(
    office: Office, chief: Actor, officer: Actor
) -> None:
    assert _state(office, chief, officer, 0) is SecondOfficerState.LATER
    whole = _enter(office, chief)
    request = SecondOfficersRequest(PERSON, ORDER_ID, 1)
    [line] = office.do(chief, second_officers.second_officers, request)
    assert (line.account, line.state) == (officer.account, SecondOfficerState.LATER)
    assert line.from_at is not None
    with pytest.raises(NotAllowedError):
        _confirm(office, officer, whole)
    office.now = line.from_at
    assert _state(office, chief, officer) is SecondOfficerState.NOW
    _confirm(office, officer, whole)


def test_whoever_gave_the_link_never_confirms_what_was_entered_within_the_week(
    office: Office, chief: Actor, officer: Actor
) -> None:
    whole = _enter(office, officer)
    assert _state(office, officer, chief) is SecondOfficerState.NEVER
    office.later(days=30)
    assert _state(office, officer, chief) is SecondOfficerState.NEVER
    with pytest.raises(NotAllowedError):
        _confirm(office, chief, whole)


def test_a_link_from_the_machine_makes_a_second_person_at_once(
    office: Office, chief: Actor, officer: Actor
) -> None:
    link = office.do(PROGRAM, staff_accounts.let_in, AccountName("Amina"))
    assert _state(office, chief, officer, 0) is SecondOfficerState.NOT_SET_UP
    house.set_up(office, link.token, "amina")
    assert _state(office, chief, officer, 0) is SecondOfficerState.NOW
    whole = _enter(office, officer)
    assert _state(office, officer, chief) is SecondOfficerState.NOW
    _confirm(office, chief, whole)


def test_only_those_who_may_open_the_case_are_named(
    office: Office, chief: Actor, officer: Actor
) -> None:
    stranger = office.account("Bolat Seitov", Role.OFFICER)
    other = office.account("Nurlan", Role.SUPERVISOR)
    _enter(office, officer)
    request = SecondOfficersRequest(PERSON, ORDER_ID, 1)
    named = {one.account for one in office.do(chief, second_officers.second_officers, request)}
    assert named == {chief.account, other.account}
    office.do(chief, caseload.bar, BarRequest(PERSON, other.account))
    named = {one.account for one in office.do(chief, second_officers.second_officers, request)}
    assert other.account not in named
    assert stranger.account not in named


def test_a_version_that_is_not_there_is_not_found(
    office: Office, chief: Actor, officer: Actor
) -> None:
    _enter(office, officer)
    for order, number in ((ORDER_ID, 2), ("ALM-0", 1)):
        request = SecondOfficersRequest(PERSON, order, number)
        with pytest.raises(NotFoundError):
            office.do(officer, second_officers.second_officers, request)
