"""Record types: administrative records as typed values: people's details, reviews, contests.

A store keeps rows of bytes. Here a row becomes the value it is, and back. A row about a person is
sealed under that person's key, so it is gone when the key is; a kind may name a key of the
programme for rows that are about no person. Whether a caller may open a row about a person is asked
before it is opened.

Invariant: the same value is written in the same bytes.
Decision: docs/decisions/0028-one-register-for-what-is-administered.md
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final, Generic, TypeVar

import msgspec

from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, NotFoundError
from mesure.instants import to_datetime, to_us
from mesure.store.interface.store import ReadTransaction, WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring
from mesure.store.values.register import RegisterRow
from mesure.store.writing.audit_append import Salts

T = TypeVar("T")
M = TypeVar("M")
Key = tuple[str, str]

PAGE_MAX: Final = 100
DUE: Final = "due"  # The name of a key: by when something is to be answered.
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class RecordType(Generic[T]):
    """One kind of record: its name, its form, by what it is found, and what seals it."""

    name: str
    form: type[T]
    keys: Callable[[T], Iterable[Key]] = lambda _: ()
    programme_key: str | None = None  # Of rows that are about no person; None: ids only, in clear.

    def encode(self, value: T) -> bytes:
        """Return the bytes of a value; bytes are their own."""
        return value if isinstance(value, bytes) else _ENCODER.encode(value)

    def read(self, body: bytes) -> T:
        """Return the value of bytes."""
        return body if isinstance(body, self.form) else msgspec.json.decode(body, type=self.form)


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
    """A record as it is kept."""

    kind: RecordType[T]
    id: str
    revision: int
    person: str | None
    changed_at: datetime
    value: T


def due_key(at: datetime) -> Key:
    """Return the key of what is to be answered by an instant, so that a list need not open it."""
    return DUE, str(to_us(at))


def rows_with_key(
    reading: ReadTransaction, kind: RecordType[Any], key: Key, after: str = ""
) -> Iterator[RegisterRow]:
    """Yield the rows of a kind with a key, by their ids; none of them is opened."""
    return in_pages(partial(reading.entries_with_key, kind.name, *key), after)


def rows_of_kind(reading: ReadTransaction, kind: RecordType[Any]) -> Iterator[RegisterRow]:
    """Yield the rows of a kind, by their ids; none of them is opened."""
    return in_pages(partial(reading.entries_of_kind, kind.name))


def in_pages(
    read: Callable[[str, int], Sequence[RegisterRow]], after: str = "", most: int = PAGE_MAX
) -> Iterator[RegisterRow]:
    """Yield rows by their ids; `read` returns those after an id, up to a number of them."""
    while rows := read(after, most):
        yield from rows
        if len(rows) < most:
            return  # That was the last page; the next would be asked for in vain.
        after = rows[-1].id


Opening = Callable[[RegisterRow], Stored[Any]]  # Opens a row.
Memo = Callable[[RegisterRow, Opening], M]  # What is known of a row; it opens one that is not.


class RecordsByPerson:
    """Records about several persons, by kind and person."""

    def __init__(self, records: Mapping[tuple[str, str], Sequence[Stored[Any]]]) -> None:
        self._found = records

    def of(self, kind: RecordType[T], person: str) -> Sequence[Stored[T]]:
        """Return the records of a kind about a person, by their ids."""
        return self._found.get((kind.name, person), ())


def _anybody(_person: str) -> None:
    """Let a row be opened without asking; only the program itself reads so."""


class RegisterReader:
    """What can be read of the register; `may_open` raises where somebody may not open a case."""

    def __init__(
        self,
        reading: ReadTransaction,
        keyring: Keyring,
        may_open: Callable[[str], object] = _anybody,
    ) -> None:
        self._reading, self.keyring, self._may_open = reading, keyring, may_open

    def get(self, kind: RecordType[T], id: str) -> Stored[T] | None:  # noqa: A002  As a row calls it.
        """Return a record, if there is one."""
        entry = self._reading.entry(kind.name, id)
        return None if entry is None else self._opened(kind, entry)

    def get_many(self, kind: RecordType[T], ids: Collection[str]) -> dict[str, Stored[T]]:
        """Return the records with these ids, as far as there are any, read at once."""
        entries = self._reading.entries_named(kind.name, ids)
        return {entry.id: self._opened(kind, entry) for entry in entries}

    def need(self, kind: RecordType[T], id: str) -> Stored[T]:  # noqa: A002
        """Return a record that must be there."""
        record = self.get(kind, id)
        if record is None:
            raise NotFoundError(ActionRefusal.NOT_HERE)
        return record

    def about(self, kind: RecordType[T], person: str) -> tuple[Stored[T], ...]:
        """Return the records of a kind about a person."""
        entries = self._reading.entries_about(person, kind.name)
        return tuple(self._opened(kind, entry) for entry in entries)

    def of_persons(
        self, kinds: Sequence[RecordType[Any]], persons: Sequence[str]
    ) -> "RecordsByPerson":
        """Return the records of these kinds about these persons, read at once."""
        by_name = {kind.name: kind for kind in kinds}
        records: dict[tuple[str, str], list[Stored[Any]]] = {}
        entries = self._reading.entries_of(persons, list(by_name))
        keys = self.keyring.find_keys({str(entry.person) for entry in entries})
        for entry in entries:
            record = self._opened(by_name[entry.kind], entry, keys)
            records.setdefault((entry.kind, str(entry.person)), []).append(record)
        return RecordsByPerson(records)

    def find(
        self, kind: RecordType[T], key: str, value: str, after: str = ""
    ) -> Iterator[Stored[T]]:
        """Yield the records with a key, by their ids; `after`: only those behind this one."""
        return (self._opened(kind, row) for row in self.entries(kind, (key, value), after))

    def entries(self, kind: RecordType[Any], key: Key, after: str = "") -> Iterator[RegisterRow]:
        """Yield the rows with a key, by their ids; none is opened."""
        return rows_with_key(self._reading, kind, key, after)

    def has_any(self, kind: RecordType[Any], key: Key) -> bool:
        """Tell whether there is a record with a key; none is opened."""
        return bool(self._reading.entries_with_key(kind.name, *key, "", 1))

    def find_cached(
        self, memo: Memo[M], kind: RecordType[Any], key: str, values: Collection[str]
    ) -> Iterator[M]:
        """Yield what a memo has of rows about nobody with any of these values of a key."""
        rows = self._reading.entries_with_any(kind.name, key, values)
        return (memo(row, partial(self._opened, kind)) for row in rows)

    def all(self, kind: RecordType[T]) -> Iterator[Stored[T]]:
        """Yield every record of a kind, by their ids."""
        return (self._opened(kind, entry) for entry in rows_of_kind(self._reading, kind))

    def ids(self, kind: RecordType[Any]) -> Iterator[str]:
        """Yield the ids of every record of a kind; none is opened."""
        return (entry.id for entry in rows_of_kind(self._reading, kind))

    def _opened(
        self, kind: RecordType[T], entry: RegisterRow, keys: Mapping[str, bytes] | None = None
    ) -> Stored[T]:
        if entry.person is not None:
            self._may_open(entry.person)
        value = kind.read(self._unsealed(kind, entry, keys))
        at = to_datetime(entry.changed_us)
        return Stored(kind, entry.id, entry.revision, entry.person, at, value)

    def _unsealed(
        self, kind: RecordType[Any], entry: RegisterRow, keys: Mapping[str, bytes] | None
    ) -> bytes:
        """Return the bytes of a row; `keys`: those of persons, where they were read at once."""
        if entry.person is None and kind.programme_key is None:
            return entry.body
        if entry.person is None:
            owner = str(kind.programme_key)
            key: bytes | None = self.keyring.programme_key(owner)
        else:
            owner = entry.person
            key = self.keyring.find_key(owner) if keys is None else keys.get(owner)
            if key is None:
                is_erased = self.keyring.is_erased(owner)
                reason = ActionRefusal.ERASED if is_erased else ActionRefusal.UNREADABLE
                raise NotFoundError(reason)
        bound = sealing.entry_seal_context(owner, kind.name, entry.id, entry.revision)
        return sealing.unseal(key, entry.body, bound)


class Register(RegisterReader):
    """What can be read and changed within one action."""

    def __init__(
        self,
        work: WriteTransaction,
        keyring: Keyring,
        salts: Salts,
        now: datetime,
        may_open: Callable[[str], object] = _anybody,
    ) -> None:
        super().__init__(work, keyring, may_open)
        self._work, self._salts, self.now = work, salts, now

    def add(self, kind: RecordType[T], id: str, value: T, person: str | None = None) -> Stored[T]:  # noqa: A002
        """Keep a new record; one with this id must not be there."""
        if self._work.entry(kind.name, id) is not None:
            raise ActionConflictError(ActionRefusal.THERE_ALREADY)
        return self._put(Stored(kind, id, 1, person, self.now, value))

    def change(self, record: Stored[T], value: T) -> Stored[T]:
        """Keep a new value in place of the one that was read."""
        revision = record.revision + 1
        return self._put(replace(record, revision=revision, value=value, changed_at=self.now))

    def drop(self, kind: RecordType[Any], id: str) -> bool:  # noqa: A002
        """Let a record go; tell whether there was one."""
        return self._work.drop(kind.name, id)

    def _put(self, record: Stored[T]) -> Stored[T]:
        if record.person is not None:
            self._may_open(record.person)
        kind = record.kind
        body = self._sealed(record, kind.encode(record.value))
        keys = frozenset(kind.keys(record.value))
        changed_us = to_us(record.changed_at)
        self._work.put(
            RegisterRow(
                kind.name, record.id, record.revision, record.person, body, changed_us, keys
            )
        )
        return record

    def _sealed(self, record: Stored[Any], plain: bytes) -> bytes:
        programme_key = record.kind.programme_key
        if record.person is not None:
            owner, key = record.person, self.keyring.key_of(record.person)
        elif programme_key is not None:
            owner, key = programme_key, self.keyring.programme_key(programme_key)
        else:
            return plain
        bound = sealing.entry_seal_context(owner, record.kind.name, record.id, record.revision)
        return sealing.seal(key, plain, bound, self._salts)
