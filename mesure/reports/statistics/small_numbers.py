"""Small numbers, kept out of tables with those that would give them away by subtraction.

A cell about fewer than five persons is hidden. What is hidden must not follow from what is shown:
the groups of a period add up to all of it, and the quarters of a group add up to its year. So
wherever one is hidden, another that counts five persons at least is hidden with it, the smallest
that is left, until none follows from all sums together. A daily reader can still see what one day
changed; no table prevents that.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Final, TypeAlias

import numpy as np

from mesure.reports.statistics.incident_counting import PERSONS_MIN, Breakdown, GroupCounts

Place: TypeAlias = tuple[str, str, str]  # A period, a breakdown and a group.
Cells: TypeAlias = Mapping[Place, GroupCounts]

KNOWN_RATIO: Final = 1 - 1e-6  # Of a cell, by all sums; whole but for rounding.
SAID_MIN: Final = 1e-9  # What is less is nothing but rounding.


def hidden(cells: Cells) -> frozenset[Place]:
    """Return which cells of a year are not to be shown.

    `cells` has every breakdown, each quarter and the year; all of a period is shown once for all.
    """
    small = {place for place, cell in cells.items() if 0 < cell.persons < PERSONS_MIN}
    away, lines = set(small), list(_lines(cells))
    while more := next(_more(lines, cells, small, away), None):
        away.update(more)
    return frozenset(away)


def _lines(cells: Cells) -> Iterator[list[Place]]:
    """Yield what adds up: each group by its periods, and each period by its groups."""
    for name in dict.fromkeys(place[1:] for place in cells):
        yield [place for place in cells if place[1:] == name]
    periods, breakdowns = (dict.fromkeys(place[number] for place in cells) for number in (0, 1))
    for period, breakdown in product(periods, breakdowns):
        adding = (breakdown, Breakdown.ALL)
        yield [place for place in cells if place[0] == period and place[1] in adding]


def _more(
    lines: list[list[Place]], cells: Cells, small: set[Place], away: set[Place]
) -> Iterator[list[Place]]:
    """Yield cells of which the first must go, too; none when nothing follows any more."""
    for line in lines:
        gone = away.intersection(line)
        if gone and (len(gone) == 1 or gone <= small) and (more := _smallest(line, cells, away)):
            yield more
    if clear := small & _derivable(lines, away):
        # One for each line, at once: to look at all sums again takes long.
        beside = [line for line in lines if clear.intersection(line)]
        more = [place for line in beside for place in _smallest(line, cells, away)]
        yield from filter(None, (more, _smallest(cells, cells, away)))


def _smallest(places: Iterable[Place], cells: Cells, away: set[Place]) -> list[Place]:
    """Return the smallest of some cells that is shown, if there is one."""
    left = (place for place in places if cells[place].persons and place not in away)
    return sorted(left, key=lambda place: (cells[place].incidents, place))[:1]


def _derivable(lines: list[list[Place]], away: set[Place]) -> set[Place]:
    """Return the hidden cells that follow from all sums together.

    That a total counts against its parts changes nothing: in a table the signs cancel out.
    """
    places = sorted(away)
    sums = np.array([[place in line for place in places] for line in lines] or [[]], np.float64)
    sizes, ways = np.linalg.eigh(sums.T @ sums)  # The ways in which the sums say anything.
    known_ratio = (ways[:, sizes > SAID_MIN] ** 2).sum(axis=1)
    return {places[number] for number in np.flatnonzero(known_ratio > KNOWN_RATIO)}
