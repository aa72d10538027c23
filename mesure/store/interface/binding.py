"""What every store does so that each row that is evidence is bound to the audit log."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from mesure.store.values.tables import Row


class BindingReading(Protocol):
    """What can be read to hold rows against what was bound."""

    def evidence(self, table: str) -> Iterator[Row]:
        """Yield every row of a table (`binding.EVIDENCE`), its own number behind it.

        The number is None where the row was not bound.
        """
        ...

    def unbound(self, table: str) -> Iterator[Row]:
        """Yield what tells the rows of a table apart that are not bound."""
        ...


class BindingWork(Protocol):
    """What can be bound. Whatever a change writes is bound by itself, before it is kept."""

    def bind_rows(self, table: str, keys: Sequence[Row]) -> None:
        """Bind rows as they are; for those from before rows were bound, and for taking in."""
        ...

    def bind_whole(self) -> None:
        """Say that every row is bound now; what is not bound from here on is no row of ours."""
        ...

    def pin(self, at: str) -> range:
        """Enter in the audit log what was bound and let go since the last time; return entries."""
        ...
