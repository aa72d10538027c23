"""Statements about what is to be sent, and about checkpoints."""

from typing import Final

from sqlalchemy import bindparam, func, not_, true, tuple_

from mesure.store.sql.composing import (
    ONE,
    Statement,
    at_most,
    change,
    into,
    rows_of,
    same,
    write_over,
)
from mesure.store.sql.connection import StatementRunner
from mesure.store.sql.layout import T, split
from mesure.store.sql.register import WHO
from mesure.store.values import rows
from mesure.store.values.outgoing import Outgoing, SendStatus
from mesure.store.values.records import StoredCheckpoint
from mesure.store.writing import checks

_WAITING: Final = (not_(T.outgoing.c.is_done), T.outgoing.c.due_us <= bindparam("now_us"))
_OF_KIND: Final = rows_of(T.outgoing, rows.OUTGOING, same(T.outgoing, "kind"))
_DUE: Final = at_most(_OF_KIND.where(*_WAITING).order_by("due_us", "key"))
_DUE_TO: Final = _DUE.where(same(T.outgoing, "recipient"))
_PLACE: Final = tuple_(T.outgoing.c.due_us, T.outgoing.c.key)
_BEHIND: Final = tuple_(bindparam("after_us"), bindparam("after")) < _PLACE
_LATER: Final = at_most(_OF_KIND.where(not_(T.outgoing.c.is_done), _BEHIND).order_by(*_PLACE))
_QUEUED: Final = (
    rows_of(T.outgoing, "kind", *_WAITING).add_columns(func.count()).group_by(T.outgoing.c.kind)
)
_SENT: Final = rows_of(T.outgoing, rows.SENT, same(T.outgoing, "kind, key"))
_NEWEST: Final = at_most(rows_of(T.checkpoint, "size, text").order_by(T.checkpoint.c.size.desc()))
_CHECKPOINTS: Final = at_most(
    rows_of(T.checkpoint, "size, text", T.checkpoint.c.size > bindparam("after")).order_by("size")
)

_ENQUEUE: Final = into(T.outgoing, rows.OUTGOING).on_conflict_do_nothing()
_DONE: Final = change(T.outgoing, "said, body", same(T.outgoing, "kind, key")).values(
    is_done=true()
)
_AGAIN: Final = change(T.outgoing, "due_us, said", same(T.outgoing, "kind, key")).values(
    times=T.outgoing.c.times + ONE
)
_KEEP_CHECKPOINT: Final = write_over("size", "text")(into(T.checkpoint, "size, text"))


class OutgoingReading(StatementRunner):
    """What is read of what is to be sent."""

    def due(
        self, kind: str, now_us: int, count: int, to: str | None = None
    ) -> tuple[Outgoing, ...]:
        """Return what is to be sent by now, the longest due first; `to`: only to this one."""
        statement = _DUE if to is None else _DUE_TO
        answer = self._all(statement, kind=kind, now_us=now_us, count=count, recipient=to)
        return tuple(Outgoing(*row) for row in answer)

    def due_later(self, kind: str, place: tuple[int, str], count: int) -> tuple[Outgoing, ...]:
        """Return what is to be sent, from behind a time and key on, the first due first."""
        answer = self._all(_LATER, kind=kind, after_us=place[0], after=place[1], count=count)
        return tuple(Outgoing(*row) for row in answer)

    def queue_sizes(self, now_us: int) -> dict[str, int]:
        """Return how much is to be sent by now, by kind, where there is anything."""
        return dict(self._all(_QUEUED, now_us=now_us))

    def send_status(self, kind: str, key: str) -> SendStatus | None:
        """Return what became of something to send so far."""
        row = self._one(_SENT, kind=kind, key=key)
        return row and rows.send_status(row)

    def checkpoint(self) -> StoredCheckpoint | None:
        """Return the newest checkpoint of the audit log."""
        row = self._one(_NEWEST, count=1)
        return row and StoredCheckpoint(*row)

    def checkpoints(self, after: int, count: int) -> tuple[StoredCheckpoint, ...]:
        """Return the checkpoints of more than `after` entries, by size, at most `count`."""
        answer = self._all(_CHECKPOINTS, after=after, count=count)
        return tuple(StoredCheckpoint(*row) for row in answer)


class OutgoingWork(OutgoingReading):
    """What is changed of what is to be sent."""

    def enqueue(self, outgoing: Outgoing) -> bool:
        """Have something sent; False where its kind and key are known already, sent or not."""
        if outgoing.person is not None:
            row = self._one(WHO, id=outgoing.person)
            checks.require_living(row and rows.person(row), outgoing.person)
        values = dict(zip(split(rows.OUTGOING), rows.row_of_outgoing(outgoing), strict=True))
        return self._put(_ENQUEUE, **values) == 1

    def finish(self, kind: str, key: str, outcome: str) -> None:
        """Keep that something was sent, or is given up, and what came of it; its body is gone."""
        self._tried(kind, key, _DONE, said=outcome, body=b"")

    def again(self, kind: str, key: str, due_us: int, why: str) -> None:
        """Have something tried again later that did not go out now."""
        self._tried(kind, key, _AGAIN, due_us=due_us, said=why)

    def _tried(self, kind: str, key: str, statement: Statement, **values: object) -> None:
        if checks.is_to_send(self.send_status(kind, key), kind, key):
            self._put(statement, kind=kind, key=key, **values)

    def keep_checkpoint(self, size: int, text: bytes) -> None:
        """Keep the signed checkpoint of `size` entries, or the same one with more signatures."""
        kept = StoredCheckpoint(size, text)
        self._put(_KEEP_CHECKPOINT, size=kept.size, text=kept.text)
