"""Waiting incidents: those of everybody without a finding, kept from one request to the next."""

from collections.abc import Iterable
from itertools import chain, groupby
from operator import attrgetter
from threading import Lock
from typing import Final

from mesure.actions.records.incident_records import FOUND, REVIEW
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import StoredIncidentHead
from mesure.store.values.register import ChangeNumbers

PERSONS_MAX: Final = 500  # Of more persons than these everybody's are read at once.


class WaitingIncidents:
    """What waits as it was last read, without anything that is sealed; safe between threads.

    Nearly all incidents of a full house have a finding, and each has to be looked up to see that.
    So only those of persons about whom anything changed are read anew, erased ones included.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._until: ChangeNumbers | None = None
        self._by_person: dict[str, tuple[StoredIncidentHead, ...]] = {}

    def read(self, reading: ReadTransaction) -> tuple[StoredIncidentHead, ...]:
        """Return what waits by now, of each person by when it began and id."""
        with self._lock:
            before, until = self._until, reading.last_changes()
            changed = () if before is None else reading.find_changed(before)
            if before is None or len(changed) > PERSONS_MAX:
                self._by_person = _by_person(reading.all_heads_without(REVIEW.name, *FOUND))
            else:
                heads = reading.heads_without(changed, REVIEW.name, *FOUND)
                for person in changed:
                    self._by_person.pop(person, None)
                self._by_person |= _by_person(heads)
            # Another thread may have read later than this transaction began.
            self._until = ChangeNumbers(*map(max, before or until, until))
            return tuple(chain.from_iterable(self._by_person.values()))


def _by_person(heads: Iterable[StoredIncidentHead]) -> dict[str, tuple[StoredIncidentHead, ...]]:
    person = attrgetter("person")
    return {name: tuple(own) for name, own in groupby(sorted(heads, key=person), person)}
