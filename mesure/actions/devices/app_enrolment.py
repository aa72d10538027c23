"""App enrolment: how a phone with an existing app becomes known: format, units and secrets.

Secrets are made here and shown once: nobody guesses what has 128 random bits. Where an app can sign
in, it does; where it cannot, its name is the secret, and one that was chosen must not be weak.
"""

import base64
from typing import Final

import msgspec

from mesure.actions.devices import typed_secrets
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
from mesure.formats.apps import app_message

UNITS: Final = frozenset({"KNOT", "KMPH", "MPS", "MPH"})
CLAIM_CHARS_MAX: Final = 128
PASSPHRASE_CHARS: Final = 32  # As many as the key of OwnTracks takes.
LOGIN_BYTES: Final = 5
CLAIM_BYTES: Final = 10
NAMES_MAX: Final = 4  # Drawn until one is not taken for a chosen name; one in 25 is.


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
    open_carriers(doing, request.device)
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
    """Change the unit of a phone's speeds, or give its app new secrets."""
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
    elif request.renews:  # The name is the secret.
        name = _name(doing)
        found_by = app_records.lookup_key(doing.context.keyring, pilot.family, name)
        changed = msgspec.structs.replace(changed, claimed=name, found_by=found_by)
    if request.renews and pilot.passphrase:
        changed = msgspec.structs.replace(changed, passphrase=_passphrase(doing))
    doing.rows.change(stored_pilot, changed)
    passphrase = changed.passphrase if request.renews else ""
    return UnsignedAppCredentials(
        request.device, changed.claimed, pilot.login, password, passphrase
    )


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
    is_read_so = app_message.name(claim) == claim  # Otherwise the phone would never be known by it.
    if request.family is AppFamily.OWNTRACKS:
        if set(claim) & set("/+#") or not is_read_so:
            raise InvalidInputError(DeviceActionRefusal.CLAIM_FORM)
        return f"{login}/{claim or 'phone'}"[:CLAIM_CHARS_MAX].rstrip()
    if not claim:
        return _name(doing)
    if not is_read_so or len(claim) > CLAIM_CHARS_MAX:
        raise InvalidInputError(DeviceActionRefusal.CLAIM_FORM)
    if not login and typed_secrets.is_weak(claim):
        raise InvalidInputError(DeviceActionRefusal.GUESSABLE)
    return claim


def _name(doing: ActionContext) -> str:
    """Return a name that is the secret, in a form that differs from a chosen one if possible."""
    for _ in range(NAMES_MAX):
        name = _letters(doing, CLAIM_BYTES)
        if not typed_secrets.may_be_weak(name):
            break
    return name


def _letters(doing: ActionContext, count: int) -> str:
    """Return letters and digits that an app takes anywhere, eight for each five random bytes."""
    return base64.b32encode(doing.context.salts(count)).decode().lower()


def _passphrase(doing: ActionContext) -> str:
    return tokens.token(doing.context.salts)[:PASSPHRASE_CHARS]
