"""What lists are read from in SQLite, in its own SQL."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from mesure.audit.log_file import Opening
from mesure.instants import US_PER_DAY
from mesure.store.sqlite.connection import marks
from mesure.store.sqlite.register import ASKED, SqliteRegisterReading
from mesure.store.values import rows
from mesure.store.values.effects import Alike, KeptHead
from mesure.store.values.register import Entry, KeyValue, Tally
from mesure.store.writing import assessment_changes as changes

_HEAD: Final = f"SELECT {changes.HEAD} FROM incident WHERE person = ?"


class SqliteListsReading(SqliteRegisterReading):
    """What lists are read from."""

    def heads_of(
        self,
        person: str,
        count: int,
        before: tuple[int, str] | None = None,
        alike: Alike | None = None,
    ) -> tuple[KeptHead, ...]:
        """Return incidents about a person by when they began and id, the last first, so many."""
        asked: list[object] = [person]
        statement = _HEAD
        if before is not None:
            statement += " AND (start_us, id) < (?, ?)"
            asked += before
        if alike is not None:
            statement += (
                " AND court_order = ? AND condition = ? AND kind = ? AND withdrawn_us IS NULL"
            )
            asked += alike
        statement += " ORDER BY start_us DESC, id DESC LIMIT ?"
        return tuple(KeptHead(*row) for row in self._all(statement, *asked, count))

    def heads_named(self, names: Collection[str]) -> tuple[KeptHead, ...]:
        """Return the incidents with these ids, as far as there are any, by their ids."""
        found = self._some(f"SELECT {changes.HEAD} FROM incident WHERE id IN", names)
        return tuple(KeptHead(*row) for row in sorted(found, key=lambda row: str(row[0])))

    def heads_without(
        self, persons: Sequence[str], kind: str, key: str, value: str
    ) -> tuple[KeptHead, ...]:
        """Return the incidents about these persons, by when they began and id, that may wait."""
        statement = (
            f"SELECT {changes.HEAD} FROM incident WHERE person IN {marks(len(persons))} "
            "AND NOT EXISTS (SELECT 1 FROM register_key k "
            "WHERE k.kind = ? AND k.key = ? AND k.value = ? AND k.id = incident.id) "
            "AND (withdrawn_us IS NULL OR EXISTS (SELECT 1 FROM register r "
            "WHERE r.kind = ? AND r.id = incident.id)) ORDER BY start_us, id"
        )
        found = self._all(statement, *persons, kind, key, value, kind) if persons else []
        return tuple(KeptHead(*row) for row in found)

    def entries_of(self, persons: Sequence[str], kinds: Sequence[str]) -> tuple[Entry, ...]:
        """Return what the register has of these kinds about these persons, by person, kind, id."""
        statement = (
            f"SELECT {rows.ENTRY} FROM register WHERE person IN {marks(len(persons))} "
            f"AND kind IN {marks(len(kinds))} ORDER BY person, kind, id"
        )
        return self._entries(self._all(statement, *persons, *kinds) if persons else [])

    def entries_named(self, kind: str, names: Collection[str]) -> tuple[Entry, ...]:
        """Return the rows of a kind with these ids, as far as there are any, by their ids."""
        before = f"SELECT {rows.ENTRY} FROM register WHERE kind = ? AND id IN"
        return self._entries(sorted(self._some(before, names, kind)))

    def known(self, persons: Collection[str]) -> frozenset[str]:
        """Return which of these are persons who are kept, erased ones too."""
        return frozenset(row[0] for row in self._some("SELECT id FROM person WHERE id IN", persons))

    def openings_of(self, entries: Collection[int]) -> tuple[Opening, ...]:
        """Return the records of these entries of the audit log that still exist, in order."""
        before = "SELECT entry, salt, record FROM audit_record WHERE entry IN"
        return tuple(Opening(*row) for row in sorted(self._some(before, entries)))

    def _some(self, before: str, names: Collection[object], *values: object) -> Iterator[Any]:
        """Yield the rows of a statement that ends with a list of names, some names at a time."""
        asked = list(dict.fromkeys(names))
        for first in range(0, len(asked), ASKED):
            some = asked[first : first + ASKED]
            yield from self._all(f"{before} {marks(len(some))}", *values, *some)

    def tallied(self, kind: str, key: str, value: str, by: str) -> tuple[Tally, ...]:
        """Count the rows of a kind with this key by what they have of another key, and by day."""
        # A cross join is made in this order: from the few rows that have the key.
        statement = (
            "SELECT b.value, count(*), min(r.changed_us), max(r.changed_us) FROM register_key k "
            "CROSS JOIN register_key b CROSS JOIN register r "
            "WHERE k.kind = ? AND k.key = ? AND k.value = ? "
            "AND b.kind = k.kind AND b.id = k.id AND b.key = ? "
            "AND r.kind = k.kind AND r.id = k.id "
            f"GROUP BY b.value, r.changed_us / {US_PER_DAY} ORDER BY b.value, min(r.changed_us)"
        )
        return tuple(Tally(*row) for row in self._all(statement, kind, key, value, by))

    def things_about(self, person: str) -> int:
        """Count the rows of the register about a person, and what stands as judged."""
        found: int = self._one(
            "SELECT (SELECT count(*) FROM register WHERE person = ?) "
            "+ (SELECT count(*) FROM assessment WHERE person = ?)",
            person,
            person,
        )[0]
        return found

    def latest(
        self,
        kind: str,
        key: str,
        value: str,
        before: str | None = None,
        count: int = 100,
        also: KeyValue | None = None,
    ) -> tuple[Entry, ...]:
        """Return the rows of a kind with this key before this id, by their ids, the last first."""
        which, asked = "", [kind, key, value]
        if before is not None:
            which += " AND id < ?"
            asked.append(before)
        if also is not None:
            which += (
                " AND EXISTS (SELECT 1 FROM register_key o WHERE o.kind = register.kind "
                "AND o.key = ? AND o.value = ? AND o.id = register.id)"
            )
            asked += also
        statement = (
            f"{self.FOUND} WHERE kind = ? AND key = ? AND value = ?{which} ORDER BY id DESC LIMIT ?"
        )
        return self._entries(self._all(statement, *asked, count))

    def last_change(self) -> int:
        """Return the number of the last change of any incident."""
        found: int = self._one("SELECT incident FROM change_edge")[0]
        return found
