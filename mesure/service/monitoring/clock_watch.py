"""Clock watch: is the clock of this machine to be trusted? Receipts are stamped by it.

A clock that jumps is seen against the machine's own steady count of seconds, and the kernel is
asked whether somebody keeps it right, where it knows. A wrong clock is reported, and refuses
nobody: a report that waits is worse than one with a wrong receipt, which can be put right.
"""

import ctypes
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mesure.instants import US_PER_S
from mesure.machine import clock

NOT_SYNCHRONISED: Final = 5  # TIME_ERROR of adjtimex(2).
EARLIEST_US: Final = 1_767_225_600 * US_PER_S  # 2026-01-01: before this program was written.
_TIMEX_BYTES: Final = 512  # The struct has 208; the kernel writes no more.


class ClockSync(StrEnum):
    """Whether somebody keeps the clock right, as far as the kernel knows."""

    YES = "synchronised"
    NO = "not_synchronised"
    NOT_KNOWN = "not_known"


def clock_sync() -> ClockSync:
    """Ask the kernel whether the clock is kept right, by NTP or otherwise."""
    if not sys.platform.startswith("linux"):
        return ClockSync.NOT_KNOWN
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(
            ctypes.create_string_buffer(_TIMEX_BYTES)
        )
    except (OSError, AttributeError):
        return ClockSync.NOT_KNOWN
    if state < 0:
        return ClockSync.NOT_KNOWN
    return ClockSync.NO if state == NOT_SYNCHRONISED else ClockSync.YES


@dataclass(frozen=True, slots=True)
class ClockJump:
    """That the clock moved by more than time passed."""

    by_us: int  # Forward, or back below zero.


class ClockWatch:
    """Compares the clock with the machine's steady count, each time it is asked."""

    def __init__(
        self, step_s: float, now_us: int | None = None, steady_us: int | None = None
    ) -> None:
        self._step_us = int(step_s * US_PER_S)
        self._offset_us = _offset_us(now_us, steady_us)
        self.jumps = 0

    def look(self, now_us: int | None = None, steady_us: int | None = None) -> ClockJump | None:
        """Return the jump since the last look, if there was one.

        >>> watch = ClockWatch(2.0, now_us=10_000_000, steady_us=0)
        >>> watch.look(now_us=70_000_000, steady_us=60_000_000)
        >>> watch.look(now_us=170_000_000, steady_us=70_000_000)
        ClockJump(by_us=90000000)
        """
        offset_us = _offset_us(now_us, steady_us)
        by_us, self._offset_us = offset_us - self._offset_us, offset_us
        if abs(by_us) <= self._step_us:
            return None
        self.jumps += 1
        return ClockJump(by_us)


def _offset_us(now_us: int | None, steady_us: int | None) -> int:
    now = clock.true_us() if now_us is None else now_us
    return now - (_steady_us() if steady_us is None else steady_us)


def _steady_us() -> int:
    """Return a count that nobody sets and that goes on while the machine sleeps, where there is."""
    which = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(which) // 1_000


def warnings(now_us: int, state: ClockSync) -> list[str]:
    """Return what an operator who starts a service should know of this machine's clock."""
    sentences = []
    if now_us < EARLIEST_US:
        sentences.append(
            "The clock of this machine lies before 2026: set it, or every receipt is wrong."
        )
    if state is ClockSync.NO:
        sentences.append(
            "Nobody keeps the clock of this machine right: run an NTP client. Receipts are stamped "
            "by it."
        )
    return sentences
