"""Finding: what an officer concluded about a possible breach, and how far the review has come.

Everybody may read these values. Only `review.py` makes them, and only because a person decided.
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mesure.incidents import incident
from mesure.orders.text.sayings import TranslatableEnum

REASON_CHARS_MAX: Final = 4_000


class FindingOutcome(TranslatableEnum):
    """The conclusion; there is no other, and none is suggested by the software.

    Which of them there are depends on what the incident is about: see `conclusions`.
    """

    BREACH = "breach", "breach"
    EXCUSED = "excused", "excused"
    NO_BREACH = "no_breach", "no breach"
    CANNOT_TELL = "cannot_tell", "cannot tell"
    BATTERY = "battery", "the battery was empty"
    NETWORK = "network", "there was no network"
    DEVICE_FAULT = "device_fault", "fault of the device"
    TAMPERING_REFERRED = "tampering_referred", "possible tampering, referred"

    @property
    def is_against(self) -> bool:
        """Tell whether it is held against the person, or has somebody look into holding it."""
        return self in {FindingOutcome.BREACH, FindingOutcome.TAMPERING_REFERRED}


class FindingCause(TranslatableEnum):
    """Why it is excused, or was none."""

    REASONABLE_EXCUSE = "reasonable_excuse", "reasonable excuse"
    AUTHORISED_ABSENCE = "authorised_absence", "authorised absence"
    LOCATION_ERROR = "location_error", "location error"
    EQUIPMENT = "equipment", "equipment fault"


_NO_CAUSE: Final = frozenset[FindingCause]()

# The closed lists, as they are offered: which causes each outcome may have; an outcome with causes
# needs one of them. What weighs most is not what comes to hand first.
OF_PLACE: Final = {
    FindingOutcome.NO_BREACH: frozenset({FindingCause.LOCATION_ERROR, FindingCause.EQUIPMENT}),
    FindingOutcome.EXCUSED: frozenset(
        {FindingCause.REASONABLE_EXCUSE, FindingCause.AUTHORISED_ABSENCE}
    ),
    FindingOutcome.CANNOT_TELL: _NO_CAUSE,
    FindingOutcome.BREACH: _NO_CAUSE,
}
# Silence is unknown, and what a device says of itself is not where somebody was: neither is ever a
# breach. Whether a device was tampered with is for others to find out, and is only referred.
OF_DEVICE: Final = {
    FindingOutcome.BATTERY: _NO_CAUSE,
    FindingOutcome.NETWORK: _NO_CAUSE,
    FindingOutcome.DEVICE_FAULT: _NO_CAUSE,
    FindingOutcome.EXCUSED: frozenset({FindingCause.REASONABLE_EXCUSE}),
    FindingOutcome.CANNOT_TELL: _NO_CAUSE,
    FindingOutcome.TAMPERING_REFERRED: _NO_CAUSE,
}


def conclusions(kind: str) -> Mapping[FindingOutcome, frozenset[FindingCause]]:
    """Return the closed list of an incident of this kind; an unknown kind is about a device."""
    return OF_PLACE if incident.is_of_place(kind) else OF_DEVICE


class FindingEndKind(TranslatableEnum):
    """How a finding came to hold no longer."""

    # By a second pair of eyes, before it held.
    TURNED_DOWN = "turned_down", "not agreed by a second officer"
    # By the officer who took the last step, within minutes.
    TAKEN_BACK = "taken_back", "finding taken back"


@dataclass(frozen=True, slots=True)
class FindingEnd:
    """Who ended a finding, when, and why: a disagreement is part of the record, as a finding is."""

    how: FindingEndKind
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An officer's conclusion, in their own words."""

    outcome: FindingOutcome
    cause: FindingCause | None
    reason: str
    decided_at: datetime
    decided_by: str
    confirmed_by: str | None = None  # The second pair of eyes, where one was asked for.
    confirmed_at: datetime | None = None
    on_contest: bool = False  # The second decision, which answers what the person contested.
    end: FindingEnd | None = (
        None  # None: it holds, was decided again, or was ended before this was kept.
    )


class ReviewStage(TranslatableEnum):
    """How far a review has come."""

    OPENED = "opened", "not looked at yet"
    SEEN = "seen", "being looked at"
    PROPOSED = "proposed", "a finding waits for a second officer"
    FOUND = "found", "there is a finding"


@dataclass(frozen=True, slots=True)
class EvidenceSighting:
    """When somebody first had the evidence before them."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """An officer's look at an incident, and what came of it; former findings stay on the record."""

    stage: ReviewStage = ReviewStage.OPENED
    seen: tuple[EvidenceSighting, ...] = ()
    finding: Finding | None = None  # Proposed, or found.
    former: tuple[Finding, ...] = ()  # Taken back, turned down, or replaced after a contest.

    def has_seen(self, account: str) -> bool:
        """Tell whether somebody had the evidence before them."""
        return any(one.by == account for one in self.seen)

    @property
    def returned(self) -> FindingEndKind | None:
        """Return how the last finding ended, if there is none since.

        None: it did not come back.
        """
        if self.stage is not ReviewStage.SEEN or not self.former:
            return None
        end = self.former[-1].end
        return None if end is None else end.how

    @property
    def found_at(self) -> datetime | None:
        """Return since when there is a finding."""
        if self.stage is not ReviewStage.FOUND or self.finding is None:
            return None
        return self.finding.confirmed_at or self.finding.decided_at
