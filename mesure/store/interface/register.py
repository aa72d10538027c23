"""What every store does with the register, with what is to be sent, and with checkpoints."""

from typing import Protocol

from mesure.store.values.outgoing import Outgoing, Sent
from mesure.store.values.records import Checkpoint
from mesure.store.values.register import Changed, Entry


class RegisterReading(Protocol):
    """What can be read of the register."""

    def entry(self, kind: str, name: str) -> Entry | None:
        """Return a row as it is now."""
        ...

    def listed(self, kind: str, after: str = "", count: int = 100) -> tuple[Entry, ...]:
        """Return the rows of a kind after this id, by their ids, at most so many."""
        ...

    def found(
        self, kind: str, key: str, value: str, after: str = "", count: int = 100
    ) -> tuple[Entry, ...]:
        """Return the rows of a kind with this key, as `listed` does."""
        ...

    def entries_about(self, person: str, kind: str | None = None) -> tuple[Entry, ...]:
        """Return what the register has about a person, by kind and id."""
        ...

    def changes(self, after: int, count: int) -> tuple[Changed, ...]:
        """Return persons about whom something administered changed after this number, in order.

        Each stands there once, with the number of the last change: orders and their versions,
        assignments, rows of the register, erasure.
        """
        ...


class RegisterWork(Protocol):
    """What can be changed in the register."""

    def put(self, entry: Entry) -> None:
        """Keep a row: a new one as revision 1, or revision n + 1 in the place of exactly n.

        Anything else raises `ConflictError`: somebody else has changed it in between. A row stays
        with the person it was entered about.
        """
        ...

    def drop(self, kind: str, name: str) -> bool:
        """Take a row away; tell whether there was one."""
        ...


class OutgoingReading(Protocol):
    """What can be read of what is to be sent."""

    def due(
        self, kind: str, now_us: int, count: int, to: str | None = None
    ) -> tuple[Outgoing, ...]:
        """Return what is to be sent by now, the longest due first; `to`: only to this one."""
        ...

    def queued(self, now_us: int) -> dict[str, int]:
        """Return how much is to be sent by now, by kind, where there is anything."""
        ...

    def sent(self, kind: str, key: str) -> Sent | None:
        """Return what became of something to send so far."""
        ...

    def checkpoint(self) -> Checkpoint | None:
        """Return the newest checkpoint of the audit log."""
        ...

    def checkpoints(self, after: int, count: int) -> tuple[Checkpoint, ...]:
        """Return the checkpoints of more than so many entries, by size, at most so many."""
        ...


class OutgoingWork(Protocol):
    """What can be changed of what is to be sent."""

    def enqueue(self, outgoing: Outgoing) -> bool:
        """Have something sent; False where its kind and key are known already, sent or not."""
        ...

    def done(self, kind: str, key: str, outcome: str) -> None:
        """Keep that something was sent, or is given up, and what came of it; its body is gone."""
        ...

    def again(self, kind: str, key: str, due_us: int, why: str) -> None:
        """Have something tried again later that did not go out now."""
        ...

    def keep_checkpoint(self, size: int, text: bytes) -> None:
        """Keep the signed checkpoint of so many entries, or the same one with more signatures."""
        ...
