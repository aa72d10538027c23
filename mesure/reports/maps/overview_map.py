"""The map of the whole order: its zones, and the fixes near them.

Fixes elsewhere are counted and not shown, unless a possible breach rests on them: the order has no
interest in where a person goes outside its zones. Those shown are thinned to what an eye can tell
apart.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import reduce
from typing import Final

import numpy as np

from mesure.geo.fixes import F64, I64
from mesure.incidents.incident import IncidentKind
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.drawing import svg_paths, thinning
from mesure.reports.drawing.chart import (
    Plane,
    PlaneBox,
    PlaneChart,
    box_of,
    box_of_most,
    chart_of,
    plane_at,
    scale_bar_m,
)
from mesure.reports.drawing.svg_paths import Dots, Drawing
from mesure.reports.maps import boundaries, ground
from mesure.reports.maps.scene import Scene
from mesure.reports.replay import deciding_fixes
from mesure.reports.text import visible_text

CELL_PX: Final = 3.0
EVIDENCE_CELL_PX: Final = 6.0
SHAPES_MAX: Final = 300
LABELS_MAX: Final = 12
NAME_LENGTH_MAX: Final = 20
_OUTSIDE_RATIO: Final = 0.01
_MARGIN_RATIO: Final = 0.06
_MARGIN_M_MIN: Final = 60.0


def overview_map(
    scene: Scene, undecided: Collection[str] = (), *catalogues: Catalogue
) -> Drawing | None:
    """Return the map of the whole order, or None where there is neither a zone nor a fix.

    `undecided` are names of places whose purpose nothing says yet.
    """
    middle = _middle(scene)
    if middle is None:
        return None
    plane = plane_at(*middle)
    fixes = scene.rows.fixes
    east_m, north_m = plane.east_m(fixes.lon_deg), plane.north_m(fixes.lat_deg)
    marks = _evidence(scene)
    box = _view(scene, plane, east_m, north_m, marks)
    chart = chart_of(plane, box, svg_paths.WIDTH, svg_paths.HEIGHT)
    x, y = chart.x(east_m), chart.y(north_m)
    visible = np.flatnonzero(svg_paths.within(chart, x, y))
    specks = visible[thinning.by_cell(x[visible], y[visible], CELL_PX)]
    marks = marks[thinning.by_cell(x[marks], y[marks], EVIDENCE_CELL_PX)]
    scale_m = scale_bar_m(chart.m_per_px, svg_paths.SCALE_PX_MAX)
    names = dict.fromkeys(_names(scene, chart))  # Of a condition and an absence: drawn twice.
    return Drawing(
        areas=tuple(_areas(scene, chart, undecided)),
        discs=(),
        line="",
        dots=Dots(
            specks=svg_paths.points(x[specks], y[specks], svg_paths.SPECK),
            wrong_evidence=svg_paths.points(x[marks], y[marks], svg_paths.DIAMOND),
        ),
        labels=svg_paths.labels(chart, names, x[specks], y[specks], *catalogues),
        scale_m=scale_m,
        frame=chart.frame,
        scale_px=svg_paths.number(scale_m / chart.m_per_px),
        fixes_there=len(fixes),
        fixes_drawn=len(specks),
        fixes_outside=len(fixes) - len(visible),
    )


def _middle(scene: Scene) -> tuple[float, float] | None:
    """Return the first point of the first zone, else the first fix."""
    for around in scene.grounds:
        return ground.points_of(around.zone.place.shapes[0])[0]
    fixes = scene.rows.fixes
    return (float(fixes.lat_deg[0]), float(fixes.lon_deg[0])) if len(fixes) else None


def _view(scene: Scene, plane: Plane, east_m: F64, north_m: F64, marks: I64) -> PlaneBox:
    boxes = [ground.box(plane, around) for around in scene.grounds]
    if len(marks):
        boxes.append(box_of(east_m[marks], north_m[marks]))
    if not boxes:
        boxes.append(box_of_most(east_m, north_m, _OUTSIDE_RATIO))
    view = reduce(PlaneBox.union, boxes)
    return view.grown(max(_MARGIN_M_MIN, _MARGIN_RATIO * view.diagonal_m))


def _evidence(scene: Scene) -> I64:
    """Return the fixes that possible breaches of place rest on, those withdrawn left out."""
    numbers = [
        row
        for each in scene.report.incidents
        if each.incident.kind is not IncidentKind.SILENT and each.incident.withdrawn_at is None
        for row in each.incident.evidence
    ]
    return deciding_fixes.places_of(scene.rows, numbers)


def _areas(scene: Scene, chart: PlaneChart, undecided: Collection[str]) -> Iterable[svg_paths.Area]:
    for around in scene.grounds:
        is_open = around.zone.place.name in undecided
        for area in boundaries.areas(chart, around, concerned=True, count_max=SHAPES_MAX):
            yield replace(area, undecided=is_open)


def _names(scene: Scene, chart: PlaneChart) -> Iterable[tuple[float, float, str]]:
    for around in scene.grounds[:LABELS_MAX]:
        name = visible_text.shorten(around.zone.place.name, NAME_LENGTH_MAX)
        yield (*svg_paths.top_of(chart, ground.box(chart.plane, around)), name)
