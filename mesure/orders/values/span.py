"""An interval of instants, half-open, as the law counts time.

"From 5 January until 5 July" includes the first day and excludes the last.
Every interval in Mesure is read this way, in force or in a window.
Decision: docs/decisions/0006-orders-are-dated-versions-half-open.md
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """Instants (aware, UTC) from `start` up to, not including, `end`."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlap(self, other: "Span") -> "Span | None":
        """Return what both spans share, or None when they share no instant."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None
