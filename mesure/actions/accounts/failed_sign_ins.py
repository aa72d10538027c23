"""Failed sign-ins, counted where `privacy/lockout.py` says.

The counts are stored under hashes with a key of the programme: neither names nor addresses lie in
the store, and a name that nobody has is counted as if somebody had it.
"""

from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.framework.context import Context
from mesure.actions.records import tokens
from mesure.actions.records.record_types import RecordType, Register, RegisterReader
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.privacy import lockout
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.lockout import FailureCount
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring

BLINDED_UNDER: Final = "sign-in"


class SignInFailureRecord(msgspec.Struct, frozen=True):
    """How often somebody failed in a row, and when last."""

    count: int
    last_at: datetime


class KnownBrowserRecord(msgspec.Struct, frozen=True):
    """A browser that has signed in to an account before, under the hash of its token."""

    account: str
    since_at: datetime


FAILURES: Final = RecordType("failures", SignInFailureRecord)
KNOWN: Final = RecordType(
    "known_browser", KnownBrowserRecord, lambda known_browser: [("account", known_browser.account)]
)


class SignInAttempt:
    """One try at signing in: under which name, from where, and from which browser."""

    def __init__(self, keyring: Keyring, name: str, address: str, browser: str | None) -> None:
        key = keyring.programme_key(BLINDED_UNDER)
        self._name = sealing.blind(key, f"name {name}")
        self._address = sealing.blind(key, f"address {address}") if address else None
        self._browser = None if browser is None else tokens.hash_secret(browser)

    def counters(self, rows: RegisterReader, account: str | None) -> dict[str, int]:
        """Return what a failure counts for, with the tries that are free."""
        known = None if self._browser is None else rows.get(KNOWN, self._browser)
        if known is not None and known.value.account == account:
            return {f"browser-{self._browser}": lockout.FREE_TRIES}
        counted = {f"name-{self._name}": lockout.FREE_TRIES}
        if self._address is not None:
            counted[f"address-{self._address}"] = lockout.ADDRESS_FREE_TRIES
        return counted

    def refuse_if_waiting(self, rows: RegisterReader, account: str | None, now: datetime) -> None:
        """Refuse unseen what comes before the wait is over."""
        for name, free in self.counters(rows, account).items():
            if lockout.is_waiting(_failures(rows, name), free, now):
                raise NotAllowedError(AccessRefusal.WAIT)

    def record_failure(self, rows: Register, account: str | None) -> None:
        """Count a failure."""
        for name in self.counters(rows, account):
            now = lockout.add_failure(_failures(rows, name), rows.now)
            value = SignInFailureRecord(now.count, now.last_at)
            failures = rows.get(FAILURES, name)
            if failures is None:
                rows.add(FAILURES, name, value)
            else:
                rows.change(failures, value)

    def clear_failures(self, rows: Register, account: str) -> None:
        """Forget the failures of the one who signed in; those of an address stay."""
        for name in self.counters(rows, account):
            if not name.startswith("address-"):
                rows.drop(FAILURES, name)


def _failures(rows: RegisterReader, name: str) -> FailureCount | None:
    failures = rows.get(FAILURES, name)
    return None if failures is None else FailureCount(failures.value.count, failures.value.last_at)


def remember(rows: Register, account: str, token: str) -> None:
    """Remember a browser in which somebody has signed in."""
    rows.add(KNOWN, tokens.hash_secret(token), KnownBrowserRecord(account, rows.now))


def is_known(rows: RegisterReader, account: str, token: str | None) -> bool:
    """Tell whether somebody has signed in to an account in this browser before."""
    known_browser = None if token is None else rows.get(KNOWN, tokens.hash_secret(token))
    return known_browser is not None and known_browser.value.account == account


def account_of_browser(context: Context, token: str | None) -> str | None:
    """Return to which account somebody has signed in in this browser before, if to any."""
    if token is None:
        return None
    with context.store.read() as reading:
        known_browser = RegisterReader(reading, context.keyring).get(
            KNOWN, tokens.hash_secret(token)
        )
    return None if known_browser is None else known_browser.value.account


def forget(rows: Register, account: str) -> None:
    """Forget all browsers of an account."""
    for name in [kept.id for kept in rows.find(KNOWN, "account", account)]:
        rows.drop(KNOWN, name)
