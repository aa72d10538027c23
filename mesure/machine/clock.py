"""Clock: the one place that may ask what time it is; all other code is given the time.

A demo may let the clock start some hours ago and catch up: a night passes in a minute, for all
processes of the service alike, and then the clock is right again and stays so. It never goes back.
Decision: docs/decisions/0003-the-core-is-pure.md
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from mesure.instants import to_datetime, to_us


@dataclass(frozen=True, slots=True)
class CatchUpClock:
    """A clock that is `behind_us` until `start_us`, and right again `takes_us` later."""

    start_us: int
    behind_us: int
    takes_us: int

    def at(self, now_us: int) -> int:
        """Return what this clock shows at an instant.

        >>> night = CatchUpClock(start_us=1_000, behind_us=900, takes_us=100)
        >>> [night.at(now_us) for now_us in (990, 1_000, 1_050, 1_100, 1_200)]
        [90, 100, 600, 1100, 1200]
        """
        left_us = min(self.takes_us, max(0, self.start_us + self.takes_us - now_us))
        return now_us - self.behind_us * left_us // self.takes_us


class _Clock:
    """How this process sees time: as it is, unless it was set otherwise."""

    shown: CatchUpClock | None = None


def catch_up(shown: CatchUpClock | None) -> None:
    """See time like this from now on, in this process; None: as it is."""
    _Clock.shown = shown


def now() -> datetime:
    """Return this instant, aware and in UTC."""
    return datetime.now(UTC) if _Clock.shown is None else to_datetime(now_us())


def now_us() -> int:
    """Return this instant in microseconds since 1970-01-01T00:00:00Z."""
    return show_us(true_us())


def show_us(at_us: int) -> int:
    """Return what this process shows when it is `at_us` by a clock that is right."""
    return at_us if _Clock.shown is None else _Clock.shown.at(at_us)


def true_us() -> int:
    """Return this instant by the clock of the machine, whatever is shown."""
    return to_us(datetime.now(UTC))


def clock_setting() -> CatchUpClock | None:
    """Return how this process was set to see time; None: as it is."""
    return _Clock.shown
