"""Times of a precedent: the clock on the wall where the person lives."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.precedents.values import CaseError

NOON = time(12)


@dataclass(frozen=True)
class PrecedentClock:
    """The day or night that a precedent is about, and the zone in which it is told.

    A time of day alone is on that day; of a night, a time before noon is on the morning after.
    """

    zone: ZoneInfo
    day: date
    is_night: bool

    def instant(self, written: str) -> datetime:
        """Return the instant that a time means, in UTC.

        A time with an offset, or with Z, means one instant. Without, it must mean one by itself: on
        the night when a clock is changed some times do not, and then an offset has to be written.
        """
        if re.search(r"T.*(Z|[+-]\d\d:\d\d)$", written):
            return datetime.fromisoformat(written).astimezone(UTC)
        wall = self._wall(written)
        first, second = (
            wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
        if first != second:
            raise CaseError(f"{written} is skipped or happens twice: write its offset.")
        return first

    def _wall(self, written: str) -> datetime:
        try:
            if re.fullmatch(r"\d\d:\d\d(:\d\d)?", written):
                of_day = time.fromisoformat(written)
                morning_after = self.is_night and of_day < NOON
                return datetime.combine(self.day + timedelta(days=morning_after), of_day)
            return datetime.fromisoformat(written)
        except ValueError:
            raise CaseError(f"{written!r} is no time.") from None

    def local_time(self, instant: datetime) -> str:
        """Return an instant as the reader of a difference knows it."""
        return instant.astimezone(self.zone).isoformat()
