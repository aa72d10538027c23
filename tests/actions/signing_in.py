"""Somebody who signs in by a password and a code, and what their browser keeps."""

from dataclasses import dataclass, field

import pytest

from mesure.actions.accounts import sessions, sign_in
from mesure.actions.accounts.sessions import Session
from mesure.actions.accounts.sign_in import PasswordSignIn, SignInResult
from mesure.actions.framework.context import VISITOR, Actor
from mesure.actions.refusals.refusals import ActionError
from tests.actions import house
from tests.actions.house import PASSWORD, Office


@dataclass
class PasswordHolder:
    """Somebody with an account, a phone, and perhaps a browser."""

    office: Office
    actor: Actor
    secret: str
    login: str = "aigerim"
    recovery: tuple[str, ...] = ()
    browser: str | None = None
    signed_in: list[SignInResult] = field(default_factory=list)

    def sign_in(
        self,
        code: str | None = None,
        password: str = PASSWORD,
        address: str = "",
        login: str | None = None,
        replaces: str | None = None,
    ) -> SignInResult:
        request = PasswordSignIn(
            login or self.login,
            password,
            house.code_of(self.office, self.secret) if code is None else code,
            self.browser,
            replaces,
        )
        done = self.office.do(VISITOR, sign_in.by_password, request, address)
        self.browser = done.browser or self.browser
        return done

    def refusal_reason(self, **more: str) -> object:
        with pytest.raises(ActionError) as refused:
            self.sign_in(**more)
        return refused.value.reason


def resume(office: Office, token: str) -> Session | None:
    procedure = office.context(VISITOR).procedure
    return sessions.resume(
        office.store, office.keyring, token, office.now, procedure, office.chance
    )
