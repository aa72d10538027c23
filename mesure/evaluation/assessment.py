"""Assessment: what the software states about a condition over a span."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mesure.orders.values.span import Span


class Status(StrEnum):
    """The three values of an assessment. Silence gives unknown, never not met."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The software's statement on one condition over one span."""

    condition: str
    status: Status
    span: Span


@dataclass(frozen=True, slots=True)
class SupersededAssessment:
    """An assessment that applied until late evidence replaced it."""

    assessment: Assessment
    stood_from: datetime
    stood_until: datetime
