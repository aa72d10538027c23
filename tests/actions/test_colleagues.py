import pytest

from mesure.actions.cases import colleagues
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.privacy.roles import Role
from tests.actions.house import Office


def test_an_officer_reads_who_else_works_on_cases(office: Office) -> None:
    officer = office.account("Bolat", Role.OFFICER)
    office.account("Aigerim", Role.SUPERVISOR)
    office.account("Olga", Role.OPERATOR)
    colleague_list = office.do(officer, colleagues.list_colleagues, EmptyRequest())
    assert [(one.name, one.role) for one in colleague_list] == [
        ("Aigerim", Role.SUPERVISOR),
        ("Bolat", Role.OFFICER),
    ]


def test_a_person_does_not(office: Office) -> None:
    person = office.account("P-1", Role.PERSON, "P-1")
    with pytest.raises(NotAllowedError):
        office.do(person, colleagues.list_colleagues, EmptyRequest())
