"""My map: where the person may be and where not: the places of the order, and no fix at all."""

from starlette.responses import Response

from mesure.geo import fixes
from mesure.orders.clock import hour_sentences
from mesure.orders.model.conditions import Condition
from mesure.orders.wording.order_sentences import OrderSection
from mesure.reports.maps import order_zones
from mesure.reports.text import visible_text
from mesure.web.portal import asked
from mesure.web.shared import record_heading
from mesure.web.shared.evidence import page_map
from mesure.web.shared.visits import PageVisit


def show(visit: PageVisit) -> Response:
    """Show the places on a map, and what is asked of each in words."""
    record = record_heading.own(visit)
    now = record.now(visit)
    scene = order_zones.scene_of(now, fixes.none(), record.zone, visit.context.now)
    places = [_passage(condition, visit) for version in now for condition in version.conditions]
    return visit.page("my_map.html", map=page_map.of_scene(scene, visit), places=places)


def _passage(condition: Condition, visit: PageVisit) -> OrderSection:
    """Return what a condition asks, and in which hours."""
    catalogue = visit.texts.catalogue
    hours = hour_sentences.sentences(condition.duty.timetable, condition.in_force, catalogue)
    heading = visible_text.visible(asked.words(condition, None, catalogue))
    return OrderSection(heading, tuple(map(visible_text.visible, hours)))
