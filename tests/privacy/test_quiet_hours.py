from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mesure.privacy import quiet_hours
from mesure.privacy.quiet_hours import QuietHours

PARIS = ZoneInfo("Europe/Paris")
NIGHT = QuietHours(time(21), time(8), PARIS)
NOON = QuietHours(time(12), time(14), PARIS)

# Around the nights on which the clocks of Paris change.
CHANGES = [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
INSTANTS = st.builds(
    lambda start, after: start + after,
    st.sampled_from(CHANGES),
    st.timedeltas(timedelta(0), timedelta(days=2)),
)


def _wall(instant: datetime) -> str:
    return f"{instant.astimezone(PARIS):%d %H:%M}"


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        (NIGHT, "2026-02-10T20:59", "10 20:59"),
        (NIGHT, "2026-02-10T21:00", "11 08:00"),
        (NIGHT, "2026-02-10T00:30", "10 08:00"),
        (NIGHT, "2026-02-10T07:59", "10 08:00"),
        (NIGHT, "2026-02-10T08:00", "10 08:00"),
        (NOON, "2026-02-10T11:59", "10 11:59"),
        (NOON, "2026-02-10T12:00", "10 14:00"),
        (NOON, "2026-02-10T14:00", "10 14:00"),
        (NOON, "2026-02-10T02:00", "10 02:00"),
    ],
)
def test_what_can_wait_waits_until_the_quiet_hours_end(
    quiet: QuietHours, at: str, expected: str
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=PARIS)
    assert _wall(quiet_hours.notify_at(quiet, moment)) == expected


@given(INSTANTS, st.sampled_from([NIGHT, NOON, QuietHours(time(2, 15), time(2, 45), PARIS)]))
@example(datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), NIGHT)
@example(datetime(2026, 3, 28, 20, 0, tzinfo=UTC), NIGHT)
def test_nothing_waits_longer_than_a_night_and_nothing_is_told_in_it(
    at: datetime, quiet: QuietHours
) -> None:
    notice_at = quiet_hours.notify_at(quiet, at)
    assert timedelta(0) <= notice_at - at <= timedelta(hours=13)
    assert quiet_hours.notify_at(quiet, notice_at) == notice_at
