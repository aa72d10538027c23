"""Small numbers, kept out of tables with those that would give them away by subtraction.

A cell about fewer than five persons is hidden. What is hidden must not follow from what is shown:
the groups of a period add up to all of it, and the quarters of a group add up to its year. So
wherever one is hidden, another that counts five persons at least is hidden with it, until none
follows from all sums together: the one that takes the fewest others with it, and of those the
smallest. A daily reader can still see what one day changed; no table prevents that.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Final, TypeAlias

import numpy as np

from mesure.incidents import incident
from mesure.reports.statistics import incident_counting
from mesure.reports.statistics.incident_counting import PERSONS_MIN, Breakdown, GroupCounts

Place: TypeAlias = tuple[str, str, str]  # A period, a breakdown and a group.
Cells: TypeAlias = Mapping[Place, GroupCounts]

Line: TypeAlias = frozenset[Place]  # Of cells that add up: what one counts follows from others.

# What has no group in a breakdown is named by groups of another, which add up with it, too.
_WITHOUT: Final[Mapping[str, Callable[[Place], bool]]] = {
    Breakdown.CHANCE: lambda at: at[1] == Breakdown.KIND and not incident.is_of_place(at[2]),
    Breakdown.LOOK: lambda at: at[1] == Breakdown.OUTCOME and at[2] in incident_counting.UNDECIDED,
}
KNOWN_RATIO: Final = 1 - 1e-6  # Of a cell, by all sums; whole but for rounding.
SAID_MIN: Final = 1e-9  # What is less is nothing but rounding.


def hidden(cells: Cells) -> frozenset[Place]:
    """Return which cells of a year are not to be shown.

    `cells` has every breakdown, each quarter and the year; all of a period is shown once for all.
    """
    small = {place for place, cell in cells.items() if 0 < cell.persons < PERSONS_MIN}
    away, lines = set(small), [frozenset(line) for line in _lines(cells)]
    while more := next(_more(lines, cells, small, away), None):
        away.update(more)
    return frozenset(away)


def _lines(cells: Cells) -> Iterator[list[Place]]:
    """Yield what adds up: each group by its periods, and each period by its groups."""
    for name in dict.fromkeys(place[1:] for place in cells):
        yield [place for place in cells if place[1:] == name]
    periods, breakdowns = (dict.fromkeys(place[number] for place in cells) for number in (0, 1))
    for period, breakdown in product(periods, breakdowns):
        here = [place for place in cells if place[0] == period]
        yield [place for place in here if place[1] in (breakdown, Breakdown.ALL)]
        if breakdown in _WITHOUT:
            yield [place for place in here if (place[1] == breakdown and place[2])
                   or place[1] == Breakdown.ALL or _WITHOUT[breakdown](place)]  # fmt: skip


def _more(
    lines: list[Line], cells: Cells, small: set[Place], away: set[Place]
) -> Iterator[list[Place]]:
    """Yield cells of which the first must go, too; none when nothing follows any more."""
    counted = {place for place, cell in cells.items() if cell.persons}
    whole = [counted & line for line in lines if away.isdisjoint(line)]
    touched = Counter(place for line in whole for place in line)

    def cost(at: Place) -> tuple[int, int, Place]:
        """Return how many lines would need another cell to go, and after that one; its size."""
        beside = [line - {at} for line in whole if at in line]
        later = [min((touched[place] for place in line), default=0) for line in beside]
        return len(beside) + sum(later), cells[at].incidents, at

    def next_to_go(places: Iterable[Place]) -> list[Place]:
        return sorted(counted.intersection(places) - away, key=cost)[:1]

    for line in lines:
        gone = away & line
        if gone and (len(gone) == 1 or gone <= small) and (more := next_to_go(line)):
            yield more
    if clear := small & _derivable(lines, away):
        # One for each line, at once: to look at all sums again takes long.
        beside = [line for line in lines if clear & line]
        more = [place for line in beside for place in next_to_go(line)]
        yield from filter(None, (more, next_to_go(cells)))


def _derivable(lines: list[Line], away: set[Place]) -> set[Place]:
    """Return the hidden cells that follow from all sums together.

    That a total counts against its parts changes nothing: in a table the signs cancel out.
    """
    places = sorted(away)
    sums = np.array([[place in line for place in places] for line in lines] or [[]], np.float64)
    sizes, ways = np.linalg.eigh(sums.T @ sums)  # The ways in which the sums say anything.
    known_ratio = (ways[:, sizes > SAID_MIN] ** 2).sum(axis=1)
    return {places[number] for number in np.flatnonzero(known_ratio > KNOWN_RATIO)}
