"""What lists are read from in PostgreSQL, in its own SQL."""

from collections.abc import Sequence
from typing import Final, LiteralString

from mesure.store import judging
from mesure.store.effects import Alike, KeptHead
from mesure.store.postgres_register import ENTRY, PostgresRegisterReading, entry
from mesure.store.register import Entry, KeyValue

_HEAD: Final[LiteralString] = f"SELECT {judging.HEAD} FROM incident WHERE person = %s"


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

    def heads_without(
        self, persons: Sequence[str], kind: str, key: str, value: str
    ) -> tuple[KeptHead, ...]:
        """Return the incidents about these persons, by when they began and id, that may wait."""
        statement: LiteralString = (
            f"SELECT {judging.HEAD} FROM incident WHERE person = ANY(%s::text[]) "
            "AND NOT EXISTS (SELECT FROM register_key k "
            "WHERE k.kind = %s AND k.key = %s AND k.value = %s AND k.id = incident.id) "
            "AND (withdrawn_us IS NULL OR EXISTS (SELECT FROM register r "
            "WHERE r.kind = %s AND r.id = incident.id)) ORDER BY start_us, id"
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
                " AND EXISTS (SELECT FROM register_key o WHERE o.kind = k.kind "
                "AND o.key = %s AND o.value = %s AND o.id = k.id)"
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
