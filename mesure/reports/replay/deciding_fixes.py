"""Deciding fixes: those that a possible breach rests on, found by their rows in the files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import numpy as np

from mesure import instants
from mesure.evaluation.evidence import masts
from mesure.evaluation.filter.two_state_filter import Flags
from mesure.evaluation.policy import Policy
from mesure.geo.fixes import I8, I64, Fixes
from mesure.incidents.incident import Incident
from mesure.reports.text import visible_text


class Bearing(IntEnum):
    """What a fix was to a possible breach; which side it lies on is another matter."""

    NOT_USED = 0  # It lies before or after, and shows the way there; or it says nothing new.
    USED = 1  # It lies in the time of the possible breach, and agrees or speaks against.
    DECIDED = 2  # The possible breach was raised by it, and names it.


@dataclass(frozen=True, slots=True)
class FixesByRow:
    """Fixes, and the place of each row of the evidence files among them."""

    fixes: Fixes
    sorted_rows: I64
    places: I64  # Where in the columns the row of the same place in `sorted_rows` is.
    is_informative: Flags  # Which fixes say something new to the judge.

    def places_in(self, incident: Incident, until: datetime) -> I64:
        """Return the places of the fixes that were used in the time of a possible breach."""
        span = incident.start, incident.over_at(until)
        first, last = np.searchsorted(self.fixes.observed_us, [instants.to_us(one) for one in span])
        used: I64 = first + np.flatnonzero(self.is_informative[first:last])
        return used


def rows_of(fixes: Fixes, policy: Policy | None = None) -> FixesByRow:
    """Return fixes made ready to be found by their row; without a policy all were used."""
    places = np.argsort(fixes.row, kind="stable").astype(np.int64)
    every = np.ones(len(fixes), np.bool_)
    is_informative = every if policy is None else masts.are_informative(fixes, policy)
    return FixesByRow(fixes, fixes.row[places], places, is_informative)


def places_of(rows: FixesByRow, evidence: Iterable[int]) -> I64:
    """Return the places of the fixes of some rows, by time; rows that are not there are skipped."""
    wanted = np.array(sorted(set(evidence)), dtype=np.int64)
    indices = np.searchsorted(rows.sorted_rows, wanted)
    known = indices < len(rows.sorted_rows)
    indices, wanted = indices[known], wanted[known]
    return np.sort(rows.places[indices[rows.sorted_rows[indices] == wanted]])


def bearings(rows: FixesByRow, incident: Incident, until: datetime) -> I8:
    """Return what each fix was to a possible breach; it is counted as used as its facts count.

    Fixes that it names and that were taken after the one that decided hold it up, and are used. For
    somebody long away when a window began, none of those named is as early: it rests on them all.
    """
    observed_us = rows.fixes.observed_us
    codes = np.full(len(observed_us), Bearing.NOT_USED, np.int8)
    codes[rows.places_in(incident, until)] = Bearing.USED
    named = places_of(rows, incident.evidence)
    codes[named] = Bearing.USED
    _, decided_us = incident.account.taken_us
    early = named[observed_us[named] <= decided_us]
    codes[early if len(early) else named] = Bearing.DECIDED
    return codes


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
        parts.append(visible_text.ELLIPSIS)
    return ", ".join(parts)
