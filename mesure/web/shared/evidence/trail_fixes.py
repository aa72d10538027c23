"""Trail fixes: what is said of each fix of a trail that a ground shows, for the map to stop at.

Nothing of a trail is judged here: a fix is said to lie in a place of the order, or in none.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from mesure import instants
from mesure.actions.trails.trail_access import Trail
from mesure.evaluation.filter import allowed_area
from mesure.geo.fixes import Fixes
from mesure.geo.zones import Flags
from mesure.incidents.words import phrases
from mesure.orders.values.span import Span
from mesure.orders.venues import place_names
from mesure.reports.drawing import strips
from mesure.reports.maps.ground import ZoneGround
from mesure.reports.maps.scene import Scene
from mesure.reports.text import visible_text
from mesure.web.shared.evidence import map_timeline
from mesure.web.shared.evidence.map_timeline import MapTimeline
from mesure.web.shared.words.page_texts import PageTexts


def timeline(scene: Scene, trail: Trail, zone: ZoneInfo, texts: PageTexts) -> MapTimeline | None:
    """Return the fixes of a trail on the axis of its time; None where there is none."""
    fixes = scene.rows.fixes
    if not len(fixes):
        return None
    scale = strips.scale(Span(trail.start_at, trail.until_at), zone)
    return map_timeline.of(scale, zone, fixes, [0] * len(fixes), _phrases(scene, trail, texts))


def _phrases(scene: Scene, trail: Trail, texts: PageTexts) -> list[str]:
    fixes, catalogue = scene.rows.fixes, texts.catalogue
    silences = map_timeline.silences(fixes, texts)
    places = _places(scene.grounds, fixes, texts)
    words = []
    for at, fix in enumerate(trail.fixes):
        radius = phrases.distance(fix.radius95_m or 0.0, catalogue)
        circle = catalogue.text("confidence circle {radius}").format(radius=radius)
        unsigned = "" if fix.signed else catalogue.text("unsigned")
        parts = (places[at], circle if radius else "", unsigned, silences[at])
        words.append(" · ".join(filter(None, parts)))
    return words


def _places(grounds: Sequence[ZoneGround], fixes: Fixes, texts: PageTexts) -> list[str]:
    """Return for each fix the places of the order at its time in which it lies by itself."""
    catalogue = texts.catalogue
    inside = [
        (place_names.quote_name(visible_text.visible(around.zone.place.name), catalogue),
         _inside(around, fixes))
        for around in grounds
    ]  # fmt: skip
    said = []
    for at in range(len(fixes)):
        names = list(dict.fromkeys(name for name, mask in inside if mask[at]))
        if names:
            place = ", ".join(names)
            said.append(catalogue.text("inside: {place}").format(place=place))
        else:
            said.append(catalogue.text("in no place of the order"))
    return said


def _inside(around: ZoneGround, fixes: Fixes) -> Flags:
    beyond_m = allowed_area.measure(around.boundary, fixes.lat_deg, fixes.lon_deg)
    is_inside = beyond_m > 0.0 if around.zone.keep_out else beyond_m <= 0.0
    in_force = around.zone.in_force
    start_us, end_us = instants.to_us(in_force.start), instants.to_us(in_force.end)
    at_us = fixes.observed_us
    mask: Flags = is_inside & (at_us >= start_us) & (at_us < end_us)
    return mask
