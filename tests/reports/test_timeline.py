"""A condition day by day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.assessment import Assessment, Status
from mesure.orders.values.span import Span
from mesure.reports.replay import timeline, totals
from mesure.reports.replay.timeline import TimelineBar
from tests.reports import factory
from tests.reports.factory import ALMATY, at

MET, NOT_MET, UNKNOWN = Status.MET, Status.NOT_MET, Status.UNKNOWN


def lines(*pieces: tuple[int, float, float, Status]) -> list[Assessment]:
    """Return assessments from (day, hour from, hour until, status)."""
    return [
        Assessment("C1", status, Span(at(day, start), at(day, end)))
        for day, start, end, status in pieces
    ]


def test_a_night_stays_in_one_piece() -> None:
    calendar = timeline.timeline(
        lines((0, 22, 30, MET)), [Span(at(0, 22), at(0, 30))], ALMATY, days_max=10
    )
    assert calendar.start_h == 12
    [night] = calendar.days
    assert night.date == date(2026, 2, 2)
    assert night.bars == (TimelineBar(MET, 10 / 24, 18 / 24),)


def test_a_condition_of_the_day_runs_from_midnight_to_midnight() -> None:
    until_midnight = [Span(at(0, 18), at(0, 24))]
    assert timeline.day_starts_at_h(until_midnight, ALMATY) == 0
    always = [Span(at(0, 5), at(9, 5))]
    assert timeline.day_starts_at_h(always, ALMATY) == 0
    assert timeline.day_starts_at_h([*until_midnight, Span(at(1, 22), at(2, 6))], ALMATY) == 12


def test_a_long_span_is_cut_at_midnight() -> None:
    days = timeline.days(lines((0, 12, 60, MET)), ALMATY, 0)
    assert [day.bars for day in days] == [
        (TimelineBar(MET, 0.5, 1.0),),
        (TimelineBar(MET, 0.0, 1.0),),
        (TimelineBar(MET, 0.0, 0.5),),
    ]


def test_days_on_which_nothing_binds_are_no_days() -> None:
    days = timeline.days(lines((0, 1, 2, MET), (7, 1, 2, MET)), ALMATY, 0)
    assert [day.date.day for day in days] == [2, 9]


def test_of_too_many_days_those_met_are_left_out_first_and_then_the_oldest() -> None:
    pieces = [(day, 1, 2, MET if day % 2 else UNKNOWN) for day in range(10)]
    calendar = timeline.timeline(lines(*pieces), [], ALMATY, days_max=3)
    assert [day.date.day for day in calendar.days] == [6, 8, 10]
    assert calendar.left_out == 7
    assert timeline.timeline(lines(*pieces), [], ALMATY, days_max=10).left_out == 0


def day_of_changes(minutes: float, statuses: list[Status]) -> list[Assessment]:
    """Return a day that changes its status at every step of `minutes`."""
    steps = int(24 * 60 / minutes)
    return lines(
        *(
            (0, step * minutes / 60, (step + 1) * minutes / 60, statuses[step % len(statuses)])
            for step in range(steps)
        )
    )


def test_a_day_that_changes_too_often_shows_what_held_longest() -> None:
    mostly_met = day_of_changes(5, [MET, NOT_MET, MET])
    [day] = timeline.days(mostly_met, ALMATY, 0)
    assert day.coarse
    assert day.bars == (TimelineBar(MET, 0.0, 1.0),)
    assert day.total == totals.of_assessments(mostly_met)


def test_where_two_held_equally_long_the_quarter_is_unknown() -> None:
    [day] = timeline.days(day_of_changes(7.5, [MET, NOT_MET]), ALMATY, 0)
    assert day.bars == (TimelineBar(UNKNOWN, 0.0, 1.0),)


def test_a_quarter_in_which_nothing_binds_stays_empty() -> None:
    [day] = timeline.days(day_of_changes(5, [MET, NOT_MET, MET])[:200], ALMATY, 0)
    assert day.bars[-1].until_ratio == 67 / 96


@given(
    st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from(Status), st.booleans()),
        min_size=1,
        max_size=90,
    ),
    st.sampled_from([0, 12]),
)
def test_bars_are_sorted_disjoint_and_within_the_day_and_no_time_is_lost(
    steps: list[tuple[int, Status, bool]], start_h: int
) -> None:
    instant, assessments = at(0, 3), []
    for minutes, status, binds in steps:
        span = Span(instant, instant + timedelta(minutes=minutes))
        instant = span.end
        if binds:
            assessments.append(Assessment("C1", status, span))
    days = timeline.days(assessments, ALMATY, start_h)
    whole = timedelta(0)
    for day in days:
        edges = [edge for bar in day.bars for edge in (bar.from_ratio, bar.until_ratio)]
        assert edges == sorted(edges)
        assert not edges or (edges[0] >= 0.0 and edges[-1] <= 1.0)
        whole += day.total.whole
    assert whole == totals.of_assessments(assessments).whole


def test_the_fortnight_has_its_nights() -> None:
    report = factory.report()
    calendar = timeline.timeline(
        totals.apart(report)["C1"], report.conditions[0].binding, report.zone, 100
    )
    assert [day.date.day for day in calendar.days if day.total.worst is NOT_MET] == [13]
    assert [day.date.day for day in calendar.days if day.total.worst is UNKNOWN] == [8, 10]
