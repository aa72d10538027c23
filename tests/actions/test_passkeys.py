from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from mesure.actions.accounts import passkeys, staff_accounts
from mesure.actions.accounts.passkeys import PasskeyOptions, PasskeyRef, PasskeyResponse
from mesure.actions.accounts.sign_in import SignInResult
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.actions.framework.action import Action, EmptyRequest, perform
from mesure.actions.framework.context import VISITOR, Actor
from mesure.actions.framework.public_address import Site
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from tests.actions import authenticator
from tests.actions.authenticator import PRESENT, SoftwareAuthenticator
from tests.actions.house import Office

O = TypeVar("O")  # noqa: E741

SITE = Site.at("https://mesure.example", "Mesure")


@dataclass
class PasskeyHolder:
    """Somebody whose device has passkeys."""

    office: Office
    actor: Actor
    device: SoftwareAuthenticator
    ago: timedelta = timedelta(minutes=1)  # Since they signed in.

    def do(self, actor: Actor, action: Action[Any, O], request: Any) -> O:
        signed_in_at = self.office.now - self.ago
        context = replace(self.office.context(actor), site=SITE, signed_in_at=signed_in_at)
        return perform(context, action, request)

    def add(self, name: str = "phone") -> str:
        passkey_options = self.do(self.actor, passkeys.begin, EmptyRequest())
        signed = PasskeyResponse(
            passkey_options.challenge, self.device.make(passkey_options.options), name
        )
        return self.do(self.actor, passkeys.add, signed)

    def begin_sign_in(self) -> PasskeyOptions:
        return passkeys.begin_sign_in(replace(self.office.context(VISITOR), site=SITE))

    def sign_in(self, passkey_options: PasskeyOptions | None = None) -> SignInResult:
        passkey_options = passkey_options or self.begin_sign_in()
        signed = PasskeyResponse(
            passkey_options.challenge, self.device.sign(passkey_options.options)
        )
        return self.do(VISITOR, passkeys.by_passkey, signed)

    def refusal_reason(self, passkey_options: PasskeyOptions | None = None) -> object:
        with pytest.raises(ActionError) as refused:
            self.sign_in(passkey_options)
        return refused.value.reason

    def not_added(self, name: str = "phone") -> object:
        with pytest.raises(ActionError) as refused:
            self.add(name)
        return refused.value.reason


@pytest.fixture
def holder(office: Office) -> PasskeyHolder:
    actor = office.account("ann", Role.OFFICER)
    return PasskeyHolder(office, actor, SoftwareAuthenticator(SITE.origin))


def test_a_passkey_opens_a_session(holder: PasskeyHolder) -> None:
    key = holder.add()
    signed_in = holder.sign_in()
    assert (signed_in.account, signed_in.role) == ("ann", Role.OFFICER)
    assert holder.office.last()["action"] == "sign_in.by_passkey"
    [shown] = holder.do(holder.actor, passkeys.list_passkeys, EmptyRequest())
    assert (shown.key, shown.name) == (key, "phone")
    assert holder.sign_in().browser is not None


def test_what_was_signed_counts_once(holder: PasskeyHolder) -> None:
    holder.add()
    passkey_options = holder.begin_sign_in()
    holder.sign_in(passkey_options)
    assert holder.refusal_reason(passkey_options) is AccessRefusal.LINK
    late = holder.begin_sign_in()
    holder.office.later(minutes=5)
    assert holder.refusal_reason(late) is AccessRefusal.LINK
    assert authenticator.challenge_of(late.options) != authenticator.challenge_of(
        passkey_options.options
    )


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://mesure.example.another"},
        {"rp_id": "another.example"},
        {"flags": PRESENT},
        {"key": ec.derive_private_key(8, ec.SECP256R1())},
        {"credential_id": b"another credential"},
        {"count": -1},
    ],
)
def test_what_was_not_signed_for_us_by_the_key_is_refused(
    holder: PasskeyHolder, lie: dict[str, Any]
) -> None:
    holder.add()
    holder.sign_in()
    for name, value in lie.items():
        setattr(holder.device, name, value)
    assert holder.refusal_reason() is AccessRefusal.SIGN_IN
    assert holder.office.last()["facts"]["refused"] == "sign_in"


def test_nonsense_is_refused(holder: PasskeyHolder) -> None:
    for nonsense in ("", "{}", "[]", '{"id": 7}', "x" * 100_000, "[" * 60_000):
        passkey_options = holder.begin_sign_in()
        with pytest.raises(ActionError) as refused:
            holder.do(
                VISITOR, passkeys.by_passkey, PasskeyResponse(passkey_options.challenge, nonsense)
            )
        assert refused.value.reason is AccessRefusal.SIGN_IN


def test_a_key_is_made_for_this_site_by_its_holder(holder: PasskeyHolder) -> None:
    assert holder.not_added(" ") is ActionRefusal.NAME
    holder.device.origin = "https://another.example"
    assert holder.not_added() is ActionRefusal.PASSKEY
    holder.device.origin, holder.device.flags = SITE.origin, PRESENT
    assert holder.not_added() is ActionRefusal.PASSKEY
    holder.device = SoftwareAuthenticator(SITE.origin)
    holder.add()
    assert holder.not_added() is ActionRefusal.THERE_ALREADY
    other = holder.office.account("bob", Role.OFFICER)
    passkey_options = holder.do(other, passkeys.begin, EmptyRequest())
    signed = PasskeyResponse(
        passkey_options.challenge, holder.device.make(passkey_options.options), "mine"
    )
    with pytest.raises(ActionError) as stolen:
        holder.do(holder.actor, passkeys.add, signed)
    assert stolen.value.reason is AccessRefusal.LINK


def test_a_key_that_was_removed_opens_nothing(holder: PasskeyHolder) -> None:
    key = holder.add()
    holder.do(holder.actor, passkeys.remove, PasskeyRef(key))
    assert holder.do(holder.actor, passkeys.list_passkeys, EmptyRequest()) == ()
    assert holder.refusal_reason() is AccessRefusal.SIGN_IN


def test_a_closed_account_has_no_keys(holder: PasskeyHolder) -> None:
    holder.add()
    chief = holder.office.account("chief", Role.SUPERVISOR)
    holder.office.do(chief, staff_accounts.close, AccountRef("ann"))
    assert holder.refusal_reason() is AccessRefusal.SIGN_IN


def test_a_key_is_added_soon_after_signing_in_alone(holder: PasskeyHolder) -> None:
    holder.ago = passkeys.RECENT
    assert holder.not_added() is AccessRefusal.NOT_RECENT
    assert holder.office.last()["facts"]["refused"] == "not_recent"
    holder.ago -= timedelta(seconds=1)
    holder.add()
    without = replace(holder.office.context(holder.actor), site=SITE)
    with pytest.raises(ActionError) as refused:
        perform(without, passkeys.begin, EmptyRequest())
    assert refused.value.reason is AccessRefusal.NOT_RECENT


def test_there_are_only_so_many_keys(holder: PasskeyHolder) -> None:
    for count in range(passkeys.PASSKEYS_MAX):
        holder.device.credential_id = f"credential {count}".encode()
        holder.add()
    assert holder.not_added() is ActionRefusal.ENOUGH_KEYS


def test_strangers_who_ask_fill_no_door_and_leave_nothing(holder: PasskeyHolder) -> None:
    holder.add()
    with holder.office.store.read() as reading:
        before = reading.frontier().size
    for _ in range(1_001):
        holder.begin_sign_in()
    with holder.office.store.read() as reading:
        assert reading.frontier().size == before
    assert holder.sign_in().account == "ann"


def test_without_a_site_there_are_no_passkeys(office: Office) -> None:
    with pytest.raises(ActionError) as refused:
        passkeys.begin_sign_in(office.context(VISITOR))
    assert refused.value.reason is ActionRefusal.NO_SITE
