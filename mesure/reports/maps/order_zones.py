"""The places of an order, each for what it is: to be in, or to keep out of.

Those of windows and of authorised absences are among them, and homes as they were calibrated.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mesure.evaluation import rules
from mesure.evaluation.filter.allowed_area import Boundary, Region, Side
from mesure.evaluation.policy import Policy
from mesure.geo.fixes import Fixes
from mesure.orders.model.conditions import Condition
from mesure.orders.model.order import OrderVersion
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.values import places
from mesure.orders.values.places import Place
from mesure.orders.values.span import Span
from mesure.reports.maps import scene
from mesure.reports.maps.scene import Scene
from mesure.reports.replay.replay_report import ReplayReport, ReportedZone, ReportSources

FIRST_WEEKS: Final = timedelta(weeks=3)


def of_version(version: OrderVersion) -> list[ReportedZone]:
    """Return the places that the conditions of a version name, each for what it is."""
    named: dict[tuple[Region, bool, bool], set[str]] = {}
    for condition in version.conditions:
        for side in _sides(condition, version):
            for region in side.inside:
                named.setdefault((region, False, side.widens), set()).add(condition.id)
            for region in side.outside:
                named.setdefault((region, True, False), set()).add(condition.id)
    return [
        ReportedZone(
            replace(place, name=region.name), keep_out, frozenset(names), span, region.grow_m
        )
        for (region, keep_out, widens), names in named.items()
        for span, place in _drawn(version, region, widens)
    ]


def _sides(condition: Condition, version: OrderVersion) -> Iterator[Side]:
    """Yield each side on which a condition lets the person be, in order of time.

    The place of the window and that of an absence decide the side. Where no absence names one, a
    few weeks show every window; of years of nights only those are worked out, unless some place is
    not among them.
    """
    kind = rules.kind_of(condition.duty)
    start, end = version.in_force.start, version.in_force.end
    timetable = condition.duty.timetable
    allowed = [absence for absence in version.absences if condition.id in absence.allows]
    places = {window.at for window in timetable.windows} or {None}
    soon = min(end, max(start, condition.in_force.start) + FIRST_WEEKS)
    bound_by_place = _first(kind.bounds(condition, version, start, soon))
    has_more = any(absence.at is not None for absence in allowed)
    if soon < end and (
        has_more or {at for at, _ in bound_by_place} != places or timetable.first_night
    ):
        bound_by_place = _first(kind.bounds(condition, version, start, end))
    return (kind.side(condition.duty, bound) for bound in bound_by_place.values())


def _first(bounds: Iterable[BindingSpan]) -> dict[tuple[str | None, str | None], BindingSpan]:
    """Return the first of the spans that bind at the same places."""
    bound_by_place: dict[tuple[str | None, str | None], BindingSpan] = {}
    for bound in bounds:
        bound_by_place.setdefault((bound.at, bound.also_at), bound)
    return bound_by_place


def _drawn(version: OrderVersion, region: Region, widens: bool) -> list[tuple[Span, Place]]:
    """Return a place as it is drawn from each of its calibrations to the next."""
    place = version.places[region.place]
    if widens:
        return list(places.over(place, version.in_force))
    return [(version.in_force, places.as_drawn(place))]


def scene_of(
    versions: tuple[OrderVersion, ...],
    used: Fixes,
    zone: ZoneInfo,
    until: datetime,
    boundaries: Mapping[str, Boundary] | None = None,
    policy: Policy | None = None,
) -> Scene:
    """Return what maps are drawn from where nothing was replayed: an order, and some fixes.

    `boundaries` are those by which incidents were judged, as far as they are known, and the policy
    that by which the fixes were.
    """
    zones = tuple(shown for version in versions for shown in of_version(version))
    nothing = ReportSources("", "", "", (), (), "")
    bare_scene = scene.scene_of(
        ReplayReport(
            order=versions[-1].order if versions else "",
            person=versions[-1].person if versions else "",
            court="",
            zone=zone,
            sources=nothing,
            unsigned=False,
            until=until,
            used=used,
            unused={},
            clock_corrected=0,
            asks=0,
            conditions=(),
            zones=zones,
            assessments=(),
            superseded=(),
            incidents=(),
            read_back={},
            policy=policy,
        )
    )
    return replace(bare_scene, boundaries=boundaries or {})
