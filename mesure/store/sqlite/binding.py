"""Binding rows to the audit log, in SQLite, in its own SQL."""

from collections.abc import Iterator, Sequence
from typing import Final

from mesure.store.commitments import row_digests
from mesure.store.commitments.change_tracking import Marking
from mesure.store.commitments.row_digests import EVIDENCE, Batch, Edge, Range
from mesure.store.sqlite.connection import Asking, listed, marks
from mesure.store.values import tables
from mesure.store.values.tables import Row

_EDGE: Final = "SELECT batches, commitments, pinned FROM binding_edge"
# The segments that ranges of numbers touch: from the one in which a range begins to its end.
_TOUCHED: Final = (
    "SELECT json_extract(asked.value, '$[0]'), json_extract(asked.value, '$[1]'), "
    "first, count, live, batch FROM json_each(?) AS asked CROSS JOIN bound ON first >= coalesce("
    "(SELECT max(first) FROM bound WHERE first <= json_extract(asked.value, '$[0]')), 0) "
    "AND first <= json_extract(asked.value, '$[1]')"
)
_ITS_KEYS: Final = "SELECT kind, id, key, value FROM register_key"


def _which(table: str) -> str:
    return " AND ".join(f"{name} = ?" for name in EVIDENCE[table].key)


class SqliteBindingReading(Asking):
    """What is read to hold rows against what was bound."""

    def evidence(self, table: str) -> Iterator[Row]:
        """Yield every row of a table, its own number behind it."""
        names = row_digests.columns_of(table)
        found = self._connection.execute(
            f"SELECT {', '.join(names)}, bound FROM {table} "
            f"ORDER BY {', '.join(EVIDENCE[table].key)}"
        )
        rows = ((tables.flagged(names, row[:-1]), row[-1]) for row in found)
        if table != "register":
            return ((*values, number) for values, number in rows)
        keys = self._connection.execute(f"{_ITS_KEYS} ORDER BY kind, id")
        return tables.with_keys(rows, keys)

    def unbound(self, table: str) -> Iterator[Row]:
        """Yield what tells the rows of a table apart that are not bound."""
        key = ", ".join(EVIDENCE[table].key)
        return iter(self._connection.execute(f"SELECT {key} FROM {table} WHERE bound IS NULL"))


class SqliteBindingWork(SqliteBindingReading, Marking):
    """What is bound."""

    def _bound_edge(self) -> Edge:
        return Edge(*self._one(_EDGE))

    def bind_whole(self) -> None:
        """Say that every row is bound now."""
        self._put("UPDATE binding_edge SET whole = 1")

    def settle(self) -> None:
        """Bind what the change wrote; the last thing that is done in it."""
        if self._binder.is_idle:
            return
        self._begin()
        for table, key in list(self._binder.touched):
            self._rebind(table, key)
        self._keep(self._binder.batch())

    def take_back(self) -> None:
        """Forget what a change wrote that was taken back."""
        self._binder.take_back()

    def _rebind(self, table: str, key: Row) -> None:
        names = row_digests.columns_of(table)
        which = f"FROM {table} WHERE {_which(table)}"
        row = self._one(f"SELECT {', '.join(names)}, bound {which}", *key)
        if row is None:
            return
        values = tables.flagged(names, row[:-1])
        if table == "register":
            found = self._all(f"{_ITS_KEYS} WHERE kind = ? AND id = ?", *key)
            values = (*values, tables.sorted_keys(found))
        number = self._bind(table, row_digests.about(table, values), values)
        self._put(f"UPDATE {table} SET bound = ? WHERE {_which(table)}", number, *key)
        self._gone([row[-1:]])

    def _keep(self, batch: Batch) -> None:
        self._put(
            "INSERT INTO binding VALUES (?, ?, ?, ?)",
            batch.number,
            batch.first,
            batch.until,
            batch.header,
        )
        self._each(
            f"INSERT INTO bound (first, batch, about, count, live, leaves) VALUES {marks(6)}",
            [(one.first, one.batch, one.about, one.size, one.size, one.body)
             for one in batch.segments],
        )  # fmt: skip
        edge = (batch.edge.batches, batch.edge.commitments)
        self._put("UPDATE binding_edge SET batches = ?, commitments = ?", *edge)
        if batch.gone:
            self._let_go(batch.gone, batch.edge.pinned)

    def _let_go(self, gone: Sequence[Range], pinned: int) -> None:
        """Drop segments of which nothing is left, and then what the log has the digest of."""
        left, ended, batches = row_digests.let_go(self._all(_TOUCHED, listed(gone)))
        self._each("UPDATE bound SET live = ? WHERE first = ?", left)
        self._each("DELETE FROM bound WHERE first = ?", [(first,) for first in ended])
        for batch in batches:
            self._drop(batch, batch + 1, pinned)

    def _drop(self, start: int, until: int, pinned: int) -> None:
        """Drop the headers of pinned batches of which no segment is left."""
        self._put(
            "DELETE FROM binding WHERE number >= ? AND number < min(?, ?) AND NOT EXISTS ("
            "SELECT 1 FROM bound WHERE bound.first >= binding.first "
            "AND bound.first < binding.until)",
            start,
            until,
            pinned,
        )

    def _to_pin(self) -> tuple[Edge, dict[int, bytes]]:
        """Return the edge, and the headers that the log does not have yet, by number."""
        edge = self._bound_edge()
        statement = "SELECT number, header FROM binding WHERE number >= ?"
        return edge, dict(self._all(statement, edge.pinned))

    def _pinned(self, edge: Edge) -> None:
        self._put("UPDATE binding_edge SET pinned = ?", edge.batches)
        self._binder.pinned(edge.batches)
        self._drop(edge.pinned, edge.batches, edge.batches)
