"""Strips lie on one scale of time, show what is there, and draw nothing that is not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure import instants
from mesure.orders.values.span import Span
from mesure.reports.drawing import strips
from mesure.reports.drawing.strips import PARTS_MAX, WIDTH

ALMATY, UTC_ZONE = ZoneInfo("Asia/Almaty"), ZoneInfo("UTC")
FIRST = datetime(1990, 1, 1, tzinfo=UTC)
START = datetime(2026, 2, 12, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
NIGHT = Span(START, START + 6 * HOUR)


def us(*hours: float) -> np.ndarray:
    return np.array([instants.to_us(START + hour * HOUR) for hour in hours], np.int64)


@given(
    st.integers(0, 50 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=400)),
    st.sampled_from(["Asia/Almaty", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
)
def test_a_scale_holds_what_it_is_for_in_few_equal_parts(
    start: datetime, length: timedelta, zone: str
) -> None:
    around = Span(start, start + length)
    scale = strips.scale(around, ZoneInfo(zone))
    assert scale.shown.start <= around.start
    assert scale.shown.end >= around.end - timedelta(microseconds=PARTS_MAX)
    assert 2 <= len(scale.marks) <= PARTS_MAX + 1
    lengths = {b - a for a, b in zip(scale.marks[:-1], scale.marks[1:], strict=True)}
    assert len(lengths) == 1


def test_marks_stand_at_round_times_of_the_wall() -> None:
    around = Span(START + timedelta(minutes=7), START + timedelta(hours=4))
    marks = strips.scale(around, ALMATY).marks
    assert [f"{mark.astimezone(ALMATY):%H:%M}" for mark in marks] == [
        "22:00", "23:00", "00:00", "01:00", "02:00",
    ]  # fmt: skip


def test_bars_are_cut_to_the_scale_and_never_too_thin_to_see() -> None:
    scale = strips.scale(NIGHT, UTC_ZONE)
    moment = timedelta(seconds=1)
    spans = [
        (Span(START - HOUR, START + HOUR), "before and in"),
        (Span(START + 2 * HOUR, START + 2 * HOUR + moment), "a moment"),
        (Span(START - 3 * HOUR, START - 2 * HOUR), "outside"),
    ]
    before, short = strips.bars(scale, spans)
    assert (before.x, before.words) == ("0", "before and in")
    assert float(before.width) == pytest.approx(WIDTH / 6, abs=0.5)
    assert float(short.width) == 3.0


def test_a_certain_fix_stands_at_the_top_and_one_outside_the_scale_nowhere() -> None:
    scale = strips.scale(NIGHT, UTC_ZONE)
    path = strips.heights(scale, us(-1, 0, 3, 9), np.array([0.5, 1.0, 0.25, 0.5]))
    assert path == "M0 0h0M500 75h0"
    assert strips.stems(scale, us(0, 3), np.array([1.0, 0.25])) == "M0 100V0M500 100V75"


def test_no_stems_where_they_would_be_one_grey_area() -> None:
    scale = strips.scale(NIGHT, UTC_ZONE)
    many = np.linspace(0, 6, strips.STEMS_MAX + 1)
    assert strips.stems(scale, us(*many), np.ones(len(many))) == ""


def test_a_gap_reaches_from_fix_to_fix_and_to_both_ends() -> None:
    gaps = strips.gaps(us(-1, 2, 2.1, 5), NIGHT, timedelta(minutes=30))
    in_hours = [((gap.start - START) / HOUR, (gap.end - START) / HOUR) for gap in gaps]
    assert in_hours == [(0.0, 2.0), pytest.approx((2.1, 5.0)), (5.0, 6.0)]


def test_an_unreadable_time_is_no_fix() -> None:
    never = np.array([np.iinfo(np.int64).min], np.int64)
    assert strips.gaps(never, NIGHT, HOUR) == [NIGHT]
