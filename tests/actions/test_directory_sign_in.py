from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from mesure.actions.accounts import directory_sign_in, staff_accounts
from mesure.actions.accounts.directory_sign_in import DirectoryCallback, DirectoryRedirect
from mesure.actions.accounts.sign_in import SignInResult
from mesure.actions.accounts.staff_accounts import AccountRef, OpenAccount
from mesure.actions.framework import identity_provider as directory
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import VISITOR, Actor, Context
from mesure.actions.framework.identity_provider import ANSWER_BYTES_MAX, Directory, DirectoryError
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from tests.actions import house, provider
from tests.actions.house import Office
from tests.actions.provider import BACK, CLIENT, SECRET, FakeProvider

OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1"})


@dataclass
class Elsewhere:
    """An office whose staff are known to a directory."""

    office: Office
    provider: FakeProvider
    directory: Directory
    chief: Actor

    def context(self) -> Context:
        self.provider.now_s = int(self.office.now.timestamp())
        return replace(self.office.context(VISITOR), directory=self.directory)

    def go(self) -> DirectoryRedirect:
        return directory_sign_in.go(self.context())

    def come_back(self, visit: DirectoryRedirect, /, **changes: str) -> SignInResult:
        state, code = self.provider.visit(visit.address)
        fields = {"state": state, "code": code, "sent": visit.browser, **changes}
        return perform(self.context(), directory_sign_in.by_directory, DirectoryCallback(**fields))

    def refusal_reason(self, **changes: str) -> object:
        sent = self.go()
        with pytest.raises(ActionError) as refused:
            self.come_back(sent, **changes)
        return refused.value.reason

    def open_account(self, email: str = "bota@EXAMPLE.org") -> str:
        request = OpenAccount("Bota", Role.OFFICER, email=email)
        return self.office.do(self.chief, staff_accounts.open_account, request).account


@pytest.fixture
def elsewhere(office: Office) -> Iterator[Elsewhere]:
    chief, _ = house.first_supervisor(office)
    with provider.run_provider() as there, httpx.Client(trust_env=False) as client:
        directory = Directory(there.issuer, CLIENT, SECRET, BACK, client)
        yield Elsewhere(office, there, directory, chief)


def test_the_directory_says_who_and_the_account_what(elsewhere: Elsewhere) -> None:
    account = elsewhere.open_account()
    signed_in = elsewhere.come_back(elsewhere.go())
    assert (signed_in.account, signed_in.role) == (account, Role.OFFICER)
    facts = {"bound": account, "account": account, "browser": "new"}
    assert elsewhere.office.last()["facts"] == facts


def test_the_directorys_name_counts_once_it_is_known(elsewhere: Elsewhere) -> None:
    account = elsewhere.open_account()
    elsewhere.come_back(elsewhere.go())
    elsewhere.provider.claims = {"email": "other@example.org"}
    assert elsewhere.come_back(elsewhere.go()).account == account
    elsewhere.provider.claims = {"sub": "subject-2"}  # Somebody else got the old address.
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN


def test_who_has_no_open_account_stays_outside(elsewhere: Elsewhere) -> None:
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN
    account = elsewhere.open_account()
    elsewhere.come_back(elsewhere.go())
    elsewhere.office.do(elsewhere.chief, staff_accounts.close, AccountRef(account))
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN
    elsewhere.open_account()
    elsewhere.open_account()
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN  # Two have this address.


def test_an_address_that_is_not_verified_says_nothing(elsewhere: Elsewhere) -> None:
    elsewhere.open_account()
    for verified in (False, None, "true"):
        elsewhere.provider.claims = {"email_verified": verified}
        assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN


def test_an_address_that_is_another_or_none_binds_nobody(elsewhere: Elsewhere) -> None:
    elsewhere.provider.claims = {"email": ""}
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN  # The chief's has no address.
    elsewhere.open_account("bosta@example.org")
    elsewhere.provider.claims = {"email": "boſta@example.org"}
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN


def test_the_link_opens_no_account_that_the_directory_has_opened(elsewhere: Elsewhere) -> None:
    request = OpenAccount("Bota", Role.OFFICER, email="bota@example.org")
    link = elsewhere.office.do(elsewhere.chief, staff_accounts.open_account, request)
    elsewhere.come_back(elsewhere.go())
    with pytest.raises(ActionError) as refused:
        house.set_up(elsewhere.office, link.token, "bota")
    assert refused.value.reason is AccessRefusal.LINK


def test_a_reset_ends_what_the_directory_had_opened(elsewhere: Elsewhere) -> None:
    account = elsewhere.open_account()
    elsewhere.come_back(elsewhere.go())
    elsewhere.office.do(elsewhere.chief, staff_accounts.reset, AccountRef(account))
    elsewhere.provider.claims = {"email": "other@example.org"}
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"azp": "another"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"exp": None},
        {"iat": 1 << 40},
        {"sub": None},
        {"sub": ""},
    ],
)
def test_what_the_directory_did_not_sign_for_us_now_is_not_believed(
    elsewhere: Elsewhere, lie: dict[str, Any]
) -> None:
    elsewhere.open_account()
    elsewhere.provider.claims = lie
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN
    assert elsewhere.office.last()["facts"]["refused"] == "sign_in"


def test_another_key_or_none_is_not_believed(elsewhere: Elsewhere) -> None:
    elsewhere.open_account()
    elsewhere.provider.signs_with = OTHER_KEY
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."
    deep = (200, b'{"id_token":' + b"[" * 100_000)
    lies: list[Any] = [{"id_token": unsigned}, {"id_token": "x"}, {}, [], (200, b"<html>"), deep]
    for document in lies:
        elsewhere.provider.documents = {"/token": document}
        assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN
    elsewhere.provider.documents = {"/keys": {"keys": [{"kty": "none"}]}}
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_key_that_is_too_short_is_not_believed(elsewhere: Elsewhere) -> None:
    elsewhere.provider.key = RSAKey.generate_key(1024, {"kid": "1"})
    elsewhere.open_account()
    assert elsewhere.refusal_reason() is AccessRefusal.SIGN_IN


def test_only_the_browser_that_was_sent_comes_back_and_once(elsewhere: Elsewhere) -> None:
    elsewhere.open_account()
    assert elsewhere.refusal_reason(sent="another browser") is AccessRefusal.LINK
    assert elsewhere.refusal_reason(state="another state") is AccessRefusal.LINK
    sent = elsewhere.go()
    elsewhere.come_back(sent)
    with pytest.raises(ActionError) as again:
        elsewhere.come_back(sent)
    assert again.value.reason is AccessRefusal.LINK
    late = elsewhere.go()
    elsewhere.office.later(minutes=10)
    with pytest.raises(ActionError):
        elsewhere.come_back(late)


def test_a_code_of_another_visit_is_worth_nothing(elsewhere: Elsewhere) -> None:
    """PKCE: a thief of a code lacks the secret with which it was asked for."""
    elsewhere.open_account()
    _, caught = elsewhere.provider.visit(elsewhere.go().address)
    assert elsewhere.refusal_reason(code=caught) is AccessRefusal.SIGN_IN


def test_a_house_without_a_secret_shows_its_name(elsewhere: Elsewhere) -> None:
    elsewhere.open_account()
    elsewhere.directory = replace(elsewhere.directory, client_secret=None)
    assert elsewhere.come_back(elsewhere.go()).role is Role.OFFICER


def failure_reason(elsewhere: Elsewhere) -> object:
    with pytest.raises(ActionError) as refused:
        elsewhere.go()
    return refused.value.reason


def test_a_directory_that_cannot_be_believed_is_not_asked(elsewhere: Elsewhere) -> None:
    path = "/.well-known/openid-configuration"
    honest = elsewhere.provider.configuration()
    for document in (
        (500, b""),
        (302, b""),
        (200, b"x" * (ANSWER_BYTES_MAX + 1)),
        {**honest, "issuer": "https://another.example"},
        {**honest, "token_endpoint": "http://another.example/token"},
        (200, b'{"issuer": "\xa7"}'),
        {**honest, "jwks_uri": 7},
        {**honest, "token_endpoint": "https://[::"},
        {**honest, "jwks_uri": "https://directory.example/\0"},
        {**honest, "authorization_endpoint": "https://256.1.1.1/"},
        {**honest, "jwks_uri": "https://xn--/"},
    ):
        elsewhere.provider.documents = {path: document}
        assert failure_reason(elsewhere) is ActionRefusal.DIRECTORY
    nowhere = replace(elsewhere.directory, issuer="http://127.0.0.1:1")
    elsewhere.directory = nowhere
    assert failure_reason(elsewhere) is ActionRefusal.DIRECTORY
    elsewhere.directory = replace(nowhere, issuer="http://another.example")
    assert failure_reason(elsewhere) is ActionRefusal.DIRECTORY


def test_without_a_directory_nobody_is_sent(office: Office) -> None:
    with pytest.raises(ActionError) as refused:
        directory_sign_in.go(office.context(VISITOR))
    assert refused.value.reason is ActionRefusal.NO_DIRECTORY


def test_strangers_who_are_sent_fill_no_door_and_leave_nothing(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = elsewhere.open_account()
    with elsewhere.office.store.read() as reading:
        before = reading.frontier().size
    with monkeypatch.context() as patched:
        endpoints = directory.endpoints(elsewhere.directory)
        patched.setattr(directory, "endpoints", lambda _: endpoints)
        for _ in range(1_001):
            elsewhere.go()
    with elsewhere.office.store.read() as reading:
        assert reading.frontier().size == before
    assert elsewhere.come_back(elsewhere.go()).account == account


def test_a_directory_elsewhere_leads_nobody_to_this_machine() -> None:
    issuer = "https://directory.example"
    document = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": "http://127.0.0.1:8080/console",
        "jwks_uri": f"{issuer}/keys",
    }
    answers = httpx.MockTransport(lambda _: httpx.Response(200, json=document))
    with httpx.Client(transport=answers) as http:
        known = Directory(issuer, "mesure", None, "https://mesure.example/back", http)
        with pytest.raises(DirectoryError, match="leads to this machine"):
            directory.endpoints(known)
        document["token_endpoint"] = f"{issuer}/token"
        assert directory.endpoints(known).token_endpoint == f"{issuer}/token"
