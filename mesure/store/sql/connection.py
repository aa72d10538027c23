"""Statement runner: a connection with a transaction open on it; each database has its own."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from mesure.store.sql.composing import Each, Statement


class StatementRunner(ABC):
    """One moment of the database, within the transaction that is open on the connection."""

    @abstractmethod
    def _ask(self, statement: Statement, **values: object) -> Any:  # noqa: ANN401
        """Ask with values by their names, that of `Among` a list; return the driver's cursor."""

    @abstractmethod
    def _ask_for_each(
        self, each: Each, rows: Iterable[Sequence[Any]], **values: object
    ) -> Iterable[Any]:
        """Ask for each row of values, in their order."""

    @abstractmethod
    def _put_each(self, each: Each, rows: Iterable[Sequence[Any]]) -> int:
        """Write for each row of values; return how many were written, but within `_together`."""

    def _put_all(self, *parts: tuple[Each, Sequence[Sequence[Any]]]) -> None:
        """Write for each row of several statements, of which none needs what another writes."""
        for part in parts:
            self._put_each(*part)

    @abstractmethod
    def _streamed(self, statement: Statement, **values: object) -> Iterator[Any]:
        """Yield rows as they come, of which there may be many."""

    @abstractmethod
    def _together(self) -> AbstractContextManager[object]:
        """Send what is asked together, where that saves round trips to the database."""

    @abstractmethod
    def _ask_ahead(self, statement: Statement, **values: object) -> Iterable[Any]:
        """Ask; within `_together` the answer may come when it is looked at."""

    def _all(self, statement: Statement, **values: object) -> list[Any]:
        rows: list[Any] = self._ask(statement, **values).fetchall()
        return rows

    def _one(self, statement: Statement, **values: object) -> Any:  # noqa: ANN401
        return self._ask(statement, **values).fetchone()

    def _put(self, statement: Statement, **values: object) -> int:
        return int(self._ask(statement, **values).rowcount)
