"""What is to be sent, and checkpoints, in PostgreSQL, in its own SQL."""

from typing import LiteralString

from mesure.store.postgres.connection import Asking
from mesure.store.values import rows
from mesure.store.values.outgoing import Outgoing, Sent
from mesure.store.values.records import Checkpoint
from mesure.store.writing import checks


class PostgresOutgoingReading(Asking):
    """What is read of what is to be sent."""

    def due(
        self, kind: str, now_us: int, count: int, to: str | None = None
    ) -> tuple[Outgoing, ...]:
        """Return what is to be sent by now, the longest due first; `to`: only to this one."""
        which: LiteralString = "" if to is None else " AND recipient = %s"
        asked = () if to is None else (to,)
        found = self._all(
            f"SELECT {rows.OUTGOING} FROM outgoing WHERE kind = %s AND NOT is_done "
            f"AND due_us <= %s{which} ORDER BY due_us, key LIMIT %s",
            kind,
            now_us,
            *asked,
            count,
        )
        return tuple(Outgoing(*row) for row in found)

    def queued(self, now_us: int) -> dict[str, int]:
        """Return how much is to be sent by now, by kind, where there is anything."""
        statement: LiteralString = (
            "SELECT kind, count(*) FROM outgoing WHERE NOT is_done AND due_us <= %s GROUP BY kind"
        )
        return dict(self._all(statement, now_us))

    def sent(self, kind: str, key: str) -> Sent | None:
        """Return what became of something to send so far."""
        row = self._one(f"SELECT {rows.SENT} FROM outgoing WHERE kind = %s AND key = %s", kind, key)
        return row and rows.sent(row)

    def checkpoint(self) -> Checkpoint | None:
        """Return the newest checkpoint of the audit log."""
        row = self._one("SELECT size, text FROM checkpoint ORDER BY size DESC LIMIT 1")
        return row and Checkpoint(*row)

    def checkpoints(self, after: int, count: int) -> tuple[Checkpoint, ...]:
        """Return the checkpoints of more than so many entries, by size, at most so many."""
        statement: LiteralString = (
            "SELECT size, text FROM checkpoint WHERE size > %s ORDER BY size LIMIT %s"
        )
        return tuple(Checkpoint(*row) for row in self._all(statement, after, count))


class PostgresOutgoingWork(PostgresOutgoingReading):
    """What is changed of what is to be sent."""

    def enqueue(self, outgoing: Outgoing) -> bool:
        """Have something sent; False where its kind and key are known already, sent or not."""
        if outgoing.person is not None:
            row = self._one(f"SELECT {rows.PERSON} FROM person WHERE id = %s", outgoing.person)
            checks.living(row and rows.person(row), outgoing.person)
        made = self._put(
            f"INSERT INTO outgoing ({rows.OUTGOING}) VALUES (%s, %s, %s, %b, %s, %s) "
            "ON CONFLICT DO NOTHING",
            *rows.outgoing_row(outgoing),
        )
        return made == 1

    def done(self, kind: str, key: str, outcome: str) -> None:
        """Keep that something was sent, or is given up, and what came of it; its body is gone."""
        self._tried(
            kind,
            key,
            "UPDATE outgoing SET is_done = true, said = %s, body = '' WHERE kind = %s AND key = %s",
            outcome,
        )

    def again(self, kind: str, key: str, due_us: int, why: str) -> None:
        """Have something tried again later that did not go out now."""
        self._tried(
            kind,
            key,
            "UPDATE outgoing SET due_us = %s, times = times + 1, said = %s "
            "WHERE kind = %s AND key = %s",
            due_us,
            why,
        )

    def _tried(self, kind: str, key: str, statement: LiteralString, *values: object) -> None:
        if checks.is_to_send(self.sent(kind, key), kind, key):
            self._put(statement, *values, kind, key)

    def keep_checkpoint(self, size: int, text: bytes) -> None:
        """Keep the signed checkpoint of so many entries, or the same one with more signatures."""
        kept = Checkpoint(size, text)
        self._put(
            "INSERT INTO checkpoint VALUES (%s, %b) "
            "ON CONFLICT (size) DO UPDATE SET text = excluded.text",
            kept.size,
            kept.text,
        )
