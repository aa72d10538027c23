"""Which fixes a possible breach rests on."""

from dataclasses import replace

import numpy as np

from mesure.geo.fixes import Fixes
from mesure.reports.replay import deciding_fixes
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
