"""What every store does to let go of what is due, and to say in the audit log that it did."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

from mesure.audit.log_file import Opening
from mesure.store.values.records import Logged, Place


class RetentionReading(Protocol):
    """What can be read of what may be due."""

    def nobodys(self, received_before_us: int, count: int) -> tuple[Logged, ...]:
        """Return records that are nobody's and were received before this, at most so many."""
        ...

    def recorded(self, person: str) -> tuple[int, ...]:
        """Return the entries of the audit log whose records were kept about a person."""
        ...

    def openings(self, start: int, count: int) -> tuple[Opening, ...]:
        """Return the records of entries from this one on that still exist, at most so many."""
        ...

    def refused_before(self, until_us: int) -> int:
        """Count the refused bytes that last came before this."""
        ...

    def sent_before(self, due_before_us: int) -> int:
        """Count what was sent, or given up, and was due before this."""
        ...


class RetentionWork(Protocol):
    """What can be let go."""

    def cut(self, places: Sequence[Place]) -> int:
        """Take records out of the log, and return how many were there; no number is given again."""
        ...

    def rewrite(self, place: Place, form: str, body: bytes) -> None:
        """Put another form of a record in the place of what came; its digest stays."""
        ...

    def forget_records(self, entries: Collection[int], day: date, rule: str) -> range:
        """Destroy records of the audit log with their salts, and enter that; return the entries.

        Those that exist no more are passed over. Nothing is entered where none exists.
        """
        ...

    def forget_sent(self, due_before_us: int) -> int:
        """Take away what was sent, or given up, and was due before this; return how much."""
        ...
