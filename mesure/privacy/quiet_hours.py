"""Quiet hours: when notices that can wait may be sent. Not at night.

What is urgent is sent at once: a possible breach, a device that is silent, that an absence ends
before its time. An answer to a request waits for the morning.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of the day, on the clock of the programme, in which nobody is disturbed."""

    start: time
    end: time  # At or before `start` means the next morning.
    zone: ZoneInfo


def notify_at(quiet: QuietHours, at: datetime) -> datetime:
    """Return when a notice that can wait is sent: now, or when the quiet hours end.

    >>> night = QuietHours(time(21), time(8), ZoneInfo("Asia/Almaty"))
    >>> notify_at(night, datetime(2026, 2, 10, 20, tzinfo=UTC)).isoformat()
    '2026-02-11T03:00:00+00:00'
    >>> notify_at(night, datetime(2026, 2, 10, 6, tzinfo=UTC)).isoformat()
    '2026-02-10T06:00:00+00:00'
    """
    wall = at.astimezone(quiet.zone)
    clock = wall.time()
    over_midnight = quiet.end <= quiet.start
    in_evening = clock >= quiet.start and (over_midnight or clock < quiet.end)
    in_morning = over_midnight and clock < quiet.end
    if not (in_evening or in_morning):
        return at
    day = wall.date() + timedelta(days=1 if in_evening and over_midnight else 0)
    return datetime.combine(day, quiet.end, quiet.zone).astimezone(UTC)
