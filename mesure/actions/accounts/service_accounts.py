"""Other programs: each with a token of its own, for named actions and for a time.

A token is given for actions by their names. One that was not named is refused, and so is every
action that is not for programs at all, whatever a token says. A token reaches no case from which
whoever gave it is barred, and ends with their account: they have seen it.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.framework.action import ACTIONS, Doing, Nothing, action, look
from mesure.actions.framework.context import Actor
from mesure.actions.records import tokens
from mesure.actions.records.account_records import NAME_CHARS_MAX, SERVICE, ServiceKept
from mesure.actions.records.record_types import Rows
from mesure.actions.records.tokens import ShownOnce
from mesure.actions.refusals.refusal_reasons import Why
from mesure.actions.refusals.refusals import FaultyError
from mesure.privacy.roles import Role
from mesure.store.interface.store import Store
from mesure.store.keyring.interface import Keyring

LASTS_MAX: Final = timedelta(days=400)
PREFIX: Final = "mesure_"  # So that a token that was left lying about is recognised as one.


class OpenService(msgspec.Struct, frozen=True):
    """Which program, for which actions, and until when."""

    name: str
    scopes: tuple[str, ...]
    until_at: datetime


class ServiceToken(ShownOnce, frozen=True):
    """The token of a program; it is shown once."""

    service: str
    token: str


class OfService(msgspec.Struct, frozen=True):
    """Which program."""

    service: str


class ServiceShown(msgspec.Struct, frozen=True):
    """A program as the list shows it."""

    service: str
    name: str
    scopes: tuple[str, ...]
    opened_at: datetime
    opened_by: str
    until_at: datetime
    closed_at: datetime | None


@action("services.open", {Role.SUPERVISOR})
def open_service(doing: Doing, asked: OpenService) -> ServiceToken:
    """Let another program ask for named actions for a time, and get its token."""
    name = asked.name.strip()
    if not (0 < len(name) <= NAME_CHARS_MAX and name.isprintable()):
        raise FaultyError(Why.NAME)
    known = {one.name for one in ACTIONS.values() if Role.SERVICE in one.allows}
    if not asked.scopes or not set(asked.scopes) <= known:
        raise FaultyError(Why.SCOPES, tuple(sorted(set(asked.scopes) - known)))
    if not doing.now < asked.until_at <= doing.now + LASTS_MAX:
        raise FaultyError(Why.SERVICE_LASTS)
    token = PREFIX + tokens.token(doing.context.salts)
    scopes = tuple(sorted(set(asked.scopes)))
    value = ServiceKept(
        name, scopes, tokens.hashed(token), doing.now, doing.actor.account, asked.until_at
    )
    kept = doing.rows.add(SERVICE, doing.new_id("S"), value)
    doing.note(service=kept.id, scopes=list(scopes))
    return ServiceToken(kept.id, token)


@action("services.close", {Role.SUPERVISOR, Role.OPERATOR})
def close(doing: Doing, asked: OfService) -> None:
    """Take a program's token back; nothing is done with it any more."""
    kept = doing.rows.need(SERVICE, asked.service)
    if kept.value.closed_at is None:
        doing.rows.change(kept, msgspec.structs.replace(kept.value, closed_at=doing.now))
    doing.note(service=kept.id)


@look("services.list", {Role.SUPERVISOR, Role.OPERATOR, Role.INSPECTOR})
def listed(doing: Doing, _: Nothing) -> tuple[ServiceShown, ...]:
    """List the programs that may ask for something."""
    return tuple(
        ServiceShown(
            service=kept.id,
            name=kept.value.name,
            scopes=kept.value.scopes,
            opened_at=kept.value.opened_at,
            opened_by=kept.value.opened_by,
            until_at=kept.value.until_at,
            closed_at=kept.value.closed_at,
        )
        for kept in doing.rows.all(SERVICE)
    )


def resume(store: Store, keyring: Keyring, token: str, now: datetime) -> Actor | None:
    """Return which program holds this token; None where nobody does, or its time is over."""
    with store.read() as reading:
        rows = Rows(reading, keyring)
        kept = next(rows.found(SERVICE, "token", tokens.hashed(token)), None)
    if kept is None or kept.value.closed_at is not None or now >= kept.value.until_at:
        return None
    value = kept.value
    return Actor(kept.id, Role.SERVICE, None, frozenset(value.scopes), value.opened_by)
