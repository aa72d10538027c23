"""Unknown callers: their failed tries, logged one by one at first, and counted from then on.

Each entry of the audit log stays for ever, and takes a kilobyte with what leads to it. Nobody has
to sign in to be refused, and an attacker with a thousand rented machines could fill the disk with
refusals. So for each thing that can be tried only a limited number is entered, and the next one
that is entered says how many there were in between. What named a person, or an account, is always
entered. What is refused to signed-in callers before any action is bounded alike, by account.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Final

from mesure.actions.limits.token_buckets import RateLimit, TokenBucket
from mesure.audit.commitments import Value
from mesure.privacy.roles import Role

ENTERED: Final = RateLimit(burst=100, per_s=0.05)  # Of each action; at most some 4 MB a day.
IN_VAIN: Final = "no_code"  # How an introduction ends that had no code.
NAMES: Final = ("account", "device")


class UnknownCallerCounter:
    """What was tried in vain since the service began."""

    def __init__(self, rate: RateLimit = ENTERED) -> None:
        self._rate = rate
        self._lock = Lock()
        self._buckets: dict[str, TokenBucket] = {}  # By action or account, of which there are few.
        self._more: Counter[str] = Counter()

    def count_attempt(self, counted: str, now: datetime) -> int | None:
        """Return how many there were since the last that was entered; None: this one is counted."""
        with self._lock:
            bucket = self._buckets.setdefault(counted, TokenBucket(self._rate))
            if bucket.take(now.timestamp()):
                self._more[counted] += 1
                return None
            return self._more.pop(counted, 0)


def counter_key(
    role: Role, action: str, persons: Sequence[str], facts: Mapping[str, Value]
) -> str | None:
    """Return under what something is counted that a stranger tried in vain; None: it is entered."""
    failed = "refused" in facts or facts.get("fate") == IN_VAIN
    is_named = bool(persons) or any(facts.get(name) for name in NAMES)
    return action if role is Role.VISITOR and failed and not is_named else None


def more(
    strangers: UnknownCallerCounter | None, counted: str | None, now: datetime
) -> dict[str, Value] | None:
    """Return what an entry has besides its facts; None: it is counted, and not entered."""
    if strangers is None or counted is None:
        return {}
    count = strangers.count_attempt(counted, now)
    return None if count is None else {"more": count} if count else {}
