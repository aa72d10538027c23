"""The statistics of a programme: about the process, and never about a named person or officer.

Figures of one period, by group: how many incidents, what became of them, how fast they were raised
and answered, how much time nobody knows. A share says how sure it is. What could give away somebody
among few is left out, and the figures say that it was. A count of incidents is exact or hidden;
every other is rounded to five, since a hidden one could follow from it: a share times its base.
Paper: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209: the interval of a share
Book: A. Hundepool et al., Statistical Disclosure Control, Wiley 2012, ch. 5: rounding of tables
"""

import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Final

from mesure.reports.statistics import incident_counting, small_numbers
from mesure.reports.statistics.incident_counting import (
    PERSONS_MIN,
    STEPS_S,
    Breakdown,
    DurationSteps,
    GroupCounts,
    Table,
)
from mesure.reports.statistics.small_numbers import Place

OF_MIN: Final = 10  # A share of fewer says nothing, and could say something about somebody.
ROUNDED_TO: Final = 5
Z95_RATIO: Final = 1.959963984540054
QUARTILES: Final = (0.5, 0.9)


@dataclass(frozen=True, slots=True)
class ShareEstimate:
    """A share of a count, and the limits between which it lies 95 times in 100."""

    of: int  # Rounded, but for hours.
    share_ratio: float
    low_ratio: float
    high_ratio: float


@dataclass(frozen=True, slots=True)
class DurationStep:
    """How many are longer than `from_s`, and no longer than `until_s`; None: of any length.

    `count` is rounded.
    """

    from_s: int
    until_s: int | None
    count: int


@dataclass(frozen=True, slots=True)
class DurationSummary:
    """Within which step half and nine in ten of the lengths lie; None: beyond the last."""

    of: int
    half_within_s: int | None
    most_within_s: int | None
    steps: tuple[DurationStep, ...]  # How they lie; a step with few is shown with the next.


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """What is shown of a group in a period; None: it is not shown, or there is too little of it."""

    group: str
    is_hidden: bool
    incidents: int | None = None
    withdrawn: ShareEstimate | None = None
    after_hours: ShareEstimate | None = None
    breach: ShareEstimate | None = None
    false: ShareEstimate | None = None
    changed: ShareEstimate | None = None  # Of what was contested and decided again.
    unknown: ShareEstimate | None = None  # Of the time that was judged; in whole hours.
    delay: DurationSummary | None = None
    answer: DurationSummary | None = None
    look: DurationSummary | None = None


@dataclass(frozen=True, slots=True)
class BreakdownFigures:
    """A breakdown, with the figures of its groups."""

    breakdown: Breakdown
    figures: tuple[GroupFigures, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of a period: of all, by group, and of the quarters of its year."""

    period: str
    whole: GroupFigures
    groups: tuple[BreakdownFigures, ...]
    quarters: tuple[GroupFigures, ...]  # `group` is the quarter.


def wilson(count: int, of: int) -> ShareEstimate:
    """Return a share with its interval; one of nothing is not known.

    >>> share = wilson(5, 10)
    >>> round(share.low_ratio, 3), round(share.high_ratio, 3)
    (0.237, 0.763)
    """
    if of == 0:
        return ShareEstimate(0, math.nan, 0.0, 1.0)
    share_ratio, z2_ratio = count / of, Z95_RATIO * Z95_RATIO
    middle_ratio = (share_ratio + z2_ratio / (2 * of)) / (1 + z2_ratio / of)
    spread_ratio = share_ratio * (1 - share_ratio) / of + z2_ratio / (4 * of * of)
    half_ratio = Z95_RATIO * math.sqrt(spread_ratio) / (1 + z2_ratio / of)
    # Rounding may not put the share itself outside.
    low_ratio = 0.0 if count == 0 else max(0.0, middle_ratio - half_ratio)
    high_ratio = 1.0 if count == of else min(1.0, middle_ratio + half_ratio)
    return ShareEstimate(of, share_ratio, low_ratio, high_ratio)


def periods(table: Table) -> tuple[str, ...]:
    """Return the years and quarters of which anything is known, the latest year first."""
    years = sorted({period[:4] for period in table}, reverse=True)
    whole = [(year, *reversed(incident_counting.quarters(year))) for year in years]
    return tuple(period for one in whole for period in one if period in table)


def of_period(table: Table, period: str, counted_on: date) -> Statistics:
    """Return the figures of a year or a quarter; no quarter that had not begun when counted."""
    cells, latest = _cells(table, period[:4]), incident_counting.quarter_of(counted_on)
    hidden, whole_year = small_numbers.hidden(cells), incident_counting.quarters(period[:4])
    quarters = [quarter for quarter in whole_year if quarter <= latest or quarter in table]
    shown = {place: _figures(place[2], cell) for place, cell in cells.items()}
    shown |= {place: GroupFigures(place[2], is_hidden=True) for place in hidden}
    nothing = _figures("", GroupCounts())
    whole = {at: shown.get((at, Breakdown.ALL, ""), nothing) for at in (period, *quarters)}
    return Statistics(
        period,
        whole[period],
        tuple(
            BreakdownFigures(
                each, tuple(shown[place] for place in cells if place[:2] == (period, each))
            )
            for each in Breakdown
            if each is not Breakdown.ALL
        ),
        tuple(replace(whole[quarter], group=quarter) for quarter in quarters),
    )


def _cells(table: Table, year: str) -> dict[Place, GroupCounts]:
    cells: dict[Place, GroupCounts] = {}
    for period, breakdown in product((year, *incident_counting.quarters(year)), Breakdown):
        groups = table.get(period, {}).get(breakdown, {})
        by = len if breakdown is Breakdown.LOOK else str  # Longer looks have longer names.
        names = sorted(sorted(groups, key=by), key=operator.not_)
        cells |= {(period, breakdown, name): groups[name] for name in names}
    return cells


def _figures(name: str, cell: GroupCounts) -> GroupFigures:
    judged_h = [length_s // 3_600 for length_s in (cell.met_s, cell.not_met_s, cell.unknown_s)]
    is_enough = cell.persons >= PERSONS_MIN
    return GroupFigures(
        group=name,
        is_hidden=False,
        incidents=cell.incidents,
        withdrawn=_share(cell, "withdrawn", cell.incidents),
        after_hours=_share(cell, "after_hours", cell.incidents),
        breach=_share(cell, "breach", cell.decided_of_place),
        false=_share(cell, "false", cell.decided_of_place),
        changed=_share(cell, "changed", cell.contested),
        unknown=_part(judged_h[2], sum(judged_h)) if is_enough else None,
        delay=_length(cell.delay),
        answer=_length(cell.answer),
        look=_length(cell.look),
    )


def _share(cell: GroupCounts, name: str, of: int) -> ShareEstimate | None:
    """Return a share of rounded counts; within its limits is what any that round so would say."""
    count = getattr(cell, name)
    is_of_few = count > 0 and cell.persons_of.get(name, 0) < PERSONS_MIN
    if of < OF_MIN or cell.persons < PERSONS_MIN or is_of_few:
        return None
    count, of = _rounded(count), _rounded(of)
    least, most = max(0, count - ROUNDED_TO // 2), min(of, count + ROUNDED_TO // 2)
    low_ratio, high_ratio = wilson(least, of).low_ratio, wilson(most, of).high_ratio
    return ShareEstimate(of, count / of, low_ratio, high_ratio)


def _rounded(count: int) -> int:
    """Return the nearest multiple of five.

    >>> [_rounded(count) for count in (12, 13, 15, 17)]
    [10, 15, 15, 15]
    """
    return ROUNDED_TO * round(count / ROUNDED_TO)


def _part(count: int, of: int) -> ShareEstimate | None:
    """Return a share of a time; it is all of the time, and no sample, so it has no interval."""
    return ShareEstimate(of, count / of, count / of, count / of) if of >= OF_MIN else None


def _length(steps: DurationSteps) -> DurationSummary | None:
    if steps.total < OF_MIN:
        return None
    half, most = (steps.within_s(share_ratio) for share_ratio in QUARTILES)
    return DurationSummary(_rounded(steps.total), half, most, _together(steps))


def _together(steps: DurationSteps) -> tuple[DurationStep, ...]:
    """Return the steps, each with enough lengths that it tells of nobody."""
    merged: list[DurationStep] = []
    few: DurationStep | None = None
    for from_s, until_s, count in zip((0, *STEPS_S), (*STEPS_S, None), steps.counts, strict=True):
        if count:
            few = _joined(few, DurationStep(from_s, until_s, count))
        if few is not None and few.count >= OF_MIN:
            merged.append(few)
            few = None
    if few is not None:
        merged[-1] = _joined(merged[-1], few)
    return tuple(replace(step, count=_rounded(step.count)) for step in merged)


def _joined(shorter: DurationStep | None, longer: DurationStep) -> DurationStep:
    if shorter is None:
        return longer
    return DurationStep(shorter.from_s, longer.until_s, shorter.count + longer.count)


# --- As a table for other programs -------------------------------------------------------------

_SHARES: Final = ("withdrawn", "after_hours", "breach", "false", "changed", "unknown")
_LENGTHS: Final = ("delay", "answer", "look")
COLUMNS: Final = (
    "period", "breakdown", "group", "hidden", "incidents",
    *(f"{name}_{part}" for name in _SHARES for part in ("of", "ratio", "low_ratio", "high_ratio")),
    *(f"{name}_{part}" for name in _LENGTHS for part in ("of", "half_within_s", "most_within_s")),
    "unreadable_persons",  # In none of the figures, or not with all; the same in every row.
)  # fmt: skip


def rows(statistics: Statistics, unreadable: int) -> Iterable[tuple[object, ...]]:
    """Yield what is shown as rows under `COLUMNS`; what is hidden is shown as hidden.

    `unreadable`: how many persons had something that could not be read when it was counted.
    """
    lines = [(statistics.period, Breakdown.ALL, statistics.whole)]
    for group in statistics.groups:
        lines += [(statistics.period, group.breakdown, figures) for figures in group.figures]
    lines += [(figures.group, Breakdown.ALL, figures) for figures in statistics.quarters]
    yield from ((*_row(*line), unreadable) for line in lines)


def _row(period: str, breakdown: Breakdown, figures: GroupFigures) -> tuple[object, ...]:
    group = "" if breakdown is Breakdown.ALL else figures.group
    return (
        period, breakdown.value, group, figures.is_hidden, figures.incidents,
        *(part for name in _SHARES for part in _share_parts(getattr(figures, name))),
        *(part for name in _LENGTHS for part in _length_parts(getattr(figures, name))),
    )  # fmt: skip


def _share_parts(share: ShareEstimate | None) -> tuple[object, ...]:
    if share is None:
        return (None,) * 4
    return share.of, share.share_ratio, share.low_ratio, share.high_ratio


def _length_parts(length: DurationSummary | None) -> tuple[object, ...]:
    return (None,) * 3 if length is None else (
        length.of, length.half_within_s, length.most_within_s
    )  # fmt: skip
