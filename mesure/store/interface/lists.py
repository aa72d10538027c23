"""What every store does for lists: a page at a time by key, the latest first, and nothing sealed.

A page begins behind a key and not after so many rows. So nothing is left out or given twice when
rows come or go between two pages. What a page needs of many is asked for at once: where the
database is another process, each question is a way there and back.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from mesure.audit.log_file import Opening
from mesure.store.values.effects import Alike, KeptHead
from mesure.store.values.register import Entry, KeyValue, Tally


class ListsReading(Protocol):
    """What lists are read from."""

    def heads_of(
        self,
        person: str,
        count: int,
        before: tuple[int, str] | None = None,
        alike: Alike | None = None,
    ) -> tuple[KeptHead, ...]:
        """Return incidents about a person by when they began and id, the last first, so many.

        `before`: those that began before this moment, or then and have a smaller id. `alike`: those
        of one condition and kind that were not withdrawn.
        """
        ...

    def heads_named(self, names: Collection[str]) -> tuple[KeptHead, ...]:
        """Return the incidents with these ids, as far as there are any, by their ids."""
        ...

    def heads_without(
        self, persons: Sequence[str], kind: str, key: str, value: str
    ) -> tuple[KeptHead, ...]:
        """Return the incidents about these persons, by when they began and id, that may wait.

        The row of the register of this kind and of the same id has not this key, or is not there
        and the incident was not withdrawn.
        """
        ...

    def entries_of(self, persons: Sequence[str], kinds: Sequence[str]) -> tuple[Entry, ...]:
        """Return what the register has of these kinds about these persons, by person, kind, id."""
        ...

    def entries_named(self, kind: str, names: Collection[str]) -> tuple[Entry, ...]:
        """Return the rows of a kind with these ids, as far as there are any, by their ids."""
        ...

    def known(self, persons: Collection[str]) -> frozenset[str]:
        """Return which of these are persons who are kept, erased ones too."""
        ...

    def openings_of(self, entries: Collection[int]) -> tuple[Opening, ...]:
        """Return the records of these entries of the audit log that still exist, in order."""
        ...

    def tallied(self, kind: str, key: str, value: str, by: str) -> tuple[Tally, ...]:
        """Count the rows of a kind with this key by what they have of another key, and by day.

        By value and time. Rows without the other key are not counted.
        """
        ...

    def things_about(self, person: str) -> int:
        """Count the rows of the register about a person, and what stands as judged."""
        ...

    def latest(
        self,
        kind: str,
        key: str,
        value: str,
        before: str | None = None,
        count: int = 100,
        also: KeyValue | None = None,
    ) -> tuple[Entry, ...]:
        """Return the rows of a kind with this key before this id, by their ids, the last first.

        `also`: only those that have this key too.
        """
        ...

    def last_change(self) -> int:
        """Return the number of the last change of any incident."""
        ...
