"""What time is it? The one place that may ask; everybody else is told.

Decision: docs/decisions/0003-the-core-is-pure.md
"""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US: Final = timedelta(microseconds=1)


def now() -> datetime:
    """Return this instant, aware and in UTC."""
    return datetime.now(UTC)


def now_us() -> int:
    """Return this instant in microseconds since 1970-01-01T00:00:00Z."""
    return (now() - _EPOCH) // _US
