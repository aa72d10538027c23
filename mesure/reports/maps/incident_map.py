"""The map of one possible breach: its place, and the fixes taken round its time.

Fixes of other hours are left out: a possible breach of one evening is no reason to show where a
person went in the morning. A silence has no map, for it says nothing about where anybody was.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from mesure import instants
from mesure.evaluation.filter import allowed_area
from mesure.geo.fixes import F64, I8, I64, Fixes
from mesure.geo.zones import Flags
from mesure.incidents.incident import Incident, IncidentKind
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.drawing import svg_paths, thinning
from mesure.reports.drawing.chart import (
    Plane,
    PlaneBox,
    PlaneChart,
    box_of,
    chart_of,
    plane_at,
    scale_bar_m,
)
from mesure.reports.drawing.svg_paths import Disc, Dots, Drawing
from mesure.reports.maps import boundaries, ground, stays
from mesure.reports.maps.ground import ZoneGround
from mesure.reports.maps.scene import Scene
from mesure.reports.maps.stays import Stay
from mesure.reports.replay import deciding_fixes
from mesure.reports.replay.deciding_fixes import Bearing, FixesByRow
from mesure.reports.text import clock_text, visible_text

AROUND: Final = timedelta(minutes=15)  # Shown before and after, so that the crossing can be seen.
FIXES_MAX: Final = 240
EVIDENCE_MAX: Final = 120
DISCS_MAX: Final = 40  # More confidence circles than this would hide each other.
SHAPES_MAX: Final = 60
NAME_LENGTH_MAX: Final = 28
_MARGIN_M_MIN: Final = 40.0
_MARGIN_RATIO: Final = 0.15
_BEYOND_RATIO: Final = 1.3  # So that the boundary is in view where the whole place is too large.
_WHOLE_PLACE_RATIO: Final = 4.0  # A place up to this many times the rest is shown whole.


def incident_map(scene: Scene, incident: Incident, *catalogues: Catalogue) -> Drawing | None:
    """Return the map of a possible breach in some languages, or None: nothing can be drawn."""
    if incident.kind is IncidentKind.SILENT:
        return None
    shown, there = _shown(scene.rows, incident, scene.report.until)
    if len(shown) == 0:
        return None
    fixes, ground_ = scene.rows.fixes, zone_of(scene, incident)
    bearing = deciding_fixes.bearings(scene.rows, incident, scene.report.until)
    chart = _chart(fixes.rows(shown), ground_, incident)
    wrong = wrong_side(scene, incident, fixes.rows(there))
    x, y = _on_chart(chart, fixes.rows(shown))
    counted = (bearing[there] == Bearing.DECIDED) | ((bearing[there] == Bearing.USED) & wrong)
    borne = there[counted]
    times = _times(fixes.rows(borne), *_on_chart(chart, fixes.rows(borne)), scene.report.zone)
    is_drawn = np.isin(there, shown)
    scale_m = scale_bar_m(chart.m_per_px, svg_paths.SCALE_PX_MAX)
    return Drawing(
        areas=tuple(_areas(chart, scene, ground_, incident)),
        discs=_discs(chart, x, y, fixes.radius95_m[shown]),
        line=svg_paths.polyline(x, y),
        dots=_dots(x, y, wrong[is_drawn], bearing[shown]),
        labels=svg_paths.labels(chart, (*_names(chart, ground_), *times), x, y, *catalogues),
        scale_m=scale_m,
        frame=chart.frame,
        scale_px=svg_paths.number(scale_m / chart.m_per_px),
        fixes_there=len(there),
        fixes_drawn=len(shown),
        fixes_outside=0,
        fixes_decided=int((bearing == Bearing.DECIDED).sum()),
        fixes_used=len(scene.rows.places_in(incident, scene.report.until)),
    )


def _chart(shown: Fixes, around: ZoneGround | None, incident: Incident) -> PlaneChart:
    plane = plane_at(float(shown.lat_deg[0]), float(shown.lon_deg[0]))
    east_m, north_m = plane.east_m(shown.lon_deg), plane.north_m(shown.lat_deg)
    box = _view(plane, around, box_of(east_m, north_m), incident.facts.distance_max_m)
    return chart_of(plane, box, svg_paths.WIDTH, svg_paths.HEIGHT)


def _on_chart(chart: PlaneChart, fixes: Fixes) -> tuple[F64, F64]:
    plane = chart.plane
    return chart.x(plane.east_m(fixes.lon_deg)), chart.y(plane.north_m(fixes.lat_deg))


def _shown(rows: FixesByRow, incident: Incident, until: datetime) -> tuple[I64, I64]:
    """Return where the fixes to draw are, and where all are from which they are chosen."""
    observed_us = rows.fixes.observed_us
    end = incident.over_at(min(until, incident.facts.window.end)) + AROUND
    first, last = np.searchsorted(
        observed_us, [instants.to_us(incident.start - AROUND), instants.to_us(end)]
    )
    near = np.arange(first, last, dtype=np.int64)
    proof = deciding_fixes.places_of(rows, incident.evidence)
    there, rest = np.union1d(near, proof), np.setdiff1d(near, proof)
    proof = proof[thinning.evenly(len(proof), EVIDENCE_MAX)]
    rest = rest[thinning.evenly(len(rest), FIXES_MAX - len(proof))]
    shown = np.union1d(proof, rest)
    return shown, there


def zone_of(scene: Scene, incident: Incident) -> ZoneGround | None:
    """Return the zone a possible breach is about, as it was when it began."""
    for around in scene.grounds:
        zone = around.zone
        is_named = zone.place.name == incident.facts.place
        if is_named and incident.condition in zone.conditions and incident.start in zone.in_force:
            return around
    return None


def _view(
    plane: Plane, concerned: ZoneGround | None, fixes: PlaneBox, distance_max_m: float
) -> PlaneBox:
    margin_m = max(_MARGIN_M_MIN, _MARGIN_RATIO * fixes.diagonal_m)
    view = fixes.grown(margin_m)
    if concerned is None:
        return view
    near = fixes.grown(max(margin_m, _BEYOND_RATIO * distance_max_m))
    place = ground.box(plane, concerned)
    if place.diagonal_m <= _WHOLE_PLACE_RATIO * near.diagonal_m:
        return view.union(place.grown(_MARGIN_RATIO * place.diagonal_m))
    return near


def wrong_side(scene: Scene, incident: Incident, fixes: Fixes) -> Flags:
    """Say which fixes lie on the wrong side by themselves, measured as the judge measures.

    Where an absence lets the person be in a second place too, a fix there is on the right side.
    """
    boundary = scene.boundary(incident, zone_of(scene, incident))
    if boundary is None:
        return np.zeros(len(fixes), dtype=np.bool_)
    return allowed_area.measure(boundary, fixes.lat_deg, fixes.lon_deg) > 0.0


def _areas(
    chart: PlaneChart, scene: Scene, concerned: ZoneGround | None, incident: Incident
) -> Iterable[svg_paths.Area]:
    """Yield the zones in force, that which the map is about on top."""
    in_force = [around for around in scene.grounds if incident.start in around.zone.in_force]
    for around in sorted(in_force, key=lambda around: around is concerned):
        yield from boundaries.areas(
            chart, around, concerned=around is concerned, count_max=SHAPES_MAX
        )


def _discs(chart: PlaneChart, x: F64, y: F64, radius95_m: F64) -> tuple[Disc, ...]:
    known = np.flatnonzero(~np.isnan(radius95_m))
    chosen = known[thinning.evenly(len(known), DISCS_MAX)]
    circles = zip(x[chosen], y[chosen], radius95_m[chosen] / chart.m_per_px, strict=True)
    return tuple(
        Disc(svg_paths.number(a), svg_paths.number(b), svg_paths.number(r)) for a, b, r in circles
    )


def _dots(x: F64, y: F64, wrong: Flags, bearing: I8) -> Dots:
    def path(on_wrong_side: bool, was: Bearing) -> str:
        chosen = (wrong == on_wrong_side) & (bearing == was)
        shape = svg_paths.DIAMOND if on_wrong_side else svg_paths.DOT
        return svg_paths.points(x[chosen], y[chosen], shape)

    return Dots(
        right=path(False, Bearing.NOT_USED),
        right_used=path(False, Bearing.USED),
        right_evidence=path(False, Bearing.DECIDED),
        wrong=path(True, Bearing.NOT_USED),
        wrong_used=path(True, Bearing.USED),
        wrong_evidence=path(True, Bearing.DECIDED),
    )


def _names(chart: PlaneChart, concerned: ZoneGround | None) -> list[tuple[float, float, str]]:
    if concerned is None:
        return []
    top = svg_paths.top_of(chart, ground.box(chart.plane, concerned))
    return [(*top, visible_text.shorten(concerned.zone.place.name, NAME_LENGTH_MAX))]


def _times(borne: Fixes, x: F64, y: F64, zone: ZoneInfo) -> list[tuple[float, float, str]]:
    """Return the times of the first stay, the last and the longest, each by its first fix and last.

    Of fixes that a possible breach rests on, and of those that agree with it in its time.
    """
    all_stays = stays.of(borne.observed_us, x, y)
    if not all_stays:
        return []
    longest = max(
        all_stays,
        key=lambda stay: int(borne.observed_us[stay.last] - borne.observed_us[stay.first]),
    )
    chosen = sorted({all_stays[0], longest, all_stays[-1]})
    return [(float(x[one.first]), float(y[one.first]), _when(borne, one, zone)) for one in chosen]


def _when(borne: Fixes, stay: Stay, zone: ZoneInfo) -> str:
    start, end = (_clock(int(borne.observed_us[at]), zone) for at in stay)
    return start if start == end else f"{start}–{end}"


def _clock(observed_us: int, zone: ZoneInfo) -> str:
    instant = clock_text.instant_at(observed_us)
    assert instant is not None, "the judge used this fix, so its time can be read"
    return " ".join(clock_text.short_clock(instant, zone))
