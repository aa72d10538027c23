"""Lockout: how long somebody waits after failed sign-ins before the next try counts.

Failures are counted for a browser that has signed in to the account before, or else for the account
and for the address they come from. So a guesser from elsewhere makes strangers wait and not
the account's holder, who keeps a count of their own. No wait is longer than a quarter of an hour,
and a try that comes while waiting is refused without being counted: nobody is locked out for ever.
Decision: docs/decisions/0032-signing-in.md
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FREE_TRIES: Final = 4  # Slips of the finger cost nothing.
FIRST_WAIT: Final = timedelta(seconds=15)  # Doubled with every failure.
WAIT_MAX: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=24)  # Then the count starts anew.
# Behind one address may be a whole office, or a whole prison.
ADDRESS_FREE_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How often somebody failed in a row, and when last."""

    count: int
    last_at: datetime


def waits_until(failures: FailureCount | None, free: int) -> datetime | None:
    """Return until when no try counts; None where the next one does.

    >>> from datetime import UTC
    >>> five = FailureCount(5, datetime(2026, 2, 10, 8, 0, tzinfo=UTC))
    >>> waits_until(five, FREE_TRIES).isoformat()
    '2026-02-10T08:00:15+00:00'
    """
    if failures is None or failures.count <= free:
        return None
    doublings = min(failures.count - free - 1, 16)
    return failures.last_at + min(FIRST_WAIT * (1 << doublings), WAIT_MAX)


def is_waiting(failures: FailureCount | None, free: int, at: datetime) -> bool:
    """Tell whether a try at this instant is refused unseen.

    A failure that is still to come was counted by a clock that has been set back since. Nobody
    waits until that clock is right again.
    """
    until = waits_until(failures, free)
    return failures is not None and until is not None and failures.last_at <= at < until


def add_failure(failures: FailureCount | None, at: datetime) -> FailureCount:
    """Return the count with one more failure."""
    if failures is None or at - failures.last_at >= FORGOTTEN_AFTER:
        return FailureCount(1, at)
    return FailureCount(failures.count + 1, at)
