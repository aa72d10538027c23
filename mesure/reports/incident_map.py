"""The map of one possible breach: its place, and the fixes taken round its time.

Fixes of other hours are left out: a possible breach of one evening is no reason to show where a
person went in the morning. A silence has no map, for it says nothing about where anybody was.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from mesure.incidents.incident import Incident, Kind
from mesure.positions.fixes import F64, I64
from mesure.reports import boundaries, drawing, evidence, thinning, visible, wallclock
from mesure.reports.boundaries import Flags
from mesure.reports.chart import Box, Chart, Plane, box_of, chart_of, plane_at, scale_bar_m
from mesure.reports.drawing import Disc, Dots, Drawing
from mesure.reports.evidence import Rows
from mesure.reports.replay_report import ReplayReport, Zone

AROUND: Final = timedelta(minutes=15)  # Shown before and after, so that the crossing can be seen.
FIXES_MAX: Final = 240
EVIDENCE_MAX: Final = 120
SHAPES_MAX: Final = 60
NAME_LENGTH_MAX: Final = 28
_MARGIN_M_MIN: Final = 40.0
_MARGIN_RATIO: Final = 0.15
_BEYOND_RATIO: Final = (
    1.3  # So that the boundary is in view when the place as a whole is too large.
)
_WHOLE_PLACE_RATIO: Final = (
    4.0  # A place up to this many times the size of the rest is shown whole.
)


def incident_map(report: ReplayReport, rows: Rows, incident: Incident) -> Drawing | None:
    """Return the map of a possible breach, or None where nothing can be drawn."""
    if incident.kind is Kind.SILENT:
        return None
    shown, is_evidence, there = _shown(rows, incident, report.until)
    if len(shown) == 0:
        return None
    fixes = rows.fixes
    plane = plane_at(float(fixes.lat_deg[shown[0]]), float(fixes.lon_deg[shown[0]]))
    east_m, north_m = plane.east_m(fixes.lon_deg[shown]), plane.north_m(fixes.lat_deg[shown])
    concerned = _concerned(report.zones, incident)
    box = _view(plane, concerned, box_of(east_m, north_m), incident.facts.distance_max_m)
    chart = chart_of(plane, box, drawing.WIDTH, drawing.HEIGHT)
    wrong = _wrong(plane, concerned, east_m, north_m)
    x, y = chart.x(east_m), chart.y(north_m)
    times = _times(fixes.observed_us[shown], is_evidence, x, y, report.zone)
    scale_m = scale_bar_m(chart.m_per_unit, drawing.SCALE_UNITS_MAX)
    return Drawing(
        areas=tuple(_areas(chart, report.zones, concerned, incident)),
        discs=_discs(chart, x, y, fixes.radius95_m[shown]),
        line=drawing.polyline(x, y),
        dots=_dots(x, y, wrong, is_evidence),
        labels=drawing.labels(chart, (*_names(chart, concerned), *times)),
        scale_m=scale_m,
        scale_units=drawing.number(scale_m / chart.m_per_unit),
        fixes_there=there,
        fixes_drawn=len(shown),
        fixes_outside=0,
    )


def _shown(rows: Rows, incident: Incident, until: datetime) -> tuple[I64, Flags, int]:
    """Return where the fixes to draw stand, which are evidence, and how many there are."""
    observed_us = rows.fixes.observed_us
    end = (incident.end or until) + AROUND
    first, last = np.searchsorted(
        observed_us,
        [wallclock.microseconds(incident.start - AROUND), wallclock.microseconds(end)],
    )
    near = np.arange(first, last, dtype=np.int64)
    proof = evidence.places_of(rows, incident.evidence)
    there = np.union1d(near, proof)
    proof = proof[thinning.evenly(len(proof), EVIDENCE_MAX)]
    rest = np.setdiff1d(near, proof)
    rest = rest[thinning.evenly(len(rest), FIXES_MAX - len(proof))]
    shown = np.union1d(proof, rest)
    return shown, np.isin(shown, proof), len(there)


def _concerned(zones: Iterable[Zone], incident: Incident) -> list[Zone]:
    """Return the zones a possible breach is about, as they were when it began."""
    in_force = [
        zone
        for zone in zones
        if incident.condition in zone.conditions and incident.start in zone.in_force
    ]
    named = [zone for zone in in_force if zone.place.name == incident.facts.place]
    return named or in_force


def _view(plane: Plane, concerned: list[Zone], fixes: Box, distance_max_m: float) -> Box:
    margin_m = max(_MARGIN_M_MIN, _MARGIN_RATIO * fixes.diagonal_m, _BEYOND_RATIO * distance_max_m)
    near = fixes.grown(margin_m)
    view = fixes.grown(max(_MARGIN_M_MIN, _MARGIN_RATIO * fixes.diagonal_m))
    for zone in concerned:
        place = boundaries.box_of_place(plane, zone.place)
        if place.diagonal_m <= _WHOLE_PLACE_RATIO * near.diagonal_m:
            view = view.joined(place.grown(_MARGIN_RATIO * place.diagonal_m))
        else:
            view = view.joined(near)
    return view


def _wrong(plane: Plane, concerned: list[Zone], east_m: F64, north_m: F64) -> Flags:
    """Say which fixes lie on the wrong side: in a place to keep out of, or out of one to be in."""
    forbidden = [zone.place for zone in concerned if zone.keep_out]
    required = [zone.place for zone in concerned if not zone.keep_out]
    wrong = boundaries.inside(plane, forbidden, east_m, north_m)
    if required:
        wrong |= ~boundaries.inside(plane, required, east_m, north_m)
    return wrong


def _areas(
    chart: Chart, zones: Iterable[Zone], concerned: list[Zone], incident: Incident
) -> Iterable[drawing.Area]:
    others = [z for z in zones if incident.start in z.in_force and z not in concerned]
    for zone in (*others, *concerned):
        yield from boundaries.areas(
            chart,
            zone.place,
            keep_out=zone.keep_out,
            concerned=zone in concerned,
            count_max=SHAPES_MAX,
        )


def _discs(chart: Chart, x: F64, y: F64, radius95_m: F64) -> tuple[Disc, ...]:
    return tuple(
        Disc(drawing.number(a), drawing.number(b), drawing.number(r / chart.m_per_unit))
        for a, b, r in zip(x, y, radius95_m, strict=True)
        if not np.isnan(r)
    )


def _dots(x: F64, y: F64, wrong: Flags, is_evidence: Flags) -> Dots:
    def path(chosen: Flags, shape: str) -> str:
        return drawing.points(x[chosen], y[chosen], shape)

    return Dots(
        right=path(~wrong & ~is_evidence, drawing.DOT),
        right_evidence=path(~wrong & is_evidence, drawing.DOT),
        wrong=path(wrong & ~is_evidence, drawing.DIAMOND),
        wrong_evidence=path(wrong & is_evidence, drawing.DIAMOND),
    )


def _names(chart: Chart, concerned: list[Zone]) -> Iterable[tuple[float, float, str]]:
    for zone in concerned:
        box = boundaries.box_of_place(chart.plane, zone.place)
        name = visible.shortened(zone.place.name, NAME_LENGTH_MAX)
        yield (*drawing.top_of(chart, box), name)


def _times(
    observed_us: I64, is_evidence: Flags, x: F64, y: F64, zone: ZoneInfo
) -> Iterable[tuple[float, float, str]]:
    """Yield the time of the first and of the last fix the possible breach rests on."""
    places = np.flatnonzero(is_evidence)
    for place in places[:1].tolist() + places[1:][-1:].tolist():
        instant = wallclock.instant_at(int(observed_us[place]))
        assert instant is not None, "the judge used this fix, so its time can be read"
        yield float(x[place]), float(y[place]), f"{instant.astimezone(zone):%H:%M}"
