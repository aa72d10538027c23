"""What every store does to be handed on whole, and to take in what another was."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from mesure.store.values.tables import Row


class TransferReading(Protocol):
    """What can be read of everything."""

    def rows(
        self, table: str, person: str | None = None, *, numbered: bool = False
    ) -> Iterator[Row]:
        """Yield every row of a table (`transfer.TABLES`), sorted by what tells rows apart.

        `person`: only what is about this person, of a table that has such (`transfer.ABOUT`).
        `numbered`: rows that are evidence come with their own number behind them.
        """
        ...


class TransferWork(Protocol):
    """What can be taken in."""

    def fill(
        self, table: str, rows: Iterable[Row], *, more: bool = False, numbered: bool = False
    ) -> int:
        """Keep rows of a table as they are, and return how many; the table must be empty.

        `more`: it need not be, for these follow others. `numbered`: rows that are evidence have
        their own number behind them.

        Nothing is checked but what the database itself checks: this is for what another store of
        the same schema gave, and for nothing else.
        """
        ...
