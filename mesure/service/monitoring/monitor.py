"""Monitor: watches the clock, the disk and the certificate that the service depends on.

What it finds is logged when it changes, shown at `/readyz` and in the figures, and stops nothing
but the taking of new messages on a full disk.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from mesure.instants import S_PER_DAY, US_PER_S
from mesure.machine import clock, timezones
from mesure.service.installation.settings import Settings
from mesure.service.monitoring import clock_watch, disk_forecast
from mesure.service.monitoring.clock_watch import ClockWatch
from mesure.service.monitoring.disk_forecast import DiskForecast, DiskSpace
from mesure.version import VERSION

Say = Callable[[str], None]  # A sentence to the operator who started the service.


NO_ZONE: Final = (
    "In which time zone is the programme? Set time_zone (MESURE_TIME_ZONE), such as Asia/Almaty. "
    "Until then the hours in which nobody is disturbed are UTC, and each order must name its own."
)


class SystemMonitor:
    """What is known of clock and disk; `look` asks anew."""

    def __init__(self, settings: Settings, say: Say, certificate_ends: datetime | None) -> None:
        self._settings, self._say, self._certificate_ends = settings, say, certificate_ends
        self._log = structlog.get_logger()
        self._clock = ClockWatch(settings.clock_step_s)
        self._disk = DiskForecast(settings.disk_floor_mb)
        self._folder: Path = settings.data
        self._warned: str | None = None
        self.room: DiskSpace = self._measured()
        self._kept = clock_watch.clock_sync()

    def begin(self) -> None:
        """Say what the operator who starts the service should know."""
        self._log.info("clock", outcome=self._kept.value, version=VERSION)
        self._log.info("time_zones", version=timezones.VERSION)
        if self._settings.time_zone is None:
            self._log.warning("no_time_zone")
            self._say(NO_ZONE)
        for line in clock_watch.warnings(clock.true_us(), self._kept):
            self._say(line)
        self._warn_of_disk()

    def look(self) -> None:
        """Ask the clock and the disk, and tell what changed."""
        jump = self._clock.look()
        if jump is not None:
            self._log.warning("clock_jumped", lag_us=jump.by_us)
            self._say(
                f"The clock of this machine jumped by {jump.by_us / US_PER_S:+.1f} s. "
                "Receipts are stamped by it."
            )
        clock_state = clock_watch.clock_sync()
        if clock_state is not self._kept:
            self._log.warning("clock", outcome=clock_state.value)
            self._kept = clock_state
        self.room = self._measured()
        self._warn_of_disk()

    def _measured(self) -> DiskSpace:
        return self._disk.look(clock.true_us(), disk_forecast.free_bytes(self._folder))

    def _warn_of_disk(self) -> None:
        warning = disk_forecast.disk_warning(self.room, self._settings.disk_warn_days)
        kind = None if warning is None else "floor" if self.room.is_below_floor else "forecast"
        if kind != self._warned:
            self._log.warning("disk", reason=kind or "room_again", free_bytes=self.room.free_bytes)
            self._say(warning or "There is room on the disk again.")
        self._warned = kind

    @property
    def has_room(self) -> bool:
        """Tell whether something new may be taken."""
        return not self.room.is_below_floor

    def checks(self) -> Mapping[str, bool]:
        """Return what holds, by name, as `/readyz` shows it."""
        is_set = clock.true_us() >= clock_watch.EARLIEST_US
        return {"clock": is_set, "disk": self.has_room, "certificate": self._certificate_holds()}

    def _certificate_holds(self) -> bool:
        return self._certificate_ends is None or self._certificate_ends > clock.now()

    @property
    def jumps(self) -> int:
        """Return how often the clock jumped."""
        return self._clock.jumps

    @property
    def certificate_ends_in_s(self) -> float | None:
        """Return how long the certificate holds; None where the service speaks no TLS itself."""
        ends = self._certificate_ends
        return None if ends is None else (ends - clock.now()).total_seconds()

    @property
    def disk_full_in_s(self) -> float | None:
        """Return how long the disk lasts at the present rate; None where that is not known."""
        return None if self.room.days_left is None else self.room.days_left * S_PER_DAY
