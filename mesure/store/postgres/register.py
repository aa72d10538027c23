"""The register in PostgreSQL, in its own SQL."""

from typing import Final, LiteralString

from mesure.store.postgres.binding import PostgresBindingWork
from mesure.store.postgres.connection import Asking, columns
from mesure.store.values import rows
from mesure.store.values.register import Changed, Entry
from mesure.store.writing import checks

# The keys of a row come with it, as an array of pairs.
ENTRY: Final[LiteralString] = (
    "SELECT kind, id, revision, person, body, changed_us, "
    "ARRAY(SELECT ARRAY[k.key, k.value] FROM register_key k "
    "WHERE k.kind = r.kind AND k.id = r.id) FROM register r"
)


class PostgresRegisterReading(Asking):
    """What is read of the register."""

    def entry(self, kind: str, name: str) -> Entry | None:
        """Return a row as it is now."""
        row = self._one(f"{ENTRY} WHERE kind = %s AND id = %s", kind, name)
        return row and entry(row)

    def listed(self, kind: str, after: str = "", count: int = 100) -> tuple[Entry, ...]:
        """Return the rows of a kind after this id, by their ids, at most so many."""
        statement: LiteralString = f"{ENTRY} WHERE kind = %s AND id > %s ORDER BY id LIMIT %s"
        return tuple(map(entry, self._all(statement, kind, after, count)))

    def found(
        self, kind: str, key: str, value: str, after: str = "", count: int = 100
    ) -> tuple[Entry, ...]:
        """Return the rows of a kind with this key, as `listed` does."""
        statement: LiteralString = (
            f"{ENTRY} JOIN (SELECT kind, id FROM register_key "
            "WHERE kind = %s AND key = %s AND value = %s AND id > %s ORDER BY id LIMIT %s) "
            "AS asked USING (kind, id) ORDER BY id"
        )
        return tuple(map(entry, self._all(statement, kind, key, value, after, count)))

    def entries_about(self, person: str, kind: str | None = None) -> tuple[Entry, ...]:
        """Return what the register has about a person, by kind and id."""
        which: LiteralString = "" if kind is None else " AND kind = %s"
        asked = (person,) if kind is None else (person, kind)
        statement: LiteralString = f"{ENTRY} WHERE person = %s{which} ORDER BY kind, id"
        return tuple(map(entry, self._all(statement, *asked)))

    def changes(self, after: int, count: int) -> tuple[Changed, ...]:
        """Return persons about whom something administered changed after this number, in order."""
        found = self._all(
            "SELECT changed, id FROM person WHERE changed > %s ORDER BY changed LIMIT %s",
            after,
            count,
        )
        return tuple(Changed(*row) for row in found)


class PostgresRegisterWork(PostgresRegisterReading, PostgresBindingWork):
    """What is changed in the register."""

    def put(self, entry: Entry) -> None:
        """Keep a row: a new one as revision 1, or revision n + 1 in the place of exactly n."""
        kept = self.entry(entry.kind, entry.id)
        checks.is_to_put(kept, entry)
        self._touch(entry.person)
        if kept is None:
            self._put_new(entry)
            return
        self._put(
            "UPDATE register SET revision = %s, body = %b, changed_us = %s "
            "WHERE kind = %s AND id = %s",
            entry.revision,
            entry.body,
            entry.changed_us,
            entry.kind,
            entry.id,
        )
        if kept.keys != entry.keys:
            self._put_keys(entry)
        self._written("register", entry.kind, entry.id)

    def _put_new(self, entry: Entry) -> None:
        """Keep a new row with its keys, bound at once: it need not be read again for that."""
        self._put(
            "WITH made AS (INSERT INTO register "
            "(kind, id, revision, person, body, changed_us, bound) "
            "VALUES (%s, %s, %s, %s, %b, %s, %s) RETURNING kind, id) "
            "INSERT INTO register_key (kind, id, key, value) SELECT made.kind, made.id, its.* "
            "FROM made, unnest(%s::text[], %s::text[]) AS its",
            entry.kind,
            entry.id,
            entry.revision,
            entry.person,
            entry.body,
            entry.changed_us,
            self._bind_new(entry),
            *columns(sorted(entry.keys), 2),
        )

    def _put_keys(self, entry: Entry) -> None:
        names, values = columns(sorted(entry.keys), 2)
        self._put(
            "DELETE FROM register_key WHERE kind = %s AND id = %s AND NOT EXISTS ("
            "SELECT FROM unnest(%s::text[], %s::text[]) AS kept (key, value) "
            "WHERE kept.key = register_key.key AND kept.value = register_key.value)",
            entry.kind,
            entry.id,
            names,
            values,
        )
        self._put(
            "INSERT INTO register_key (kind, id, key, value) SELECT %s, %s, * "
            "FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            entry.kind,
            entry.id,
            names,
            values,
        )

    def drop(self, kind: str, name: str) -> bool:
        """Take a row away; tell whether there was one."""
        row = self._one(
            "DELETE FROM register WHERE kind = %s AND id = %s RETURNING person, bound", kind, name
        )
        if row:
            self._mark(row[0])
            self._gone([row[1:]])
        return row is not None

    def _touch(self, person: str | None) -> None:
        """Note that something about a person changes; refuse it for one who was erased."""
        if person is not None:
            found = self._one(f"SELECT {rows.PERSON} FROM person WHERE id = %s", person)
            checks.living(found and rows.person(found), person)
            self._mark(person)

    def _mark(self, person: str | None) -> None:
        if person is not None:
            self._put(
                "WITH edge AS (UPDATE change_edge SET administered = administered + 1 "
                "RETURNING administered) "
                "UPDATE person SET changed = administered FROM edge WHERE id = %s",
                person,
            )


def entry(row: rows.Row) -> Entry:
    """Return a row of the register with its keys."""
    return rows.entry(row[:6], ((key, value) for key, value in row[6]))
