"""Totals: how long each condition was met, not met and unknown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from mesure.evaluation.assessment import Assessment, Status
from mesure.reports.replay.replay_report import ReplayReport

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class StatusTotal:
    """The time of one condition, or of one day of it, by what was assessed."""

    met: timedelta = _NOTHING
    not_met: timedelta = _NOTHING
    unknown: timedelta = _NOTHING

    @property
    def whole(self) -> timedelta:
        """Return all the time that was assessed."""
        return self.met + self.not_met + self.unknown

    @property
    def worst(self) -> Status | None:
        """Return what deserves a look first: not met, then unknown; None when nothing binds."""
        if self.not_met:
            return Status.NOT_MET
        if self.unknown:
            return Status.UNKNOWN
        return Status.MET if self.met else None

    @property
    def mostly(self) -> Status | None:
        """Return a day in one word: not met if it ever was, unknown if over a tenth of it was."""
        if self.not_met or not self.whole:
            return self.worst
        return Status.UNKNOWN if self.unknown * 10 > self.whole else Status.MET

    def with_more(self, status: Status, time: timedelta) -> "StatusTotal":
        """Return the total with more time of one status."""
        return StatusTotal(
            self.met + (time if status is Status.MET else _NOTHING),
            self.not_met + (time if status is Status.NOT_MET else _NOTHING),
            self.unknown + (time if status is Status.UNKNOWN else _NOTHING),
        )


def of_assessments(assessments: Iterable[Assessment]) -> StatusTotal:
    """Return the time of some assessments."""
    total = StatusTotal()
    for assessment in assessments:
        time = assessment.span.end - assessment.span.start
        total = total.with_more(assessment.status, time)
    return total


def by_condition(report: ReplayReport) -> dict[str, StatusTotal]:
    """Return the total of every condition, in the order's own sequence."""
    return {condition: of_assessments(own) for condition, own in apart(report).items()}


def apart(report: ReplayReport) -> dict[str, list[Assessment]]:
    """Return the assessments of every condition, in the order's own sequence, as they are now."""
    assessments_by_condition: dict[str, list[Assessment]] = {}
    for item in report.assessments:
        assessments_by_condition.setdefault(item.condition, []).append(item)
    return {
        condition.id: assessments_by_condition.get(condition.id, [])
        for condition in report.conditions
    }


def percent(part: timedelta, whole: timedelta) -> str:
    """Return a share in words that never rounds a little away, or up to everything.

    >>> percent(timedelta(minutes=1), timedelta(days=14))
    '<1 %'
    >>> percent(timedelta(days=14), timedelta(days=14, minutes=1))
    '>99 %'
    """
    if not part:
        return "0 %"
    if part == whole:
        return "100 %"
    rounded = (200 * part + whole) // (2 * whole)
    if rounded == 0:
        return "<1 %"
    return ">99 %" if rounded == 100 else f"{rounded} %"
