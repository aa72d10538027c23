"""Selection: which incidents a report shows in full when there are very many.

A report must open on a phone. All incidents are numbered by time; those of place that hold come
first, then those withdrawn, then silences. What is only listed or left out is said to be so.
"""

from dataclasses import dataclass
from typing import Final

from mesure.incidents.incident import IncidentKind
from mesure.reports.replay.replay_report import ReplayReport, ReportedIncident

FULL_MAX: Final = 60
LISTED_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class NumberedIncident:
    """An incident and its number in this report, from 1."""

    number: int
    reported: ReportedIncident


@dataclass(frozen=True, slots=True)
class IncidentSelection:
    """Incidents shown in full, those listed in a line each, and how many are left out; by time."""

    full: tuple[NumberedIncident, ...]
    listed: tuple[NumberedIncident, ...]
    left_out: int


def select(
    report: ReplayReport, full_max: int = FULL_MAX, listed_max: int = LISTED_MAX
) -> IncidentSelection:
    """Return what to show of the incidents of a report."""
    by_time = sorted(
        report.incidents,
        key=lambda each: (each.incident.start, each.incident.condition, each.incident.id),
    )
    numbered = [NumberedIncident(number, each) for number, each in enumerate(by_time, start=1)]
    by_weight = sorted(numbered, key=_weight)
    full, listed = by_weight[:full_max], by_weight[full_max : full_max + listed_max]
    return IncidentSelection(
        tuple(sorted(full, key=lambda each: each.number)),
        tuple(sorted(listed, key=lambda each: each.number)),
        len(numbered) - len(full) - len(listed),
    )


def _weight(numbered: NumberedIncident) -> tuple[bool, bool, int]:
    incident = numbered.reported.incident
    return incident.kind is IncidentKind.SILENT, incident.withdrawn_at is not None, numbered.number


def silences(report: ReplayReport) -> int:
    """Return how many incidents are silences, which are not possible breaches of place."""
    return sum(each.incident.kind is IncidentKind.SILENT for each in report.incidents)
