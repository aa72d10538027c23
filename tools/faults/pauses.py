"""Pauses: for how long a figure that grows stood still."""

import bisect
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, Self

from mesure.store.values.faults import UnavailableError
from tools.faults import restarted_service

LOOK_EVERY_S: Final = 0.1


class PauseWatch:
    """Sees when a figure changes, in a thread of its own; a figure that cannot be had has not."""

    def __init__(self, what: str, figure: Callable[[], int]) -> None:
        self._what, self._figure = what, figure
        self._changes_s = [time.monotonic()]  # The first is that of the beginning.
        self._ending = threading.Event()

    @contextmanager
    def watch(self) -> Iterator[Self]:
        """Watch until the end."""
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield self
        finally:
            self._ending.set()
            thread.join()

    def _watch(self) -> None:
        last = None
        while not self._ending.wait(LOOK_EVERY_S):
            with suppress(UnavailableError):  # The database is being restarted.
                figure = self._figure()
                if figure != last:
                    self._changes_s.append(time.monotonic())
                last = figure

    @property
    def change_count(self) -> int:
        """Return how often the figure was another than before."""
        return len(self._changes_s) - 1

    def wait_for_change(self, within_s: float) -> None:
        """Wait until the figure changes once more; raises `TimeoutError` where it does not."""
        begun = self.change_count
        if not restarted_service.until(lambda: self.change_count > begun, within_s):
            raise TimeoutError(f"nothing was {self._what} within {within_s:.0f} s")

    def longest_s(self, begun_s: float) -> float:
        """Return the longest time without a change since then; the last one before it counts."""
        return longest_pause_s(self._changes_s, begun_s)


def longest_pause_s(changes_s: Sequence[float], begun_s: float) -> float:
    """Return the longest time between two changes of which the later came after a moment.

    >>> longest_pause_s([0.0, 1.0, 4.0, 6.0], 2.0)
    3.0
    """
    first = max(0, bisect.bisect_right(changes_s, begun_s) - 1)
    pairs = itertools.pairwise(changes_s[first:])
    return max((after_s - before_s for before_s, after_s in pairs), default=0.0)
