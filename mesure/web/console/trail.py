"""A part of a person's trail, for a ground that counts; the look is in the audit log.

The table has every fix, page by page, and says how many there are. The same fixes can be taken away
as a file, whose hash is on the page and in the audit log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from starlette.responses import Response

from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.actions.trails import grounds, trail_access, trail_files
from mesure.actions.trails.grounds import GroundRecord, GroundsRequest
from mesure.actions.trails.trail_access import Trail, TrailRequest
from mesure.actions.trails.trail_files import TrailFileRequest
from mesure.actions.trails.trail_formats import TrailFormat
from mesure.reports.drawing import svg_paths
from mesure.reports.maps import envelopes, features, order_zones, overview_map
from mesure.reports.maps.scene import Scene
from mesure.web.shared import record_heading
from mesure.web.shared.evidence import device_messages, evidence_view, page_map, trail_fixes
from mesure.web.shared.evidence.page_map import PageMap
from mesure.web.shared.visits import PageVisit

Shown = TypeVar("Shown")

PAGE: Final = 100
FIXES, MESSAGES = "page", "messages"  # Under these names an address asks for a page of each.
DIGITS_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class TrailPage(Generic[Shown]):
    """The contents of one page, and their place among all."""

    rows: Sequence[Shown]
    first: int  # Counted from 1.
    last: int
    of: int
    number: int
    before: str  # The address of the page before; empty: this is the first.
    after: str


@dataclass(frozen=True, slots=True)
class TrailDownload:
    """The same fixes as a file."""

    name: str
    address: str
    sha256: str


def show(visit: PageVisit) -> Response:
    """Show what the ground shows of the trail, and no more."""
    person, name = visit.path("person"), visit.path("ground")
    record = record_heading.record(visit, person)
    ground = _ground(visit, person, name)
    purpose, number = ground.purpose, ground.case_number
    request = TrailRequest(person=person, ground=name, purpose=purpose, case_number=number)
    trail = visit.perform(trail_access.trail, request)
    address = f"/console/people/{person}/trail/{name}"
    scene = order_zones.scene_of(
        record.versions, evidence_view.columns(trail.fixes), record.zone, visit.context.now
    )
    contents = {
        "record": record,
        "times_from": trail.start_at,
        "trail": trail,
        "is_unsigned": not all(fix.signed for fix in trail.fixes),
        "part": _part(trail.fixes, FIXES, visit, address),
        "messages": _part(device_messages.lines(trail.told, visit.texts), MESSAGES, visit, address),
        "files": [_file(form, trail, address) for form in TrailFormat],
        "purpose": purpose.in_words(visit.texts.catalogue),
        "map": _map(scene, trail, visit, record),
    }
    return visit.page("trail.html", **contents)


def as_csv(visit: PageVisit) -> Response:
    """Hand over what the ground shows as CSV."""
    return _handed_over(visit, TrailFormat.CSV)


def as_gpx(visit: PageVisit) -> Response:
    """Hand over what the ground shows as GPX."""
    return _handed_over(visit, TrailFormat.GPX)


def _handed_over(visit: PageVisit, form: TrailFormat) -> Response:
    person, name = visit.path("person"), visit.path("ground")
    ground = _ground(visit, person, name)
    purpose, number = ground.purpose, ground.case_number
    request = TrailFileRequest(
        person=person, ground=name, purpose=purpose, case_number=number, form=form
    )
    trail_file = visit.perform(trail_files.make_file, request)
    headers = {"Content-Disposition": f'attachment; filename="{trail_file.name}"'}
    return Response(trail_file.content, media_type=trail_file.media_type, headers=headers)


def _part(rows: Sequence[Shown], name: str, visit: PageVisit, address: str) -> TrailPage[Shown]:
    """Return the page that is asked for under a name, or the nearest that there is."""
    text = visit.query_value(name)
    pages = max(1, -(-len(rows) // PAGE))
    wanted = int(text) if text.isdecimal() and len(text) < DIGITS_MAX else 1
    number = min(max(wanted, 1), pages)
    first = (number - 1) * PAGE
    shown = rows[first : first + PAGE]
    return TrailPage(
        shown,
        first + 1,
        first + len(shown),
        len(rows),
        number,
        f"{address}?{name}={number - 1}#{name}" if number > 1 else "",
        f"{address}?{name}={number + 1}#{name}" if number < pages else "",
    )


def _file(form: TrailFormat, trail: Trail, address: str) -> TrailDownload:
    return TrailDownload(
        form.value.upper(), f"{address}.{form.value}", trail_files.of(form, trail).sha256
    )


def _ground(visit: PageVisit, person: str, name: str) -> GroundRecord:
    purpose, number = record_heading.why(visit, person)
    request = GroundsRequest(person=person, purpose=purpose, case_number=number)
    ground_by_id = {one.ground: one.kept for one in visit.perform(grounds.list_grounds, request)}
    if name not in ground_by_id:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    return ground_by_id[name]


def _map(
    scene: Scene, trail: Trail, visit: PageVisit, record: record_heading.PersonRecord
) -> PageMap | None:
    """Return the map of a trail: the places of the order, and each fix with its circle."""
    catalogue, zone = visit.texts.catalogue, record.zone
    drawn = overview_map.overview_map(scene, (), catalogue)
    if drawn is None or drawn.frame is None:
        return None
    outlines = envelopes.on_ground(scene.rows.fixes)
    frame = drawn.frame
    paths = ("".join(svg_paths.rings_path(frame, part) for part in outline) for outline in outlines)
    zones = features.zones(((one.zone, False) for one in scene.grounds), catalogue)
    shown = features.collection([*zones, *features.envelopes(outlines)])
    timeline = trail_fixes.timeline(scene, trail, zone, visit.texts)
    return page_map.of(replace(drawn, envelopes=tuple(paths)), shown, visit, timeline)
