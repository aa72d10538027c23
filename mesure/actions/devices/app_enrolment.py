"""App enrolment: how a phone with an existing app becomes known: format, units and secrets.

Secrets are made here, never chosen, and shown once: nobody guesses what has 128 random bits. Where
an app can sign in, it does; where it cannot, its name is the secret.
"""

import base64
from itertools import pairwise
from typing import Final

import msgspec

from mesure.actions.devices.enrolment_codes import (
    DEVICE_WORK,
    is_enrolled,
    need_device,
    open_carriers,
)
from mesure.actions.framework.action import ActionContext, action
from mesure.actions.records import app_records, tokens
from mesure.actions.records.app_records import PILOT, AppFamily, UnsignedApp
from mesure.actions.records.tokens import OneTimeSecret
from mesure.actions.refusals.device_reasons import DeviceActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError
from mesure.evaluation.policy import DeviceClass

UNITS: Final = frozenset({"KNOT", "KMPH", "MPS", "MPH"})
CLAIM_CHARS_MAX: Final = 128
SECRET_CHARS_MIN: Final = 16
SIGNS_MIN: Final = 6  # Different ones; so many are in almost any sixteen that were drawn.
PASSPHRASE_CHARS: Final = 32  # As many as the key of OwnTracks takes.
LOGIN_BYTES: Final = 5
CLAIM_BYTES: Final = 10


class EnrolUnsignedApp(msgspec.Struct, frozen=True):
    """How a phone is to be enrolled; what is left out is made."""

    device: str
    family: AppFamily
    device_class: DeviceClass = DeviceClass.PHONE
    claimed: str = ""  # What the app calls itself, where that is given, as in a Traccar server.
    speed_unit: str = "KNOT"
    hdop_is_m: bool = False  # OsmAnd writes the accuracy under this name.
    signs_in: bool = False  # With a name and a password; always so with OwnTracks.
    signs_in_as: str = ""  # As another phone does that is enrolled: one server forwards for many.
    encrypts: bool = False  # OwnTracks only.


class ChangeUnsignedApp(msgspec.Struct, frozen=True):
    """Which units a phone has from now on; with `renews` its secrets are made anew."""

    device: str
    speed_unit: str
    hdop_is_m: bool = False
    renews: bool = False


class UnsignedAppCredentials(OneTimeSecret, frozen=True):
    """What is typed into the app; secrets are shown this once."""

    device: str
    claimed: str
    login: str = ""
    password: str = ""
    passphrase: str = ""


@action("devices.enrol_pilot", DEVICE_WORK)
def enrol_pilot(doing: ActionContext, request: EnrolUnsignedApp) -> UnsignedAppCredentials:
    """Enrol a phone with an app whose messages nobody signs."""
    need_device(doing, request.device)
    doing.note(device=request.device, family=request.family.value)
    if is_enrolled(doing.rows, request.device):
        raise ActionConflictError(DeviceActionRefusal.ENROLLED)
    _check_unit(request.speed_unit)
    login, password, hashed = _signing_in(doing, request)
    claimed = _claimed(doing, request, login)
    name = app_records.lookup_key(doing.context.keyring, request.family, claimed)
    if next(iter(doing.rows.find(PILOT, "found_by", name)), None) is not None:
        raise ActionConflictError(DeviceActionRefusal.CLAIM_TAKEN)
    encrypts = request.encrypts and request.family is AppFamily.OWNTRACKS
    pilot = UnsignedApp(
        request.device,
        request.device_class.value,
        request.family,
        claimed,
        name,
        request.speed_unit,
        request.hdop_is_m,
        login,
        hashed,
        _passphrase(doing) if encrypts else "",
    )
    doing.rows.add(PILOT, request.device, pilot)
    doing.work.mark_carriers(request.device)  # It may have been handed over before.
    return UnsignedAppCredentials(request.device, claimed, login, password, pilot.passphrase)


@action("devices.change_pilot", DEVICE_WORK)
def change_pilot(doing: ActionContext, request: ChangeUnsignedApp) -> UnsignedAppCredentials:
    """Change in which unit a phone's speeds come, or give its app new secrets."""
    stored_pilot = doing.rows.get(PILOT, request.device)
    doing.note(device=request.device, renews=request.renews)
    if stored_pilot is None or stored_pilot.value.retired_at is not None:
        raise ActionConflictError(DeviceActionRefusal.NOT_ENROLLED)
    open_carriers(doing, request.device)
    _check_unit(request.speed_unit)
    pilot, password = stored_pilot.value, ""
    changed = msgspec.structs.replace(
        pilot, speed_unit=request.speed_unit, hdop_is_m=request.hdop_is_m
    )
    if request.renews and pilot.login:
        password = tokens.token(doing.context.salts)
        changed = msgspec.structs.replace(
            changed, password_sha256=app_records.hash_password(password)
        )
    if request.renews and pilot.passphrase:
        changed = msgspec.structs.replace(changed, passphrase=_passphrase(doing))
    doing.rows.change(stored_pilot, changed)
    passphrase = changed.passphrase if request.renews else ""
    return UnsignedAppCredentials(request.device, pilot.claimed, pilot.login, password, passphrase)


def _check_unit(unit: str) -> None:
    if unit not in UNITS:
        raise InvalidInputError(DeviceActionRefusal.CLAIM_FORM)


def _signing_in(doing: ActionContext, request: EnrolUnsignedApp) -> tuple[str, str, str]:
    """Return with which name and password an app signs in, and what is kept of the password."""
    if request.signs_in_as:
        other = doing.rows.need(PILOT, request.signs_in_as).value
        if not other.login or other.family is not request.family:
            raise InvalidInputError(DeviceActionRefusal.NOT_ENROLLED)
        return other.login, "", other.password_sha256
    if not (request.signs_in or request.family is AppFamily.OWNTRACKS):
        return "", "", ""
    password = tokens.token(doing.context.salts)
    return _letters(doing, LOGIN_BYTES), password, app_records.hash_password(password)


def _claimed(doing: ActionContext, request: EnrolUnsignedApp, login: str) -> str:
    """Return what the app is to call itself: of OwnTracks always under the name that signs in."""
    claim = request.claimed
    if request.family is AppFamily.OWNTRACKS:
        if set(claim) & set("/+#") or not (claim or "phone").isprintable():
            raise InvalidInputError(DeviceActionRefusal.CLAIM_FORM)
        return f"{login}/{claim or 'phone'}"[:CLAIM_CHARS_MAX]
    if not claim:
        return _letters(doing, CLAIM_BYTES)
    if not (claim.isprintable() and claim.strip() == claim and len(claim) <= CLAIM_CHARS_MAX):
        raise InvalidInputError(DeviceActionRefusal.CLAIM_FORM)
    if not login and is_guessable(claim):
        raise InvalidInputError(DeviceActionRefusal.GUESSABLE)
    return claim


def is_guessable(secret: str) -> bool:
    """Tell whether somebody would try this: it is short, has few signs, or follows a pattern.

    >>> [is_guessable(one) for one in ("0" * 16, "0123456789abcdef", "phonephonephone1")]
    [True, True, True]
    >>> is_guessable("q7R2-kk41-Zp9x-m3")
    False
    """
    folded = secret.casefold()
    if len(secret) < SECRET_CHARS_MIN or len(set(folded)) < SIGNS_MIN:
        return True
    if any(_is_like(folded, at) for at in range(1, len(folded) // 2 + 1)):
        return True
    steps = [ord(after) - ord(before) for before, after in pairwise(folded)]
    return max(map(steps.count, (-1, 0, 1))) * 2 >= len(steps)


def _is_like(text: str, at: int) -> bool:
    """Tell whether a text is, in most of its signs, one piece of a length again and again."""
    same = sum(one == other for one, other in zip(text, text[at:], strict=False))
    return same * 4 >= 3 * (len(text) - at)


def _letters(doing: ActionContext, count: int) -> str:
    """Return letters and digits that an app takes anywhere, eight for each five random bytes."""
    return base64.b32encode(doing.context.salts(count)).decode().lower()


def _passphrase(doing: ActionContext) -> str:
    return tokens.token(doing.context.salts)[:PASSPHRASE_CHARS]
