"""Zone estimates on the pages: what to expect of each zone, beside the order."""

from dataclasses import dataclass

from mesure.orders.model.order import OrderVersion
from mesure.reports.text import visible_text
from mesure.reports.zones import zone_estimates, zone_words
from mesure.reports.zones.zone_estimates import RadiusRow
from mesure.web.shared.visits import PageVisit


@dataclass(frozen=True, slots=True)
class ZoneExpectation:
    """What is expected of one place of one condition, and of other radii of it."""

    lines: tuple[str, ...]
    is_doubtful: bool  # Something of it should be thought over.
    radii: tuple[RadiusRow, ...]


def of_version(version: OrderVersion, visit: PageVisit) -> list[ZoneExpectation]:
    """Return what is expected of each zone of an order, by the programme's policy of its day."""
    catalogue, thresholds = visit.texts.catalogue, visit.parts.thresholds
    tables = {
        (table.condition, table.place): table.rows
        for table in zone_estimates.radii(version, thresholds, catalogue)
    }
    return [
        ZoneExpectation(
            tuple(map(visible_text.visible, zone_words.zone(estimate, catalogue))),
            bool(estimate.cautions),
            tables.get((estimate.first.condition, estimate.first.place), ()),
        )
        for estimate in zone_estimates.of_version(version, thresholds)
    ]
