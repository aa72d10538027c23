"""What is to be sent, and checkpoints, in SQLite, in its own SQL."""

from mesure.store.sqlite.connection import Asking, marks
from mesure.store.values import rows
from mesure.store.values.outgoing import Outgoing, Sent
from mesure.store.values.records import Checkpoint
from mesure.store.writing import checks


class SqliteOutgoingReading(Asking):
    """What is read of what is to be sent."""

    def due(
        self, kind: str, now_us: int, count: int, to: str | None = None
    ) -> tuple[Outgoing, ...]:
        """Return what is to be sent by now, the longest due first; `to`: only to this one."""
        which = "" if to is None else " AND recipient = ?"
        asked = () if to is None else (to,)
        found = self._all(
            f"SELECT {rows.OUTGOING} FROM outgoing WHERE kind = ? AND NOT is_done "
            f"AND due_us <= ?{which} ORDER BY due_us, key LIMIT ?",
            kind,
            now_us,
            *asked,
            count,
        )
        return tuple(Outgoing(*row) for row in found)

    def queued(self, now_us: int) -> dict[str, int]:
        """Return how much is to be sent by now, by kind, where there is anything."""
        statement = (
            "SELECT kind, count(*) FROM outgoing WHERE NOT is_done AND due_us <= ? GROUP BY kind"
        )
        return dict(self._all(statement, now_us))

    def sent(self, kind: str, key: str) -> Sent | None:
        """Return what became of something to send so far."""
        row = self._one(f"SELECT {rows.SENT} FROM outgoing WHERE kind = ? AND key = ?", kind, key)
        return row and rows.sent(row)

    def checkpoint(self) -> Checkpoint | None:
        """Return the newest checkpoint of the audit log."""
        row = self._one("SELECT size, text FROM checkpoint ORDER BY size DESC LIMIT 1")
        return row and Checkpoint(*row)

    def checkpoints(self, after: int, count: int) -> tuple[Checkpoint, ...]:
        """Return the checkpoints of more than so many entries, by size, at most so many."""
        statement = "SELECT size, text FROM checkpoint WHERE size > ? ORDER BY size LIMIT ?"
        return tuple(Checkpoint(*row) for row in self._all(statement, after, count))


class SqliteOutgoingWork(SqliteOutgoingReading):
    """What is changed of what is to be sent."""

    def enqueue(self, outgoing: Outgoing) -> bool:
        """Have something sent; False where its kind and key are known already, sent or not."""
        if outgoing.person is not None:
            row = self._one(f"SELECT {rows.PERSON} FROM person WHERE id = ?", outgoing.person)
            checks.living(row and rows.person(row), outgoing.person)
        made = self._put(
            f"INSERT INTO outgoing ({rows.OUTGOING}) VALUES {marks(6)} ON CONFLICT DO NOTHING",
            *rows.outgoing_row(outgoing),
        )
        return made == 1

    def done(self, kind: str, key: str, outcome: str) -> None:
        """Keep that something was sent, or is given up, and what came of it; its body is gone."""
        self._tried(
            kind,
            key,
            "UPDATE outgoing SET is_done = 1, said = ?, body = x'' WHERE kind = ? AND key = ?",
            outcome,
        )

    def again(self, kind: str, key: str, due_us: int, why: str) -> None:
        """Have something tried again later that did not go out now."""
        self._tried(
            kind,
            key,
            "UPDATE outgoing SET due_us = ?, times = times + 1, said = ? "
            "WHERE kind = ? AND key = ?",
            due_us,
            why,
        )

    def _tried(self, kind: str, key: str, statement: str, *values: object) -> None:
        if checks.is_to_send(self.sent(kind, key), kind, key):
            self._put(statement, *values, kind, key)

    def keep_checkpoint(self, size: int, text: bytes) -> None:
        """Keep the signed checkpoint of so many entries, or the same one with more signatures."""
        kept = Checkpoint(size, text)
        self._put("INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", kept.size, kept.text)
