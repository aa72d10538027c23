"""One-time codes: those that an app on a phone shows, and those for when it is lost.

A code of the app holds for its half-minute and the ones beside it, since clocks differ. Each
half-minute counts once, so a code that somebody read over a shoulder is worth nothing.
"""

import base64
from datetime import datetime
from typing import Final

import pyotp

from mesure.actions.records import tokens
from mesure.store.writing.audit_append import Salts

SECRET_BYTES: Final = 20
STEP_S: Final = 30
STEPS_BESIDE: Final = 1
RECOVERY_CODES: Final = 10


def secret(salts: Salts) -> str:
    """Return a new secret for an app."""
    return base64.b32encode(salts(SECRET_BYTES)).decode()


def address(secret: str, login: str, issuer: str) -> str:
    """Return what an app reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """Return the half-minute that a code is for; None where it is wrong, or was used before."""
    typed = "".join(sign for sign in code if sign.isdigit())
    app, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    steps = range(present - STEPS_BESIDE, present + STEPS_BESIDE + 1)
    right = [step for step in steps if tokens.is_same(app.generate_otp(step), typed)]
    return next((step for step in right if step > last_step), None)


def recovery_codes(salts: Salts) -> tuple[str, ...]:
    """Return codes for when the phone is lost, each of which counts once."""
    return tuple(tokens.code(salts) for _ in range(RECOVERY_CODES))


def without(hashes: tuple[str, ...], code: str) -> tuple[str, ...] | None:
    """Return what is left of recovery codes after one was used; None where it is none of them."""
    used = tokens.hash_secret(tokens.normalise_code(code))
    left = tuple(one for one in hashes if not tokens.is_same(one, used))
    return left if len(left) < len(hashes) else None
