"""A supervisor who lost everything comes in again from the machine, and nothing of before opens."""

import pytest

from mesure.actions.accounts import sessions, staff_accounts
from mesure.actions.accounts.sign_in import PasswordSignIn, by_password
from mesure.actions.accounts.staff_accounts import AccountName
from mesure.actions.framework.context import PROGRAM, VISITOR
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError, NotAllowedError
from mesure.privacy.roles import Role
from tests.actions import house
from tests.actions.house import PASSWORD, Office


def let_in(office: Office, name: str | None = None) -> str:
    link = office.do(PROGRAM, staff_accounts.let_in, AccountName(name))
    return link.token


def test_the_only_supervisor_gets_a_link_and_what_was_before_ends(office: Office) -> None:
    chief, secret = house.first_supervisor(office)
    office.later(minutes=1)
    request = PasswordSignIn("aigerim", PASSWORD, house.code_of(office, secret))
    session = office.do(VISITOR, by_password, request).session
    token = let_in(office)
    entered = office.last()
    assert (entered["action"], entered["by"]) == ("accounts.let_in", "program")
    assert entered["facts"] == {"account": chief.account}
    context = office.context(VISITOR)
    of = office.store, office.keyring, session, office.now, context.procedure, office.chance
    assert sessions.resume(*of) is None
    office.later(minutes=1)
    again = PasswordSignIn("aigerim", PASSWORD, house.code_of(office, secret))
    with pytest.raises(NotAllowedError):
        office.do(VISITOR, by_password, again)
    house.set_up(office, token, "aigerim")


def test_a_later_link_takes_the_place_of_an_earlier_one(office: Office) -> None:
    house.first_supervisor(office)
    first = let_in(office)
    let_in(office)
    with pytest.raises(NotAllowedError):
        house.set_up(office, first, "aigerim")


def test_of_several_one_is_named(office: Office) -> None:
    house.first_supervisor(office)
    office.account("Bolat", Role.SUPERVISOR)
    office.account("Amina", Role.OFFICER)
    for name, there in ((None, ["Aigerim", "Bolat"]), ("nobody", ["Aigerim", "Amina", "Bolat"])):
        with pytest.raises(InvalidInputError) as refused:
            let_in(office, name)
        assert refused.value.reason is ActionRefusal.WHICH_ACCOUNT
        assert sorted(one.partition(" ")[0] for one in refused.value.faults) == there
    assert let_in(office, "Aigerim")
    assert let_in(office, "Bolat")
    assert let_in(office, "Amina")
