"""The register in SQLite, in its own SQL."""

from itertools import chain
from typing import Any, Final

from mesure.store.sqlite.binding import SqliteBindingWork
from mesure.store.sqlite.connection import Asking, marks
from mesure.store.values import rows
from mesure.store.values.register import Changed, Entry, KeyValue
from mesure.store.writing import checks

ASKED: Final = 200  # Rows whose keys are asked for at once.
_ENTRY: Final = f"SELECT {rows.ENTRY} FROM register"


class SqliteRegisterReading(Asking):
    """What is read of the register."""

    FOUND: Final = f"SELECT {rows.ENTRY} FROM register_key JOIN register USING (kind, id)"

    def entry(self, kind: str, name: str) -> Entry | None:
        """Return a row as it is now."""
        row = self._one(f"{_ENTRY} WHERE kind = ? AND id = ?", kind, name)
        return self._entries([row])[0] if row else None

    def listed(self, kind: str, after: str = "", count: int = 100) -> tuple[Entry, ...]:
        """Return the rows of a kind after this id, by their ids, at most so many."""
        statement = f"{_ENTRY} WHERE kind = ? AND id > ? ORDER BY id LIMIT ?"
        return self._entries(self._all(statement, kind, after, count))

    def found(
        self, kind: str, key: str, value: str, after: str = "", count: int = 100
    ) -> tuple[Entry, ...]:
        """Return the rows of a kind with this key, as `listed` does."""
        statement = (
            f"{self.FOUND} WHERE kind = ? AND key = ? AND value = ? AND id > ? ORDER BY id LIMIT ?"
        )
        return self._entries(self._all(statement, kind, key, value, after, count))

    def entries_about(self, person: str, kind: str | None = None) -> tuple[Entry, ...]:
        """Return what the register has about a person, by kind and id."""
        which = "" if kind is None else " AND kind = ?"
        asked = (person,) if kind is None else (person, kind)
        return self._entries(
            self._all(f"{_ENTRY} WHERE person = ?{which} ORDER BY kind, id", *asked)
        )

    def changes(self, after: int, count: int) -> tuple[Changed, ...]:
        """Return persons about whom something administered changed after this number, in order."""
        found = self._all(
            "SELECT changed, id FROM person WHERE changed > ? ORDER BY changed LIMIT ?",
            after,
            count,
        )
        return tuple(Changed(*row) for row in found)

    def _entries(self, found: list[Any]) -> tuple[Entry, ...]:
        """Return rows with their keys; those of many rows are asked for at once."""
        keys: dict[tuple[str, str], list[KeyValue]] = {}
        for first in range(0, len(found), ASKED):
            names = [row[:2] for row in found[first : first + ASKED]]
            statement = (
                "SELECT kind, id, key, value FROM register_key WHERE (kind, id) IN "
                f"(VALUES {', '.join(['(?, ?)'] * len(names))})"
            )
            for kind, name, *key in self._all(statement, *chain.from_iterable(names)):
                keys.setdefault((kind, name), []).append((key[0], key[1]))
        return tuple(rows.entry(row, keys.get(row[:2], ())) for row in found)


class SqliteRegisterWork(SqliteRegisterReading, SqliteBindingWork):
    """What is changed in the register."""

    def put(self, entry: Entry) -> None:
        """Keep a row: a new one as revision 1, or revision n + 1 in the place of exactly n."""
        kept = self.entry(entry.kind, entry.id)
        checks.is_to_put(kept, entry)
        self._touch(entry.person)
        if kept is None:
            self._put_new(entry)
        else:
            self._put(
                "UPDATE register SET revision = ?, body = ?, changed_us = ? "
                "WHERE kind = ? AND id = ?",
                entry.revision,
                entry.body,
                entry.changed_us,
                entry.kind,
                entry.id,
            )
            self._written("register", entry.kind, entry.id)
        before = kept.keys if kept else frozenset()
        self._each(
            "DELETE FROM register_key WHERE kind = ? AND key = ? AND value = ? AND id = ?",
            [(entry.kind, *key, entry.id) for key in before - entry.keys],
        )
        self._each(
            f"INSERT INTO register_key (kind, key, value, id) VALUES {marks(4)}",
            [(entry.kind, *key, entry.id) for key in entry.keys - before],
        )

    def _put_new(self, entry: Entry) -> None:
        """Keep a new row, bound at once: it need not be read again for that."""
        self._put(
            f"INSERT INTO register ({rows.ENTRY}, bound) VALUES {marks(7)}",
            entry.kind,
            entry.id,
            entry.revision,
            entry.person,
            entry.body,
            entry.changed_us,
            self._bind_new(entry),
        )

    def drop(self, kind: str, name: str) -> bool:
        """Take a row away; tell whether there was one."""
        row = self._one(
            "DELETE FROM register WHERE kind = ? AND id = ? RETURNING person, bound", kind, name
        )
        if row:
            self._mark(row[0])
            self._gone([row[1:]])
        return row is not None

    def _touch(self, person: str | None) -> None:
        """Note that something about a person changes; refuse it for one who was erased."""
        if person is not None:
            found = self._one(f"SELECT {rows.PERSON} FROM person WHERE id = ?", person)
            checks.living(found and rows.person(found), person)
            self._mark(person)

    def _mark(self, person: str | None) -> None:
        if person is not None:
            row = self._one(
                "UPDATE change_edge SET administered = administered + 1 RETURNING administered"
            )
            self._put("UPDATE person SET changed = ? WHERE id = ?", row[0], person)
