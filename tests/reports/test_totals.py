"""How long each condition was met, not met and unknown."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.assessment import Status
from mesure.reports.replay import totals
from mesure.reports.replay.totals import StatusTotal
from tests.reports import factory

HOUR = timedelta(hours=1)


def test_the_time_of_a_condition_is_the_time_for_which_it_binds() -> None:
    report = factory.report()
    for condition in report.conditions:
        bound = sum((span.end - span.start for span in condition.binding), timedelta(0))
        assert totals.by_condition(report)[condition.id].whole == bound


def test_a_condition_without_assessments_has_no_time() -> None:
    report = factory.report(assessments=())
    assert set(totals.by_condition(report).values()) == {StatusTotal()}


def test_assessments_are_told_apart_by_condition_and_keep_their_order() -> None:
    report = factory.report()
    assessments_by_condition = totals.apart(report)
    assert list(assessments_by_condition) == [condition.id for condition in report.conditions]
    for condition, own in assessments_by_condition.items():
        assert own == [item for item in report.assessments if item.condition == condition]


def test_each_status_counts_for_itself() -> None:
    total = StatusTotal().with_more(Status.MET, HOUR).with_more(Status.NOT_MET, 2 * HOUR)
    assert total.with_more(Status.UNKNOWN, 3 * HOUR) == StatusTotal(HOUR, 2 * HOUR, 3 * HOUR)


def test_not_met_deserves_a_look_before_unknown_and_unknown_before_met() -> None:
    assert StatusTotal(HOUR, HOUR, HOUR).worst is Status.NOT_MET
    assert StatusTotal(met=HOUR, unknown=HOUR).worst is Status.UNKNOWN
    assert StatusTotal(met=HOUR).worst is Status.MET
    assert StatusTotal().worst is None


def test_a_few_unknown_minutes_do_not_make_a_day_unknown() -> None:
    minute = HOUR / 60
    assert StatusTotal(met=23 * HOUR, unknown=HOUR).mostly is Status.MET
    assert StatusTotal(met=20 * HOUR, unknown=4 * HOUR).mostly is Status.UNKNOWN
    assert (
        StatusTotal(met=23 * HOUR, unknown=HOUR - minute, not_met=minute).mostly is Status.NOT_MET
    )
    assert StatusTotal().mostly is None


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_reads_as_nothing_or_everything_only_if_it_is(part: int, rest: int) -> None:
    words = totals.percent(timedelta(seconds=part), timedelta(seconds=part + rest))
    assert (words == "0 %") == (part == 0)
    assert words != "100 %"
    assert totals.percent(timedelta(seconds=rest), timedelta(seconds=rest)) == "100 %"


def test_nothing_and_everything_are_said_as_such() -> None:
    assert totals.percent(timedelta(0), HOUR) == "0 %"
    assert totals.percent(HOUR, HOUR) == "100 %"


def test_a_share_is_rounded_to_the_nearest() -> None:
    assert totals.percent(timedelta(seconds=126), timedelta(seconds=1000)) == "13 %"
