"""Sign-in: with a password and a code, with a printed card and a PIN, or by another directory.

Somebody who works here has two factors. A person under an order may have neither e-mail nor a phone
that they keep; they get a printed card with a code, and choose a PIN when they use it first. The
card alone opens nothing: people who live with the person may find it, and what it opens shows where
somebody sleeps. A date of birth would be no PIN: those who live with the person know it.

Every try under a known name is in the audit log; of other tries, only their number. Whatever was
wrong, the answer is the same.
Decision: docs/decisions/0032-signing-in.md
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from mesure.actions.accounts import (
    failed_sign_ins,
    one_time_codes,
    passwords,
    sessions,
    staff_accounts,
)
from mesure.actions.accounts.failed_sign_ins import SignInAttempt
from mesure.actions.framework import action as acting
from mesure.actions.framework import case_access
from mesure.actions.framework.action import ActionContext, action, two_step_action
from mesure.actions.framework.context import Context
from mesure.actions.notifications import notification_rules
from mesure.actions.notifications.notification_texts import NotificationType
from mesure.actions.records import tokens
from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.actions.records.record_types import RegisterReader, Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import CountedRefusalError, InvalidInputError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import SIGNED_IN, STAFF, Role

CARD_FIRST_USED_WITHIN: Final = timedelta(days=7)


class SignInResult(msgspec.Struct, frozen=True):
    """A session that began; its token is shown once."""

    account: str
    role: Role
    session: str
    browser: str | None  # A token to keep in the browser beyond the session; None: it has one.


class PasswordSignIn(msgspec.Struct, frozen=True):
    """A name, a password, and a code of the app or one of those for when it is lost."""

    login: str
    password: str
    code: str
    browser: str | None = None  # The token of a browser that has signed in before.
    replaces: str | None = None  # The session that the browser had until now.


class CardSignIn(msgspec.Struct, frozen=True):
    """The code of a printed card, and the PIN: chosen now, if the card was never used."""

    card: str
    pin: str
    browser: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class CredentialCheck:
    """What was found out before the transaction, since it takes long."""

    account: str | None
    against: str | None  # The hash that was checked; if it has changed since, nothing is proven.
    is_right: bool
    new_hash: str | None = None  # Of a PIN that is chosen now.


def _check_password(context: Context, request: PasswordSignIn) -> CredentialCheck:
    with context.store.read() as reading:
        rows = RegisterReader(reading, context.keyring)
        login = staff_accounts.blind_login(context, staff_accounts.normalise_login(request.login))
        account = next(rows.find(ACCOUNT, "login", login), None)
        name = None if account is None else account.id
        _tries(context, request.login, request.browser).refuse_if_waiting(rows, name, context.now)
    against = None if account is None else account.value.password_hash
    return CredentialCheck(name, against, passwords.is_right(against, request.password))


@two_step_action("sign_in.by_password", {Role.VISITOR}, _check_password)
def by_password(
    doing: ActionContext, request: PasswordSignIn, checked: CredentialCheck
) -> SignInResult:
    """Sign in with name, password and a code that counts once."""
    tries = _tries(doing.context, request.login, request.browser)
    tries.refuse_if_waiting(doing.rows, checked.account, doing.now)
    account = _proven(doing, checked)
    used = None if account is None else _with_code_used(doing, account.value, request.code)
    if account is None or used is None:
        tries.record_failure(doing.rows, checked.account)
        doing.note(account=checked.account)
        raise CountedRefusalError(AccessRefusal.SIGN_IN)
    account = doing.rows.change(account, used)
    return _signed_in(doing, account, tries, request.browser, request.replaces)


def _with_code_used(doing: ActionContext, account: Account, code: str) -> Account | None:
    """Return the account after a code was used; None where the code is wrong."""
    if account.role not in STAFF or account.totp_secret is None:
        return None
    step = one_time_codes.step_of(account.totp_secret, code, doing.now, account.totp_last_step)
    if step is not None:
        return msgspec.structs.replace(account, totp_last_step=step)
    left = one_time_codes.without(account.recovery_hashes, code)
    if left is None:
        return None
    doing.note(recovery_codes_left=len(left))
    return msgspec.structs.replace(account, recovery_hashes=left)


# --- By a printed card -------------------------------------------------------------------------


def _check_pin(context: Context, request: CardSignIn) -> CredentialCheck:
    with context.store.read() as reading:
        rows = RegisterReader(reading, context.keyring)
        account = next(
            rows.find(ACCOUNT, "card", tokens.hash_secret(tokens.normalise_code(request.card))),
            None,
        )
        name = None if account is None else account.id
        _tries_of_card(context, request).refuse_if_waiting(rows, name, context.now)
    if account is None or account.value.password_hash is not None:
        against = None if account is None else account.value.password_hash
        return CredentialCheck(name, against, passwords.is_right(against, request.pin))
    if not passwords.is_good_pin(request.pin):
        raise InvalidInputError(ActionRefusal.PIN)
    given_at = account.value.card_given_at
    in_time = given_at is not None and context.now < given_at + CARD_FIRST_USED_WITHIN
    return CredentialCheck(name, None, in_time, passwords.hash_password(request.pin, context.salts))


@two_step_action("sign_in.by_card", {Role.VISITOR}, _check_pin)
def by_card(doing: ActionContext, request: CardSignIn, checked: CredentialCheck) -> SignInResult:
    """Sign in with the code of a printed card and a PIN, which is chosen at the first use."""
    tries = _tries_of_card(doing.context, request)
    tries.refuse_if_waiting(doing.rows, checked.account, doing.now)
    account = _proven(doing, checked)
    _concerns(doing, checked.account)
    if account is None or (
        checked.new_hash is not None and _is_from_somebody_barred(doing, account)
    ):
        tries.record_failure(doing.rows, checked.account)
        doing.note(account=checked.account)
        raise CountedRefusalError(AccessRefusal.SIGN_IN)
    if checked.new_hash is not None:
        account = _chosen(doing, account, checked.new_hash)
    return _signed_in(doing, account, tries, request.browser, request.replaces)


def _concerns(doing: ActionContext, account: str | None) -> None:
    """Enter a try with a card in the list that is read by the person whose record it opens."""
    stored_account = None if account is None else doing.rows.get(ACCOUNT, account)
    if stored_account is not None and stored_account.value.person is not None:
        doing.concerns(stored_account.value.person)


def _is_from_somebody_barred(doing: ActionContext, account: Stored[Account]) -> bool:
    """Tell whether a card was printed by somebody barred from the case: they may hold it."""
    file = case_access.file_of(doing.rows, account.value.person or "-")
    return account.value.card_given_by in case_access.accounts_barred_from(file, doing.staff)


def _chosen(doing: ActionContext, account: Stored[Account], new_hash: str) -> Stored[Account]:
    """Keep the PIN that was chosen at the first use, and tell the person that it was."""
    chosen = msgspec.structs.replace(account.value, password_hash=new_hash, pin_chosen_at=doing.now)
    doing.note(pin_chosen=True)
    if account.value.role is Role.PERSON and account.value.person is not None:
        notification_rules.of_card(
            doing, account.id, account.value.person, NotificationType.YOUR_CARD_USED
        )
    return doing.rows.change(account, chosen)


# --- What all of them share --------------------------------------------------------------------


def _tries(context: Context, name: str, browser: str | None) -> SignInAttempt:
    return SignInAttempt(
        context.keyring, staff_accounts.normalise_login(name), context.address, browser
    )


def _tries_of_card(context: Context, request: CardSignIn) -> SignInAttempt:
    """Count tries for the card itself; another way of typing its code is no other card."""
    return _tries(context, tokens.normalise_code(request.card), request.browser)


def _proven(doing: ActionContext, checked: CredentialCheck) -> Stored[Account] | None:
    """Return the account if what was checked is still what it has."""
    if checked.account is None or not checked.is_right:
        return None
    account = doing.rows.get(ACCOUNT, checked.account)
    if account is None or not sessions.is_open(account.value, doing.now):
        return None
    return account if account.value.password_hash == checked.against else None


def _signed_in(
    doing: ActionContext,
    account: Stored[Account],
    tries: SignInAttempt,
    browser: str | None,
    replaces: str | None,
) -> SignInResult:
    tries.clear_failures(doing.rows, account.id)
    return begin_session(doing, account, browser, replaces)


def begin_session(
    doing: ActionContext, account: Stored[Account], browser: str | None, replaces: str | None
) -> SignInResult:
    """Begin a session for the holder of an account, and remember the browser."""
    new = None
    if not failed_sign_ins.is_known(doing.rows, account.id, browser):
        new = tokens.token(doing.context.salts)
        failed_sign_ins.remember(doing.rows, account.id, new)
    doing.note(account=account.id, browser="known" if new is None else "new")
    token = sessions.begin(doing, account.id, replaces)
    return SignInResult(account.id, account.value.role, token, new)


# --- Signing out, and changing -----------------------------------------------------------------


class SignOut(msgspec.Struct, frozen=True):
    """The session that ends."""

    session: str


@action("sign_in.out", SIGNED_IN - {Role.SERVICE})
def out(doing: ActionContext, request: SignOut) -> None:
    """Sign out."""
    sessions.end(doing, request.session)


@action("sign_in.out_everywhere", SIGNED_IN - {Role.SERVICE})
def out_everywhere(doing: ActionContext, _: acting.EmptyRequest) -> int:
    """End all of one's own sessions, in every browser, and forget the browsers."""
    failed_sign_ins.forget(doing.rows, doing.actor.account)
    return sessions.end_all(doing, doing.actor.account)


class ChangePassword(msgspec.Struct, frozen=True):
    """The password, or PIN, that one has and the one to come."""

    old: str
    new: str


def _check_new(context: Context, request: ChangePassword) -> CredentialCheck:
    with context.store.read() as reading:
        account = RegisterReader(reading, context.keyring).need(ACCOUNT, context.actor.account)
    is_pin = account.value.role not in STAFF
    good = passwords.is_good_pin(request.new) if is_pin else passwords.is_good(request.new, "")
    if not good:
        raise InvalidInputError(ActionRefusal.PIN if is_pin else ActionRefusal.PASSWORD)
    against = account.value.password_hash
    is_right = passwords.is_right(against, request.old)
    return CredentialCheck(
        account.id, against, is_right, passwords.hash_password(request.new, context.salts)
    )


@two_step_action("sign_in.change_password", SIGNED_IN - {Role.SERVICE}, _check_new)
def change_password(doing: ActionContext, _: ChangePassword, checked: CredentialCheck) -> None:
    """Choose another password, or PIN; all of one's sessions end."""
    name = f"account\n{doing.actor.account}"  # No name that a stranger types has two lines.
    tries = SignInAttempt(doing.context.keyring, name, doing.context.address, None)
    tries.refuse_if_waiting(doing.rows, None, doing.now)
    account = _proven(doing, checked)
    _concerns(doing, checked.account)
    if account is None or checked.against is None:
        tries.record_failure(doing.rows, None)
        raise CountedRefusalError(AccessRefusal.SIGN_IN)
    doing.rows.change(
        account, msgspec.structs.replace(account.value, password_hash=checked.new_hash)
    )
    sessions.end_all(doing, account.id)
