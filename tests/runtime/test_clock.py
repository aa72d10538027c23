"""The one place that asks what time it is."""

from datetime import UTC, datetime, timedelta

from mesure.runtime import clock


def test_now_is_one_instant_in_both_forms() -> None:
    before, now_us, after = clock.now(), clock.now_us(), clock.now()
    assert before.tzinfo is UTC
    assert before <= datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now_us) <= after
