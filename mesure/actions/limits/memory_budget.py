"""Memory budget: how many bytes of requests are held at once: in all, and for each sender.

A sender of much at once fills its own share, and no other.
"""

from collections import Counter
from types import TracebackType
from typing import Final, Self

FREE_BYTES: Final = 1 << 14  # Of each request: whatever most people send, at any time.


class MemoryBudget:
    """The bytes that may be held in all, and of one sender."""

    def __init__(self, in_all: int, of_one: int) -> None:
        self._in_all, self._of_one = in_all, of_one
        self._taken = 0
        self._of: Counter[str] = Counter()

    def open_reservation(self, who: str) -> "MemoryReservation":
        """Return what one request holds; nothing at first."""
        return MemoryReservation(self, who)

    def take(self, who: str, size: int) -> bool:
        """Take `size` bytes for somebody, or tell that there is no room."""
        if self._taken + size > self._in_all or self._of[who] + size > self._of_one:
            return False
        self._taken += size
        self._of[who] += size
        return True

    def give_back(self, who: str, size: int) -> None:
        """Give back what was taken for somebody."""
        self._taken -= size
        self._of[who] -= size
        if not self._of[who]:
            del self._of[who]


class MemoryReservation:
    """What one request holds, until it is done with.

    >>> purse = MemoryBudget(in_all=40_000, of_one=30_000)
    >>> reserve = purse.open_reservation
    >>> with reserve("a") as first, reserve("a") as second, reserve("b") as third:
    ...     first.grow_to(40_000), second.grow_to(30_000), third.grow_to(33_000)
    (True, False, False)
    """

    __slots__ = ("_purse", "_taken", "_who")

    def __init__(self, purse: MemoryBudget, who: str) -> None:
        self._purse, self._who, self._taken = purse, who, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._taken:
            self._purse.give_back(self._who, self._taken)
        self._taken = 0

    def grow_to(self, size: int) -> bool:
        """Hold `size` bytes from now on, or tell that there is no room for them."""
        more = size - FREE_BYTES - self._taken
        if more <= 0:
            return True
        if not self._purse.take(self._who, more):
            return False
        self._taken += more
        return True
