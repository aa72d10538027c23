"""Directory sign-in: sending the browser to an identity provider, and taking it back.

The browser that was sent carries the question, sealed: it holds for ten minutes and one return, and
nobody can come back with another's. Nothing of it is kept here before somebody has signed in.
Decision: docs/decisions/0032-signing-in.md
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.accounts import contact_addresses, sessions, sign_in, sign_in_state
from mesure.actions.accounts.sign_in import SignInResult
from mesure.actions.accounts.staff_accounts import at_work, blind_login, drop_links
from mesure.actions.framework import four_eyes, identity_provider
from mesure.actions.framework.action import ActionContext, two_step_action
from mesure.actions.framework.context import Context
from mesure.actions.framework.identity_provider import Directory, DirectoryError, DirectoryIdentity
from mesure.actions.records import tokens
from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.actions.records.record_types import RegisterReader, Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import (
    ActionConflictError,
    CountedRefusalError,
    NotAllowedError,
)
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role

VISIT_LASTS: Final = timedelta(minutes=10)
PURPOSE: Final = "directory"


class DirectorySignInState(msgspec.Struct, frozen=True, array_like=True):
    """A browser that was sent to the directory, as it carries it itself, sealed."""

    state: str
    nonce: str
    verifier: str
    until_at: datetime


class DirectoryRedirect(msgspec.Struct, frozen=True):
    """Where to send a browser, and what it carries meanwhile, to be known when it comes back."""

    address: str
    browser: str


class DirectoryCallback(msgspec.Struct, frozen=True):
    """What a browser brought back from the directory."""

    state: str
    code: str
    sent: str  # What the browser that was sent carries.
    browser: str | None = None
    replaces: str | None = None


def _directory(context: Context) -> Directory:
    if context.directory is None:
        raise ActionConflictError(ActionRefusal.NO_DIRECTORY)
    return context.directory


def go(context: Context) -> DirectoryRedirect:
    """Return where to send a browser to sign in there; nobody is here yet, and nothing is kept."""
    there = _directory(context)
    try:
        endpoints = identity_provider.endpoints(there)
    except DirectoryError:
        raise ActionConflictError(ActionRefusal.DIRECTORY) from None
    state, nonce, verifier = (tokens.token(context.salts) for _ in range(3))
    visit = DirectorySignInState(state, nonce, verifier, context.now + VISIT_LASTS)
    address = identity_provider.address(there, endpoints, state, nonce, verifier)
    return DirectoryRedirect(
        address, sign_in_state.seal_state(context, PURPOSE, visit, visit.until_at)
    )


def _known(
    context: Context, request: DirectoryCallback
) -> tuple[DirectorySignInState, DirectoryIdentity]:
    visit = sign_in_state.open_state(context, PURPOSE, request.sent, DirectorySignInState)
    if visit is None or not tokens.is_same(visit.state, request.state):
        raise NotAllowedError(AccessRefusal.LINK)
    with context.store.read() as reading:
        if sign_in_state.is_used(RegisterReader(reading, context.keyring), request.sent):
            raise NotAllowedError(AccessRefusal.LINK)
    there = _directory(context)
    try:
        known = identity_provider.fetch_identity(
            there, request.code, visit.verifier, visit.nonce, context.now
        )
    except DirectoryError:
        raise NotAllowedError(AccessRefusal.SIGN_IN) from None
    return visit, known


@two_step_action("sign_in.by_directory", {Role.VISITOR}, _known)
def by_directory(
    doing: ActionContext,
    request: DirectoryCallback,
    came: tuple[DirectorySignInState, DirectoryIdentity],
) -> SignInResult:
    """Sign in as whom the directory knows, with the account that a supervisor opened here."""
    visit, known = came
    sign_in_state.use(doing, request.sent, visit.until_at)
    subject = blind_login(
        doing.context, identity_provider.subject(_directory(doing.context), known)
    )
    account = next(doing.rows.find(ACCOUNT, "subject", subject), None)
    account = account or _bound(doing, known.email, subject)
    if account is None or not sessions.is_open(account.value, doing.now):
        raise CountedRefusalError(AccessRefusal.SIGN_IN)
    return sign_in.begin_session(doing, account, request.browser, request.replaces)


def _bound(doing: ActionContext, email: str | None, subject: str) -> Stored[Account] | None:
    """Bind the one account with this address to the directory's name; done once."""
    verified = contact_addresses.email(email or "")
    if verified is None:
        return None
    accounts = [
        account
        for account in at_work(doing.rows)
        if account.value.subject is None
        and (contact_addresses.email(account.value.email or "") or "").lower() == verified.lower()
    ]
    if len(accounts) != 1:
        return None
    doing.note(bound=accounts[0].id)
    drop_links(doing, accounts[0].id)  # Who gave it could come in beside them.
    # The days in which they and the one who let them in count as one begin when they first sign in.
    let_in = four_eyes.with_link_used(doing, accounts[0])
    return doing.rows.change(accounts[0], msgspec.structs.replace(let_in, subject=subject))
