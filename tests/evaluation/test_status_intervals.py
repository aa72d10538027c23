"""From fixes and silences to spells."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.assessment import Status
from mesure.evaluation.filter import status_intervals
from mesure.evaluation.filter.status_intervals import (
    DecisionChanges,
    FilterOutput,
    HoldLimits,
    StatusInterval,
)
from mesure.evaluation.filter.two_state_filter import MET, NOT_MET, UNDECIDED

M = 60_000_000
SILENCE = 30 * M
DAY = 24 * 60 * M


def make_output(*fixes: tuple[int, int, int]) -> FilterOutput:
    """Return what a lane said: minute, decision, and the onset in minutes or -1."""
    minutes, decided, onsets = (np.array(column, np.int64) for column in zip(*fixes, strict=True))
    seen_us = np.maximum.accumulate(np.where(decided == MET, minutes * M, -DAY))
    onset_us = np.where(onsets >= 0, onsets * M, -1)
    odds = np.ones(len(minutes))
    changes = DecisionChanges.of(onset_us)
    at_us = minutes * M
    return FilterOutput(at_us, at_us, at_us, seen_us, decided.astype(np.int8), odds, changes)


def intervals_of(
    output: FilterOutput, silence_us: int, onset_us_max: int, until_us: int
) -> list[StatusInterval]:
    """Return the intervals from the first fix up to `until_us`, sorted and touching."""
    ran = status_intervals.runs(output, HoldLimits(silence_us, 0.4))
    return status_intervals.of_runs(ran, onset_us_max, until_us)


def plain(intervals: list[StatusInterval]) -> list[tuple[float, float, str]]:
    return [(s.start_us / M, s.end_us / M, s.status.value) for s in intervals]


def test_a_status_holds_to_the_next_fix_and_no_longer_than_silence() -> None:
    intervals = intervals_of(
        make_output((0, MET, 0), (10, MET, -1), (100, MET, -1)), SILENCE, DAY, 120 * M
    )
    assert plain(intervals) == [(0, 40, "met"), (40, 100, "unknown"), (100, 120, "met")]


def test_a_decision_reaches_back_to_its_onset() -> None:
    fixes = [
        (0, MET, 0),
        (10, MET, -1),
        (11, UNDECIDED, -1),
        (12, UNDECIDED, -1),
        (13, NOT_MET, 11),
    ]
    intervals = intervals_of(make_output(*fixes, (20, MET, 19)), SILENCE, DAY, 21 * M)
    assert plain(intervals) == [
        (0, 11, "met"), (11, 13, "not_met"), (13, 19, "not_met"), (19, 20, "met"), (20, 21, "met")
    ]  # fmt: skip


def test_a_decision_does_not_reach_into_a_silence() -> None:
    fixes = [(0, MET, 0), (5, UNDECIDED, -1), (100, NOT_MET, 5)]
    intervals = intervals_of(make_output(*fixes), SILENCE, DAY, 101 * M)
    assert plain(intervals) == [
        (0, 5, "met"), (5, 35, "not_met"), (35, 100, "unknown"), (100, 101, "not_met")
    ]  # fmt: skip


def test_a_decision_reaches_back_no_farther_than_allowed() -> None:
    fixes = [(0, UNDECIDED, -1), (20, UNDECIDED, -1), (40, NOT_MET, 0)]
    intervals = intervals_of(make_output(*fixes), SILENCE, 30 * M, 41 * M)
    assert plain(intervals) == [(0, 10, "unknown"), (10, 40, "not_met"), (40, 41, "not_met")]


def test_met_lasts_from_the_last_fix_that_showed_presence() -> None:
    """Why: a cell fix that covers half the town must not keep "at home" alive all night."""
    output = make_output((0, MET, 0), (20, MET, -1), (25, MET, -1))
    wide = output._replace(seen_us=np.array([0, 0, 0]))
    assert plain(intervals_of(wide, SILENCE, DAY, 60 * M)) == [(0, 30, "met"), (30, 60, "unknown")]


def test_nothing_is_said_without_fixes() -> None:
    assert (
        intervals_of(
            make_output((0, MET, 0))._replace(observed_us=np.empty(0, np.int64)), SILENCE, DAY, M
        )
        == []
    )


def test_what_lies_outside_is_unknown() -> None:
    intervals = [StatusInterval(10, 20, Status.MET, 10, 10, 0)]
    within = status_intervals.within(intervals, 5, 30)
    assert [(s.start_us, s.end_us, s.status.value) for s in within] == [
        (5, 10, "unknown"), (10, 20, "met"), (20, 30, "unknown")
    ]  # fmt: skip
    assert [(s.start_us, s.end_us) for s in status_intervals.within(intervals, 12, 15)] == [
        (12, 15)
    ]
    assert [s.status for s in status_intervals.within(intervals, 0, 5)] == [Status.UNKNOWN]


def test_total() -> None:
    intervals = [
        StatusInterval(0, 5, Status.MET, 0),
        StatusInterval(5, 7, Status.UNKNOWN, 5),
        StatusInterval(7, 9, Status.MET, 7),
    ]
    assert status_intervals.total_us(intervals, Status.MET) == 7


@st.composite
def tracks(draw: st.DrawFn) -> FilterOutput:
    steps = draw(st.lists(st.sampled_from([0, 1, 5, 31, 90]), min_size=1, max_size=25))
    minutes = np.cumsum(steps).tolist()
    fixes = []
    mode = UNDECIDED
    for minute in minutes:
        decided = draw(st.sampled_from([MET, NOT_MET, UNDECIDED]))
        changed = decided not in (UNDECIDED, mode)
        fixes.append((minute, decided, draw(st.integers(0, minute)) if changed else -1))
        mode = decided if changed else mode
    return make_output(*fixes)


@given(tracks(), st.integers(0, 200))
def test_spells_are_sorted_touching_and_cover_all(output: FilterOutput, more: int) -> None:
    until = int(output.observed_us[-1]) + more * M
    intervals = intervals_of(output, SILENCE, DAY, until)
    edges = [int(output.observed_us[0])]
    for spell in intervals:
        assert spell.start_us == edges[-1] < spell.end_us
        edges.append(spell.end_us)
    assert edges[-1] == until


@given(tracks(), st.integers(0, 200))
def test_silence_is_unknown(output: FilterOutput, more: int) -> None:
    until = int(output.observed_us[-1]) + more * M
    for spell in intervals_of(output, SILENCE, DAY, until):
        if spell.status is not Status.UNKNOWN:
            observed_us = output.observed_us[output.observed_us <= spell.start_us]
            assert (
                spell.end_us <= max(int(observed_us[-1]), spell.start_us) + SILENCE
                or (
                    (output.observed_us >= spell.start_us) & (output.observed_us < spell.end_us)
                ).any()
            )


def test_what_holds_where_a_window_begins_is_known_with_a_fix_that_holds_there() -> None:
    late = make_output((0, NOT_MET, 0), (20, NOT_MET, -1), (40, NOT_MET, -1), (60, NOT_MET, -1))
    late = late._replace(known_us=np.array([0, 20, 500, 500]) * M)
    [whole] = intervals_of(late, SILENCE, DAY, 90 * M)
    for start, known in ((0, 0), (29, 0), (30, 20), (49, 20), (50, 500), (89, 500)):
        [cut] = status_intervals.within([whole], start * M, 90 * M)
        assert status_intervals.as_known(late, cut, SILENCE).known_us == known * M
    silent = StatusInterval(100 * M, 200 * M, Status.UNKNOWN, 100 * M)
    assert status_intervals.as_known(late, silent, SILENCE) == silent


def test_of_two_lanes_the_better_for_the_person_is_said_instant_by_instant() -> None:
    drawn_said = (0, 10, Status.NOT_MET), (10, 20, Status.UNKNOWN), (20, 30, Status.MET)
    as_drawn = [StatusInterval(*one, known_us=50) for one in drawn_said]
    for status, expected in (
        (Status.MET, ["met", "met", "met"]),
        (Status.UNKNOWN, ["unknown", "unknown", "met"]),
        (Status.NOT_MET, ["not_met", "unknown", "met"]),
    ):
        intervals = status_intervals.better([StatusInterval(5, 30, status, 40)], as_drawn)
        assert [(s.start_us, s.end_us) for s in intervals] == [(5, 10), (10, 20), (20, 30)]
        assert [s.status.value for s in intervals] == expected


def test_what_two_lanes_call_not_met_was_known_when_the_later_of_them_knew() -> None:
    for one_us, other_us in ((40, 50), (50, 40)):
        [both] = status_intervals.better(
            [StatusInterval(0, 10, Status.NOT_MET, one_us)],
            [StatusInterval(0, 10, Status.NOT_MET, other_us)],
        )
        assert both.known_us == 50
