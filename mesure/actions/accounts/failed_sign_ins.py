"""Failed tries at signing in, counted where `privacy/lockout.py` says.

What is counted stands under hashes with a key of the programme: neither names nor addresses lie in
the store, and a name that nobody has is counted as if somebody had it.
"""

from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.framework.context import Context
from mesure.actions.records import tokens
from mesure.actions.records.record_types import Kind, Register, Rows
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.privacy import lockout
from mesure.privacy.access_refusal import Reason
from mesure.privacy.lockout import Failures
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring

BLINDED_UNDER: Final = "sign-in"


class FailuresKept(msgspec.Struct, frozen=True):
    """How often somebody failed in a row, and when last."""

    count: int
    last_at: datetime


class KnownKept(msgspec.Struct, frozen=True):
    """A browser that has signed in to an account before, under the hash of its token."""

    account: str
    since_at: datetime


FAILURES: Final = Kind("failures", FailuresKept)
KNOWN: Final = Kind(
    "known_browser", KnownKept, lambda known_browser: [("account", known_browser.account)]
)


class Tries:
    """One try at signing in: under which name, from where, and from which browser."""

    def __init__(self, keyring: Keyring, name: str, address: str, browser: str | None) -> None:
        key = keyring.programme_key(BLINDED_UNDER)
        self._name = sealing.blind(key, f"name {name}")
        self._address = sealing.blind(key, f"address {address}") if address else None
        self._browser = None if browser is None else tokens.hashed(browser)

    def counted(self, rows: Rows, account: str | None) -> dict[str, int]:
        """Return what a failure counts for, with the tries that are free."""
        known = None if self._browser is None else rows.get(KNOWN, self._browser)
        if known is not None and known.value.account == account:
            return {f"browser-{self._browser}": lockout.FREE_TRIES}
        counted = {f"name-{self._name}": lockout.FREE_TRIES}
        if self._address is not None:
            counted[f"address-{self._address}"] = lockout.ADDRESS_FREE_TRIES
        return counted

    def refuse_if_waiting(self, rows: Rows, account: str | None, now: datetime) -> None:
        """Refuse unseen what comes before the wait is over."""
        for name, free in self.counted(rows, account).items():
            if lockout.is_waiting(_failures(rows, name), free, now):
                raise NotAllowedError(Reason.WAIT)

    def failed(self, rows: Register, account: str | None) -> None:
        """Count a failure."""
        for name in self.counted(rows, account):
            now = lockout.failed(_failures(rows, name), rows.now)
            value = FailuresKept(now.count, now.last_at)
            failures = rows.get(FAILURES, name)
            if failures is None:
                rows.add(FAILURES, name, value)
            else:
                rows.change(failures, value)

    def succeeded(self, rows: Register, account: str) -> None:
        """Forget the failures of the one who signed in; those of an address stay."""
        for name in self.counted(rows, account):
            if not name.startswith("address-"):
                rows.drop(FAILURES, name)


def _failures(rows: Rows, name: str) -> Failures | None:
    failures = rows.get(FAILURES, name)
    return None if failures is None else Failures(failures.value.count, failures.value.last_at)


def remember(rows: Register, account: str, token: str) -> None:
    """Remember a browser in which somebody has signed in."""
    rows.add(KNOWN, tokens.hashed(token), KnownKept(account, rows.now))


def is_known(rows: Rows, account: str, token: str | None) -> bool:
    """Tell whether somebody has signed in to an account in this browser before."""
    known_browser = None if token is None else rows.get(KNOWN, tokens.hashed(token))
    return known_browser is not None and known_browser.value.account == account


def known_account(context: Context, token: str | None) -> str | None:
    """Return to which account somebody has signed in in this browser before, if to any."""
    if token is None:
        return None
    with context.store.read() as reading:
        known_browser = Rows(reading, context.keyring).get(KNOWN, tokens.hashed(token))
    return None if known_browser is None else known_browser.value.account


def forget(rows: Register, account: str) -> None:
    """Forget all browsers of an account."""
    for name in [kept.id for kept in rows.found(KNOWN, "account", account)]:
        rows.drop(KNOWN, name)
