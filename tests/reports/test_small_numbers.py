"""What is hidden does not follow from what is shown."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from mesure.incidents.finding import EvidenceSighting, Finding, FindingOutcome, Review, ReviewStage
from mesure.reports.statistics import programme_statistics, small_numbers
from mesure.reports.statistics.incident_counting import (
    PERSONS_MIN,
    Breakdown,
    CountedIncident,
    GroupCounts,
    IncidentTally,
    Table,
)
from mesure.reports.statistics.small_numbers import Place

QUARTERS = ("1", "2", "3", "4")
YEAR, ALL = "year", (Breakdown.ALL, "")


def table(counts: dict[str, list[int]]) -> dict[Place, GroupCounts]:
    """Return cells with their sums, where each incident is that of another person."""
    cells: dict[Place, int] = {}
    for group, row in counts.items():
        for quarter, count in zip(QUARTERS, row, strict=True):
            for period, name in product((quarter, YEAR), ((Breakdown.KIND, group), ALL)):
                place = (period, *name)
                cells[place] = cells.get(place, 0) + count
    return {
        place: GroupCounts(persons=min(count, PERSONS_MIN), incidents=count)
        for place, count in cells.items()
    }


def test_nothing_is_hidden_where_everything_is_large() -> None:
    assert not small_numbers.hidden(table({"a": [9, 9, 9, 9], "b": [5, 6, 7, 8]}))


def test_nothing_counted_is_nothing_to_hide() -> None:
    assert not small_numbers.hidden(table({"a": [9, 0, 9, 9], "b": [5, 0, 7, 8]}))
    assert not small_numbers.hidden({})


def test_one_small_cell_takes_another_with_it_in_its_row_and_its_column() -> None:
    cells = table({"a": [2, 9, 10, 11], "b": [20, 21, 22, 23], "c": [30, 31, 32, 33]})
    hidden = small_numbers.hidden(cells)
    assert ("1", Breakdown.KIND, "a") in hidden
    assert sum(place[0] == "1" for place in hidden) >= 2
    assert sum(place[2] == "a" for place in hidden) >= 2


def test_two_small_cells_are_not_enough_where_both_together_are_small() -> None:
    cells = table({"a": [1, 9, 9, 9], "b": [1, 9, 9, 9], "c": [50, 60, 70, 80]})
    hidden = small_numbers.hidden(cells)
    column = [place for place in hidden if place[0] == "1"]
    assert any(cells[place].persons == PERSONS_MIN for place in column)


def test_a_programme_of_three_persons_shows_nothing() -> None:
    cells = table({"a": [1, 0, 0, 0], "b": [2, 0, 0, 0]})
    shown = {place for place in cells if cells[place].persons} - small_numbers.hidden(cells)
    assert not shown


COUNTS = st.dictionaries(
    st.sampled_from("abcde"),
    st.lists(st.sampled_from([0, 0, 1, 2, 5, 9, 40]), min_size=4, max_size=4),
    min_size=1,
)


def sums(cells: dict[Place, GroupCounts]) -> list[list[Place]]:
    """Return what adds up: rows and columns of the table."""
    names = [(number, place[number]) for number in (0, 2) for place in cells]
    return [[place for place in cells if place[n] == name] for n, name in dict.fromkeys(names)]


@given(COUNTS)
def test_no_hidden_cell_follows_from_its_row_or_its_column(counts: dict[str, list[int]]) -> None:
    cells = table(counts)
    hidden = small_numbers.hidden(cells)
    for place, cell in cells.items():
        assert not 0 < cell.persons < PERSONS_MIN or place in hidden
    for line in sums(cells):
        gone = [place for place in line if place in hidden]
        left = [place for place in line if cells[place].persons and place not in hidden]
        large = any(cells[place].persons == PERSONS_MIN for place in gone)
        assert not gone or not left or (len(gone) > 1 and large)


def follow(cells: dict[Place, GroupCounts], hidden: frozenset[Place]) -> list[Place]:
    """Return the small cells without which the sums would say as much less as one number."""
    places = sorted(hidden)
    known = np.array([[float(place in line) for place in places] for line in sums(cells)])
    whole = np.linalg.matrix_rank(known) if places else 0
    return [
        place
        for number, place in enumerate(places)
        if cells[place].persons < PERSONS_MIN
        and np.linalg.matrix_rank(np.delete(known, number, 1)) < whole
    ]


@given(COUNTS)
@example({"a": [58, 0, 1, 30], "b": [4, 29, 45, 75], "c": [0, 0, 1, 61]})
@example({"a": [0, 76, 24, 22], "b": [9, 4, 0, 0], "c": [98, 3, 4, 0], "d": [46, 1, 14, 2]})
def test_no_small_cell_follows_from_all_sums_together(counts: dict[str, list[int]]) -> None:
    cells = table(counts)
    hidden = small_numbers.hidden(cells)
    assert not follow(cells, hidden) or all(one in hidden for one in cells if cells[one].persons)


def test_all_of_a_period_is_hidden_where_a_group_would_follow_from_it() -> None:
    cells = table({"a": [58, 0, 1, 30], "b": [4, 29, 45, 75], "c": [0, 0, 1, 61]})
    counts_by_period: Table = {}
    for (period, breakdown, group), cell in cells.items():
        name = "2026" if period == YEAR else f"2026-{period}"
        counts_by_period.setdefault(name, {}).setdefault(breakdown, {})[group] = cell
    second = programme_statistics.of_period(counts_by_period, "2026-2", date(2026, 12, 31))
    [b] = [one for group in second.groups for one in group.figures if one.incidents != 0]
    assert b.is_hidden == second.whole.is_hidden, "all of a quarter with one group is that group"


FIRST = datetime(2026, 1, 12, 10, 0, tzinfo=UTC)
KINDS = ("absent", "entered", "silent", "no_power")


@dataclass(frozen=True)
class Share:
    """Incidents that are alike, each of another person."""

    count: int
    quarter: int = 0
    kind: str = "absent"
    court: str = ""
    is_decided: bool = False


def review(at: datetime, kind: str) -> Review:
    """Return that an officer looked for two minutes and decided."""
    outcome = FindingOutcome.BREACH if kind in KINDS[:2] else FindingOutcome.BATTERY
    finding = Finding(outcome, None, "Why.", at + timedelta(minutes=2), "ann")
    return Review(ReviewStage.FOUND, (EvidenceSighting("ann", at),), finding)


def make_table(shares: list[Share]) -> Table:
    """Return what is counted of incidents."""
    tally = IncidentTally()
    for number, share in enumerate(shares):
        opened = FIRST + timedelta(days=91 * share.quarter)
        groups = {Breakdown.KIND: share.kind, Breakdown.COURT: share.court}
        chance = 0.97 if share.kind in KINDS[:2] else None
        state = review(opened, share.kind) if share.is_decided else Review()
        for person in range(share.count):
            name = f"P-{number}-{person}"
            tally.add(CountedIncident(name, opened, opened, groups, chance, False, False, state))
    return tally.table


def places_of(table: Table) -> dict[Place, GroupCounts]:
    """Return the cells of a year by place."""
    return {
        (period, breakdown, group): cell
        for period, breakdowns in table.items()
        for breakdown, groups in breakdowns.items()
        for group, cell in groups.items()
    }


def equations(cells: dict[Place, GroupCounts]) -> list[dict[Place, int]]:
    """Return what a reader knows to be equal to nothing: parts, less what they add up to."""
    known = []
    names = dict.fromkeys(place[1:] for place in cells)
    for breakdown, group in names:
        places = [place for place in cells if place[1:] == (breakdown, group)]
        known.append({place: 1 if "-" in place[0] else -1 for place in places})
    for period in dict.fromkeys(place[0] for place in cells):
        here = [place for place in cells if place[0] == period]
        whole = {(period, "all", ""): -1}
        known += [
            whole | {place: 1 for place in here if place[1] == breakdown}
            for breakdown in dict.fromkeys(name for name, _ in names if name != "all")
        ]
        device = {place: 1 for place in here if place[1] == "kind" and place[2] in KINDS[2:]}
        undecided = {place: 1 for place in here if place[1:] == ("outcome", "open")}
        for named, others in (("chance", device), ("look", undecided)):
            stated = {place: 1 for place in here if place[1] == named and place[2]}
            known.append(whole | others | stated)
    return known


def visible_numbers(table: Table) -> dict[Place, int]:
    """Return every number of incidents that the pages of a year and of its quarters show."""
    shown: dict[Place, int] = {}
    for period in table:
        statistics = programme_statistics.of_period(table, period, date(2026, 12, 31))
        figures = [(Breakdown.ALL, statistics.whole)]
        figures += [(part.breakdown, group) for part in statistics.groups for group in part.figures]
        for breakdown, group in figures:
            if group.incidents is not None:
                shown[period, breakdown.value, group.group] = group.incidents
    return shown


SHARES = st.lists(
    st.builds(
        Share,
        st.sampled_from([1, 1, 2, 3, 5, 9, 40]),
        st.integers(0, 3),
        st.sampled_from(KINDS),
        st.sampled_from(["", "A", "B"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(SHARES)
@example([Share(40, kind="absent"), Share(2, kind="silent"), Share(60, kind="no_power")])
@example([Share(40, court="A", is_decided=True), Share(2, court="")])
def test_no_number_about_few_can_be_worked_out_from_all_that_is_shown(shares: list[Share]) -> None:
    table = make_table(shares)
    cells, shown = places_of(table), visible_numbers(table)
    secret = sorted(cells.keys() - shown.keys())
    small = [place for place, cell in cells.items() if cell.persons < PERSONS_MIN]
    assert not shown.keys() & set(small)
    known = np.array([[float(sums.get(place, 0)) for place in secret] for sums in equations(cells)])
    _, sizes, ways = np.linalg.svd(known) if secret else (None, np.zeros(0), np.zeros((0, 0)))
    free = np.abs(ways[np.count_nonzero(sizes > 1e-9) :])  # In what the numbers leave open.
    for place in small if shown else []:
        assert free[:, secret.index(place)].max(initial=0.0) > 1e-6, f"{place} follows"


def test_a_small_group_that_is_not_all_hides_no_more_than_what_lies_beside_it() -> None:
    with_findings = [Share(60, 0, is_decided=True), Share(2, 0, court="A"), Share(50, 1)]
    for shares in (with_findings, [Share(60), Share(2, is_decided=True), Share(50, 1)]):
        shown = visible_numbers(make_table(shares))
        assert shown["2026", "all", ""] == 112, "all of a year is shown beside one small group"
        assert shown["2026-1", "all", ""] == 62
        assert shown["2026-1", "kind", "absent"] == 62
