"""Scene: what all maps of a report are drawn from, made ready once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mesure.evaluation.filter.allowed_area import Boundary
from mesure.incidents.incident import Incident
from mesure.reports.maps import ground
from mesure.reports.maps.ground import ZoneGround
from mesure.reports.replay import deciding_fixes
from mesure.reports.replay.deciding_fixes import FixesByRow
from mesure.reports.replay.replay_report import ReplayReport


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A report with its fixes findable by row and its zones ready to draw."""

    report: ReplayReport
    rows: FixesByRow
    grounds: tuple[ZoneGround, ...]
    boundaries: Mapping[str, Boundary] = field(default_factory=dict)  # Incident -> as judged.

    def boundary(self, incident: Incident, about: ZoneGround | None) -> Boundary | None:
        """Return what an incident is measured by: as the judge did, else by its place alone."""
        judged = self.boundaries.get(incident.id)
        if judged is None and about is not None:
            return about.boundary
        return judged


def scene_of(report: ReplayReport) -> Scene:
    """Return what the maps of a report are drawn from."""
    grounds = tuple(ground.ground_of(zone) for zone in report.zones)
    judged = {one.incident.id: one.boundary for one in report.incidents}
    known = {name: one for name, one in judged.items() if one is not None}
    return Scene(report, deciding_fixes.rows_of(report.used, report.policy), grounds, known)
