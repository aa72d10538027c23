"""Sign-in state: what is remembered before somebody has signed in, sealed and held by them.

A visitor is nobody yet, and anybody may ask a thousand times; so nothing is kept here. What is
handed out can be neither read nor changed by its bearer, and ends soon. A used state is remembered
until it would have ended: only the visitor who signed in with it can use it up.
"""

import base64
import binascii
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from mesure.actions.framework.action import ActionContext
from mesure.actions.framework.context import Context
from mesure.actions.records import tokens
from mesure.actions.records.account_records import SEALED_UNDER
from mesure.actions.records.record_types import RecordType, RegisterReader
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.store.keyring import sealing
from mesure.store.values.faults import LostKeyError

CHARS_MAX: Final = 2_000
KEY: Final = "states before signing in"

T = TypeVar("T")


class UsedStateRecord(msgspec.Struct, frozen=True):
    """A state that was used, under its hash; remembered for as long as it would be believed."""

    until_at: datetime


USED: Final = RecordType("used_state", UsedStateRecord, programme_key=SEALED_UNDER)


class _Sealed(msgspec.Struct, frozen=True, array_like=True):
    until_at: datetime
    value: msgspec.Raw


def seal_state(context: Context, purpose: str, value: object, until_at: datetime) -> str:
    """Return a value as the visitor carries it, believed for one purpose and until a moment."""
    plain = msgspec.msgpack.encode(_Sealed(until_at, msgspec.Raw(msgspec.msgpack.encode(value))))
    body = sealing.seal(
        context.keyring.programme_key(KEY), plain, sealing.seal_context(purpose), context.salts
    )
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def open_state(context: Context, purpose: str, carried: str, form: type[T]) -> T | None:
    """Return a value that was carried; None where it is not ours, was changed, or has ended."""
    if not carried.isascii() or len(carried) > CHARS_MAX:
        return None
    try:
        body = base64.urlsafe_b64decode(carried + "=" * (-len(carried) % 4))
        key = context.keyring.programme_key(KEY)
        plain = sealing.unseal(key, body, sealing.seal_context(purpose))
    except (binascii.Error, ValueError, LostKeyError):
        return None
    state = msgspec.msgpack.decode(plain, type=_Sealed)
    return msgspec.msgpack.decode(state.value, type=form) if context.now < state.until_at else None


def is_used(rows: RegisterReader, carried: str) -> bool:
    """Tell whether a state was used before."""
    return rows.get(USED, tokens.hash_secret(carried)) is not None


def use(doing: ActionContext, carried: str, until_at: datetime) -> None:
    """Remember that a state was used; refuse one that was."""
    if is_used(doing.rows, carried):
        raise NotAllowedError(AccessRefusal.LINK)
    for old in list(doing.rows.all(USED)):
        if doing.now >= old.value.until_at:
            doing.rows.drop(USED, old.id)
    doing.rows.add(USED, tokens.hash_secret(carried), UsedStateRecord(until_at))
