"""Change tracking: which rows a transaction wrote, whatever the SQL of its store.

Decision: docs/decisions/0039-every-row-is-bound-to-the-log.md
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mesure.store.commitments import row_digests
from mesure.store.commitments.row_digests import CommitmentEdge, RowBinder
from mesure.store.values import rows as row_forms
from mesure.store.values.register import RegisterRow
from mesure.store.values.tables import Row
from mesure.store.writing.assessment_changes import AssessmentChanges


class ChangeMarks(ABC):
    """A change that binds what it writes, and lets go what it replaces."""

    _binder: RowBinder

    @abstractmethod
    def _bound_edge(self) -> CommitmentEdge:
        """Return the edge as it is kept."""

    def bind_rows(self, table: str, keys: Sequence[Row]) -> None:
        """Bind rows as they are; for those from before rows were bound, and for taking in."""
        for key in keys:
            self._written(table, *key)

    def _written(self, table: str, *key: object) -> None:
        """Note that a row was written, to be bound when the change is made."""
        self._binder.touched[table, key] = None

    def _gone(self, rows: Sequence[Any]) -> int:
        """Note the numbers of rows that were taken away or replaced; return how many rows."""
        self._binder.gone += [number for (number,) in rows if number is not None]
        return len(rows)

    def _bind(self, table: str, about: str | None, values: Sequence[Any]) -> int:
        """Return the number of a row that is being written."""
        self._begin()
        return self._binder.bind(table, about, values)

    def _bind_replaced(
        self, plans: Iterable[AssessmentChanges]
    ) -> Iterator[tuple[AssessmentChanges, range]]:
        """Yield what judging changes with the numbers of what is written: over, then new."""
        for plan in plans:
            self._binder.gone += plan.numbers
            yield plan, self._bind_all("assessment", plan.person, plan.over + plan.new)

    def _bind_new(self, entry: RegisterRow) -> int:
        """Return the number of a new row of the register, bound as `settle` would read it."""
        values = (*row_forms.row_of_entry(entry), sorted(map(list, entry.keys)))
        return self._bind("register", row_digests.about("register", values), values)

    def _bind_all(self, table: str, about: str | None, rows: Sequence[Sequence[Any]]) -> range:
        """Return the numbers of rows of one table that are being written."""
        self._begin()
        return self._binder.bind_all(table, about, rows)

    def _begin(self) -> None:
        if self._binder.edge is None:
            self._binder.begin(self._bound_edge())
