"""What is found where a store does not hold: which table, which row, which column."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Wrong(StrEnum):
    """What was done to a row past the program."""

    ALTERED = "altered"
    ADDED = "added"
    MISSING = "missing"
    BACK = "back"  # It stands as it was before, or after it was erased.


@dataclass(frozen=True, slots=True)
class Found:
    """A row that is not as the program left it."""

    table: str
    key: tuple[Any, ...]  # The values that tell it from the others.
    wrong: Wrong
    column: str | None = None  # None: it cannot be told, or there were several.


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a store holds, and what does not."""

    log: str
    entries: int
    checkpoints: int
    rows: int
    begun: tuple[str, ...]  # When rows were bound from the first on, each time.
    open_changes: int  # Which the log does not have yet.
    found: tuple[Found, ...]
