"""Change one thing in a database without the program: a byte, or a row added, removed or altered.

Each change knows what it may be found as, and how it is undone. Constraints of the database that a
change would break make it try another: nobody notices what the database itself refuses.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import psycopg

from mesure.store.commitments import row_digests
from mesure.store.commitments.row_digests import EVIDENCE
from mesure.store.values import tables as transfer
from mesure.store.values.mismatches import MismatchKind, RowMismatch
from tests.store.databases import Database

LOG = ("audit_entry", "audit_record", "audit_node", "audit_edge", "checkpoint")
BETWEEN = ("binding_edge", "binding", "bound")
# By what a person finds that something about them is bound; it is itself no evidence.
UNBOUND = {("bound", "about"), ("binding_edge", "one"), ("audit_edge", "one")}
# Salt and record have one hash; keys of a row of the register stay behind where it is moved.
UNTOLD = {
    *(("audit_record", column) for column in ("entry", "salt", "record", "person")),
    ("register", "kind"), ("register", "id"),
}  # fmt: skip
ONE_ROW = {"audit_edge", "binding_edge"}
TRIES = 200

Refused = (sqlite3.Error, psycopg.Error)


class Raw:
    """A database as somebody has it who knows its password and not the program."""

    def __init__(self, connection: Any, mark: str) -> None:
        self._connection, self._mark = connection, mark

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(statement.replace("?", self._mark), values)
        return list(cursor.fetchall()) if cursor.description else []

    def attempt(self, statement: str, *values: Any) -> bool:
        """Tell whether the database lets this be done."""
        self._connection.execute("SAVEPOINT attempt")
        try:
            self.run(statement, *values)
        except Refused:
            self._connection.execute("ROLLBACK TO SAVEPOINT attempt")
            return False
        return True

    def keep(self) -> None:
        self._connection.commit()


@contextmanager
def raw(database: Database) -> Iterator[Raw]:
    if database.kind == "sqlite":
        connection = sqlite3.connect(database.where, isolation_level=None)
        connection.execute("BEGIN")
        try:
            yield Raw(connection, "?")
        finally:
            connection.close()
    else:
        with psycopg.connect(database.where) as other:
            other.execute("SET session_replication_role = replica")  # No references are checked.
            yield Raw(other, "%s")


@dataclass(frozen=True)
class StoreChange:
    """What was done, as what it may be found, and how it is undone."""

    description: str
    is_named: Callable[[RowMismatch], bool]
    undo: Callable[[Raw], None]


class Tamperer:
    """Somebody who changes one thing at a time."""

    def __init__(self, database: Database, seed: int, tables: Sequence[str]) -> None:
        self.database, self.chance, self.tables = database, random.Random(seed), tables

    def take_step(self) -> StoreChange:
        """Change one thing."""
        for _ in range(TRIES):
            table = self.chance.choice(self.tables)
            how = self.chance.choice([self._alter, self._alter, self._remove, self._add])
            with raw(self.database) as there:
                change = how(table, there)
                if change is not None:
                    there.keep()
                    return change
        raise AssertionError("nothing could be changed")

    def undo(self, change: StoreChange) -> None:
        with raw(self.database) as there:
            change.undo(there)
            there.keep()

    # --- Three ways ----------------------------------------------------------------------------

    def _alter(self, table: str, there: Raw) -> StoreChange | None:
        row = self._row(table, there)
        if row is None:
            return None
        column = self.chance.choice([name for name in row if not _is_passed(table, name)])
        value = self._other(row[column])
        if value is None:
            return None
        which = _which(table)
        statement = f"UPDATE {table} SET {column} = ? WHERE {which}"
        if not there.attempt(statement, value, *_key(table, row)):
            return None
        after = {**row, column: value}

        def undo(again: Raw) -> None:
            again.run(statement, row[column], *_key(table, after))

        named = _named(table, [_key(table, row), _key(table, after)], column)
        return StoreChange(
            f"{table} {_key(table, row)}: {column} altered to {value!r}", named, undo
        )

    def _remove(self, table: str, there: Raw) -> StoreChange | None:
        row = self._row(table, there)
        if row is None or table in ONE_ROW:
            return None
        key = _key(table, row)
        if not there.attempt(f"DELETE FROM {table} WHERE {_which(table)}", *key):
            return None

        def undo(again: Raw) -> None:
            _insert(table, row, again.run)

        return StoreChange(f"{table} {key}: removed", _named(table, [key], None), undo)

    def _add(self, table: str, there: Raw) -> StoreChange | None:
        row = self._row(table, there)
        if row is None or table in ONE_ROW:
            return None
        added = dict(row)
        for column in row:
            if self.chance.random() < 0.5 or column in transfer.TABLES[table][1][:2]:
                other = self._other(row[column])
                added[column] = row[column] if other is None else other
        if "bound" in added and self.chance.random() < 0.5:
            added["bound"] = None
        if not _insert(table, added, there.attempt):
            return None
        key = _key(table, added)

        def undo(again: Raw) -> None:
            again.run(f"DELETE FROM {table} WHERE {_which(table)}", *key)

        return StoreChange(f"{table} {key}: added", _named(table, [key], None), undo)

    # --- Values --------------------------------------------------------------------------------

    def _row(self, table: str, there: Raw) -> dict[str, Any] | None:
        names = [*transfer.columns(table), *(["bound"] if table in EVIDENCE else [])]
        [(count,)] = there.run(f"SELECT count(*) FROM {table}")
        if not count:
            return None
        at = self.chance.randrange(count)
        query = f"SELECT {', '.join(names)} FROM {table} ORDER BY {transfer.order(table)}"
        [row] = there.run(f"{query} LIMIT 1 OFFSET {at}")
        return dict(zip(names, row, strict=True))

    def _other(self, value: Any) -> Any:
        """Return another value of the same type, one byte or one bit away; None: there is none."""
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value ^ (1 << self.chance.randrange(20))
        if isinstance(value, float):
            return value / 2
        if isinstance(value, str) and value:
            at = self.chance.randrange(len(value))
            return (
                value[:at]
                + self.chance.choice("abcxyz019".replace(value[at], ""))
                + value[at + 1 :]
            )
        if isinstance(value, bytes) and value:
            at = self.chance.randrange(len(value))
            changed = value[at] ^ (1 << self.chance.randrange(8))
            return value[:at] + bytes([changed]) + value[at + 1 :]
        return None


def _is_passed(table: str, column: str) -> bool:
    if (table, column) in UNBOUND:
        return True
    return table in EVIDENCE and column not in (*EVIDENCE[table].columns, "bound")


def _insert(table: str, row: dict[str, Any], run: Callable[..., Any]) -> Any:
    marks = ", ".join("?" * len(row))
    return run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())


def _which(table: str) -> str:
    return " AND ".join(f"{name} = ?" for name in _key_columns(table))


def _key_columns(table: str) -> tuple[str, ...]:
    count, names = transfer.TABLES[table]
    return names[:count]


def _key(table: str, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _key_columns(table))


# --- As what it may be found ---------------------------------------------------------------------


def _named(
    table: str, keys: list[tuple[Any, ...]], column: str | None
) -> Callable[[RowMismatch], bool]:
    """Return what tells whether something that was found is this: its table, row and column."""
    if table == "register_key":
        rows = {(kind, name) for kind, _, _, name in keys}
        return lambda mismatch: mismatch.table == "register" and mismatch.key in rows

    def is_named(mismatch: RowMismatch) -> bool:
        if table in BETWEEN:
            return mismatch.table in BETWEEN
        if mismatch.table != table or not any(_is_in(key, mismatch.key) for key in keys):
            return False
        if column is None or mismatch.wrong is not MismatchKind.ALTERED:
            return True
        return mismatch.column == column or (mismatch.column is None and (table, column) in UNTOLD)

    return is_named


def _is_in(key: tuple[Any, ...], mismatch_key: tuple[Any, ...]) -> bool:
    """Tell whether a row is the one that was found, or one of a few that were."""
    if key == mismatch_key:
        return True
    if len(mismatch_key) == 1 and isinstance(mismatch_key[0], str) and isinstance(key[0], int):
        first, _, last = mismatch_key[0].partition("-")
        return int(first) <= key[0] <= int(last or first)
    return False


ROWS = (*EVIDENCE, "register_key")
EVERYTHING = (*ROWS, *LOG, *BETWEEN)


# --- Somebody who knows how rows are bound -------------------------------------------------------


def forge_row(database: Database, table: str, *, newest: bool = False) -> int:
    """Alter a row, and its leaf, segment and batch so that they fit it; return the batch."""
    with raw(database) as there:
        order = "DESC" if newest else "ASC"
        names = ", ".join(EVIDENCE[table].columns)
        query = f"SELECT {names}, bound FROM {table} ORDER BY bound {order} LIMIT 1"
        [(*values, number)] = there.run(query)
        at = EVIDENCE[table].columns.index("start_us")
        values[at] += 1
        there.run(f"UPDATE {table} SET start_us = start_us + 1 WHERE bound = ?", number)
        query = (
            "SELECT first, batch, leaves FROM bound WHERE first <= ? ORDER BY first DESC LIMIT 1"
        )
        [(first, batch, body)] = there.run(query, number)
        salt, _, leaves = row_digests.decode_segment(body)
        new_leaves = [(*leaf.key, leaf.hash, *leaf.sums) for leaf in leaves]
        leaf = row_digests.row_hash(salt, table, values), *row_digests.sums(values)
        new_leaves[number - first] = (*leaves[number - first].key, *leaf)
        segment = msgspec.msgpack.encode((salt, table, new_leaves))
        [(header,)] = there.run("SELECT header FROM binding WHERE number = ?", batch)
        old, new = row_digests.segment_digest(body), row_digests.segment_digest(segment)
        there.run("UPDATE bound SET leaves = ? WHERE first = ?", segment, first)
        changed = header.replace(old, new)
        there.run("UPDATE binding SET header = ? WHERE number = ?", changed, batch)
        there.keep()
    return int(batch)
