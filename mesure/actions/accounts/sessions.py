"""Sessions: who somebody is from one request to the next, by a token of which only a hash is kept.

A session ends when no request comes for a while, at the end of its time, when the account is
closed, and when its holder or a supervisor ends it. Signing in always begins a new one. Reading who
somebody is shows no personal data, so it is no action; signing in and out are (`sign_in`).
Decision: docs/decisions/0032-signing-in.md
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext
from mesure.actions.framework.context import Actor
from mesure.actions.records import tokens
from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.actions.records.procedure import Procedure
from mesure.actions.records.record_types import RecordType, Register, RegisterReader, Stored
from mesure.privacy.roles import Role
from mesure.store.interface.store import Store
from mesure.store.keyring.interface import Keyring
from mesure.store.writing.audit_append import Salts

TOUCHED_EVERY: Final = timedelta(minutes=1)  # Or every request would wait for the disk.


class SessionRecord(msgspec.Struct, frozen=True):
    """A session, under the hash of its token."""

    account: str
    began_at: datetime
    seen_at: datetime


SESSION: Final = RecordType(
    "session", SessionRecord, lambda session: [("account", session.account)]
)


@dataclass(frozen=True, slots=True)
class Session:
    """Who somebody is, and until when."""

    actor: Actor
    name: str
    language: str
    began_at: datetime
    until_at: datetime
    invited_until_at: datetime | None = None  # Counsel: when the invitation ends.
    idle_until_at: datetime | None = None  # It ends then where no sign comes; None: it does not.

    def time_left(self, now: datetime) -> timedelta:
        """Return how long it lasts from now, if no other sign comes."""
        ends_at = (
            self.until_at if self.idle_until_at is None else min(self.until_at, self.idle_until_at)
        )
        return ends_at - now


def begin(doing: ActionContext, account: str, replaces: str | None = None) -> str:
    """Begin a session and return its token; the one that it replaces ends."""
    if replaces is not None:
        doing.rows.drop(SESSION, tokens.hash_secret(replaces))
    token = tokens.token(doing.context.salts)
    doing.rows.add(SESSION, tokens.hash_secret(token), SessionRecord(account, doing.now, doing.now))
    return token


def end(doing: ActionContext, token: str) -> None:
    """End the actor's own session; nothing happens where it is another's, or none."""
    session = doing.rows.get(SESSION, tokens.hash_secret(token))
    if session is not None and session.value.account == doing.actor.account:
        doing.rows.drop(SESSION, session.id)


def end_all(doing: ActionContext, account: str) -> int:
    """End all sessions of an account, and return how many there were."""
    ids = [kept.id for kept in doing.rows.find(SESSION, "account", account)]
    for name in ids:
        doing.rows.drop(SESSION, name)
    return len(ids)


def resume(
    store: Store, keyring: Keyring, token: str, now: datetime, procedure: Procedure, salts: Salts
) -> Session | None:
    """Return who holds this token, and keep the session alive; None where it is over, or none."""
    stored_session, session = _found(store, keyring, token, now, procedure)
    if stored_session is None or session is None:
        return None
    if now - stored_session.value.seen_at >= TOUCHED_EVERY:
        store.write(lambda work: _touch(Register(work, keyring, salts, now), stored_session.id))
        return replace(session, idle_until_at=now + procedure.session_idle)
    return session


def peek(
    store: Store, keyring: Keyring, token: str, now: datetime, procedure: Procedure
) -> Session | None:
    """Return who holds this token, as `resume` does; but a look at a session is no sign of life."""
    return _found(store, keyring, token, now, procedure)[1]


def holder(store: Store, keyring: Keyring, token: str) -> str | None:
    """Return whose session a token is or was; None where that is not known any more."""
    with store.read() as reading:
        session = RegisterReader(reading, keyring).get(SESSION, tokens.hash_secret(token))
    return None if session is None else session.value.account


def _found(
    store: Store, keyring: Keyring, token: str, now: datetime, procedure: Procedure
) -> tuple[Stored[SessionRecord] | None, Session | None]:
    with store.read() as reading:
        rows = RegisterReader(reading, keyring)
        session = rows.get(SESSION, tokens.hash_secret(token))
        return session, None if session is None else _live(rows, session, now, procedure)


def _live(
    rows: RegisterReader, session: Stored[SessionRecord], now: datetime, procedure: Procedure
) -> Session | None:
    value = session.value
    until_at = value.began_at + procedure.session_whole
    if now >= min(until_at, value.seen_at + procedure.session_idle):
        return None
    account = rows.get(ACCOUNT, value.account)
    if account is None or not is_open(account.value, now):
        return None
    holder = account.value
    return Session(
        actor(account), holder.name, holder.language, value.began_at, until_at, holder.until_at,
        value.seen_at + procedure.session_idle,
    )  # fmt: skip


def _touch(rows: Register, name: str) -> None:
    session = rows.get(SESSION, name)
    if session is not None:
        seen_at = max(session.changed_at, rows.now)
        rows.change(session, msgspec.structs.replace(session.value, seen_at=seen_at))


def is_open(account: Account, now: datetime) -> bool:
    """Tell whether somebody can sign in with an account at all."""
    is_over = account.until_at is not None and now >= account.until_at
    return account.closed_at is None and not is_over


def actor(account: Stored[Account]) -> Actor:
    """Return in what capacity the holder of an account acts."""
    value = account.value
    let_in_by = value.opened_by if value.role is Role.COUNSEL else None
    return Actor(account.id, value.role, value.person, let_in_by=let_in_by)
