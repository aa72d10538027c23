"""The places of an order, each for what it is: to be in, or to keep out of.

Those of windows and of authorised absences are among them, and homes as they were calibrated.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mesure.compliance import rules
from mesure.compliance.sides import Region
from mesure.orders import places
from mesure.orders.order import OrderVersion
from mesure.orders.places import Place
from mesure.orders.span import Span
from mesure.positions.fixes import Fixes
from mesure.reports import scene
from mesure.reports.replay_report import ReplayReport, Sources, Zone
from mesure.reports.scene import Scene


def of_version(version: OrderVersion) -> list[Zone]:
    """Return the places that the conditions of a version name, each for what it is."""
    named: dict[tuple[Region, bool, bool], set[str]] = {}
    for condition in version.conditions:
        kind = rules.kind_of(condition.duty)
        for bound in kind.bounds(condition, version, version.in_force.start, version.in_force.end):
            side = kind.side(condition.duty, bound)
            for region in side.inside:
                named.setdefault((region, False, side.widens), set()).add(condition.id)
            for region in side.outside:
                named.setdefault((region, True, False), set()).add(condition.id)
    return [
        Zone(replace(place, name=region.name), keep_out, frozenset(names), span, region.grow_m)
        for (region, keep_out, widens), names in named.items()
        for span, place in _drawn(version, region, widens)
    ]


def _drawn(version: OrderVersion, region: Region, widens: bool) -> list[tuple[Span, Place]]:
    """Return a place as it is drawn from each of its calibrations to the next."""
    place = version.places[region.place]
    if widens:
        return list(places.over(place, version.in_force))
    return [(version.in_force, places.as_drawn(place))]


def scene_of(
    versions: tuple[OrderVersion, ...], used: Fixes, zone: ZoneInfo, until: datetime
) -> Scene:
    """Return what maps are drawn from where nothing was replayed: an order, and some fixes."""
    zones = tuple(shown for version in versions for shown in of_version(version))
    nothing = Sources("", "", "", (), (), "")
    return scene.scene_of(
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
        )
    )
