"""Which fixes a possible breach rests on."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from mesure.evaluation.breakdown.evidence_breakdown import EvidenceBreakdown
from mesure.geo.fixes import Fixes
from mesure.reports.replay import deciding_fixes
from tests.evaluation.scenes import default_policy
from tests.reports import factory


def fixes_with_rows(*rows: int) -> Fixes:
    few = factory.columns(
        [factory.at(0, hour) for hour in range(len(rows))],
        np.zeros(len(rows)),
        np.zeros(len(rows)),
        np.zeros(len(rows)),
    )
    return replace(few, row=np.array(rows, dtype=np.int64))


def test_fixes_are_found_by_their_row_in_the_sequence_of_time() -> None:
    rows = deciding_fixes.rows_of(fixes_with_rows(40, 10, 30, 20))
    assert deciding_fixes.places_of(rows, [20, 40, 10, 10]).tolist() == [0, 1, 3]


def test_rows_that_were_not_used_are_skipped() -> None:
    rows = deciding_fixes.rows_of(fixes_with_rows(40, 10))
    assert deciding_fixes.places_of(rows, [11, 99, 40]).tolist() == [0]
    assert deciding_fixes.places_of(deciding_fixes.rows_of(factory.no_fixes()), [1]).tolist() == []


def test_rows_next_to_each_other_are_one_stretch() -> None:
    assert deciding_fixes.ranges([3, 1, 2, 2, 9], 5) == "1-3, 9"
    assert deciding_fixes.ranges([], 5) == ""


def test_many_stretches_are_cut_short_and_say_so() -> None:
    assert deciding_fixes.ranges([1, 3, 5], 2) == "1, 3, …"
    assert deciding_fixes.ranges([1, 3], 2) == "1, 3"


def test_what_came_after_the_decision_did_not_decide() -> None:
    """A possible breach names fixes of its first minutes, some of which came after it was seen."""
    minutes = [factory.at(11, 22 + minute / 60) for minute in range(6)]
    used = fixes_at(minutes)
    account = account_between(factory.micros(minutes[1]), factory.micros(minutes[2]))
    late = factory.incident(start=minutes[1], end=minutes[5], evidence=(1, 2, 3), account=account)
    rows = deciding_fixes.rows_of(used)
    assert deciding_fixes.bearings(rows, late, minutes[5]).tolist() == [0, 2, 2, 1, 1, 0]


def test_what_says_nothing_new_was_not_used() -> None:
    minutes = [factory.at(11, 22 + minute / 60) for minute in range(4)]
    used = replace(fixes_at(minutes), provider=np.array([1, 3, 1, 1], np.int8))
    account = account_between(factory.micros(minutes[0]), factory.micros(minutes[2]))
    incident = factory.incident(start=minutes[0], end=minutes[3], evidence=(0, 2), account=account)
    rows = deciding_fixes.rows_of(used, default_policy())
    assert deciding_fixes.bearings(rows, incident, minutes[3]).tolist() == [2, 0, 2, 0]
    assert rows.places_in(incident, minutes[3]).tolist() == [0, 2]
    everything = deciding_fixes.rows_of(used)
    assert deciding_fixes.bearings(everything, incident, minutes[3]).tolist() == [2, 1, 2, 0]


def test_who_was_long_away_is_away_by_all_that_is_named() -> None:
    minutes = [factory.at(11, 22 + minute / 60) for minute in range(3)]
    used = fixes_at(minutes)
    account = account_between(factory.micros(factory.at(11, 8)), factory.micros(factory.at(11, 9)))
    away = factory.incident(start=minutes[0], end=minutes[2], evidence=(0, 1), account=account)
    rows = deciding_fixes.rows_of(used)
    assert deciding_fixes.bearings(rows, away, minutes[2]).tolist() == [2, 2, 0]


def fixes_at(instants: list[datetime]) -> Fixes:
    nought = np.zeros(len(instants))
    few = factory.columns(instants, nought, nought, nought)
    return replace(few, row=np.arange(len(instants)))


def account_between(first_us: int, last_us: int) -> EvidenceBreakdown:
    return factory.ACCOUNT._replace(taken_us=(first_us, last_us))
