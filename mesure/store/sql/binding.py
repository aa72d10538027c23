"""Statements that bind rows to the audit log."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, Select, bindparam, column, delete, exists, func, not_, select

from mesure.store.commitments import row_digests
from mesure.store.commitments.change_marks import ChangeMarks
from mesure.store.commitments.row_digests import (
    EVIDENCE,
    CommitmentBatch,
    CommitmentEdge,
    NumberRange,
)
from mesure.store.sql.composing import ZERO, Among, Change, Each, Into, Row, change, rows_of, same
from mesure.store.sql.connection import StatementRunner
from mesure.store.sql.layout import TABLES, T, columns
from mesure.store.values import tables

_EDGE: Final = rows_of(T.binding_edge, "batches, commitments, pinned")
_WHOLE: Final = change(T.binding_edge, "whole")
_NEW_EDGE: Final = Change(T.binding_edge, "batches, commitments")
_PINNED: Final = change(T.binding_edge, "pinned")
_HEADERS: Final = rows_of(T.binding, "number, header", T.binding.c.number >= bindparam("pinned"))
_BATCH: Final = Into(T.binding, "number, first, until, header")
_SEGMENT: Final = Into(T.bound, "first, batch, about, count, live, leaves")
_LEFT: Final = Change(T.bound, "live", "first")
_ENDED: Final = delete(T.bound).where(Among(T.bound.c.first, "ended"))
# Headers of batches that the log has, and of which no segment is left.
_DROP: Final = delete(T.binding).where(
    Among(T.binding.c.number, "numbers"),
    T.binding.c.number < bindparam("pinned"),
    not_(exists().where(T.bound.c.first >= T.binding.c.first, T.bound.c.first < T.binding.c.until)),
)
_KEY: Final = "kind, id, key, value"
_KEYS: Final = rows_of(T.register_key, _KEY).order_by("kind", "id")
_KEYS_OF: Final = Each(
    columns(T.register_key, "kind, id"),
    lambda row: rows_of(T.register_key, _KEY, same(T.register_key, "kind, id", row)),
)
_before = T.bound.alias("before")


def _touched(row: Row) -> Select[Any]:
    """Return the segments that a range of numbers touches.

    They are those from the one in which the range begins to its end.
    """
    begins = (
        select(func.max(_before.c.first))
        .where(_before.c.first <= row["start"])
        .correlate_except(_before)
        .scalar_subquery()
    )
    return select(row["start"], row["last"], *columns(T.bound, "first, count, live, batch")).where(
        T.bound.c.first >= func.coalesce(begins, ZERO), T.bound.c.first <= row["last"]
    )


_TOUCHED: Final = Each([column("start", BigInteger), column("last", BigInteger)], _touched)


@cache
def _evidence(table: str) -> Select[Any]:
    """Return what asks for all rows of a table, each with its number."""
    return rows_of(TABLES[table], _names(table)).order_by(*EVIDENCE[table].key)


@cache
def _unbound(table: str) -> Select[Any]:
    """Return what asks for the keys of rows that have no number."""
    key = ", ".join(EVIDENCE[table].key)
    return rows_of(TABLES[table], key, TABLES[table].c.bound.is_(None))


@cache
def _rows(table: str) -> Each:
    """Return what asks for a row, with its number, by its key."""
    key = ", ".join(EVIDENCE[table].key)
    return Each(
        columns(TABLES[table], key),
        lambda row: rows_of(TABLES[table], _names(table), same(TABLES[table], key, row)),
    )


@cache
def _numbers(table: str) -> Each:
    """Return what writes the number of a row into it."""
    return Change(TABLES[table], "bound", ", ".join(EVIDENCE[table].key))


def _names(table: str) -> str:
    return ", ".join((*row_digests.columns_of(table), "bound"))


class BindingReading(StatementRunner):
    """What is read to hold rows against what was bound."""

    def evidence(self, table: str) -> Iterator[tables.Row]:
        """Yield every row of a table (`row_digests.EVIDENCE`), its own number behind it.

        The number is None where the row was not bound.
        """
        names = row_digests.columns_of(table)
        answer = self._streamed(_evidence(table))
        rows = ((tables.convert_flags(names, row[:-1]), row[-1]) for row in answer)
        if table != "register":
            return ((*values, number) for values, number in rows)
        return tables.with_keys(rows, self._streamed(_KEYS))

    def unbound(self, table: str) -> Iterator[tables.Row]:
        """Yield what tells the rows of a table apart that are not bound."""
        return self._streamed(_unbound(table))


class BindingWork(BindingReading, ChangeMarks):
    """What is bound."""

    def begin(self) -> None:
        """Read how far rows are bound, before anything is changed."""
        self._binder.begin(self._bound_edge())

    def _bound_edge(self) -> CommitmentEdge:
        return CommitmentEdge(*self._one(_EDGE))

    def bind_whole(self) -> None:
        """Say that every row is bound now; what is not bound from here on is no row of ours."""
        self._put(_WHOLE, whole=True)

    def settle(self) -> None:
        """Bind what the change wrote; the last thing that is done in it."""
        if self._binder.is_idle:
            return
        self._begin()
        of: dict[str, list[tables.Row]] = defaultdict(list)
        for table, key in self._binder.touched:
            of[table].append(key)
        for table, keys in of.items():
            self._rebind(table, keys)
        self._keep(self._binder.batch())

    def take_back(self) -> None:
        """Forget what a change wrote that was taken back."""
        self._binder.take_back()

    def _rebind(self, table: str, keys: Sequence[tables.Row]) -> None:
        names = row_digests.columns_of(table)
        pairs = self._pairs_of(keys) if table == "register" else {}
        numbers: list[tables.Row] = []
        for row in self._ask_for_each(_rows(table), keys):
            values = tables.convert_flags(names, row[:-1])
            if table == "register":
                values = (*values, tables.sort_keys(pairs.get(values[:2], ())))
            number = self._bind(table, row_digests.about(table, values), values)
            numbers.append((number, *EVIDENCE[table].key_of(values)))
            self._gone([row[-1:]])
        self._put_each(_numbers(table), numbers)

    def _pairs_of(self, keys: Sequence[tables.Row]) -> dict[tables.Row, list[tables.Row]]:
        """Return the keys that rows of the register have, by kind and id."""
        pairs: dict[tables.Row, list[tables.Row]] = defaultdict(list)
        for row in self._ask_for_each(_KEYS_OF, keys):
            pairs[row[:2]].append(row)
        return pairs

    def _keep(self, batch: CommitmentBatch) -> None:
        edge = batch.edge
        self._put_all(
            (_BATCH, [(batch.number, batch.first, batch.until, batch.header)]),
            (_NEW_EDGE, [(edge.batches, edge.commitments)]),
            (_SEGMENT, [(each.first, each.batch, each.about, each.size, each.size, each.body)
                        for each in batch.segments]),
        )  # fmt: skip
        if batch.gone:
            with self._together():
                self._let_go(batch.gone, edge.pinned)

    def _let_go(self, gone: Sequence[NumberRange], pinned: int) -> None:
        """Drop segments of which nothing is left, and then what the log has the digest of."""
        left, ended, batches = row_digests.let_go(self._ask_for_each(_TOUCHED, gone))
        self._put_each(_LEFT, left)
        if ended:
            self._put(_ENDED, ended=ended)
            self._drop(batches, pinned)

    def _drop(self, batches: Iterable[int], pinned: int) -> None:
        """Drop the headers of pinned batches of which no segment is left."""
        self._put(_DROP, numbers=list(batches), pinned=pinned)

    def _to_pin(self) -> tuple[CommitmentEdge, dict[int, bytes]]:
        """Return the edge, and the headers that the log does not have yet, by number."""
        edge = self._bound_edge()
        return edge, dict(self._all(_HEADERS, pinned=edge.pinned))

    def _pinned(self, edge: CommitmentEdge) -> None:
        self._put(_PINNED, pinned=edge.batches)
        self._binder.mark_pinned(edge.batches)
        self._drop(range(edge.pinned, edge.batches), edge.batches)
