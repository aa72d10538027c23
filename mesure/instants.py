"""Instants as whole microseconds since 1970 in UTC, exact in both directions."""

from datetime import UTC, datetime, timedelta
from typing import Final

US_PER_MS: Final = 1_000
US_PER_S: Final = 1_000_000
US_PER_DAY: Final = 86_400 * US_PER_S
S_PER_H: Final = 3_600.0
S_PER_DAY: Final = 86_400.0

# Before and after every instant that there is: what has no beginning, and what never comes.
MIN_US: Final = -(2**62)
MAX_US: Final = 2**62 - 1

# Satellite navigation began on 1980-01-06, so a device that says an earlier time has no clock; the
# commonest says 1970. The other end only keeps a wild year from making a replay last for ages.
CREDIBLE_FROM_US: Final = 315_964_800_000_000  # 1980-01-06T00:00:00Z
CREDIBLE_UNTIL_US: Final = 7_258_118_400_000_000  # 2200-01-01T00:00:00Z

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def to_us(instant: datetime) -> int:
    """Return an instant in microseconds; it must know its offset from UTC.

    >>> to_us(datetime(2026, 2, 10, tzinfo=UTC))
    1770681600000000
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} does not say its offset from UTC.")
    return (instant - EPOCH) // MICROSECOND


def to_datetime(instant_us: int) -> datetime:
    """Return the instant of a count of microseconds, in UTC.

    >>> to_datetime(1770681600000000).isoformat()
    '2026-02-10T00:00:00+00:00'
    """
    return EPOCH + instant_us * MICROSECOND


def to_us_or_none(instant: datetime | None) -> int | None:
    """Return an instant in microseconds, if there is one."""
    return None if instant is None else to_us(instant)


def to_datetime_or_none(instant_us: int | None) -> datetime | None:
    """Return the instant of a count of microseconds, if there is one."""
    return None if instant_us is None else to_datetime(instant_us)
