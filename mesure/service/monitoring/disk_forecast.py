"""Disk forecast: how long the disk will last, and when it is too full to promise anything.

Below the floor nothing new is taken, so that what was acknowledged can still be read, judged,
reviewed and backed up; a device keeps what is not acknowledged and sends it again.
"""

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesure.instants import US_PER_DAY, US_PER_S

BYTES_PER_MB: Final = 1_000_000
SAMPLES_MAX: Final = 24 * 14  # One an hour, a fortnight.
SAMPLE_EVERY_US: Final = 3_600 * US_PER_S
TOLD_AFTER_US: Final = 6 * SAMPLE_EVERY_US  # A rate over less says nothing of days.


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """What is free, and how long that lasts."""

    free_bytes: int
    days_left: float | None  # None: it does not grow, or too little is known of how fast.
    is_below_floor: bool


class DiskForecast:
    """Keeps what was free now and then, and says how long the rest lasts."""

    def __init__(self, floor_mb: int) -> None:
        self.floor_bytes = floor_mb * BYTES_PER_MB
        self._samples: deque[tuple[int, int]] = deque(maxlen=SAMPLES_MAX)

    def look(self, at_us: int, free_bytes: int) -> DiskSpace:
        """Return the forecast.

        >>> forecast, hour = DiskForecast(256), 3_600 * US_PER_S
        >>> for at in range(25):
        ...     room = forecast.look(at * hour, 10_000_000_000 - at * 100_000_000)
        >>> round(room.days_left, 2), room.is_below_floor
        (3.06, False)
        """
        if not self._samples or at_us - self._samples[-1][0] >= SAMPLE_EVERY_US:
            self._samples.append((at_us, free_bytes))
        return DiskSpace(
            free_bytes, self._days_left(at_us, free_bytes), free_bytes < self.floor_bytes
        )

    def _days_left(self, at_us: int, free_bytes: int) -> float | None:
        first_us, first_bytes = self._samples[0]
        taken_bytes, passed_us = first_bytes - free_bytes, at_us - first_us
        if passed_us < TOLD_AFTER_US or taken_bytes <= 0:
            return None
        return max(0, free_bytes - self.floor_bytes) * passed_us / taken_bytes / US_PER_DAY


def free_bytes(folder: Path) -> int:
    """Return what the user that runs the service may still write there."""
    filesystem = os.statvfs(folder)
    return filesystem.f_bavail * filesystem.f_frsize


def disk_warning(room: DiskSpace, warn_days: int) -> str | None:
    """Return what the operator should know, if anything."""
    if room.is_below_floor:
        return (
            f"The disk is full: {room.free_bytes // BYTES_PER_MB} MB are free. Nothing new is "
            "taken; devices keep what is not acknowledged. Make room: nothing that was "
            "acknowledged is lost."
        )
    if room.days_left is not None and room.days_left < warn_days:
        return (
            f"At the present rate the disk is full in {room.days_left:.0f} days: "
            f"{room.free_bytes // BYTES_PER_MB} MB are free."
        )
    return None
