"""Passkeys: signing in with a key that a phone or a computer keeps, and opens for its holder only.

The device asks for a finger, a face or a PIN of its own before it signs; what it asked for never
leaves it. That and the key are two factors. A page of another site gets nothing: what is signed
names the site.
Law: W3C Web Authentication, level 3
Decision: docs/decisions/0032-signing-in.md
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec
import webauthn
from webauthn.helpers import options_to_json, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from mesure.actions.accounts import sessions, sign_in, sign_in_state
from mesure.actions.accounts.sign_in import SignInResult
from mesure.actions.framework.action import ActionContext, EmptyRequest, action, look
from mesure.actions.framework.context import Context
from mesure.actions.framework.public_address import Site
from mesure.actions.records.account_records import ACCOUNT, NAME_CHARS_MAX, Account, PasskeyRecord
from mesure.actions.records.record_types import Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import (
    ActionConflictError,
    CountedRefusalError,
    InvalidInputError,
    NotAllowedError,
)
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import STAFF, Role

CHALLENGE_BYTES: Final = 32
LASTS: Final = timedelta(minutes=5)
RECENT: Final = timedelta(minutes=15)  # Or a browser left open could keep a door for a stranger.
PURPOSE: Final = "passkey"
PASSKEYS_MAX: Final = 5
CREDENTIAL_CHARS_MAX: Final = 1 << 16
# What malformed bytes raise, deeply nested ones among them.
UNREADABLE: Final = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)
_VERIFIED: Final = UserVerificationRequirement.REQUIRED


class Challenge(msgspec.Struct, frozen=True, array_like=True):
    """What is to be signed, and by whose device; None: by that of the person who signs in."""

    bytes: bytes
    account: str | None
    until_at: datetime


class PasskeyOptions(msgspec.Struct, frozen=True):
    """What the browser hands to the device, as JSON, and the same sealed, to be brought back."""

    challenge: str
    options: str


class PasskeyResponse(msgspec.Struct, frozen=True):
    """What the device signed, as the browser writes it in JSON."""

    challenge: str
    credential: str
    name: str = ""  # What its holder calls a new key.
    browser: str | None = None
    replaces: str | None = None


class PasskeyRef(msgspec.Struct, frozen=True):
    """Which key, by its id in hexadecimal digits."""

    key: str


class PasskeyView(msgspec.Struct, frozen=True):
    """A passkey of one's own."""

    key: str
    name: str
    added_at: datetime


# --- Adding ------------------------------------------------------------------------------------


@action("passkeys.begin", STAFF)
def begin(doing: ActionContext, _: EmptyRequest) -> PasskeyOptions:
    """Ask one's device for a new passkey; one has signed in just before."""
    if not is_recent(doing.context):
        raise NotAllowedError(AccessRefusal.NOT_RECENT)
    site, account = _site(doing.context), doing.rows.need(ACCOUNT, doing.actor.account)
    if len(account.value.passkeys) >= PASSKEYS_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_KEYS)
    challenge = _challenge(doing.context, account.id)
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_name=account.value.name,
        user_id=account.id.encode(),
        challenge=challenge.bytes,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=key.credential_id) for key in account.value.passkeys
        ],
    )
    return PasskeyOptions(_carried(doing.context, challenge), options_to_json(options))


def is_recent(context: Context) -> bool:
    """Tell whether the caller signed in just now; what opens the door for years asks for that."""
    began_at = context.signed_in_at
    return began_at is not None and context.now - began_at < RECENT


@action("passkeys.add", STAFF)
def add(doing: ActionContext, request: PasskeyResponse) -> str:
    """Add the passkey that one's device has made."""
    site, account = _site(doing.context), doing.rows.need(ACCOUNT, doing.actor.account)
    if not (0 < len(request.name.strip()) <= NAME_CHARS_MAX and request.name.isprintable()):
        raise InvalidInputError(ActionRefusal.NAME)
    challenge = _believed(doing.context, request.challenge, account.id)
    try:
        registration = webauthn.verify_registration_response(
            credential=request.credential[:CREDENTIAL_CHARS_MAX],
            expected_challenge=challenge.bytes,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except UNREADABLE:
        raise InvalidInputError(ActionRefusal.PASSKEY) from None
    sign_in_state.use(doing, request.challenge, challenge.until_at)
    if (
        next(doing.rows.find(ACCOUNT, "passkey", registration.credential_id.hex()), None)
        is not None
    ):
        raise ActionConflictError(ActionRefusal.THERE_ALREADY)
    new = PasskeyRecord(
        registration.credential_id,
        registration.credential_public_key,
        registration.sign_count,
        request.name.strip(),
        doing.now,
    )
    changed = msgspec.structs.replace(account.value, passkeys=(*account.value.passkeys, new))
    doing.rows.change(account, changed)
    return registration.credential_id.hex()


@action("passkeys.remove", STAFF)
def remove(doing: ActionContext, request: PasskeyRef) -> None:
    """Let one of one's passkeys open nothing any more."""
    account = doing.rows.need(ACCOUNT, doing.actor.account)
    left = tuple(key for key in account.value.passkeys if key.credential_id.hex() != request.key)
    doing.rows.change(account, msgspec.structs.replace(account.value, passkeys=left))


@look("passkeys.list", STAFF)
def list_passkeys(doing: ActionContext, _: EmptyRequest) -> tuple[PasskeyView, ...]:
    """List one's own passkeys."""
    account = doing.rows.need(ACCOUNT, doing.actor.account)
    return tuple(
        PasskeyView(key.credential_id.hex(), key.name, key.added_at)
        for key in account.value.passkeys
    )


# --- Signing in --------------------------------------------------------------------------------


def begin_sign_in(context: Context) -> PasskeyOptions:
    """Ask a device to sign in with a passkey; nobody is here yet, and nothing is kept."""
    site, challenge = _site(context), _challenge(context, None)
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id, challenge=challenge.bytes, user_verification=_VERIFIED
    )
    return PasskeyOptions(_carried(context, challenge), options_to_json(options))


@action("sign_in.by_passkey", {Role.VISITOR})
def by_passkey(doing: ActionContext, request: PasskeyResponse) -> SignInResult:
    """Sign in with what a device signed with a passkey."""
    challenge = _believed(doing.context, request.challenge, None)
    match = _with_key_used(doing, request.credential[:CREDENTIAL_CHARS_MAX], challenge.bytes)
    if match is None:
        raise CountedRefusalError(AccessRefusal.SIGN_IN)
    sign_in_state.use(doing, request.challenge, challenge.until_at)
    account, used = match
    return sign_in.begin_session(
        doing, doing.rows.change(account, used), request.browser, request.replaces
    )


def _with_key_used(
    doing: ActionContext, credential: str, challenge: bytes
) -> tuple[Stored[Account], Account] | None:
    """Return the account whose key signed, and how it is after that; None where none did."""
    site = _site(doing.context)
    try:
        key_id = parse_authentication_credential_json(credential).raw_id
    except UNREADABLE:
        return None
    account = next(doing.rows.find(ACCOUNT, "passkey", key_id.hex()), None)
    if account is None or not sessions.is_open(account.value, doing.now):
        return None
    [key] = [one for one in account.value.passkeys if one.credential_id == key_id]
    try:
        signed = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.signed,
            require_user_verification=True,
        )
    except UNREADABLE:
        return None
    used = msgspec.structs.replace(key, signed=signed.new_sign_count)
    keys = tuple(used if one is key else one for one in account.value.passkeys)
    return account, msgspec.structs.replace(account.value, passkeys=keys)


# --- What is to be signed ----------------------------------------------------------------------


def _site(context: Context) -> Site:
    if context.site is None:
        raise ActionConflictError(ActionRefusal.NO_SITE)
    return context.site


def _challenge(context: Context, account: str | None) -> Challenge:
    return Challenge(context.salts(CHALLENGE_BYTES), account, context.now + LASTS)


def _carried(context: Context, challenge: Challenge) -> str:
    return sign_in_state.seal_state(context, PURPOSE, challenge, challenge.until_at)


def _believed(context: Context, carried: str, account: str | None) -> Challenge:
    """Return what was to be signed; refuse what never was, is no more, or was for another."""
    challenge = sign_in_state.open_state(context, PURPOSE, carried, Challenge)
    if challenge is None or challenge.account != account:
        raise NotAllowedError(AccessRefusal.LINK)
    return challenge
