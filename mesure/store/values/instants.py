"""Instants as they are kept: whole microseconds since 1970 in UTC, exact in both directions."""

from datetime import UTC, datetime, timedelta
from typing import Final

US_PER_DAY: Final = 86_400_000_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US: Final = timedelta(microseconds=1)


def kept_us(instant: datetime) -> int:
    """Return an instant as it is kept; it must know its offset from UTC.

    >>> kept_us(datetime(2026, 2, 10, tzinfo=UTC))
    1770681600000000
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} does not say its offset from UTC.")
    return (instant - _EPOCH) // _US


def instant(time_us: int) -> datetime:
    """Return the instant that is kept so.

    >>> instant(1770681600000000).isoformat()
    '2026-02-10T00:00:00+00:00'
    """
    return _EPOCH + time_us * _US


def kept_us_or_none(moment: datetime | None) -> int | None:
    """Return an instant as it is kept, if there is one."""
    return None if moment is None else kept_us(moment)


def instant_or_none(time_us: int | None) -> datetime | None:
    """Return the instant that is kept so, if one is."""
    return None if time_us is None else instant(time_us)
