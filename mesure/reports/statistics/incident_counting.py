"""Incident counting for the statistics of a programme, one by one, in bounded memory.

An incident is counted once in its quarter and once in its year, in one cell of each breakdown:
that of the group "" where it has no other, so that the groups of each add up to all. What a cell
keeps are numbers: how many, how long, and how many different persons at least. Who they are, and
which officer decided, is not kept, so no table can be made of it later.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from mesure.incidents import incident
from mesure.incidents.finding import FindingOutcome, Review

PERSONS_MIN: Final = 5  # A cell about fewer is not shown; more are not told apart.
# Lengths of time are counted in steps; the last one is everything longer.
STEPS_S: Final = (
    10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800,
    86_400, 259_200, 604_800, 1_209_600,
)  # fmt: skip
LOOKS_S: Final = (60, 300, 1_800)  # The same of how long somebody looked before they decided.
CHANCES: Final = (0.9, 0.95, 0.99, 0.999)
_SECOND: Final = timedelta(seconds=1)


class Breakdown(StrEnum):
    """By what incidents are grouped."""

    ALL = "all"
    KIND = "kind"  # What seems to have happened.
    OUTCOME = "outcome"  # The finding with its cause.
    DEVICE = "device"  # The class of the device.
    COURT = "court"  # Which court ordered it: the area, as far as it is known.
    CHANCE = "chance"  # How high the chance was that the judge stated.
    LOOK = "look"  # How long the deciding officer had the evidence before them.


@dataclass(frozen=True, slots=True)
class CountedIncident:
    """An incident as it is counted; whose it is serves to count different persons only."""

    person: str
    opened: datetime  # On the clock of the order.
    start: datetime
    groups: Mapping[Breakdown, str]
    p_outside_max: float | None
    is_withdrawn: bool
    is_after_hours: bool  # Raised while the office was closed.
    review: Review


@dataclass(slots=True)
class DurationSteps:
    """How often a length of time was within each step, and beyond the last."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(STEPS_S) + 1))

    @property
    def total(self) -> int:
        """Return how many lengths were counted."""
        return sum(self.counts)

    def within_s(self, share_ratio: float) -> int | None:
        """Return the step within which so large a share lies; None: beyond the last, or nothing.

        >>> DurationSteps([0, 3, 1] + [0] * 14).within_s(0.5)
        30
        """
        so_far, wanted = 0, share_ratio * self.total
        for step_s, count in zip(STEPS_S, self.counts, strict=False):
            so_far += count
            if so_far and so_far >= wanted:
                return step_s
        return None


@dataclass(slots=True)
class GroupCounts:
    """What was counted of one group in one period."""

    persons: int = 0  # Different ones, at least; no more than PERSONS_MIN are told apart.
    incidents: int = 0
    withdrawn: int = 0
    after_hours: int = 0
    decided: int = 0
    decided_of_place: int = 0  # Of those: about where somebody was; no other can be a breach.
    breach: int = 0
    false: int = 0  # Found to be none: an error of the location, or of equipment.
    contested: int = 0  # Decided a second time, since the person contested it.
    changed: int = 0  # Of those: decided differently from the first time.
    persons_of: dict[str, int] = field(default_factory=dict)  # As `persons`, of each count above.
    # From its beginning until it was raised.
    delay: DurationSteps = field(default_factory=DurationSteps)
    answer: DurationSteps = field(default_factory=DurationSteps)  # From then until the finding.
    # From seeing the evidence to deciding.
    look: DurationSteps = field(default_factory=DurationSteps)
    met_s: int = 0
    not_met_s: int = 0
    unknown_s: int = 0


Table = dict[str, dict[str, dict[str, GroupCounts]]]  # By period, breakdown, group.
UNDECIDED: Final = ("withdrawn", "open")  # Outcomes without a finding.
STATUSES: Final = ("met", "not_met", "unknown")


def step_of(length_s: float) -> int:
    """Return the number of the first step that is as long as a length."""
    return bisect_left(STEPS_S, length_s)


def quarter_of(day: date) -> str:
    """Return the quarter of a day.

    >>> quarter_of(date(2026, 5, 1))
    '2026-2'
    """
    return f"{day.year}-{(day.month + 2) // 3}"


def quarters(year: str) -> tuple[str, ...]:
    """Return the quarters of a year."""
    return tuple(f"{year}-{number}" for number in (1, 2, 3, 4))


class IncidentTally:
    """The tables while they are filled."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str, str], GroupCounts] = {}
        self._persons: dict[tuple[str, ...], set[str]] = {}

    @property
    def table(self) -> Table:
        """Return what was counted so far."""
        cells_by_period: Table = {}
        for (period, breakdown, group), cell in self._cells.items():
            cells_by_period.setdefault(period, {}).setdefault(breakdown, {})[group] = cell
        return cells_by_period

    def add(self, line: CountedIncident) -> None:
        """Count an incident."""
        groups = {
            **line.groups,
            Breakdown.OUTCOME: outcome_of(line),
            Breakdown.CHANCE: chance_of(line.p_outside_max),
            Breakdown.LOOK: look_of(line.review),
        }
        counts, steps = _counts(line), _steps(line)
        for place, cell in self._cells_of(line.person, line.opened.date(), groups):
            cell.incidents += 1
            for name in counts:
                setattr(cell, name, getattr(cell, name) + 1)
                so_far = cell.persons_of.get(name, 0)
                cell.persons_of[name] = self._persons_with((*place, name), line.person, so_far)
            for name, step in steps:
                getattr(cell, name).counts[step] += 1

    def add_time(
        self, person: str, day: date, groups: Mapping[Breakdown, str], status: str, length_s: int
    ) -> None:
        """Count a time that was judged: met, not met or unknown."""
        assert status in STATUSES, f"{status} is no status"
        name = f"{status}_s"
        for _, cell in self._cells_of(person, day, groups):
            setattr(cell, name, getattr(cell, name) + length_s)

    def _cells_of(
        self, person: str, day: date, groups: Mapping[Breakdown, str]
    ) -> Iterator[tuple[tuple[str, str, str], GroupCounts]]:
        named = [("all", ""), *((one.value, group) for one, group in groups.items())]
        for period in (str(day.year), quarter_of(day)):
            for breakdown, group in named:
                place = (period, breakdown, group)
                cell = self._cells.setdefault(place, GroupCounts())
                cell.persons = self._persons_with(place, person, cell.persons)
                yield place, cell

    def _persons_with(self, of: tuple[str, ...], person: str, so_far: int) -> int:
        """Return how many different persons something is about, with this one."""
        if so_far >= PERSONS_MIN:
            return so_far
        persons = self._persons.setdefault(of, set())
        persons.add(person)
        return len(persons)


def _counts(line: CountedIncident) -> list[str]:
    """Return what an incident counts as, besides an incident."""
    count_names = ["withdrawn"] * line.is_withdrawn + ["after_hours"] * line.is_after_hours
    finding = line.review.finding
    if finding is None or line.review.found_at is None:
        return count_names
    count_names.append("decided")
    # A silence, and what a device says, is no breach of anything, whatever was once concluded.
    if incident.is_of_place(line.groups[Breakdown.KIND]):
        count_names.append("decided_of_place")
        count_names += ["breach"] * (finding.outcome is FindingOutcome.BREACH)
        count_names += ["false"] * (finding.outcome is FindingOutcome.NO_BREACH)
    if finding.on_contest:
        former = line.review.former[-1:]
        count_names.append("contested")
        count_names += ["changed"] * any(one.outcome is not finding.outcome for one in former)
    return count_names


def _steps(line: CountedIncident) -> list[tuple[str, int]]:
    """Return within which steps the lengths of an incident lie."""
    steps = [("delay", step_of((line.opened - line.start) / _SECOND))]
    found_at = line.review.found_at
    if found_at is not None:
        steps.append(("answer", step_of((found_at - line.opened) / _SECOND)))
        looked_s = look_s(line.review)
        if looked_s is not None:
            steps.append(("look", step_of(looked_s)))
    return steps


def outcome_of(line: CountedIncident) -> str:
    """Return the finding with its cause, or why there is none."""
    finding = line.review.finding
    if line.review.found_at is None or finding is None:
        return UNDECIDED[not line.is_withdrawn]
    return finding.outcome.value if finding.cause is None else finding.cause.value


def chance_of(p_outside_max: float | None) -> str:
    """Return the step of chance that an incident reached; nothing of a silence."""
    if p_outside_max is None:
        return ""
    return str(max((step for step in CHANCES if p_outside_max >= step), default=0.0))


def look_s(review: Review) -> float | None:
    """Return how long the first officer to decide had the evidence before them."""
    first = (*review.former, review.finding)[0]
    look_times = [one.at for one in review.seen if first is not None and one.by == first.decided_by]
    return (
        (first.decided_at - look_times[0]) / _SECOND if first is not None and look_times else None
    )


def look_of(review: Review) -> str:
    """Return which of four lengths of look it was; nothing where nobody decided."""
    length_s = look_s(review) if review.found_at is not None else None
    if length_s is None:
        return ""
    return str(next((one_s for one_s in LOOKS_S if length_s <= one_s), "longer"))
