"""What is said of an order at one moment: windows, edges, silences and versions."""

import pytest

from mesure.evaluation import judgement
from mesure.evaluation.assessment import Status
from mesure.evaluation.filter.status_intervals import StatusInterval
from mesure.evaluation.judgement import join_equal
from mesure.evaluation.rules import Rules
from mesure.instants import to_us
from tests.evaluation.scenes import (
    CURFEW,
    RESIDENCE,
    SLOT,
    absence,
    fix,
    fixes,
    format_instant,
    lines,
    look,
    order,
    rules,
    spans,
    stay,
    us,
)

MET, UNKNOWN = Status.MET, Status.UNKNOWN


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


def test_without_a_fix_all_is_unknown_from_the_order_s_start() -> None:
    ready = rules(order(CURFEW, RESIDENCE, in_force="from: 2026-02-09T23:00, until: 2026-03-01"))
    assert lines(look(ready, fixes(), "10T23:00").assessments) == [
        ("C1", "unknown", "09T23:00", "10T06:00"),
        ("C1", "unknown", "10T22:00", "10T23:00"),
        ("C2", "unknown", "09T23:00", "10T23:00"),
    ]


def test_nothing_is_said_before_the_first_fix(curfew: Rules) -> None:
    statement = look(curfew, fixes(stay("10T23:30", "11T01:00")), "11T01:00")
    assert spans(statement) == [("met", "10T23:30", "11T01:00")]


def test_nothing_is_said_before_the_order_is_in_force() -> None:
    ready = rules(order(CURFEW, in_force="from: 2026-02-10T23:00, until: 2026-03-01"))
    statement = look(ready, fixes(stay("10T20:00", "11T01:00")), "11T01:00")
    assert spans(statement) == [("met", "10T23:00", "11T01:00")]


def test_nothing_is_said_at_or_before_the_order_s_start(curfew: Rules) -> None:
    for until in ("01T00:00", "01T00:00:00.000001"):
        assert len(look(curfew, fixes(), until).assessments) == (until > "01T00:00")


def test_a_fix_at_an_edge_of_a_window_belongs_to_what_begins_there(curfew: Rules) -> None:
    statement = look(curfew, fixes([fix("11T06:00", 0)], stay("11T22:00", "11T22:05")), "11T22:05")
    assert spans(statement) == [("met", "11T22:00", "11T22:05")]


def test_from_the_last_fix_and_the_limit_of_silence_on_it_is_unknown(curfew: Rules) -> None:
    statement = look(curfew, fixes(stay("10T21:00", "10T23:00")), "11T01:00")
    assert spans(statement) == [
        ("met", "10T22:00", "10T23:29"),
        ("unknown", "10T23:29", "11T01:00"),
    ]


@pytest.mark.parametrize(
    ("gap", "unknown"), [("10T23:29", False), ("10T23:29:00.000001", True), ("10T23:40", True)]
)
def test_a_gap_is_silent_when_it_is_longer_than_the_limit(
    curfew: Rules, gap: str, unknown: bool
) -> None:
    again = [fix(gap, 0), *stay("10T23:41", "10T23:50")]
    track = fixes(stay("10T21:00", "10T23:00"), again)
    statuses = [line[0] for line in spans(look(curfew, track, "10T23:50"))]
    assert statuses == (["met", "unknown", "met"] if unknown else ["met"])


def test_a_version_judges_the_instants_of_its_own_time() -> None:
    """Home moves to the office at midnight; who went there then was at home all along."""
    later = order(CURFEW.replace("home", "office"), in_force="from: 2026-02-11, until: 2026-03-01")
    moved = fixes(stay("10T21:00", "11T00:00"), stay("11T00:00", "11T02:00", 2_000))
    statement = look(rules(order(CURFEW), later), moved, "11T02:00")
    assert spans(statement) == [("met", "10T22:00", "11T02:00")]
    stayed = fixes(stay("10T21:00", "11T02:00"))
    statement = look(rules(order(CURFEW), later), stayed, "11T02:00")
    assert spans(statement) == [
        ("met", "10T22:00", "11T00:00"),
        ("not_met", "11T00:00", "11T02:00"),
    ]


def test_absences_are_taken_out() -> None:
    ready = rules(order(CURFEW, absences=absence("C1", "10T23:00", "11T01:00")))
    statement = look(ready, fixes(stay("10T21:00", "11T06:00")), "11T06:00")
    assert spans(statement) == [("met", "10T22:00", "10T23:00"), ("met", "11T01:00", "11T06:00")]


def test_where_an_absence_takes_out_the_middle_of_a_slot_nothing_is_said() -> None:
    ready = rules(order(SLOT, absences=absence("C4", "10T10:10", "10T10:12")))
    track = fixes(stay("10T10:10:30", "10T10:30"))
    assert look(ready, track, "10T10:11:30").assessments == ()
    assert spans(look(ready, track, "10T10:13"), "C4") == [("unknown", "10T10:12", "10T10:13")]


def test_what_is_said_can_begin_later(curfew: Rules) -> None:
    track = fixes(stay("10T20:00", "11T01:00"))
    outcome = judgement.judge(curfew, track, us("11T01:00"), since_us=us("10T23:30"))
    assert lines(outcome.assessments()) == [("C1", "met", "10T23:30", "11T01:00")]
    sooner = fixes(stay("10T23:00", "11T01:00"))
    outcome = judgement.judge(curfew, sooner, us("11T01:00"), since_us=us("10T12:00"))
    assert lines(outcome.assessments())[0] == ("C1", "unknown", "10T22:00", "10T23:00")


def test_a_slot_ends_with_its_window_looked_at_or_not(curfew: Rules) -> None:
    [slot] = look(curfew, fixes(stay("10T21:00", "10T23:00")), "10T23:00").judgement.slots
    assert format_instant(slot.end_us) == "11T06:00"


def test_a_lane_can_be_asked_for_any_span(curfew: Rules) -> None:
    judgement = look(curfew, fixes(stay("10T12:00", "10T13:00")), "10T13:00").judgement
    intervals = judgement.intervals_between(0, us("10T11:59"), us("10T18:00"))
    assert [
        (format_instant(s.start_us), format_instant(s.end_us), s.status.value) for s in intervals
    ] == [("10T11:59", "10T12:00", "unknown"), ("10T12:00", "10T13:00", "met")]


def test_neighbours_are_joined_and_the_first_says_how_it_was_decided() -> None:
    intervals = [
        StatusInterval(0, 5, MET, 1, 0, 3),
        StatusInterval(5, 7, MET, 9, 5, 4),
        StatusInterval(7, 8, UNKNOWN, 7),
        StatusInterval(9, 10, UNKNOWN, 9),
    ]
    assert join_equal(intervals) == [StatusInterval(0, 7, MET, 1, 0, 3), *intervals[2:]]
    assert join_equal([]) == []


def test_instants_become_spans() -> None:
    span = judgement.to_span(us("10T22:00"), us("11T06:00"))
    assert format_instant(to_us(span.end)) == "11T06:00"
