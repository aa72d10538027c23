"""Barring: who is barred from a case together with somebody: the accounts that they let in.

The giver of a link can use it first, and may open an account for nobody but themselves. So an
account is barred with the giver of its last link, and with the giver of that one's link, however
long ago that was: with time a second account becomes a second pair of eyes, but no second person.

What was handed over well before somebody was barred is not counted. Most of an office may have had
their first link from one supervisor, and a case that nobody opens helps nobody. Where it is not
known since when somebody is barred, every link counts.
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mesure.privacy.distinct_people import AccessGrant

Links = Mapping[str, Sequence[AccessGrant]]  # Of each account that works here, in order of time.
NOBODY: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseBar:
    """An account is barred from a case."""

    account: str
    since_at: datetime | None  # None: it was entered when this was not kept yet.


def with_them(bars: Sequence[CaseBar], links: Links, within: timedelta) -> frozenset[str]:
    """Return who is barred: those who are by name, and every account that they let in."""
    barred = frozenset(bar.account for bar in bars)
    if not barred:
        return NOBODY
    chain = _Chain(bars, links, within)
    return barred.union(account for account in links if chain.holds(account))


@dataclass(frozen=True, slots=True)
class _Chain:
    bars: Sequence[CaseBar]
    links: Links
    within: timedelta

    def holds(
        self, account: str, at: datetime | None = None, visited: frozenset[str] = NOBODY
    ) -> bool:
        """Tell whether what opened an account at a moment, or now, came from somebody barred."""
        openings = [one for one in self.links.get(account, ()) if at is None or one.at <= at]
        if not openings or account in visited:
            return False
        last = openings[-1]
        if any(bar.account in last.by and self._counts(bar, last.at) for bar in self.bars):
            return True
        return any(self.holds(by, last.at, visited | {account}) for by in last.by)

    def _counts(self, bar: CaseBar, given_at: datetime) -> bool:
        return bar.since_at is None or bar.since_at - self.within <= given_at
