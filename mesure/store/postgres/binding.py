"""Binding rows to the audit log, in PostgreSQL, in its own SQL."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, LiteralString

from psycopg import sql

from mesure.store.commitments import row_digests
from mesure.store.commitments.change_tracking import Marking
from mesure.store.commitments.row_digests import EVIDENCE, Batch, Edge, Range
from mesure.store.postgres.connection import Asking, columns
from mesure.store.values import tables
from mesure.store.values.tables import Row

EDGE: Final[LiteralString] = "SELECT batches, commitments, pinned FROM binding_edge"
# Of the columns that tell rows apart, those that are numbers.
_NUMBERS: Final = frozenset({"number", "start_us", "part", "sequence", "stood_from_us",
                             "stood_until_us", "end_us"})  # fmt: skip


def _names(names: Iterable[str], of: str = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(*filter(None, (of, name))) for name in names)


def _asked(table: str) -> sql.Composed:
    """Return keys that are asked for, as rows to join with."""
    key = EVIDENCE[table].key
    return sql.SQL("unnest({}) AS asked ({})").format(_arrays(key), _names(key))


def _arrays(key: Iterable[str]) -> sql.Composed:
    """Return a place for an array of each column of a key."""
    return sql.SQL(", ").join(
        sql.SQL("%s::bigint[]") if name in _NUMBERS else sql.SQL("%s::text[]") for name in key
    )


class PostgresBindingReading(Asking):
    """What is read to hold rows against what was bound."""

    def evidence(self, table: str) -> Iterator[Row]:
        """Yield every row of a table, its own number behind it."""
        names = row_digests.columns_of(table)
        found = self._sorted(f"evidence_{table}", table, (*names, "bound"), EVIDENCE[table].key)
        rows = ((tables.flagged(names, row[:-1]), row[-1]) for row in found)
        if table != "register":
            return ((*values, number) for values, number in rows)
        whole = ("kind", "id", "key", "value")
        keys = self._sorted("evidence_key", "register_key", whole, ("kind", "id"))
        return tables.with_keys(rows, keys)

    def unbound(self, table: str) -> Iterator[Row]:
        """Yield what tells the rows of a table apart that are not bound."""
        statement = sql.SQL("SELECT {} FROM {} WHERE bound IS NULL").format(
            _names(EVIDENCE[table].key), sql.Identifier(table)
        )
        return self._streamed(f"unbound_{table}", statement)

    def _sorted(
        self, name: str, table: str, names: Sequence[str], order: Sequence[str]
    ) -> Iterator[Row]:
        statement = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
            _names(names), sql.Identifier(table), _names(order)
        )
        return self._streamed(name, statement)


class PostgresBindingWork(PostgresBindingReading, Marking):
    """What is bound."""

    def _bound_edge(self) -> Edge:
        return Edge(*self._one(EDGE))

    def bind_whole(self) -> None:
        """Say that every row is bound now."""
        self._put("UPDATE binding_edge SET whole = true")

    def settle(self) -> None:
        """Bind what the change wrote; the last thing that is done in it."""
        if self._binder.is_idle:
            return
        self._begin()
        of: dict[str, list[Row]] = defaultdict(list)
        for table, key in self._binder.touched:
            of[table].append(key)
        for table, keys in of.items():
            self._rebind(table, keys)
        with self._connection.pipeline():
            self._keep(self._binder.batch())

    def _rebind(self, table: str, keys: list[Row]) -> None:
        evidence, names = EVIDENCE[table], row_digests.columns_of(table)
        given = columns(keys, len(evidence.key))
        statement = sql.SQL("SELECT {}, {}.bound FROM {} JOIN {} USING ({})").format(
            _names(names, table),
            sql.Identifier(table),
            sql.Identifier(table),
            _asked(table),
            _names(evidence.key),
        )
        its = self._keys_of_rows(given) if table == "register" else {}
        bound: list[tuple[Row, int]] = []
        for row in self._connection.execute(statement, given).fetchall():
            values = tables.flagged(names, row[:-1])
            if table == "register":
                values = (*values, tables.sorted_keys(its.get(values[:2], ())))
            number = self._bind(table, row_digests.about(table, values), values)
            bound.append((evidence.key_of(values), number))
            self._gone([row[-1:]])
        self._number(table, bound)

    def _keys_of_rows(self, given: Sequence[object]) -> dict[Row, list[Row]]:
        its: dict[Row, list[Row]] = defaultdict(list)
        for row in self._all(
            "SELECT kind, id, key, value FROM register_key "
            "JOIN unnest(%s::text[], %s::text[]) AS asked (kind, id) USING (kind, id)",
            *given,
        ):
            its[row[:2]].append(row)
        return its

    def _number(self, table: str, bound: Sequence[tuple[Row, int]]) -> None:
        """Write the numbers of rows into them."""
        key = EVIDENCE[table].key
        statement = sql.SQL(
            "UPDATE {} SET bound = asked.its_number FROM unnest({}, %s::bigint[]) "
            "AS asked ({}, its_number) WHERE {}"
        ).format(
            sql.Identifier(table),
            _arrays(key),
            _names(key),
            sql.SQL(" AND ").join(
                sql.SQL("{} = {}").format(
                    sql.Identifier(table, name), sql.Identifier("asked", name)
                )
                for name in key
            ),
        )
        numbers = [number for _, number in bound]
        given = [*columns([one for one, _ in bound], len(key)), numbers]
        self._connection.execute(statement, given)

    def _keep(self, batch: Batch) -> None:
        self._put(
            "WITH headed AS (INSERT INTO binding VALUES (%s, %s, %s, %b)), "
            "edged AS (UPDATE binding_edge SET batches = %s, commitments = %s) "
            "INSERT INTO bound (first, batch, about, count, live, leaves) "
            "SELECT first, batch, about, count, count, leaves FROM unnest("
            "%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %b::bytea[]) "
            "AS made (first, batch, about, count, leaves)",
            batch.number,
            batch.first,
            batch.until,
            batch.header,
            batch.edge.batches,
            batch.edge.commitments,
            *columns(batch.segments, 5),
        )
        if batch.gone:
            self._let_go(batch.gone, batch.edge.pinned)

    def _let_go(self, gone: Sequence[Range], pinned: int) -> None:
        """Drop segments of which nothing is left, and then what the log has the digest of."""
        found = self._all(
            "SELECT asked.*, its.* FROM unnest(%s::bigint[], %s::bigint[]) AS asked (start, last), "
            "LATERAL (SELECT first, count, live, batch FROM bound WHERE first >= coalesce("
            "(SELECT max(first) FROM bound WHERE first <= start), 0) "
            "AND first <= last OFFSET 0) AS its",
            *columns(gone, 2),
        )
        left, ended, batches = row_digests.let_go(found)
        if left:
            self._put(
                "UPDATE bound SET live = of.live FROM unnest(%s::bigint[], %s::bigint[]) "
                "AS of (live, first) WHERE bound.first = of.first",
                *columns(left, 2),
            )
        if ended:
            self._put("DELETE FROM bound WHERE first = ANY(%s::bigint[])", ended)
            self._drop(batches, pinned)

    def _drop(self, batches: Iterable[int], pinned: int) -> None:
        """Drop the headers of pinned batches of which no segment is left."""
        self._put(
            "DELETE FROM binding WHERE number = ANY(%s::bigint[]) AND number < %s "
            "AND NOT EXISTS (SELECT FROM bound WHERE bound.first >= binding.first "
            "AND bound.first < binding.until)",
            sorted(set(batches)),
            pinned,
        )

    def _to_pin(self) -> tuple[Edge, dict[int, bytes]]:
        """Return the edge, and the headers that the log does not have yet, by number."""
        edge = self._bound_edge()
        statement: LiteralString = "SELECT number, header FROM binding WHERE number >= %s"
        return edge, dict(self._all(statement, edge.pinned))

    def _pinned(self, edge: Edge) -> None:
        self._put("UPDATE binding_edge SET pinned = %s", edge.batches)
        self._binder.pinned(edge.batches)
        self._drop(range(edge.pinned, edge.batches), edge.batches)
