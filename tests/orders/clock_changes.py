"""Wall-clock times near the instants at which clocks are changed: where reading goes wrong."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

# One change for each kind there is: forward, back, at midnight, by half an hour, by two, by a day.
ZONES: Final = {
    "Europe/Paris": datetime(2026, 3, 29, 1, tzinfo=UTC),
    "Europe/Berlin": datetime(2026, 10, 25, 1, tzinfo=UTC),
    "Asia/Almaty": datetime(2024, 2, 29, 18, tzinfo=UTC),
    "America/Sao_Paulo": datetime(2018, 11, 4, 3, tzinfo=UTC),
    "America/Havana": datetime(2025, 11, 2, 5, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, 15, tzinfo=UTC),
    "Antarctica/Troll": datetime(2026, 3, 29, 1, tzinfo=UTC),
    "Pacific/Apia": datetime(2011, 12, 30, 10, tzinfo=UTC),
    "America/St_Johns": datetime(2010, 11, 7, 2, 31, tzinfo=UTC),
}
MINUTE: Final = timedelta(minutes=1)


def on_the_clock(zone: ZoneInfo, start: datetime, end: datetime) -> set[datetime]:
    """Return the minutes at which the clock shows a time from `start` until `end`: by looking."""
    instant = start.replace(tzinfo=UTC) - timedelta(hours=15)
    last = end.replace(tzinfo=UTC) + timedelta(hours=15)
    instants = set()
    while instant < last:
        if start <= instant.astimezone(zone).replace(tzinfo=None) < end:
            instants.add(instant)
        instant += MINUTE
    return instants


@st.composite
def walls_near_a_change(draw: st.DrawFn) -> tuple[ZoneInfo, datetime, datetime]:
    """Draw a zone and two wall-clock times, on whole minutes, of which one is near a change."""
    name = draw(st.sampled_from(sorted(ZONES)))
    zone = ZoneInfo(name)
    before = (ZONES[name] - MINUTE).astimezone(zone).replace(tzinfo=None)
    start = before + draw(st.integers(-90, 150)) * MINUTE
    length = draw(st.integers(1, 90) | st.integers(1, 24 * 60)) * MINUTE
    return zone, start, start + length
