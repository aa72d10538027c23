"""Signing in by another directory: sending the browser there, and taking it back.

What was asked is remembered under the hash of the state that the browser carries to and fro, for
ten minutes and for one return, and only for the browser that was sent.
Decision: docs/decisions/0032-signing-in.md
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions import directory, eyes, sessions, sign_in, tokens
from mesure.actions.accounts import Nothing, blinded
from mesure.actions.accounts_kept import ACCOUNT, SEALED_UNDER, Account
from mesure.actions.acting import Context, Doing, prepared
from mesure.actions.directory import Directory, DirectoryError, Endpoints, Known
from mesure.actions.errors import CountedRefusalError, NotAllowedError, NotNowError
from mesure.actions.register import Kept, Kind, Rows
from mesure.actions.sign_in import SignedIn
from mesure.actions.why import Why
from mesure.privacy.refusal import Reason
from mesure.privacy.roles import STAFF, Role

VISIT_LASTS: Final = timedelta(minutes=10)
VISITS_MAX: Final = 1_000


class VisitKept(msgspec.Struct, frozen=True):
    """A browser that was sent to the directory, under the hash of its state."""

    browser_hash: str
    nonce: str
    verifier: str
    until_at: datetime


VISIT: Final = Kind("directory_visit", VisitKept, house_key=SEALED_UNDER)


class Sent(msgspec.Struct, frozen=True):
    """Where to send a browser, and the token by which it is known when it comes back."""

    address: str
    browser: str


class CameBack(msgspec.Struct, frozen=True):
    """What a browser brought back from the directory."""

    state: str
    code: str
    sent: str  # The token of the browser that was sent.
    browser: str | None = None
    replaces: str | None = None


def _directory(context: Context) -> Directory:
    if context.directory is None:
        raise NotNowError(Why.NO_DIRECTORY)
    return context.directory


def _endpoints(context: Context, _: Nothing) -> Endpoints:
    try:
        return directory.endpoints(_directory(context))
    except DirectoryError:
        raise NotNowError(Why.DIRECTORY) from None


@prepared("sign_in.go_to_directory", {Role.VISITOR}, _endpoints)
def go(doing: Doing, _: Nothing, endpoints: Endpoints) -> Sent:
    """Send a browser to the directory to sign in there."""
    waiting = list(doing.rows.all(VISIT))
    for old in waiting:
        if doing.now >= old.value.until_at:
            doing.rows.drop(VISIT, old.id)
    if sum(doing.now < one.value.until_at for one in waiting) >= VISITS_MAX:
        raise NotAllowedError(Reason.WAIT)
    state, nonce, verifier, browser = (tokens.token(doing.context.salts) for _ in range(4))
    visit = VisitKept(tokens.hashed(browser), nonce, verifier, doing.now + VISIT_LASTS)
    doing.rows.add(VISIT, tokens.hashed(state), visit)
    asked = directory.address(_directory(doing.context), endpoints, state, nonce, verifier)
    return Sent(asked, browser)


def _known(context: Context, asked: CameBack) -> Known:
    with context.store.read() as reading:
        visit = _visit(Rows(reading, context.keyring), asked, context.now)
    if visit is None:
        raise NotAllowedError(Reason.LINK)
    try:
        value = visit.value
        return directory.known_by(
            _directory(context), asked.code, value.verifier, value.nonce, context.now
        )
    except DirectoryError:
        raise NotAllowedError(Reason.SIGN_IN) from None


def _visit(rows: Rows, asked: CameBack, now: datetime) -> Kept[VisitKept] | None:
    visit = rows.get(VISIT, tokens.hashed(asked.state))
    if visit is None or now >= visit.value.until_at:
        return None
    is_same = tokens.is_same(visit.value.browser_hash, tokens.hashed(asked.sent))
    return visit if is_same else None


@prepared("sign_in.by_directory", {Role.VISITOR}, _known)
def by_directory(doing: Doing, asked: CameBack, known: Known) -> SignedIn:
    """Sign in as whom the directory knows, with the account that a supervisor opened here."""
    visit = _visit(doing.rows, asked, doing.now)
    if visit is None:  # It came back twice.
        raise NotAllowedError(Reason.LINK)
    doing.rows.drop(VISIT, visit.id)
    subject = blinded(doing.context, directory.subject(_directory(doing.context), known))
    kept = next(doing.rows.found(ACCOUNT, "subject", subject), None)
    kept = kept or _bound(doing, known.email, subject)
    if kept is None or not sessions.is_open(kept.value, doing.now):
        raise CountedRefusalError(Reason.SIGN_IN)
    return sign_in.begin_session(doing, kept, asked.browser, asked.replaces)


def _bound(doing: Doing, email: str | None, subject: str) -> Kept[Account] | None:
    """Bind the one account with this address to the directory's name; done once."""
    if email is None:
        return None
    found = [
        kept
        for role in sorted(STAFF)
        for kept in doing.rows.found(ACCOUNT, "role", role)
        if kept.value.closed_at is None
        and kept.value.subject is None
        and (kept.value.email or "").casefold() == email.casefold()
    ]
    if len(found) != 1:
        return None
    doing.note(bound=found[0].id)
    # The days in which they count as whoever let them in begin when they first come in.
    let_in = eyes.with_link_used(doing, found[0])
    return doing.rows.change(found[0], msgspec.structs.replace(let_in, subject=subject))
