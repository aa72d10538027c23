"""Small numbers, kept out of tables with those that would give them away by subtraction.

A cell about fewer than five persons is hidden. What is hidden must not follow from what is shown:
the groups of a period add up to all of it, and the quarters of a group add up to its year. So
wherever one is hidden, another that counts five persons at least is hidden with it, the smallest
that is left. A daily reader can still see what one day changed; no table prevents that.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from mesure.reports.statistics.incident_counting import PERSONS_MIN, GroupCounts

Place: TypeAlias = tuple[str, str]  # A group and a period.
Cells: TypeAlias = Mapping[Place, GroupCounts]


def hidden(cells: Cells) -> frozenset[Place]:
    """Return which cells are not to be shown.

    `cells` has a row for each group and for all, and a column for each quarter and for the year.
    """
    away = {place for place, cell in cells.items() if 0 < cell.persons < PERSONS_MIN}
    lines = list(_lines(cells))
    while more := _more(lines, cells, away):
        away.add(more)
    return frozenset(away)


def _lines(cells: Cells) -> Iterator[list[Place]]:
    """Yield what adds up: the rows and the columns."""
    for number in (0, 1):
        for name in dict.fromkeys(place[number] for place in cells):
            yield [place for place in cells if place[number] == name]


def _more(lines: list[list[Place]], cells: Cells, away: Collection[Place]) -> Place | None:
    """Return a cell that must go, too; None when nothing follows from the rest any more."""
    for line in lines:
        gone = [place for place in line if place in away]
        if not gone or _is_safe(gone, cells):
            continue
        left = [place for place in line if cells[place].persons and place not in away]
        if left:
            return min(left, key=lambda place: (cells[place].incidents, place))
    return None


def _is_safe(gone: list[Place], cells: Cells) -> bool:
    return len(gone) > 1 and max(cells[place].persons for place in gone) >= PERSONS_MIN
