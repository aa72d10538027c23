"""Service accounts: other programs, each with a token for named actions and for a time.

A token is given for actions by their names. One that was not named is refused, and so is every
action that is not for programs at all, whatever a token says. A token reaches no case from which
its giver is barred, and ends with their account: they have seen it.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.framework.action import ACTIONS, ActionContext, EmptyRequest, action, look
from mesure.actions.framework.context import Actor
from mesure.actions.records import tokens
from mesure.actions.records.account_records import NAME_CHARS_MAX, SERVICE, ServiceAccountRecord
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.records.tokens import OneTimeSecret
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError
from mesure.privacy.roles import Role
from mesure.store.interface.store import Store
from mesure.store.keyring.interface import Keyring

LASTS_MAX: Final = timedelta(days=400)
PREFIX: Final = "mesure_"  # So that a token that was left lying about is recognised as one.


class OpenServiceAccount(msgspec.Struct, frozen=True):
    """Which program, for which actions, and until when."""

    name: str
    scopes: tuple[str, ...]
    until_at: datetime


class ServiceToken(OneTimeSecret, frozen=True):
    """The token of a program; it is shown once."""

    service: str
    token: str


class ServiceAccountRef(msgspec.Struct, frozen=True):
    """Which program."""

    service: str


class ServiceAccountView(msgspec.Struct, frozen=True):
    """A program as the list shows it."""

    service: str
    name: str
    scopes: tuple[str, ...]
    opened_at: datetime
    opened_by: str
    until_at: datetime
    closed_at: datetime | None


@action("services.open", {Role.SUPERVISOR})
def open_service(doing: ActionContext, request: OpenServiceAccount) -> ServiceToken:
    """Let another program ask for named actions for a time, and get its token."""
    name = request.name.strip()
    if not (0 < len(name) <= NAME_CHARS_MAX and name.isprintable()):
        raise InvalidInputError(ActionRefusal.NAME)
    known = {one.name for one in ACTIONS.values() if Role.SERVICE in one.allows}
    if not request.scopes or not set(request.scopes) <= known:
        raise InvalidInputError(ActionRefusal.SCOPES, tuple(sorted(set(request.scopes) - known)))
    if not doing.now < request.until_at <= doing.now + LASTS_MAX:
        raise InvalidInputError(ActionRefusal.SERVICE_LASTS)
    token = PREFIX + tokens.token(doing.context.salts)
    scopes = tuple(sorted(set(request.scopes)))
    value = ServiceAccountRecord(
        name, scopes, tokens.hash_secret(token), doing.now, doing.actor.account, request.until_at
    )
    service = doing.rows.add(SERVICE, doing.new_id("S"), value)
    doing.note(service=service.id, scopes=list(scopes))
    return ServiceToken(service.id, token)


@action("services.close", {Role.SUPERVISOR, Role.OPERATOR})
def close(doing: ActionContext, request: ServiceAccountRef) -> None:
    """Revoke a program's token; it stops working at once."""
    service = doing.rows.need(SERVICE, request.service)
    if service.value.closed_at is None:
        doing.rows.change(service, msgspec.structs.replace(service.value, closed_at=doing.now))
    doing.note(service=service.id)


@look("services.list", {Role.SUPERVISOR, Role.OPERATOR, Role.INSPECTOR})
def list_services(doing: ActionContext, _: EmptyRequest) -> tuple[ServiceAccountView, ...]:
    """List the programs that may ask for something."""
    return tuple(
        ServiceAccountView(
            service, of.name, of.scopes, of.opened_at, of.opened_by, of.until_at, of.closed_at
        )
        for service, of in ((stored.id, stored.value) for stored in doing.rows.all(SERVICE))
    )


def resume(store: Store, keyring: Keyring, token: str, now: datetime) -> Actor | None:
    """Return which program holds this token; None where nobody does, or its time is over."""
    with store.read() as reading:
        rows = RegisterReader(reading, keyring)
        service = next(rows.find(SERVICE, "token", tokens.hash_secret(token)), None)
    if service is None or service.value.closed_at is not None or now >= service.value.until_at:
        return None
    value = service.value
    return Actor(service.id, Role.SERVICE, None, frozenset(value.scopes), value.opened_by)
