"""Which of the used fixes a possible breach rests on, found by their rows in the evidence files."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mesure.positions.fixes import I64, Fixes
from mesure.reports import visible


@dataclass(frozen=True, slots=True)
class Rows:
    """Fixes, and where each row of the evidence files stands among them."""

    fixes: Fixes
    sorted_rows: I64
    places: I64  # Where in the columns the row of the same place in `sorted_rows` stands.


def rows_of(fixes: Fixes) -> Rows:
    """Return fixes made ready to be found by their row."""
    places = np.argsort(fixes.row, kind="stable").astype(np.int64)
    return Rows(fixes, fixes.row[places], places)


def places_of(rows: Rows, evidence: Iterable[int]) -> I64:
    """Return where the fixes of some rows stand, by time; rows that are not there are skipped."""
    wanted = np.array(sorted(set(evidence)), dtype=np.int64)
    found = np.searchsorted(rows.sorted_rows, wanted)
    known = found < len(rows.sorted_rows)
    found, wanted = found[known], wanted[known]
    return np.sort(rows.places[found[rows.sorted_rows[found] == wanted]])


def ranges(evidence: Iterable[int], stretches_max: int) -> str:
    """Return row numbers in words, neighbours as one stretch; dots stand for further stretches.

    >>> ranges([17, 18, 19, 25, 30], 2)
    '17-19, 25, …'
    """
    stretches: list[list[int]] = []
    for row in sorted(set(evidence)):
        if stretches and row == stretches[-1][1] + 1:
            stretches[-1][1] = row
        else:
            stretches.append([row, row])
    parts = [f"{a}" if a == b else f"{a}-{b}" for a, b in stretches[:stretches_max]]
    if len(stretches) > stretches_max:
        parts.append(visible.ELLIPSIS)
    return ", ".join(parts)
