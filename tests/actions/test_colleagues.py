import pytest

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.actions.cases import colleagues
from mesure.actions.cases.colleagues import ColleaguesRequest
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.privacy.roles import Role
from tests.actions.house import Office


def test_an_officer_reads_who_else_works_on_cases(office: Office) -> None:
    officer = office.account("Bolat", Role.OFFICER)
    office.account("Aigerim", Role.SUPERVISOR)
    office.account("Olga", Role.OPERATOR)
    colleague_list = office.do(officer, colleagues.list_colleagues, ColleaguesRequest())
    assert [(one.name, one.role) for one in colleague_list] == [
        ("Aigerim", Role.SUPERVISOR),
        ("Bolat", Role.OFFICER),
    ]


def test_who_left_is_named_only_where_that_is_asked_for(office: Office) -> None:
    officer = office.account("Bolat", Role.OFFICER)
    supervisor = office.account("Aigerim", Role.SUPERVISOR)
    office.do(supervisor, staff_accounts.close, AccountRef(officer.account))
    for request, names in (
        (ColleaguesRequest(), ["Aigerim"]),
        (ColleaguesRequest(with_former=True), ["Aigerim", "Bolat"]),
    ):
        listed = office.do(supervisor, colleagues.list_colleagues, request)
        assert [one.name for one in listed] == names


def test_a_person_does_not(office: Office) -> None:
    person = office.account("P-1", Role.PERSON, "P-1")
    with pytest.raises(NotAllowedError):
        office.do(person, colleagues.list_colleagues, ColleaguesRequest())
