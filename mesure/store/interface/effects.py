"""What every store does with assessments and incidents, and with who may judge."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from mesure.store.values.effects import (
    Judged,
    Judging,
    KeptAssessment,
    KeptIncident,
    KeptSuperseded,
    Owner,
)


class EffectsReading(Protocol):
    """What can be read of what judging left behind."""

    def judged(self, person: str) -> Judged | None:
        """Return how far a person was judged."""
        ...

    def judged_in(self, partitions: Iterable[int]) -> tuple[Judged, ...]:
        """Return how far the persons of these partitions were judged, by person."""
        ...

    def oldest_due(self) -> dict[int, int]:
        """Return when the first of each partition was or is to be judged, where somebody is."""
        ...

    def due_by(self, now_us: int) -> int:
        """Return how many persons were or are to be judged by then."""
        ...

    def persons_in(self, partitions: Iterable[int]) -> tuple[str, ...]:
        """Return the persons of these partitions who were not erased, by id."""
        ...

    def assessments(self, person: str, start_us: int, until_us: int) -> tuple[KeptAssessment, ...]:
        """Return what stands about a person and touches this half-open span.

        By order, condition and start.
        """
        ...

    def superseded(self, person: str, start_us: int, until_us: int) -> tuple[KeptSuperseded, ...]:
        """Return what once stood about a person and touches this half-open span.

        By order, condition, start, and when it stood.
        """
        ...

    def incident(self, name: str) -> KeptIncident | None:
        """Return an incident."""
        ...

    def incidents_of(self, person: str) -> tuple[KeptIncident, ...]:
        """Return the incidents about a person, by when they began and id."""
        ...

    def incidents_since(self, change: int, count: int) -> tuple[KeptIncident, ...]:
        """Return incidents that were raised or changed after this change, in order of the last.

        Whoever follows asks again with the `change` of the last one that came.
        """
        ...

    def owners(self) -> dict[int, tuple[int, str]]:
        """Return the epoch and the holder of each partition that somebody claimed."""
        ...


class EffectsWork(Protocol):
    """What can be changed of what judging left behind."""

    def claim(self, partitions: Collection[int], holder: str) -> Owner:
        """Own these partitions from now on; whoever owned them before can judge there no more."""
        ...

    def judge(self, judgings: Sequence[Judging], owner: Owner) -> None:
        """Keep what judging some persons came to, each person at most once.

        Of each person, assessments that begin at `since_us` or later are replaced. One that stands
        and begins before, and ends after it, is cut there; one that is given and begins before must
        take the place of one that begins at the very same moment. An incident at its revision
        changes nothing; at the next it replaces; anything else raises `ConflictError`. What was
        superseded is kept once.

        Raises `FencedError` where somebody else has claimed a person's partition since.
        """
        ...
