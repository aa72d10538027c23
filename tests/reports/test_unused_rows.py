"""Rows that were kept and not used."""

import numpy as np

from mesure.reports.replay import unused_rows
from tests.reports import factory
from tests.reports.factory import at


def test_the_reason_with_most_rows_comes_first_and_no_row_is_lost() -> None:
    groups = unused_rows.by_reason(factory.report())
    assert [(each.reason, each.count) for each in groups] == [
        ("duplicate", 7),
        ("stale", 2),
        ("out_of_range", 1),
    ]


def test_first_and_last_time_are_those_of_the_rows() -> None:
    stale = unused_rows.by_reason(factory.report())[1]
    assert (stale.first, stale.last) == (at(1, 3), at(2, 3))
    assert (stale.rows, stale.more) == ("20007-20008", 0)


def test_a_time_that_could_not_be_read_is_not_shown_as_one() -> None:
    odd = unused_rows.by_reason(factory.report())[2]
    assert (odd.first, odd.last) == (None, None)


def test_only_a_few_rows_are_named_of_many() -> None:
    many = factory.columns([at(0, 1)] * 25, np.zeros(25), np.zeros(25), np.zeros(25))
    [group] = unused_rows.by_reason(
        factory.report(unused={"stale": many, "future": factory.no_fixes()})
    )
    assert (group.rows, group.more) == ("0-9", 15)
