"""Letting go of what is due, in PostgreSQL, in its own SQL."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import LiteralString

from mesure.audit import entries as entries_
from mesure.audit.log_file import Opening
from mesure.audit.tree import Frontier
from mesure.store.postgres.binding import PostgresBindingWork
from mesure.store.postgres.connection import Asking, columns
from mesure.store.values import rows
from mesure.store.values.records import Logged, Place
from mesure.store.writing import audit_append, checks

_EDGE: LiteralString = "SELECT size, peaks FROM audit_edge"


class PostgresRetentionReading(Asking):
    """What is read of what may be due."""

    def nobodys(self, received_before_us: int, count: int) -> tuple[Logged, ...]:
        """Return records that are nobody's and were received before this, at most so many."""
        found = self._all(
            f"SELECT {rows.LOGGED} FROM message WHERE person IS NULL AND received_us < %s "
            "ORDER BY received_us, part, sequence LIMIT %s",
            received_before_us,
            count,
        )
        return tuple(map(rows.logged, found))

    def recorded(self, person: str) -> tuple[int, ...]:
        """Return the entries of the audit log whose records were kept about a person."""
        found = self._all("SELECT entry FROM audit_record WHERE person = %s ORDER BY entry", person)
        return tuple(row[0] for row in found)

    def openings(self, start: int, count: int) -> tuple[Opening, ...]:
        """Return the records of entries from this one on that still exist, at most so many."""
        found = self._all(
            "SELECT entry, salt, record FROM audit_record WHERE entry >= %s "
            "ORDER BY entry LIMIT %s",
            start,
            count,
        )
        return tuple(Opening(*row) for row in found)

    def refused_before(self, until_us: int) -> int:
        """Count the refused bytes that last came before this."""
        statement: LiteralString = "SELECT count(*) FROM quarantine WHERE last_received_us < %s"
        return int(self._one(statement, until_us)[0])

    def sent_before(self, due_before_us: int) -> int:
        """Count what was sent, or given up, and was due before this."""
        statement: LiteralString = "SELECT count(*) FROM outgoing WHERE is_done AND due_us < %s"
        return int(self._one(statement, due_before_us)[0])


class PostgresRetentionWork(PostgresRetentionReading, PostgresBindingWork):
    """What is let go."""

    # The edge of the tree as this transaction leaves it; None: as it is kept.
    _edge: Frontier | None = None

    def cut(self, places: Sequence[Place]) -> int:
        """Take records out of the log, and return how many were there."""
        found = self._all(
            "DELETE FROM message USING unnest(%s::int[], %s::bigint[]) AS gone (part, sequence) "
            "WHERE message.part = gone.part AND message.sequence = gone.sequence RETURNING bound",
            *columns([(place.partition, place.sequence) for place in places], 2),
        )
        return self._gone(found)

    def rewrite(self, place: Place, form: str, body: bytes) -> None:
        """Put another form of a record in the place of what came; its digest stays."""
        statement = "UPDATE message SET form = %s, body = %b WHERE part = %s AND sequence = %s"
        if not self._put(statement, form, body, place.partition, place.sequence):
            checks.there(None, f"Record {place.sequence} of partition {place.partition}")
        self._written("message", place.partition, place.sequence)

    def forget_records(self, entries: Collection[int], day: date, rule: str) -> range:
        """Destroy records of the audit log with their salts, and enter that."""
        gone = self._all(
            "DELETE FROM audit_record WHERE entry = ANY(%s::bigint[]) RETURNING entry",
            list(entries),
        )
        edge = self._edge = self._edge or audit_append.unpacked(*self._one(_EDGE))
        start = edge.size
        told = audit_append.tell(edge, entries_.erasures((row[0] for row in gone), day, rule))
        self._put(
            "INSERT INTO audit_entry SELECT * FROM unnest(%s::bigint[], %b::bytea[])",
            *columns(told.lines, 2),
        )
        self._put(
            "INSERT INTO audit_node "
            "SELECT * FROM unnest(%s::smallint[], %s::bigint[], %b::bytea[])",
            *columns(told.nodes, 3),
        )
        self._put(
            "UPDATE audit_edge SET size = %s, peaks = %b", edge.size, audit_append.packed(edge)
        )
        return range(start, edge.size)

    def forget_sent(self, due_before_us: int) -> int:
        """Take away what was sent, or given up, and was due before this; return how much."""
        return self._put("DELETE FROM outgoing WHERE is_done AND due_us < %s", due_before_us)
