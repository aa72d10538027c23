"""The store interface; SQLite and PostgreSQL keep to it, and one suite of tests holds both to it.

A change is a function from `WriteTransaction` to a value. Everything that it does is kept, or
nothing is, and `write` returns only when it is on the disk: what was returned was kept. Changes
that come at the same time share one commit, so a change may be run a second time, after everything
it did was taken back. It therefore has no effect but through `WriteTransaction`, and reads what it
decides on from `WriteTransaction`.

Adding what is there already, equal in every field, changes nothing. Adding something else under the
same name raises `ConflictError`.
Decision: docs/decisions/0013-two-native-stores-one-contract.md
Decision: docs/decisions/0027-one-writer-and-shared-commits.md
"""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from mesure.store.sql.reading import ReadTransaction
from mesure.store.sql.writing import WriteTransaction
from mesure.store.values.mismatches import RowMismatch

__all__ = ["ReadTransaction", "Store", "WriteTransaction"]

T = TypeVar("T")


class Store(Protocol):
    """A store that is open."""

    def submit(self, change: Callable[[WriteTransaction], T]) -> "Future[T]":
        """Make a change soon; the future has its value once it is on the disk."""
        ...

    def write(self, change: Callable[[WriteTransaction], T]) -> T:
        """Make a change, and return its value once it is on the disk."""
        ...

    def read(self) -> AbstractContextManager[ReadTransaction]:
        """Read, from as many threads as like, without waiting for changes."""
        ...

    def scrub(self) -> bool:
        """Overwrite in the files of the store what was let go.

        False where somebody reads an older moment, for whom it has to stay: call again later.
        """
        ...

    def misshapen(self) -> tuple[RowMismatch, ...]:
        """Return what of the database its migrations do not make, or make differently."""
        ...

    def close(self) -> None:
        """Finish the changes that were submitted, and let go of the database."""
        ...
