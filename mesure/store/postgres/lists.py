"""What lists are read from in PostgreSQL, in its own SQL.

Whether a row has a key is asked by a subquery that gives the row's id, not by EXISTS: EXISTS may be
made a join, and the plan that is kept for a prepared statement, which knows no values, then goes
through all keys of a kind once for every row: minutes for what an index answers in milliseconds.
"""

from collections.abc import Collection, Sequence
from typing import Final, LiteralString

from mesure.audit.log_file import Opening
from mesure.instants import US_PER_DAY
from mesure.store.postgres.register import ENTRY, PostgresRegisterReading, entry
from mesure.store.values.effects import Alike, KeptHead
from mesure.store.values.register import Entry, KeyValue, Tally
from mesure.store.writing import assessment_changes as changes

_HEAD: Final[LiteralString] = f"SELECT {changes.HEAD} FROM incident WHERE person = %s"


class PostgresListsReading(PostgresRegisterReading):
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
        statement: LiteralString = _HEAD
        if before is not None:
            statement += " AND (start_us, id) < (%s, %s)"
            asked += before
        if alike is not None:
            statement += (
                " AND court_order = %s AND condition = %s AND kind = %s AND withdrawn_us IS NULL"
            )
            asked += alike
        statement += " ORDER BY start_us DESC, id DESC LIMIT %s"
        return tuple(KeptHead(*row) for row in self._all(statement, *asked, count))

    def heads_named(self, names: Collection[str]) -> tuple[KeptHead, ...]:
        """Return the incidents with these ids, as far as there are any, by their ids."""
        statement: LiteralString = (
            f"SELECT {changes.HEAD} FROM incident WHERE id = ANY(%s::text[]) ORDER BY id"
        )
        return tuple(KeptHead(*row) for row in self._all(statement, list(names)))

    def heads_without(
        self, persons: Sequence[str], kind: str, key: str, value: str
    ) -> tuple[KeptHead, ...]:
        """Return the incidents about these persons, by when they began and id, that may wait."""
        statement: LiteralString = (
            f"SELECT {changes.HEAD} FROM incident WHERE person = ANY(%s::text[]) "
            "AND (SELECT k.id FROM register_key k WHERE k.kind = %s AND k.key = %s "
            "AND k.value = %s AND k.id = incident.id) IS NULL "
            "AND (withdrawn_us IS NULL OR (SELECT r.id FROM register r "
            "WHERE r.kind = %s AND r.id = incident.id) IS NOT NULL) ORDER BY start_us, id"
        )
        found = self._all(statement, list(persons), kind, key, value, kind)
        return tuple(KeptHead(*row) for row in found)

    def entries_of(self, persons: Sequence[str], kinds: Sequence[str]) -> tuple[Entry, ...]:
        """Return what the register has of these kinds about these persons, by person, kind, id."""
        statement: LiteralString = (
            f"{ENTRY} WHERE person = ANY(%s::text[]) AND kind = ANY(%s::text[]) "
            "ORDER BY person, kind, id"
        )
        return tuple(map(entry, self._all(statement, list(persons), list(kinds))))

    def entries_named(self, kind: str, names: Collection[str]) -> tuple[Entry, ...]:
        """Return the rows of a kind with these ids, as far as there are any, by their ids."""
        statement: LiteralString = f"{ENTRY} WHERE kind = %s AND id = ANY(%s::text[]) ORDER BY id"
        return tuple(map(entry, self._all(statement, kind, list(names)))) if names else ()

    def known(self, persons: Collection[str]) -> frozenset[str]:
        """Return which of these are persons who are kept, erased ones too."""
        found = self._all("SELECT id FROM person WHERE id = ANY(%s::text[])", list(persons))
        return frozenset(row[0] for row in found)

    def openings_of(self, entries: Collection[int]) -> tuple[Opening, ...]:
        """Return the records of these entries of the audit log that still exist, in order."""
        found = self._all(
            "SELECT entry, salt, record FROM audit_record WHERE entry = ANY(%s::bigint[]) "
            "ORDER BY entry",
            list(entries),
        )
        return tuple(Opening(*row) for row in found)

    def tallied(self, kind: str, key: str, value: str, by: str) -> tuple[Tally, ...]:
        """Count the rows of a kind with this key by what they have of another key, and by day."""
        found = self._all(
            "SELECT b.value, count(*), min(r.changed_us), max(r.changed_us) FROM register_key k "
            "JOIN register_key b ON b.kind = k.kind AND b.id = k.id AND b.key = %s "
            "JOIN register r ON r.kind = k.kind AND r.id = k.id "
            "WHERE k.kind = %s AND k.key = %s AND k.value = %s "
            "GROUP BY b.value, r.changed_us / %s::bigint ORDER BY b.value, min(r.changed_us)",
            by,
            kind,
            key,
            value,
            US_PER_DAY,
        )
        return tuple(Tally(*row) for row in found)

    def things_about(self, person: str) -> int:
        """Count the rows of the register about a person, and what stands as judged."""
        found: int = self._one(
            "SELECT (SELECT count(*) FROM register WHERE person = %s) "
            "+ (SELECT count(*) FROM assessment WHERE person = %s)",
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
        which: LiteralString = ""
        asked = [kind, key, value]
        if before is not None:
            which += " AND id < %s"
            asked.append(before)
        if also is not None:
            which += (
                " AND (SELECT o.id FROM register_key o WHERE o.kind = k.kind "
                "AND o.key = %s AND o.value = %s AND o.id = k.id) IS NOT NULL"
            )
            asked += also
        statement: LiteralString = (
            f"{ENTRY} JOIN (SELECT kind, id FROM register_key k "
            f"WHERE kind = %s AND key = %s AND value = %s{which} ORDER BY id DESC LIMIT %s) "
            "AS asked USING (kind, id) ORDER BY id DESC"
        )
        return tuple(map(entry, self._all(statement, *asked, count)))

    def last_change(self) -> int:
        """Return the number of the last change of any incident."""
        found: int = self._one("SELECT incident FROM change_edge")[0]
        return found
