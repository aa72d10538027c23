"""Service lease: held by one service at a time, and how services of one database are counted."""

from typing import Final, Protocol

WHY_ONE: Final = "two would only hinder each other"


class Lease(Protocol):
    """What one service at a time has, and how the services of a database know of each other."""

    def take(self) -> bool:
        """Take it, or tell that another one has it."""
        ...

    def keep(self) -> bool:
        """Tell whether it is still held."""
        ...

    def resign(self) -> None:
        """Let another have it."""
        ...

    def join(self) -> None:
        """Be one of those that use the database, until it is closed."""
        ...

    def count_members(self) -> int:
        """Return how many services use the database."""
        ...

    def has_other_version(self) -> bool:
        """Tell whether one of another version does."""
        ...

    def begin(self) -> bool:
        """Take the turn to begin; False: another is beginning."""
        ...

    def end_beginning(self) -> None:
        """Let the next one begin."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
