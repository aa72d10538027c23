"""What an officer concluded about a possible breach, and how far the review has come.

Everybody may read these values. Only `review.py` makes them, and only because a person decided.
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from mesure.orders.catalogue import Catalogue

REASON_CHARS_MAX: Final = 4_000


class Outcome(StrEnum):
    """The conclusion; there is no other, and none is suggested by the software."""

    BREACH = "breach"
    EXCUSED = "excused"
    NO_BREACH = "no_breach"
    CANNOT_TELL = "cannot_tell"

    def said(self, catalogue: Catalogue) -> str:
        """Return the conclusion in words."""
        return {
            Outcome.BREACH: catalogue.text("breach"),
            Outcome.EXCUSED: catalogue.text("excused"),
            Outcome.NO_BREACH: catalogue.text("no breach"),
            Outcome.CANNOT_TELL: catalogue.text("cannot tell"),
        }[self]


class Cause(StrEnum):
    """Why it is excused, or was none."""

    REASONABLE_EXCUSE = "reasonable_excuse"
    AUTHORISED_ABSENCE = "authorised_absence"
    LOCATION_ERROR = "location_error"
    EQUIPMENT = "equipment"

    def said(self, catalogue: Catalogue) -> str:
        """Return the cause in words."""
        return {
            Cause.REASONABLE_EXCUSE: catalogue.text("reasonable excuse"),
            Cause.AUTHORISED_ABSENCE: catalogue.text("authorised absence"),
            Cause.LOCATION_ERROR: catalogue.text("error of the location"),
            Cause.EQUIPMENT: catalogue.text("equipment"),
        }[self]


# The closed list: which causes each outcome may have; an outcome with causes needs one of them.
CAUSES: Final = {
    Outcome.BREACH: frozenset[Cause](),
    Outcome.EXCUSED: frozenset({Cause.REASONABLE_EXCUSE, Cause.AUTHORISED_ABSENCE}),
    Outcome.NO_BREACH: frozenset({Cause.LOCATION_ERROR, Cause.EQUIPMENT}),
    Outcome.CANNOT_TELL: frozenset[Cause](),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """An officer's conclusion, in their own words."""

    outcome: Outcome
    cause: Cause | None
    reason: str
    decided_at: datetime
    decided_by: str
    confirmed_by: str | None = None  # The second pair of eyes, where one was asked for.
    confirmed_at: datetime | None = None
    on_contest: bool = False  # The second decision, which answers what the person contested.


class Stage(StrEnum):
    """How far a review has come."""

    OPENED = "opened"  # Nobody looked yet.
    SEEN = "seen"
    PROPOSED = "proposed"  # A finding waits for a second pair of eyes.
    FOUND = "found"

    def said(self, catalogue: Catalogue) -> str:
        """Return the stage in words."""
        return {
            Stage.OPENED: catalogue.text("not looked at yet"),
            Stage.SEEN: catalogue.text("being looked at"),
            Stage.PROPOSED: catalogue.text("a finding waits for a second officer"),
            Stage.FOUND: catalogue.text("there is a finding"),
        }[self]


@dataclass(frozen=True, slots=True)
class Seen:
    """When somebody first had the evidence before them."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """An officer's look at an incident, and what came of it; former findings stay on the record."""

    stage: Stage = Stage.OPENED
    seen: tuple[Seen, ...] = ()
    finding: Finding | None = None  # Proposed, or found.
    former: tuple[Finding, ...] = ()  # Taken back, turned down, or replaced after a contest.

    def has_seen(self, account: str) -> bool:
        """Tell whether somebody had the evidence before them."""
        return any(one.by == account for one in self.seen)

    @property
    def found_at(self) -> datetime | None:
        """Return since when there is a finding."""
        if self.stage is not Stage.FOUND or self.finding is None:
            return None
        return self.finding.confirmed_at or self.finding.decided_at
