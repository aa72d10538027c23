"""The evidence of a possible breach, ready to be shown: a map, strips of time, and its fixes.

Everything is drawn from one trail, that of the incident and of what is shown round it, and from the
order as it was in force. Nothing that the judge decided is worked out anew. The chance of each fix
is what the judge hears of that fix alone, by the thresholds of the order, and the page says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from mesure import instants
from mesure.actions.incidents.incident_review import IncidentHead
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import Trail, TrailRequest
from mesure.evaluation import rules as rules_
from mesure.evaluation.evidence import likelihoods
from mesure.evaluation.filter.allowed_area import Boundary
from mesure.evaluation.policy import DeviceClass
from mesure.evaluation.rules import Rules
from mesure.formats.stored.device_reports import DeviceReport
from mesure.formats.stored.trail_fix import TrailFix
from mesure.geo.fixes import F64, NOT_KNOWN, Fixes, Provider
from mesure.geo.numeric import elementary
from mesure.geo.zones import Flags
from mesure.incidents.incident import Incident
from mesure.orders.model.order import OrderVersion
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.privacy.purposes import Purpose
from mesure.reports.drawing import strips
from mesure.reports.drawing import svg_paths as drawing
from mesure.reports.drawing.strips import StripBar, TimeScale
from mesure.reports.drawing.svg_paths import Drawing
from mesure.reports.maps import envelopes, features, incident_map, order_zones
from mesure.reports.maps.envelopes import Outline
from mesure.reports.maps.scene import Scene
from mesure.reports.replay import deciding_fixes as report_evidence
from mesure.reports.replay.deciding_fixes import Bearing
from mesure.reports.text import visible_text
from mesure.web.shared.evidence import device_messages, device_strips, map_timeline, shown_stays
from mesure.web.shared.evidence.device_messages import DeviceMessages
from mesure.web.shared.evidence.device_strips import StripRow
from mesure.web.shared.evidence.explained import IncidentExplanation
from mesure.web.shared.evidence.map_timeline import QUIET, MapTimeline
from mesure.web.shared.evidence.shown_fixes import ShownFixes
from mesure.web.shared.evidence.shown_stays import ShownStay
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.page_texts import PageTexts

AROUND: Final = timedelta(minutes=45)  # Of the strips; the trail reaches a little farther.
HALF_RATIO: Final = 0.5


@dataclass(frozen=True, slots=True)
class EvidenceStrips:
    """All strips, on one scale."""

    scale: TimeScale
    zone: ZoneInfo
    incident: tuple[StripBar, ...]
    dots: str
    stems: str
    chance_words: str
    rows: tuple[StripRow, ...]


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """What a page shows of the evidence."""

    drawing: Drawing | None
    strips: EvidenceStrips | None
    moving: dict[str, Any]  # GeoJSON.
    timeline: MapTimeline | None = None  # The fixes that the map stops at.
    devices: tuple[str, ...] = ()  # Whose fixes it rests on.
    is_unsigned: bool = False  # No device signed some of the fixes that are shown.
    ahead_s: float = 0.0  # By how much a device's clock was ahead at most.
    messages: DeviceMessages = device_messages.NONE  # What the devices said of how they were.
    address: str = ""  # Of the place that it is about, as the order has it.
    stays: tuple[ShownStay, ...] = ()


def view_evidence(
    visit: PageVisit,
    head: IncidentHead,
    explanation: IncidentExplanation,
    record: PersonRecord,
    purpose: Purpose | None = None,
    *,
    with_strips: bool = True,
) -> PageEvidence | None:
    """Look at the evidence; None where it is about a device, or the trail is no longer kept.

    A reader who is not on the person's side says why. A page without strips needs none made.
    """
    if explanation.incident is None:
        return None
    number = "" if purpose is None else head.incident
    request = TrailRequest(
        person=head.person, incident=head.incident, purpose=purpose, case_number=number
    )
    try:
        trail = visit.perform(trail_access.trail, request)
    except ActionConflictError:
        return None
    versions = tuple(one for one in record.versions if one.order == head.order)
    zone, texts, now = record.zone, visit.texts, visit.context.now
    by = trail.judged_by
    rules = None
    if by is not None and versions:
        policy = visit.parts.thresholds.at(by.day, DeviceClass(by.device_class))
        # Only what held when it began is asked for; an order binds on thousands of nights.
        start = explanation.incident.start
        rules = rules_.prepare(versions, policy, start, start)
    return of(
        explanation.incident, trail, versions, zone, texts, now, rules, with_strips=with_strips
    )


def columns(trail: Sequence[TrailFix]) -> Fixes:
    """Return a trail as columns."""
    unknown = [float("nan") if fix.radius95_m is None else fix.radius95_m for fix in trail]
    beacons = [NOT_KNOWN if fix.beacon is None else int(fix.beacon) for fix in trail]
    providers = [Provider[fix.provider.upper()] for fix in trail]
    return Fixes(
        observed_us=np.array([_us(fix.observed_at) for fix in trail], np.int64),
        received_us=np.array([_us(fix.received_at) for fix in trail], np.int64),
        lat_deg=np.array([fix.lat_deg for fix in trail], np.float64),
        lon_deg=np.array([fix.lon_deg for fix in trail], np.float64),
        radius95_m=np.array(unknown, np.float64),
        speed_mps=np.full(len(trail), np.nan),
        motion=np.full(len(trail), NOT_KNOWN, np.int8),
        beacon=np.array(beacons, np.int8),
        provider=np.array(providers, np.int8),
        row=np.array([fix.row for fix in trail], np.int64),
    )


def of(
    incident: Incident,
    trail: Trail,
    versions: tuple[OrderVersion, ...],
    zone: ZoneInfo,
    texts: PageTexts,
    now: datetime,
    rules: Rules | None,
    *,
    with_strips: bool = True,
) -> PageEvidence:
    """Return the evidence of a possible breach; without rules no chance is known."""
    fixes = columns(trail.fixes)
    boundary = None if rules is None else boundary_of(rules, incident)
    boundaries = {} if boundary is None else {incident.id: boundary}
    policy = None if rules is None else rules.policy
    scene = order_zones.scene_of(versions, fixes, zone, now, boundaries, policy)
    wrong = incident_map.wrong_side(scene, incident, fixes)
    rests_on = {*incident.evidence}
    bearing = report_evidence.bearings(scene.rows, incident, now)
    absences = [absence.span for version in versions for absence in version.absences]
    p_wrong_ = np.full(len(fixes), np.nan) if rules is None else p_wrong(rules, incident, fixes)
    ahead_s = np.array([fix.ahead_s for fix in trail.fixes], np.float64)
    signed = np.array([fix.signed for fix in trail.fixes], np.bool_)
    about, end = incident_map.zone_of(scene, incident), incident.over_at(now)
    keep_out = None if about is None else about.zone.keep_out
    shown = ShownFixes(
        incident, end, keep_out, fixes, ahead_s, p_wrong_, wrong, bearing, signed, zone, texts
    )
    scale = strips.scale(Span(incident.start - AROUND, end + AROUND), zone)
    visible = shown.rows(np.flatnonzero(_inside(fixes, scale.shown)))
    drawn, outlines = _drawn(scene, incident, visible.fixes, texts.catalogue)
    parts = [*_zones(scene, incident, texts.catalogue), *features.envelopes(outlines)]
    is_shown = len(visible.fixes) > 0
    borne = (bearing == Bearing.DECIDED) | ((bearing == Bearing.USED) & wrong)
    return PageEvidence(
        drawn,
        _strips(visible, scale, absences, trail.told, now) if with_strips and is_shown else None,
        features.collection(parts),
        _timeline(visible, scale) if is_shown and drawn is not None else None,
        tuple(sorted({fix.device for fix in trail.fixes if fix.row in rests_on})),
        not signed.all(),
        float(ahead_s.max(initial=0.0)),
        device_messages.some(trail.told, texts),
        "" if about is None else visible_text.visible(about.zone.place.address),
        shown_stays.of_fixes(fixes, _places(drawn, fixes), borne),
    )


def _drawn(
    scene: Scene, incident: Incident, visible: Fixes, catalogue: Catalogue
) -> tuple[Drawing | None, list[Outline]]:
    """Return the drawing with the outlines of stays on it, and these outlines."""
    drawn = incident_map.incident_map(scene, incident, catalogue)
    if drawn is None or drawn.frame is None:
        return drawn, []
    frame = drawn.frame
    x, y = drawing.on_frame(frame, visible.lon_deg, visible.lat_deg)
    outlines = envelopes.on_drawing(visible, x, y)
    paths = ("".join(drawing.rings_path(frame, part) for part in outline) for outline in outlines)
    return replace(drawn, envelopes=tuple(paths)), outlines


def _places(drawn: Drawing | None, fixes: Fixes) -> tuple[F64, F64] | None:
    """Return where fixes are on the drawing; None where there is none."""
    if drawn is None or drawn.frame is None:
        return None
    return drawing.on_frame(drawn.frame, fixes.lon_deg, fixes.lat_deg)


def _timeline(visible: ShownFixes, scale: TimeScale) -> MapTimeline:
    spans = strips.bars(scale, [(Span(visible.incident.start, visible.end), "")])
    return map_timeline.of(
        scale, visible.zone, visible.fixes, visible.flags(), visible.phrases(), spans
    )


def boundary_of(rules: Rules, incident: Incident) -> Boundary | None:
    """Return the boundary by which an incident was judged; None if the condition did not bind."""
    return rules.boundary_at(incident.condition, instants.to_us(incident.start))


def p_wrong(rules: Rules, incident: Incident, fixes: Fixes) -> F64:
    """Return the chance that each fix, taken alone, is on the wrong side, as the judge weighs it.

    Before the fix either side was as likely. NaN where the condition did not bind.
    """
    boundary = boundary_of(rules, incident)
    if boundary is None:
        return np.full(len(fixes), np.nan)
    odds = elementary.exp(likelihoods.alone_llr(rules, boundary, fixes))
    chance: F64 = odds / (1.0 + odds)
    return chance


def _strips(
    part: ShownFixes,
    scale: TimeScale,
    absences: Sequence[Span],
    reports: Sequence[DeviceReport],
    now: datetime,
) -> EvidenceStrips:
    catalogue, visible_fixes = part.texts, part.fixes
    known = np.flatnonzero(~np.isnan(part.p_wrong))
    at_us, share_ratio = visible_fixes.observed_us[known], part.p_wrong[known]
    until = min(scale.shown.end, now)
    quiet = strips.gaps(visible_fixes.observed_us, Span(scale.shown.start, until), QUIET)
    return EvidenceStrips(
        scale=scale,
        zone=part.zone,
        incident=strips.bars(scale, [(Span(part.incident.start, part.end), "")]),
        dots=strips.heights(scale, at_us, share_ratio),
        stems=strips.stems(scale, at_us, share_ratio),
        chance_words=catalogue.plural(
            "{count} fix is shown", "{count} fixes are shown", len(visible_fixes)
        ),
        rows=(
            *_rows(part, scale, quiet, absences),
            *device_strips.rows(reports, scale, part.zone, part.texts),
        ),
    )


def _rows(
    shown: ShownFixes, scale: TimeScale, quiet: Sequence[Span], absences: Sequence[Span]
) -> list[StripRow]:
    catalogue, fixes = shown.texts, shown.fixes
    window = [shown.incident.facts.window]
    rows = [
        _spans(shown, scale, catalogue.text("Condition applied"), "asked", window),
        _spans(shown, scale, catalogue.text("No contact from the device"), "silent", quiet),
        _spans(shown, scale, catalogue.text("Authorised absences"), "absence", absences),
    ]
    beacon_mask = fixes.beacon == 1
    if (fixes.beacon != NOT_KNOWN).any():
        half = np.full(int(beacon_mask.sum()), HALF_RATIO)
        words = catalogue.plural(
            "heard {count} time", "heard {count} times", int(beacon_mask.sum())
        )
        path = strips.heights(scale, fixes.observed_us[beacon_mask], half)
        name = catalogue.text("Home beacon heard")
        rows.append(
            StripRow(name, "heard", words, path=path, said="" if beacon_mask.any() else words)
        )
    return rows


def _spans(
    shown: ShownFixes, scale: TimeScale, name: str, kind: str, spans: Sequence[Span]
) -> StripRow:
    catalogue = shown.texts
    none = catalogue.text("none")
    return device_strips.of_spans(name, kind, none, spans, scale, shown.zone, catalogue)


def _zones(scene: Scene, incident: Incident, catalogue: Catalogue) -> Iterator[features.Feature]:
    """Yield the zones in force when it began, that which it is about on top."""
    about = incident_map.zone_of(scene, incident)
    in_force = [one for one in scene.grounds if incident.start in one.zone.in_force]
    ordered = sorted(in_force, key=lambda ground: ground is about)
    return features.zones(((one.zone, one is about) for one in ordered), catalogue)


def _inside(fixes: Fixes, span: Span) -> Flags:
    start_us, end_us = _us(span.start), _us(span.end)
    inside: Flags = (fixes.observed_us >= start_us) & (fixes.observed_us < end_us)
    return inside


def _us(instant: datetime) -> int:
    return instants.to_us(instant)
