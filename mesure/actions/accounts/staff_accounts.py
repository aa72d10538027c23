"""Staff accounts: opened by a supervisor, and set up by their holder with a link.

Nobody ever knows another's password. A supervisor opens an account and hands over a link that works
once; the person who opens it chooses a password and puts the secret of one-time codes into their
app. A lost phone is answered by a new link, which ends everything that the account had before.

There is always a supervisor: the last one's account cannot be closed. The very first link is
printed by the service when it starts, to the operator of the machine.
Decision: docs/decisions/0032-signing-in.md
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from mesure.actions.accounts import (
    contact_addresses,
    failed_sign_ins,
    one_time_codes,
    passwords,
    sessions,
)
from mesure.actions.framework import four_eyes
from mesure.actions.framework.action import (
    ActionContext,
    EmptyRequest,
    action,
    look,
    two_step_action,
)
from mesure.actions.framework.context import Context
from mesure.actions.records import tokens
from mesure.actions.records.account_records import (
    ACCOUNT,
    LANGUAGES,
    NAME_CHARS_MAX,
    SEALED_UNDER,
    SERVICE,
    Account,
)
from mesure.actions.records.record_types import RecordType, RegisterReader, Stored
from mesure.actions.records.tokens import OneTimeSecret
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import (
    ActionConflictError,
    CountedRefusalError,
    InvalidInputError,
    NotAllowedError,
)
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import SIGNED_IN, STAFF, Role
from mesure.store.keyring import sealing

LINK_LASTS: Final = timedelta(days=3)
OFFERED_MAX: Final = 10  # Secrets for apps, of one link.
_NOTHING_OPENS: Final[dict[str, Any]] = {
    "password_hash": None, "totp_secret": None, "recovery_hashes": (), "passkeys": (),
    "subject": None,
}  # fmt: skip
ISSUER: Final = "Mesure"
FIRST_NAME: Final = "First supervisor"  # Until somebody says what they are called.


class SetupLinkRecord(msgspec.Struct, frozen=True):
    """A link that works once, under the hash of its token."""

    account: str
    until_at: datetime
    offered: tuple[str, ...] = ()  # A secret for each who opened the link; nobody has one yet.


LINK: Final = RecordType(
    "link", SetupLinkRecord, lambda link: [("account", link.account)], SEALED_UNDER
)


class SetupLink(OneTimeSecret, frozen=True):
    """A link to hand over; it is shown once."""

    account: str
    token: str
    until_at: datetime


class OpenAccount(msgspec.Struct, frozen=True):
    """Somebody who is to work here, and as what."""

    name: str
    role: Role
    email: str | None = None
    language: str = "en"


class AccountRef(msgspec.Struct, frozen=True):
    """Which account."""

    account: str


@action("accounts.open", {Role.SUPERVISOR})
def open_account(doing: ActionContext, request: OpenAccount) -> SetupLink:
    """Open an account for somebody who works here, and get the link for them."""
    if request.role not in STAFF:
        raise InvalidInputError(ActionRefusal.ROLE)
    return _opened(doing, request)


@action("accounts.open_first", {Role.PROGRAM})
def open_first(doing: ActionContext, request: OpenAccount) -> SetupLink:
    """Open the account of the first supervisor, while there is none who could sign in."""
    if any(one.value.password_hash for one in _supervisors(doing.rows)):
        raise ActionConflictError(ActionRefusal.THERE_ALREADY)
    for before in _supervisors(doing.rows):  # A link that was printed before and never used.
        end(doing, before)
    return _opened(doing, msgspec.structs.replace(request, role=Role.SUPERVISOR))


def _opened(doing: ActionContext, request: OpenAccount) -> SetupLink:
    name = request.name.strip()
    if not (0 < len(name) <= NAME_CHARS_MAX and name.isprintable()):
        raise InvalidInputError(ActionRefusal.NAME)
    if request.language not in LANGUAGES:
        raise InvalidInputError(ActionRefusal.LANGUAGE)
    contact_addresses.check(None, request.email)
    account = Account(
        name=name,
        role=request.role,
        opened_at=doing.now,
        opened_by=doing.actor.account,
        language=request.language,
        email=request.email,
    )
    stored_account = doing.rows.add(ACCOUNT, doing.new_id("A"), four_eyes.with_link(doing, account))
    return _link(doing, stored_account.id)


def _link(doing: ActionContext, account: str) -> SetupLink:
    drop_links(doing, account)
    token, until_at = tokens.token(doing.context.salts), doing.now + LINK_LASTS
    doing.rows.add(LINK, tokens.hash_secret(token), SetupLinkRecord(account, until_at))
    doing.note(account=account)
    return SetupLink(account, token, until_at)


@action("accounts.reset", {Role.SUPERVISOR})
def reset(doing: ActionContext, request: AccountRef) -> SetupLink:
    """Give somebody who lost their phone or password a new link; what they had before ends."""
    account = staff_account(doing.rows, request.account)
    if account.id == doing.actor.account:
        raise NotAllowedError(AccessRefusal.SAME_EYES)
    return _anew(doing, account)


class AccountName(msgspec.Struct, frozen=True):
    """Who, by name or account; None: the only supervisor."""

    name: str | None = None


@action("accounts.let_in", {Role.PROGRAM})
def let_in(doing: ActionContext, request: AccountName) -> SetupLink:
    """Give somebody who works here a new link, from the machine; what they had before ends."""
    accounts = _supervisors(doing.rows) if request.name is None else list(at_work(doing.rows))
    meant = [one for one in accounts if request.name in (None, one.value.name, one.id)]
    if len(meant) != 1:
        names = tuple(f"{one.value.name} ({one.id})" for one in accounts)
        raise InvalidInputError(ActionRefusal.WHICH_ACCOUNT, names)
    return _anew(doing, meant[0])


def _anew(doing: ActionContext, account: Stored[Account]) -> SetupLink:
    """Let go of everything that opens an account, and return a link to set it up again."""
    bare = msgspec.structs.replace(account.value, **_NOTHING_OPENS)
    doing.rows.change(account, four_eyes.with_link(doing, bare))
    sessions.end_all(doing, account.id)
    failed_sign_ins.forget(doing.rows, account.id)
    return _link(doing, account.id)


@action("accounts.close", {Role.SUPERVISOR})
def close(doing: ActionContext, request: AccountRef) -> None:
    """Close an account; its record stays, its sessions end, and so do tokens that it gave out.

    The last supervisor's stays open.
    """
    account = staff_account(doing.rows, request.account)
    supervisors = [one.id for one in _supervisors(doing.rows)]
    if supervisors == [account.id]:
        raise ActionConflictError(ActionRefusal.LAST_SUPERVISOR)
    end(doing, account)
    doing.note(account=account.id, services=_end_services(doing, account.id))


def _end_services(doing: ActionContext, account: str) -> list[str]:
    """Take back the tokens that somebody gave to programs: they know them."""
    services = [one for one in doing.rows.all(SERVICE) if one.value.opened_by == account]
    still_open = [one for one in services if one.value.closed_at is None]
    for service in still_open:
        doing.rows.change(service, msgspec.structs.replace(service.value, closed_at=doing.now))
    return [one.id for one in still_open]


def end(doing: ActionContext, account: Stored[Account]) -> None:
    """Close an account, whosever it is: nothing opens it any more."""
    nothing_opens = {**_NOTHING_OPENS, "card_hash": None, "login": None}
    closed = msgspec.structs.replace(account.value, closed_at=doing.now, **nothing_opens)
    doing.rows.change(account, closed)
    sessions.end_all(doing, account.id)
    failed_sign_ins.forget(doing.rows, account.id)
    drop_links(doing, account.id)


def drop_links(doing: ActionContext, account: str) -> None:
    """Let the links to set an account up open it no more."""
    for link in [one.id for one in doing.rows.find(LINK, "account", account)]:
        doing.rows.drop(LINK, link)


def staff_account(rows: RegisterReader, account: str) -> Stored[Account]:
    """Return the open account of somebody who works here, or refuse."""
    stored_account = rows.need(ACCOUNT, account)
    if stored_account.value.role not in STAFF or stored_account.value.closed_at is not None:
        raise ActionConflictError(ActionRefusal.NOT_STAFF)
    return stored_account


def at_work(rows: RegisterReader, roles: Iterable[Role] = STAFF) -> Iterator[Stored[Account]]:
    """Yield the open accounts of those who work here."""
    for role in sorted(roles):
        accounts = rows.find(ACCOUNT, "role", role)
        yield from (one for one in accounts if one.value.closed_at is None)


def _supervisors(rows: RegisterReader) -> list[Stored[Account]]:
    return list(at_work(rows, [Role.SUPERVISOR]))


# --- Setting up --------------------------------------------------------------------------------


class OpenSetupLink(msgspec.Struct, frozen=True):
    """A link that was handed over, and the secret that was offered to this browser before."""

    token: str
    offered: str | None = None


class AccountSetup(msgspec.Struct, frozen=True):
    """What the person who opened a link puts into their app."""

    name: str
    totp_secret: str
    totp_address: str


class FinishSetup(msgspec.Struct, frozen=True):
    """What the holder of an account chose, with the first code of their app."""

    token: str
    login: str
    password: str
    code: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Codes for when the phone is lost; they are shown once."""

    account: str
    codes: tuple[str, ...]


@action("accounts.begin_setup", {Role.VISITOR})
def begin_setup(doing: ActionContext, request: OpenSetupLink) -> AccountSetup:
    """Open a link that was handed over, and get the secret for the app that shows codes."""
    link, account = _linked(doing, request.token)
    offered, secret = link.value.offered, request.offered
    if secret is None or secret not in offered:
        # Never the same for two: an earlier opener of the link knows no secret that counts later.
        secret = one_time_codes.secret(doing.context.salts)
        offered = (*offered, secret)[-OFFERED_MAX:]
        doing.rows.change(link, msgspec.structs.replace(link.value, offered=offered))
    name = account.value.name
    return AccountSetup(name, secret, one_time_codes.address(secret, name, ISSUER))


def _hashed_password(context: Context, request: FinishSetup) -> str:
    """Hash a password, but only for a holder of a link: it takes long."""
    with context.store.read() as reading:
        if (
            RegisterReader(reading, context.keyring).get(LINK, tokens.hash_secret(request.token))
            is None
        ):
            raise NotAllowedError(AccessRefusal.LINK)
    if not passwords.is_good(request.password, request.login):
        raise InvalidInputError(ActionRefusal.PASSWORD)
    return passwords.hash_password(request.password, context.salts)


@two_step_action("accounts.finish_setup", {Role.VISITOR}, _hashed_password)
def finish_setup(doing: ActionContext, request: FinishSetup, password_hash: str) -> RecoveryCodes:
    """Choose name and password, show that the app works, and get codes for when it is lost."""
    link, account = _linked(doing, request.token)
    steps = {
        offered_secret: one_time_codes.step_of(offered_secret, request.code, doing.now, 0)
        for offered_secret in link.value.offered
    }
    shown = [(secret, step) for secret, step in steps.items() if step is not None]
    if not shown:
        raise NotAllowedError(AccessRefusal.SIGN_IN)
    secret, step = shown[-1]
    login = normalise_login(request.login)
    if not login:
        raise InvalidInputError(ActionRefusal.NAME)
    blinded_login = blind_login(doing.context, login)
    if any(one.id != account.id for one in doing.rows.find(ACCOUNT, "login", blinded_login)):
        raise ActionConflictError(ActionRefusal.NAME_TAKEN)
    codes = one_time_codes.recovery_codes(doing.context.salts)
    doing.rows.change(
        account,
        msgspec.structs.replace(
            four_eyes.with_link_used(doing, account),
            login=blinded_login,
            password_hash=password_hash,
            totp_secret=secret,
            totp_last_step=step,
            recovery_hashes=tuple(tokens.hash_secret(code) for code in codes),
        ),
    )
    doing.rows.drop(LINK, link.id)
    doing.note(account=account.id)
    return RecoveryCodes(account.id, codes)


def _linked(doing: ActionContext, token: str) -> tuple[Stored[SetupLinkRecord], Stored[Account]]:
    link = doing.rows.get(LINK, tokens.hash_secret(token))
    if link is None or doing.now >= link.value.until_at:
        raise CountedRefusalError(AccessRefusal.LINK)
    return link, doing.rows.need(ACCOUNT, link.value.account)


def normalise_login(login: str) -> str:
    """Return a name to sign in with as it is compared."""
    return " ".join(login.split()).casefold()[:NAME_CHARS_MAX]


def blind_login(context: Context, login: str) -> str:
    """Return what stands for a name to sign in with, where it must be found but not read."""
    return sealing.blind(context.keyring.programme_key(failed_sign_ins.BLINDED_UNDER), login)


# --- One's own, and the list -------------------------------------------------------------------


class SetLanguage(msgspec.Struct, frozen=True):
    """In which language somebody reads."""

    language: str


class AccountView(msgspec.Struct, frozen=True):
    """An account as the list shows it; no secret, and nobody under an order."""

    account: str
    name: str
    role: Role
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    is_set_up: bool


@action("accounts.set_language", SIGNED_IN - {Role.SERVICE})
def set_language(doing: ActionContext, request: SetLanguage) -> None:
    """Choose the language in which one reads."""
    if request.language not in LANGUAGES:
        raise InvalidInputError(ActionRefusal.LANGUAGE)
    account = doing.rows.need(ACCOUNT, doing.actor.account)
    doing.rows.change(account, msgspec.structs.replace(account.value, language=request.language))


@look("accounts.list", {Role.SUPERVISOR, Role.OPERATOR, Role.INSPECTOR})
def list_accounts(doing: ActionContext, _: EmptyRequest) -> tuple[AccountView, ...]:
    """List the accounts of those who work here."""
    accounts = [kept for role in STAFF for kept in doing.rows.find(ACCOUNT, "role", role)]
    return tuple(
        AccountView(id_, of.name, of.role, of.opened_at, of.opened_by, of.closed_at, of.is_set_up)
        for id_, of in sorted((account.id, account.value) for account in accounts)
    )
