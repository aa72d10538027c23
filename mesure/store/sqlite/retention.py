"""Letting go of what is due, in SQLite, in its own SQL."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from mesure.audit import entries as entries_
from mesure.audit.log_file import Opening
from mesure.store.sqlite.binding import SqliteBindingWork
from mesure.store.sqlite.connection import Asking
from mesure.store.values import rows
from mesure.store.values.records import Logged, Place
from mesure.store.writing import audit_append, checks

_EDGE: Final = "SELECT size, peaks FROM audit_edge"


class SqliteRetentionReading(Asking):
    """What is read of what may be due."""

    def nobodys(self, received_before_us: int, count: int) -> tuple[Logged, ...]:
        """Return records that are nobody's and were received before this, at most so many."""
        found = self._all(
            f"SELECT {rows.LOGGED} FROM message WHERE person IS NULL AND received_us < ? "
            "ORDER BY received_us, part, sequence LIMIT ?",
            received_before_us,
            count,
        )
        return tuple(map(rows.logged, found))

    def recorded(self, person: str) -> tuple[int, ...]:
        """Return the entries of the audit log whose records were kept about a person."""
        found = self._all("SELECT entry FROM audit_record WHERE person = ? ORDER BY entry", person)
        return tuple(row[0] for row in found)

    def openings(self, start: int, count: int) -> tuple[Opening, ...]:
        """Return the records of entries from this one on that still exist, at most so many."""
        found = self._all(
            "SELECT entry, salt, record FROM audit_record WHERE entry >= ? ORDER BY entry LIMIT ?",
            start,
            count,
        )
        return tuple(Opening(*row) for row in found)

    def refused_before(self, until_us: int) -> int:
        """Count the refused bytes that last came before this."""
        statement = "SELECT count(*) FROM quarantine WHERE last_received_us < ?"
        return int(self._one(statement, until_us)[0])

    def sent_before(self, due_before_us: int) -> int:
        """Count what was sent, or given up, and was due before this."""
        statement = "SELECT count(*) FROM outgoing WHERE is_done AND due_us < ?"
        return int(self._one(statement, due_before_us)[0])


class SqliteRetentionWork(SqliteRetentionReading, SqliteBindingWork):
    """What is let go."""

    def cut(self, places: Sequence[Place]) -> int:
        """Take records out of the log, and return how many were there."""
        statement = "DELETE FROM message WHERE part = ? AND sequence = ? RETURNING bound"
        return sum(self._gone(self._all(statement, *place_of(place))) for place in places)

    def rewrite(self, place: Place, form: str, body: bytes) -> None:
        """Put another form of a record in the place of what came; its digest stays."""
        statement = "UPDATE message SET form = ?, body = ? WHERE part = ? AND sequence = ?"
        if not self._put(statement, form, body, *place_of(place)):
            checks.there(None, f"Record {place.sequence} of partition {place.partition}")
        self._written("message", *place_of(place))

    def forget_records(self, entries: Collection[int], day: date, rule: str) -> range:
        """Destroy records of the audit log with their salts, and enter that."""
        statement = "DELETE FROM audit_record WHERE entry = ?"
        gone = [entry for entry in sorted(set(entries)) if self._put(statement, entry)]
        edge = audit_append.unpacked(*self._one(_EDGE))
        start = edge.size
        told = audit_append.tell(edge, entries_.erasures(gone, day, rule))
        self._each("INSERT INTO audit_entry VALUES (?, ?)", told.lines)
        self._each("INSERT INTO audit_node VALUES (?, ?, ?)", told.nodes)
        self._put("UPDATE audit_edge SET size = ?, peaks = ?", edge.size, audit_append.packed(edge))
        return range(start, edge.size)

    def forget_sent(self, due_before_us: int) -> int:
        """Take away what was sent, or given up, and was due before this; return how much."""
        return self._put("DELETE FROM outgoing WHERE is_done AND due_us < ?", due_before_us)


def place_of(place: Place) -> tuple[int, int]:
    """Return the columns of a place.

    >>> place_of(Place(7, 2))
    (7, 2)
    """
    return place.partition, place.sequence
