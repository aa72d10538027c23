import pytest

from mesure.actions import accounts, sessions, sign_in
from mesure.actions.accounts import NAME_CHARS_MAX, Nothing, OfAccount, OpenAccount, OpenLink
from mesure.actions.acting import PROGRAM, VISITOR, Actor
from mesure.actions.errors import FaultyError, NotAllowedError, NotNowError
from mesure.actions.sessions import Session
from mesure.actions.sign_in import ByPassword, NewPassword, SignedIn, SignOut
from mesure.privacy.refusal import Reason
from mesure.privacy.roles import Role
from tests.actions import house
from tests.actions.house import PASSWORD, Office


def resume(office: Office, token: str) -> Session | None:
    context = office.context(VISITOR)
    return sessions.resume(
        office.store, office.keyring, token, office.now, context.procedure, office.chance
    )


def sign_in_as(office: Office, login: str, code: str, **more: str) -> SignedIn:
    asked = ByPassword(login, more.pop("password", PASSWORD), code, more.pop("browser", None))
    return office.do(VISITOR, sign_in.by_password, asked, **more)


def test_the_first_supervisor_comes_by_a_link_that_works_once(office: Office) -> None:
    supervisor, secret = house.first_supervisor(office)
    office.later(minutes=1)
    signed_in = sign_in_as(office, " Aigerim ", house.code_of(office, secret))
    session = resume(office, signed_in.session)
    assert session is not None
    assert session.actor == supervisor
    assert signed_in.browser is not None
    with pytest.raises(NotNowError):
        office.do(PROGRAM, accounts.open_first, OpenAccount("Another", Role.SUPERVISOR))


def test_a_wrong_password_code_or_name_is_refused_alike_and_entered(office: Office) -> None:
    supervisor, secret = house.first_supervisor(office)
    office.later(minutes=1)
    right = house.code_of(office, secret)
    for login, password, code in [
        ("aigerim", "wrong " * 3, right),
        ("aigerim", PASSWORD, "000000"),
        ("nobody", PASSWORD, right),
    ]:
        with pytest.raises(NotAllowedError) as refused:
            sign_in_as(office, login, code, password=password)
        assert refused.value.reason is Reason.SIGN_IN
        assert office.last()["facts"]["refused"] == "sign_in"
    assert [one["facts"].get("account") for one in office.log()[-3:]] == [
        supervisor.account,
        supervisor.account,
        None,
    ]
    assert sign_in_as(office, "aigerim", right)


def test_a_code_counts_once(office: Office) -> None:
    _, secret = house.first_supervisor(office)
    office.later(minutes=1)
    code = house.code_of(office, secret)
    assert sign_in_as(office, "aigerim", code)
    with pytest.raises(NotAllowedError):
        sign_in_as(office, "aigerim", code)
    office.later(seconds=30)
    assert sign_in_as(office, "aigerim", house.code_of(office, secret))
