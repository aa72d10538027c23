"""Figures of a programme: right, sure of themselves, and silent about few."""

import math
from datetime import date
from typing import Any

import pytest

from mesure.reports.statistics import programme_statistics
from mesure.reports.statistics.incident_counting import (
    STEPS_S,
    Breakdown,
    DurationSteps,
    GroupCounts,
    Table,
)
from mesure.reports.statistics.programme_statistics import GroupFigures

YEAR_END = date(2026, 12, 31)


def steps(*counts: int) -> DurationSteps:
    return DurationSteps([*counts, *[0] * (len(STEPS_S) + 1 - len(counts))])


def cell(incidents: int, persons: int = 5, **more: Any) -> GroupCounts:
    counts = GroupCounts(persons, incidents, **more)
    counts.persons_of = dict.fromkeys(more, persons)
    counts.delay = steps(0, incidents)
    return counts


def table(**groups: GroupCounts) -> Table:
    """Return a year whose incidents were all in its first quarter."""
    whole = cell(sum(one.incidents for one in groups.values()))
    whole.persons = min(5, sum(one.persons for one in groups.values()))
    breakdowns = {"all": {"": whole}, "kind": dict(groups)}
    return {"2026": breakdowns, "2026-1": breakdowns}


def kinds(statistics: programme_statistics.Statistics) -> dict[str, GroupFigures]:
    [group] = [one for one in statistics.groups if one.breakdown is Breakdown.KIND]
    return {one.group: one for one in group.figures}


def test_shares_and_lengths_are_those_of_what_was_counted() -> None:
    counts = cell(
        40, decided=25, decided_of_place=20, breach=10, false=5, withdrawn=4, after_hours=30
    )
    counts.met_s, counts.not_met_s, counts.unknown_s = 80 * 3_600, 10 * 3_600, 10 * 3_600
    absent = kinds(programme_statistics.of_period(table(absent=counts), "2026", YEAR_END))["absent"]
    assert absent.incidents == 40
    assert absent.false is not None
    assert absent.false.share_ratio == 0.25
    assert absent.false.low_ratio < 0.25 < absent.false.high_ratio
    assert absent.unknown is not None
    assert (absent.unknown.of, absent.unknown.share_ratio) == (100, 0.1)
    assert absent.delay is not None
    assert (absent.delay.of, absent.delay.half_within_s) == (40, 30)
    assert absent.changed is None, "a share of nothing is not told"
    assert absent.answer is None


def test_no_count_follows_from_a_share_or_from_lengths() -> None:
    """Or the one finding of a breach, whose own cell is not shown, is 5 % of 20."""
    figures = set()
    for undecided, breach, late in ((8, 1, 3), (9, 2, 4), (10, 0, 5), (12, 1, 4)):
        counts = cell(40, decided_of_place=40 - undecided, breach=breach, after_hours=35 + breach)
        counts.answer = steps(0, late, 40 - undecided - late)
        absent = kinds(programme_statistics.of_period(table(absent=counts), "2026", YEAR_END))[
            "absent"
        ]
        assert absent.incidents == 40, "what is counted by itself is shown as it is"
        figures.add((absent.breach, absent.after_hours, absent.answer))
    assert len(figures) == 1


def test_an_interval_holds_every_share_that_rounds_to_the_same() -> None:
    for count in range(13, 18):
        counts = cell(40, decided_of_place=38 + count % 3, breach=count)
        breach = kinds(programme_statistics.of_period(table(absent=counts), "2026", YEAR_END))[
            "absent"
        ].breach
        assert breach is not None
        assert (breach.of, breach.share_ratio) == (40, 15 / 40)
        exact = programme_statistics.wilson(count, counts.decided_of_place)
        assert breach.low_ratio <= exact.share_ratio <= breach.high_ratio
        assert breach.low_ratio < 0.21
        assert breach.high_ratio > 0.57


def test_a_share_that_is_about_few_is_not_shown() -> None:
    counts = cell(40, decided_of_place=20, breach=10, false=0)
    counts.persons_of = {"breach": 4}
    absent = kinds(programme_statistics.of_period(table(absent=counts), "2026", YEAR_END))["absent"]
    assert absent.breach is None
    assert absent.false is not None, "nothing is about nobody"


def test_what_is_about_few_is_hidden_and_says_so() -> None:
    figures = kinds(
        programme_statistics.of_period(
            table(absent=cell(40), left=cell(2, persons=1)), "2026-1", YEAR_END
        )
    )
    assert figures["left"].is_hidden
    assert figures["left"].incidents is None
    assert figures["absent"].is_hidden, "it would follow from the sum"


def test_steps_with_few_are_told_together() -> None:
    counts = cell(50)
    counts.delay = steps(3, 9, 20, 1, 0, 12, 4)
    delay = kinds(programme_statistics.of_period(table(absent=counts), "2026", YEAR_END))[
        "absent"
    ].delay
    assert delay is not None
    assert [(step.from_s, step.until_s, step.count) for step in delay.steps] == [
        (0, 30, 10),
        (30, 60, 20),
        (60, 900, 15),
    ]


def test_a_step_that_was_joined_to_the_next_begins_where_its_first_length_lies() -> None:
    """Or a page says that all 56 took two to four hours, of which most took minutes."""
    counts = cell(60)
    counts.delay = steps(0, 0, 0, 20, 30, 0, 0, 0, 0, 0, 6)
    delay = kinds(programme_statistics.of_period(table(absent=counts), "2026", YEAR_END))[
        "absent"
    ].delay
    assert delay is not None
    assert [(step.from_s, step.until_s, step.count) for step in delay.steps] == [
        (60, 120, 20),
        (120, 14_400, 35),
    ]


def test_all_beyond_the_last_step_is_one_step() -> None:
    counts = cell(50)
    counts.delay = DurationSteps([0] * len(STEPS_S) + [12])
    delay = kinds(programme_statistics.of_period(table(absent=counts), "2026", YEAR_END))[
        "absent"
    ].delay
    assert delay is not None
    assert [(step.from_s, step.until_s, step.count) for step in delay.steps] == [
        (STEPS_S[-1], None, 10)
    ]


def test_looks_stand_from_the_shortest_to_the_longest() -> None:
    counts_by_period = table(absent=cell(40))
    for breakdowns in counts_by_period.values():
        breakdowns["look"] = {name: cell(10) for name in ("longer", "1800", "300", "60")}
    [look] = [
        group
        for group in programme_statistics.of_period(counts_by_period, "2026", YEAR_END).groups
        if group.breakdown is Breakdown.LOOK
    ]
    assert [one.group for one in look.figures] == ["60", "300", "1800", "longer"]


def test_an_empty_group_has_no_shares() -> None:
    statistics = programme_statistics.of_period(table(absent=cell(40)), "2026", YEAR_END)
    [*_, last] = statistics.quarters
    assert (last.group, last.incidents, last.withdrawn, last.is_hidden) == (
        "2026-4",
        0,
        None,
        False,
    )


def test_a_quarter_that_has_not_begun_is_not_shown_as_nothing() -> None:
    statistics = programme_statistics.of_period(table(absent=cell(40)), "2026", date(2026, 5, 4))
    assert [quarter.group for quarter in statistics.quarters] == ["2026-1", "2026-2"]


def test_groups_stand_by_name_and_not_by_how_many() -> None:
    counts_by_period = table(missed=cell(90), absent=cell(10), left=cell(50))
    assert list(kinds(programme_statistics.of_period(counts_by_period, "2026", YEAR_END))) == [
        "absent",
        "left",
        "missed",
    ]


def test_periods_are_the_latest_year_first() -> None:
    counts_by_period: Table = {"2025": {}, "2025-4": {}, "2026-1": {}, "2026": {}}
    assert programme_statistics.periods(counts_by_period) == ("2026", "2026-1", "2025", "2025-4")


@pytest.mark.parametrize(("count", "of"), [(0, 10), (10, 10), (3, 1_000), (1, 1)])
def test_an_interval_holds_its_share_and_stays_within_nothing_and_all(count: int, of: int) -> None:
    share = programme_statistics.wilson(count, of)
    assert 0.0 <= share.low_ratio <= share.share_ratio <= share.high_ratio <= 1.0
    assert share.low_ratio < share.high_ratio


def test_the_interval_is_that_of_wilson() -> None:
    share = programme_statistics.wilson(15, 20)  # As R's prop.test(15, 20, correct = FALSE) has it.
    assert (round(share.low_ratio, 4), round(share.high_ratio, 4)) == (0.5313, 0.8881)
    assert math.isnan(programme_statistics.wilson(0, 0).share_ratio)


def test_rows_for_other_programs_have_every_column_and_hide_the_same() -> None:
    counts = cell(40, decided=25, decided_of_place=20, breach=10)
    statistics = programme_statistics.of_period(
        table(absent=counts, left=cell(2, persons=1)), "2026", YEAR_END
    )
    rows = [
        dict(zip(programme_statistics.COLUMNS, row, strict=True))
        for row in programme_statistics.rows(statistics, 3)
    ]
    assert len(rows) == 1 + 2 + 4
    [left] = [row for row in rows if row["group"] == "left"]
    assert left["hidden"] is True
    assert {row["unreadable_persons"] for row in rows} == {3}, "in every row"
    assert {
        value
        for key, value in left.items()
        if key not in ("period", "breakdown", "group", "unreadable_persons")
    } == {True, None}
    assert rows[0]["delay_half_within_s"] == 30
