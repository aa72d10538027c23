"""App records: a phone with an existing app, as enrolled: its format, units and secrets.

Nobody signs these formats. A sender shows that it is such a phone by a password, by a secret that
both sides know, or by a name that nobody can guess; whichever it is, what comes stays unsigned. The
row stays when the phone is retired, without its secrets: what it sent is judged by its class.
"""

import hmac
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from mesure.actions.records.record_types import Key, RecordType
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring

HOUSE_KEY: Final = "pilots"


class AppFamily(StrEnum):
    """Formats that come by one way; within one, a name is one device's."""

    OSMAND = "osmand"  # Traccar Client and OsmAnd.
    OWNTRACKS = "owntracks"
    TRACCAR = "traccar"  # Forwarded by a Traccar server.


class UnsignedApp(msgspec.Struct, frozen=True):
    """How a phone is enrolled."""

    device: str
    device_class: str
    family: AppFamily
    claimed: str  # What it calls itself: "jane/phone", "48241179".
    found_by: str  # `lookup_key(...)`, so that the name itself is nowhere in clear.
    speed_unit: str = "KNOT"
    hdop_is_m: bool = False
    login: str = ""  # With which it signs in; empty: the name is the secret.
    password_sha256: str = ""  # Of a password that was made here, and cannot be guessed.
    passphrase: str = ""  # Of OwnTracks; empty: messages come in plain.
    retired_at: datetime | None = None


def _keys(pilot: UnsignedApp) -> list[Key]:
    return [("found_by", pilot.found_by)] if pilot.retired_at is None else []


PILOT: Final = RecordType("pilot", UnsignedApp, _keys, HOUSE_KEY)


def retire(pilot: UnsignedApp, at: datetime) -> UnsignedApp:
    """Return what stays of a phone that nothing more is believed of: what it was."""
    return msgspec.structs.replace(
        pilot, claimed="", found_by="", login="", password_sha256="", passphrase="", retired_at=at
    )


def lookup_key(keyring: Keyring, family: AppFamily, claimed: str) -> str:
    """Return what stands for a name in a look-up."""
    return sealing.blind(keyring.programme_key(HOUSE_KEY), f"{family}\n{claimed}")


def hash_password(password: str) -> str:
    """Return what is kept of a password that has 128 random bits: nothing to try there."""
    return sha256(b"mesure pilot password 1\n" + password.encode()).hexdigest()


def lets_in(pilot: UnsignedApp, login: str, password: str) -> bool:
    """Tell whether this is the password, where one is asked for."""
    if not pilot.login:
        return True
    is_right = hmac.compare_digest(hash_password(password), pilot.password_sha256)
    return hmac.compare_digest(login.encode(), pilot.login.encode()) and is_right
