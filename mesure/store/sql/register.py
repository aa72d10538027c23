"""Statements about the register."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Final

import msgspec
from sqlalchemy import and_, bindparam, delete, select, update

from mesure.store.sql.binding import BindingWork
from mesure.store.sql.composing import ONE, Change, Each, Into, Pairs, at_most, rows_of, same
from mesure.store.sql.connection import StatementRunner
from mesure.store.sql.layout import T, columns
from mesure.store.values import rows
from mesure.store.values.register import PersonChange, RegisterRow
from mesure.store.writing import checks

_pairs = msgspec.json.Decoder(list[tuple[str, str]]).decode

# The keys of a row come with it.
ENTRY: Final = rows_of(T.register, rows.ENTRY).add_columns(
    select(Pairs(T.register_key.c.key, T.register_key.c.value))
    .where(T.register_key.c.kind == T.register.c.kind, T.register_key.c.id == T.register.c.id)
    .correlate(T.register)
    .scalar_subquery()
)
_ROW: Final = ENTRY.where(same(T.register, "kind, id"))
_LISTED: Final = at_most(
    ENTRY.where(same(T.register, "kind"), T.register.c.id > bindparam("after")).order_by("id")
)
_asked = at_most(
    rows_of(
        T.register_key,
        "kind, id",
        same(T.register_key, "kind, key, value"),
        T.register_key.c.id > bindparam("after"),
    ).order_by("id")
).subquery("asked")
_FOUND: Final = ENTRY.join_from(
    T.register, _asked, and_(T.register.c.kind == _asked.c.kind, T.register.c.id == _asked.c.id)
).order_by(T.register.c.id)
_ABOUT: Final = ENTRY.where(same(T.register, "person")).order_by("kind", "id")
_ABOUT_OF_KIND: Final = _ABOUT.where(same(T.register, "kind"))
_CHANGES: Final = at_most(
    rows_of(T.person, "changed, id", T.person.c.changed > bindparam("after")).order_by("changed")
)

_NEW: Final = Into(T.register, f"{rows.ENTRY}, bound")
_REPLACE: Final = Change(T.register, "revision, body, changed_us", "kind, id")
_DROP: Final = (
    delete(T.register)
    .where(same(T.register, "kind, id"))
    .returning(*columns(T.register, "person, bound"))
)
_KEY: Final = "kind, key, value, id"
_KEEP_KEY: Final = Into(T.register_key, _KEY)
_DROP_KEY: Final = Each(
    columns(T.register_key, _KEY),
    lambda row: delete(T.register_key).where(same(T.register_key, _KEY, row)),
)
WHO: Final = rows_of(T.person, rows.PERSON, same(T.person, "id"))
_COUNT_CHANGE: Final = update(T.change_edge).values(administered=T.change_edge.c.administered + ONE)
_MARK: Final = (
    update(T.person)
    .values(changed=select(T.change_edge.c.administered).scalar_subquery())
    .where(same(T.person, "id"))
)


class RegisterReading(StatementRunner):
    """What is read of the register."""

    def entry(self, kind: str, name: str) -> RegisterRow | None:
        """Return a row as it is now."""
        row = self._one(_ROW, kind=kind, id=name)
        return row and entry(row)

    def entries_of_kind(
        self, kind: str, after: str = "", count: int = 100
    ) -> tuple[RegisterRow, ...]:
        """Return the rows of a kind after this id, by their ids, at most `count`."""
        return tuple(map(entry, self._all(_LISTED, kind=kind, after=after, count=count)))

    def entries_with_key(
        self, kind: str, key: str, value: str, after: str = "", count: int = 100
    ) -> tuple[RegisterRow, ...]:
        """Return the rows of a kind with this key, as `entries_of_kind` does."""
        which = {"kind": kind, "key": key, "value": value}
        return tuple(map(entry, self._all(_FOUND, **which, after=after, count=count)))

    def entries_about(self, person: str, kind: str | None = None) -> tuple[RegisterRow, ...]:
        """Return what the register has about a person, by kind and id."""
        statement = _ABOUT if kind is None else _ABOUT_OF_KIND
        return tuple(map(entry, self._all(statement, person=person, kind=kind)))

    def changes(self, after: int, count: int) -> tuple[PersonChange, ...]:
        """Return persons about whom something administered changed after this number, in order.

        Each is there once, with the number of the last change: orders and their versions,
        assignments, rows of the register, erasure.
        """
        return tuple(PersonChange(*row) for row in self._all(_CHANGES, after=after, count=count))


class RegisterWork(RegisterReading, BindingWork):
    """What is changed in the register."""

    def put(self, entry: RegisterRow) -> None:
        """Keep a row: a new one as revision 1, or revision n + 1 in the place of exactly n.

        Anything else raises `ConflictError`: somebody else has changed it in between. A row stays
        with the person it was entered about.
        """
        entry.check()
        before = self.entry(entry.kind, entry.id)
        if before is None:
            self.add([entry])
            return
        checks.is_to_put(before, entry)
        drop, keep = before.keys - entry.keys, entry.keys - before.keys
        key, new = (entry.kind, entry.id), (entry.revision, entry.body, entry.changed_us)
        with self._touching([entry.person]):
            self._put_all(
                (_REPLACE, [(*new, *key)]),
                (_DROP_KEY, [(entry.kind, *gone, entry.id) for gone in sorted(drop)]),
                (_KEEP_KEY, [(entry.kind, *more, entry.id) for more in sorted(keep)]),
            )
            self._written("register", *key)

    def add(self, entries: Sequence[RegisterRow]) -> None:
        """Keep rows at once of which none is there yet, each as revision 1."""
        for entry in entries:
            entry.check()
            checks.is_to_put(None, entry)
        keys = [(entry.kind, *key, entry.id) for entry in entries for key in sorted(entry.keys)]
        with self._touching(dict.fromkeys(entry.person for entry in entries)):
            # Bound at once: they need not be read again for that.
            new = [(*rows.row_of_entry(entry), self._bind_new(entry)) for entry in entries]
            self._put_all((_NEW, new), (_KEEP_KEY, keys))

    def drop(self, kind: str, name: str) -> bool:
        """Take a row away; tell whether there was one."""
        row = self._one(_DROP, kind=kind, id=name)
        if row:
            self._mark(row[0])
            self._gone([row[1:]])
        return row is not None

    @contextmanager
    def _touching(self, persons: Collection[str | None]) -> Iterator[None]:
        with self._together() if any(persons) else nullcontext():
            for person in persons:
                self._touch(person)
            yield

    def _touch(self, person: str | None) -> None:
        """Note that something about a person changes; refuse it for one who was erased."""
        if person is not None:
            row = self._one(WHO, id=person)
            checks.require_living(row and rows.person(row), person)
            self._mark(person)

    def _mark(self, person: str | None) -> None:
        if person is not None:
            with self._together():
                self._put(_COUNT_CHANGE)
                self._put(_MARK, id=person)


def entry(row: rows.Row) -> RegisterRow:
    """Return a row of the register with its keys."""
    return rows.entry(row[:6], _pairs(row[6]) if row[6] else ())
