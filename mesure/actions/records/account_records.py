"""Account records: who somebody is in this installation, and how they show that they are.

Secrets are hashes, but for the secret of a one-time code, which must be known to be checked. So the
rows are sealed under a key of the programme, and a stolen database opens no account.
"""

from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.records.record_types import Key, RecordType
from mesure.privacy.distinct_people import AccessGrant
from mesure.privacy.roles import Role

SEALED_UNDER: Final = "accounts"


class PasskeyRecord(msgspec.Struct, frozen=True):
    """A passkey that an account has made known."""

    credential_id: bytes
    public_key: bytes
    signed: int  # The counter of the key, where it counts.
    name: str
    added_at: datetime


class Account(msgspec.Struct, frozen=True):
    """Somebody who can sign in."""

    name: str  # As pages show it.
    role: Role
    opened_at: datetime
    opened_by: str
    login: str | None = None  # Folded; None: signs in from another directory, or by a card.
    person: str | None = None  # For a person and their counsel: whose record they reach.
    language: str = "en"
    email: str | None = None
    until_at: datetime | None = None  # Counsel: when the invitation ends.
    closed_at: datetime | None = None
    password_hash: str | None = None  # Argon2id; of the PIN, where the account is a person's.
    card_hash: str | None = None  # SHA-256 of the code on a person's printed card.
    card_given_at: datetime | None = None
    card_given_by: str | None = None
    pin_chosen_at: datetime | None = None  # When the card was used first.
    totp_secret: str | None = None
    totp_last_step: int = 0  # A code counts once: no step up to this one is taken again.
    recovery_hashes: tuple[str, ...] = ()
    passkeys: tuple[PasskeyRecord, ...] = ()
    subject: str | None = None  # "issuer subject" of another directory.
    let_in: tuple[AccessGrant, ...] = ()  # Each link that was handed over, oldest first.
    # Where its holder chose to be written to; None: at `email`; empty: nowhere. It binds nothing:
    # a directory goes by the address that a supervisor entered, or one could stand for another.
    news_email: str | None = None

    @property
    def is_set_up(self) -> bool:
        """Tell whether somebody can sign in with it: with a password, or from another directory."""
        return self.password_hash is not None or self.subject is not None

    @property
    def written_to(self) -> str | None:
        """Return the address to which news for its holder goes."""
        return self.email if self.news_email is None else self.news_email or None


def _keys(account: Account) -> list[Key]:
    pairs = [
        ("role", account.role),
        ("login", account.login),
        ("person", account.person),
        ("card", account.card_hash),
        ("subject", account.subject),
        *(("passkey", key.credential_id.hex()) for key in account.passkeys),
    ]
    return [(name, value) for name, value in pairs if value is not None]


ACCOUNT: Final = RecordType("account", Account, _keys, SEALED_UNDER)


class ServiceAccountRecord(msgspec.Struct, frozen=True):
    """Another program that may ask for something."""

    name: str
    scopes: tuple[str, ...]
    token_hash: str
    opened_at: datetime
    opened_by: str
    until_at: datetime
    closed_at: datetime | None = None


SERVICE: Final = RecordType(
    "service_account",
    ServiceAccountRecord,
    lambda service: [("token", service.token_hash)],
    SEALED_UNDER,
)


NAME_CHARS_MAX: Final = 120


LANGUAGES: Final = ("en", "fr", "ru", "kk")
