"""Brief incidents: what ended by itself so soon that an officer may answer several at once.

It was short; or it was a silence that ended soon after it was brought: an officer is notified after
as long as devices of that kind are usually quiet, so that the silence of a phone is never short.

Only a silence and a state of a device that clears by itself are brief. Where somebody was, a call,
and a strap that was open are not, however short they were; nor is what the person contests or wrote
about. An answer to several is one of a closed list in which nothing is held against anybody, and it
becomes a finding of each incident, by the officer who gave it.
Decision: docs/decisions/0053-one-desk-line-for-one-event.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from mesure.incidents.device_problems import DeviceProblemKind
from mesure.incidents.finding import FindingEndKind, FindingOutcome, Review
from mesure.incidents.incident import IncidentKind
from mesure.orders.text import dated_file
from mesure.orders.text.dated_file import CountRange, Dated, FileReasons

_MINUTES: Final = CountRange("minutes", 0, 1_440)
BELOW: Final = "below_min"
ENDED_WITHIN: Final = "ended_within_min"
AGAIN_WITHIN: Final = "again_within_min"

KINDS: Final = frozenset(
    {
        IncidentKind.SILENT.value,
        DeviceProblemKind.BATTERY.value,
        DeviceProblemKind.CHARGING.value,
        DeviceProblemKind.LOCATING.value,
        DeviceProblemKind.SWITCHED_OFF.value,
    }
)
"""The kinds that can be brief: about a device, and none that somebody has to look into."""


class BriefAnswer(StrEnum):
    """What can be concluded of several brief incidents at once; none of it is against anybody.

    An excuse is left out: it is one person's account of one time.
    """

    NETWORK = "network"
    BATTERY = "battery"
    DEVICE_FAULT = "device_fault"
    CANNOT_TELL = "cannot_tell"

    @property
    def outcome(self) -> FindingOutcome:
        """Return the conclusion that it is for each incident."""
        return FindingOutcome(self.value)


class BriefLengths(NamedTuple):
    """What was brief on a day."""

    below: timedelta  # It lasted this long at most,
    ended_within: timedelta  # or it was over so soon after it was brought.

    def hold(self, lasted: timedelta, after: timedelta) -> bool:
        """Tell whether a silence was brief; `after`: how long after it was brought it ended.

        What was over before anybody could be notified, as when the service stood still, has no such
        length: then only how long it was counts.
        """
        return lasted < self.below or timedelta() <= after < self.ended_within


@dataclass(frozen=True, slots=True)
class BriefRule:
    """The rule as it was read, with its values by date."""

    version: str
    values: Mapping[str, Dated[int]]

    def lengths(self, day: date) -> BriefLengths:
        """Return the lengths by which something brought on a day is brief."""
        return BriefLengths(self._minutes(BELOW, day), self._minutes(ENDED_WITHIN, day))

    def again_within(self, day: date) -> timedelta:
        """Return how soon behind a long silence the next is of the same thing."""
        return self._minutes(AGAIN_WITHIN, day)

    def _minutes(self, name: str, day: date) -> timedelta:
        return timedelta(minutes=dated_file.in_force(self.values[name], day))


def is_brief(
    kind: str,
    lasted: timedelta | None,
    brought_at: datetime,
    end_at: datetime | None,
    lengths: BriefLengths,
) -> bool:
    """Tell whether an incident is brief; `lasted` and `end_at` are None while it lasts."""
    if kind not in KINDS or lasted is None or end_at is None:
        return False
    if kind != IncidentKind.SILENT.value:
        return lasted < lengths.below
    return lengths.hold(lasted, end_at - brought_at)


def may_be_answered_at_once(review: Review) -> bool:
    """Tell whether nobody has decided yet, but who took their own answer back as a slip."""
    former = review.former
    slips = (one.end is not None and one.end.how is FindingEndKind.TAKEN_BACK for one in former)
    return review.finding is None and all(slips)


def read(name: str, data: bytes) -> BriefRule:
    """Return the rule of a file; raises `OrderError` with everything that is wrong with it."""
    parsed = dated_file.read(name, data, _FORM)
    return BriefRule(parsed.version, parsed.values)


_WHYS: Final = FileReasons(
    known="a rule under another name would be left as it was",
    said="an officer must be able to read why several are answered at once",
    reasoned="a rule needs a reason and dated values",
    valued="without a value nobody knows what is brief",
    complete="without a value nobody knows what is brief",
)
_FORM: Final = dated_file.count_form("brief", (BELOW, ENDED_WITHIN, AGAIN_WITHIN), _MINUTES, _WHYS)
