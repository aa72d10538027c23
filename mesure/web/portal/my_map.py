"""Where the person may be and where not: the places of the order, and no fix at all."""

from starlette.responses import Response

from mesure.orders import wording_hours
from mesure.orders.conditions import Condition
from mesure.orders.wording import Passage
from mesure.positions import fixes
from mesure.reports import drawing, features, order_zones, overview_map, visible
from mesure.web.frame import moving_map, records
from mesure.web.frame.visits import Visit
from mesure.web.portal import asked


def shown(visit: Visit) -> Response:
    """Show the places on a map, and what is asked of each in words."""
    record = records.own(visit)
    now = record.now(visit)
    scene = order_zones.scene_of(now, fixes.none(), record.zone, visit.context.now)
    places = [_passage(condition, visit) for version in now for condition in version.conditions]
    catalogue = visit.texts.catalogue
    drawn = drawing.said(overview_map.overview_map(scene), catalogue)
    moving = features.zones(((around.zone, True) for around in scene.grounds), catalogue)
    return visit.page(
        "my_map.html",
        zones=drawn,
        places=places,
        moving=moving_map.moving(features.collection(moving), visit),
    )


def _passage(condition: Condition, visit: Visit) -> Passage:
    """Return what a condition asks, and in which hours."""
    catalogue = visit.texts.catalogue
    hours = wording_hours.sentences(condition.duty.timetable, condition.in_force, catalogue)
    heading = visible.visible(asked.words(condition, None, catalogue))
    return Passage(heading, tuple(map(visible.visible, hours)))
