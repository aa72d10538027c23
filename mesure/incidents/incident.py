"""Incident: a possible breach, as it is brought to an officer."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from mesure.evaluation.breakdown.evidence_breakdown import NONE, EvidenceBreakdown
from mesure.orders.values.span import Span


class IncidentKind(StrEnum):
    """What seems to have happened. A device that fell silent is never a breach of place."""

    ABSENT = "absent"
    LEFT = "left"
    ENTERED = "entered"
    MISSED = "missed"
    SILENT = "silent"


LLR_DIGITS: Final = 3  # In which the weights of an account are shown and kept.
OF_PLACE: Final = frozenset(
    {IncidentKind.ABSENT, IncidentKind.LEFT, IncidentKind.ENTERED, IncidentKind.MISSED}
)


def is_of_place(kind: str) -> bool:
    """Tell whether an incident is about where somebody was; any other is about a device."""
    return kind in OF_PLACE


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What an explanation is made of; nothing in it is a guess about the person."""

    duty: str  # The kind of condition: "curfew", "residence", ...
    place: str  # As the order names it; "stadium + 100 m" where the condition reaches beyond it.
    window: Span  # The binding span in which the incident lies.
    fixes_used: int  # In the incident's span.
    fixes_on_wrong_side: int  # Of those: in their own right on the wrong side.
    fixes_unused: tuple[tuple[str, int], ...]  # Of that span: kept, not used; (reason, count).
    distance_max_m: float  # The farthest that a fix lay beyond the boundary; 0 if none.
    radius95_median_m: float  # Of the fixes on the wrong side; NaN when not known.
    independent_s: float  # What the evidence covers: correlated fixes count as one.
    moving: bool  # Speed, or a path of fixes, showed the way taken.
    beacon_lost: bool  # The device hears beacons and did not hear the one at home.
    silence_s: float  # For `silent`: how long the policy waits before it tells an officer.
    present_s: float  # For `missed`: seconds of presence that the evidence shows.
    present_s_min: float  # For `missed`: seconds asked for, less what absences took.
    absences: tuple[str, ...]  # Authorised absences that cover part of the same window.
    unsigned: bool  # The evidence was not signed by the device.
    also_at: tuple[str, ...] = ()  # Where those absences let the person be as well.


@dataclass(frozen=True, slots=True)
class Incident:
    """A possible breach of one condition: one episode, however often the fixes flap.

    `end` is None while it is open. `withdrawn_at` is set when late evidence refuted it; it
    stays on the record.
    """

    id: str
    condition: str
    kind: IncidentKind
    opened_at: datetime
    start: datetime
    end: datetime | None
    p_outside_max: float
    evidence: tuple[int, ...]  # Rows of the evidence files.
    facts: IncidentFacts
    account: EvidenceBreakdown = NONE  # What counted, and how much; none of a silence.
    withdrawn_at: datetime | None = None

    def over_at(self, until: datetime) -> datetime:
        """Return when it ended or was refuted; of one that lasts, up to when it is looked at."""
        return self.end or self.withdrawn_at or until

    def withdraw(self, at: datetime) -> "Incident":
        """Return the incident as refuted by evidence received at an instant; it stays."""
        return replace(self, withdrawn_at=at)
