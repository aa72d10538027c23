"""Turns: who gets a bundle made, and when: one at a time for an account, two at once in all.

A bundle holds up to a hundred megabytes and takes seconds of a processor; a dozen asked for at once
would leave nothing for anybody. A reader gets the next piece when they have taken one. A slow one
holds up nobody but themselves, and not for ever.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import Final

from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError

AT_ONCE: Final = 2
LASTS_S: Final = 900.0  # After which an account may ask again, whatever became of the last one.


class BundleTurns:
    """The turns of one service."""

    def __init__(self, now_s: Callable[[], float] = monotonic) -> None:
        self._now_s = now_s
        self._lock = Lock()
        self._making = 0
        self._since_s: dict[str, float] = {}  # By account.

    @contextmanager
    def take_turn(self, account: str) -> Iterator[None]:
        """Have a turn while a bundle is made; refuse where there is none."""
        with self._lock:
            since_s = self._since_s.get(account)
            is_busy = since_s is not None and self._now_s() < since_s + LASTS_S
            if is_busy or self._making >= AT_ONCE:
                raise ActionConflictError(ActionRefusal.BUNDLES_BUSY)
            self._making += 1
            self._since_s[account] = self._now_s()
        try:
            yield
        except BaseException:
            self.release(account)
            raise
        finally:
            with self._lock:
                self._making -= 1

    def release(self, account: str) -> None:
        """Let an account ask again: it has its bundle, or went away."""
        with self._lock:
            self._since_s.pop(account, None)
