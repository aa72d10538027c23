"""What lists are read from in SQLite, in its own SQL."""

from collections.abc import Sequence
from typing import Final

from mesure.store import judging, rows
from mesure.store.effects import Alike, KeptHead
from mesure.store.register import Entry, KeyValue
from mesure.store.sqlite_asking import marks
from mesure.store.sqlite_register import SqliteRegisterReading

_HEAD: Final = f"SELECT {judging.HEAD} FROM incident WHERE person = ?"


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

    def heads_without(
        self, persons: Sequence[str], kind: str, key: str, value: str
    ) -> tuple[KeptHead, ...]:
        """Return the incidents about these persons, by when they began and id, that may wait."""
        statement = (
            f"SELECT {judging.HEAD} FROM incident WHERE person IN {marks(len(persons))} "
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
