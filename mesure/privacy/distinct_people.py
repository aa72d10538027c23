"""Distinct people: whether two accounts are two people, where two must see something.

A supervisor who opens or resets an account hands over a link, and can use it first. So for some
days both accounts count as one pair of eyes, and so do two that somebody let in; how many days is a
dated value. A link that was printed on the machine belongs to nobody who works here.
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mesure.orders.text import dated_file
from mesure.orders.text.dated_file import CountRange, Dated, FileReasons

_DAYS: Final = CountRange("days", 1, 90)
_NAME: Final = "apart_days"


@dataclass(frozen=True, slots=True)
class DistinctPeopleFile:
    """The rule as it was read, with its values by date."""

    version: str
    days: Dated[int]

    def within(self, day: date) -> timedelta:
        """Return how long an account and the one who let it in are one pair of eyes."""
        return timedelta(days=dated_file.in_force(self.days, day))


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """When an account got what opens it, and who gave it; nobody: it was the machine."""

    at: datetime
    by: tuple[str, ...]


def behind(
    account: str, let_in: Sequence[AccessGrant], at: datetime, within: timedelta
) -> set[str]:
    """Return who may have been the one that acted under an account at a moment.

    `let_in` is in order of time; each link ends whatever opened the account before.
    """
    last = next((one for one in reversed(let_in) if one.at <= at), None)
    return {account} if last is None or at >= last.at + within else {account, *last.by}


def read(name: str, data: bytes) -> DistinctPeopleFile:
    """Return the rule of a file; raises `OrderError` with everything that is wrong with it."""
    parsed = dated_file.read(name, data, _FORM)
    return DistinctPeopleFile(parsed.version, parsed.values[_NAME])


_WHYS: Final = FileReasons(
    known="a rule under another name would be left as it was",
    said="who is refused must be told why",
    reasoned="a rule needs a reason and dated values",
    valued="without a value one person could be two",
    complete="without a value one person could be two",
)
_FORM: Final = dated_file.count_form("eyes", (_NAME,), _DAYS, _WHYS)
