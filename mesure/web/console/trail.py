"""A part of a person's trail, for a ground that counts; the look is in the audit log."""

from collections.abc import Sequence

import numpy as np
from starlette.responses import Response

from mesure.actions import grounds, looks
from mesure.actions.errors import UnknownError
from mesure.actions.grounds import GroundKept, OfPerson
from mesure.actions.looks import TrailAsked
from mesure.actions.trail_fix import TrailFix
from mesure.actions.why import Why
from mesure.incidents import phrases
from mesure.reports import drawing, features, order_zones, overview_map
from mesure.reports.evidence import Bearing
from mesure.reports.scene import Scene
from mesure.web.frame import evidence, moving_map, records
from mesure.web.frame.visits import Visit


def shown(visit: Visit) -> Response:
    """Show what the ground shows of the trail, and no more."""
    person, name = visit.path("person"), visit.path("ground")
    record = records.record(visit, person)
    ground = _ground(visit, person, name)
    purpose, number = ground.purpose, ground.case_number
    asked = TrailAsked(person=person, ground=name, purpose=purpose, case_number=number)
    trail = visit.perform(looks.trail, asked)
    scene = order_zones.scene_of(
        record.versions, evidence.columns(trail.fixes), record.zone, visit.context.now
    )
    contents = {
        "record": record,
        "zone": record.zone,
        "now": visit.context.now,
        "trail": trail,
        "purpose": purpose.said(visit.texts.catalogue),
        "drawing": drawing.said(overview_map.overview_map(scene), visit.texts.catalogue),
        "moving": moving_map.moving(_features(scene, trail.fixes, visit, record), visit),
    }
    return visit.page("trail.html", **contents)


def _ground(visit: Visit, person: str, name: str) -> GroundKept:
    purpose, number = records.why(visit, person)
    asked = OfPerson(person=person, purpose=purpose, case_number=number)
    found = {one.ground: one.kept for one in visit.perform(grounds.listed, asked)}
    if name not in found:
        raise UnknownError(Why.NOT_HERE)
    return found[name]


def _features(
    scene: Scene, trail: Sequence[TrailFix], visit: Visit, record: records.Record
) -> features.Feature:
    catalogue, zone = visit.texts.catalogue, record.zone
    said = []
    for fix in trail:
        clock = catalogue.moment(fix.observed_at, zone)
        radius = phrases.distance(fix.radius95_m or 0.0, catalogue)
        said.append(clock if radius is None else f"{clock} · {radius}")
    none = scene.rows.fixes.beacon > 1  # No fix of a trail speaks for or against anything.
    bearing = np.full(len(none), Bearing.NOT_USED, np.int8)
    zones = features.zones(((one.zone, False) for one in scene.grounds), catalogue)
    return features.collection([*zones, *features.fixes(scene.rows.fixes, none, bearing, said)])
