"""Finding: what an officer concluded about a possible breach, and how far the review has come.

Everybody may read these values. Only `review.py` makes them, and only because a person decided.
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from mesure.incidents import incident
from mesure.orders.text.catalogue import Catalogue

REASON_CHARS_MAX: Final = 4_000


class FindingOutcome(StrEnum):
    """The conclusion; there is no other, and none is suggested by the software.

    Which of them there are depends on what the incident is about: see `conclusions`.
    """

    BREACH = "breach"
    EXCUSED = "excused"
    NO_BREACH = "no_breach"
    CANNOT_TELL = "cannot_tell"
    BATTERY = "battery"
    NETWORK = "network"
    DEVICE_FAULT = "device_fault"
    TAMPERING_REFERRED = "tampering_referred"

    @property
    def is_against(self) -> bool:
        """Tell whether it is held against the person, or has somebody look into holding it."""
        return self in {FindingOutcome.BREACH, FindingOutcome.TAMPERING_REFERRED}

    def in_words(self, catalogue: Catalogue) -> str:
        """Return the conclusion in words."""
        return {
            FindingOutcome.BREACH: catalogue.text("breach"),
            FindingOutcome.EXCUSED: catalogue.text("excused"),
            FindingOutcome.NO_BREACH: catalogue.text("no breach"),
            FindingOutcome.CANNOT_TELL: catalogue.text("cannot tell"),
            FindingOutcome.BATTERY: catalogue.text("the battery was empty"),
            FindingOutcome.NETWORK: catalogue.text("there was no network"),
            FindingOutcome.DEVICE_FAULT: catalogue.text("fault of the device"),
            FindingOutcome.TAMPERING_REFERRED: catalogue.text("possible tampering, referred"),
        }[self]


class FindingCause(StrEnum):
    """Why it is excused, or was none."""

    REASONABLE_EXCUSE = "reasonable_excuse"
    AUTHORISED_ABSENCE = "authorised_absence"
    LOCATION_ERROR = "location_error"
    EQUIPMENT = "equipment"

    def in_words(self, catalogue: Catalogue) -> str:
        """Return the cause in words."""
        return {
            FindingCause.REASONABLE_EXCUSE: catalogue.text("reasonable excuse"),
            FindingCause.AUTHORISED_ABSENCE: catalogue.text("authorised absence"),
            FindingCause.LOCATION_ERROR: catalogue.text("location error"),
            FindingCause.EQUIPMENT: catalogue.text("equipment fault"),
        }[self]


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


class FindingEndKind(StrEnum):
    """How a finding came to hold no longer."""

    TURNED_DOWN = "turned_down"  # By a second pair of eyes, before it held.
    TAKEN_BACK = "taken_back"  # By the officer who took the last step, within minutes.

    def in_words(self, catalogue: Catalogue) -> str:
        """Return it in words."""
        return {
            FindingEndKind.TURNED_DOWN: catalogue.text("not agreed by a second officer"),
            FindingEndKind.TAKEN_BACK: catalogue.text("finding taken back"),
        }[self]


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


class ReviewStage(StrEnum):
    """How far a review has come."""

    OPENED = "opened"  # Nobody looked yet.
    SEEN = "seen"
    PROPOSED = "proposed"  # A finding waits for a second pair of eyes.
    FOUND = "found"

    def in_words(self, catalogue: Catalogue) -> str:
        """Return the stage in words."""
        return {
            ReviewStage.OPENED: catalogue.text("not looked at yet"),
            ReviewStage.SEEN: catalogue.text("being looked at"),
            ReviewStage.PROPOSED: catalogue.text("a finding waits for a second officer"),
            ReviewStage.FOUND: catalogue.text("there is a finding"),
        }[self]


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
