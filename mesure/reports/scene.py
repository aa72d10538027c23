"""What all maps of a report are drawn from, made ready once."""

from dataclasses import dataclass

from mesure.reports import evidence, ground
from mesure.reports.evidence import Rows
from mesure.reports.ground import Ground
from mesure.reports.replay_report import ReplayReport


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A report with its fixes findable by row and its zones ready to draw."""

    report: ReplayReport
    rows: Rows
    grounds: tuple[Ground, ...]


def scene_of(report: ReplayReport) -> Scene:
    """Return what the maps of a report are drawn from."""
    grounds = tuple(ground.ground_of(zone) for zone in report.zones)
    return Scene(report, evidence.rows_of(report.used), grounds)
