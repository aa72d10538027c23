from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.values.span import Span
from mesure.privacy import trail_limits
from mesure.privacy.trail_limits import AROUND_INCIDENT

NOON = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def test_two_hours_around_an_incident_are_seen() -> None:
    span = trail_limits.around_incident(NOON - 6 * HOUR, NOON - 5 * HOUR, NEVER, NOON)
    assert span == Span(NOON - 8 * HOUR, NOON - 3 * HOUR)


def test_the_fix_by_which_it_was_decided_is_seen() -> None:
    start, end = NOON - 9 * HOUR, NOON - 8 * HOUR
    for decided, until in ((end + HOUR, end + 2 * HOUR), (end + 5 * HOUR, end + 5 * HOUR)):
        assert trail_limits.around_incident(start, end, decided, NOON).end == until


def test_nothing_after_now_is_seen() -> None:
    assert trail_limits.around_incident(NOON - HOUR, None, NEVER, NOON).end == NOON
    assert trail_limits.around_incident(NOON - HOUR, NOON - HOUR / 2, NEVER, NOON).end == NOON


def test_what_lies_outside_is_not_shown() -> None:
    may_be = Span(NOON, NOON + HOUR)
    assert trail_limits.visible_span(None, may_be) == may_be
    assert trail_limits.visible_span(Span(NOON - HOUR, NOON), may_be) is None


hours = st.integers(-50, 50).map(lambda count: NOON + count * HOUR)


@given(span_bounds=st.tuples(hours, hours).filter(lambda two: two[0] < two[1]), start=hours)
def test_what_is_shown_lies_within_both(
    span_bounds: tuple[datetime, datetime], start: datetime
) -> None:
    may_be = trail_limits.around_incident(start, start + HOUR, NEVER, start + 10 * HOUR)
    assert may_be.end - may_be.start <= HOUR + 2 * AROUND_INCIDENT
    shown = trail_limits.visible_span(Span(*span_bounds), may_be)
    if shown is not None:
        assert may_be.start <= shown.start < shown.end <= may_be.end
        assert span_bounds[0] <= shown.start
        assert shown.end <= span_bounds[1]
