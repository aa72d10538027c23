"""Mismatches: where a store fails verification: which table, which row, which column."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class MismatchKind(StrEnum):
    """What was done to a row without the program."""

    ALTERED = "altered"
    ADDED = "added"
    MISSING = "missing"
    BACK = "back"  # An earlier version of it is back, or it was erased and is back.
    ANEW = "anew"  # Rows were bound anew here, after a checkpoint that somebody kept.


@dataclass(frozen=True, slots=True)
class RowMismatch:
    """A row that is not as the program left it."""

    table: str
    key: tuple[Any, ...]  # The values that tell it from the others.
    wrong: MismatchKind
    column: str | None = None  # None: it is not known, or there were several.


class CommitmentStart(NamedTuple):
    """That the log has rows from the first on: by which of its entries, and since when."""

    entry: int
    at: str


class AcceptedRollback(NamedTuple):
    """That somebody went on with older data: by which entry of the log, and when."""

    entry: int
    at: str
    signed_up_to: int | None  # Entries that had been signed before; None: nobody could tell.


@dataclass(frozen=True, slots=True)
class StoreVerification:
    """What a store holds, and what does not."""

    log: str
    entries: int
    checkpoints: int
    rows: int
    begun: tuple["CommitmentStart", ...]  # When rows were bound from the first on, each time.
    open_changes: int  # Which the log does not have yet.
    found: tuple[RowMismatch, ...]
    accepted: tuple[AcceptedRollback, ...] = ()  # Each time that somebody went on with older data.
    ahead: int | None = None  # Entries of a checkpoint that this log does not go on from.
