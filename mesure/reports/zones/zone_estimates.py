"""Zone estimates: what positions can show, by class of device, with a beacon or not."""

from collections.abc import Iterator
from typing import NamedTuple

from mesure.evaluation.feasibility import zone_check, zone_radii
from mesure.evaluation.feasibility.errors_at_rest import BuildingKind
from mesure.evaluation.feasibility.zone_check import ZoneCheck
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.orders.model.conditions import Appointment
from mesure.orders.model.order import OrderVersion
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.replay import report_words
from mesure.reports.zones import zone_words
from mesure.reports.zones.zone_words import ZoneEstimate


class FalseIncidentRate(NamedTuple):
    """How often a false incident is to be expected, in words."""

    low: str  # In a house, a flat or another low building.
    basement: str  # Empty where it is the same.


class RadiusRow(NamedTuple):
    """One line of a table: a radius, and what is to be expected with it, in words."""

    radius: str
    is_written: bool  # It is the radius that the order has.
    phone: FalseIncidentRate | None
    tag: FalseIncidentRate | None
    # With a phone and a beacon at home; None where a beacon says nothing.
    beacon: FalseIncidentRate | None


class RadiusTable(NamedTuple):
    """What other radii of a circle would mean for one condition that names it."""

    condition: str
    place: str
    rows: tuple[RadiusRow, ...]


def of_version(version: OrderVersion, policy: PolicyFile) -> list[ZoneEstimate]:
    """Return what is expected, by the thresholds in force when the order begins."""
    day = version.in_force.start.astimezone(version.zone).date()
    checks = [
        [
            zone_check.check(version, policy.at(day, kind), kind, has_beacon=has_beacon)
            for kind in DeviceClass
        ]
        for has_beacon in (False, True)
    ]
    plain, with_beacon = (
        [dict(zip(DeviceClass, zone, strict=True)) for zone in zip(*by_class, strict=True)]
        for by_class in checks
    )
    return [ZoneEstimate(*pair) for pair in zip(plain, with_beacon, strict=True)]


def radii(version: OrderVersion, policy: PolicyFile, catalogue: Catalogue) -> Iterator[RadiusTable]:
    """Yield a table over radii for each condition that names a circle."""
    day = version.in_force.start.astimezone(version.zone).date()
    for place, drawn in version.places.items():
        tables = [
            zone_radii.over(version, place, policy.at(day, kind), kind, has_beacon=has_beacon)
            for kind, has_beacon in (
                (DeviceClass.PHONE, False),
                (DeviceClass.GNSS_TAG, False),
                (DeviceClass.PHONE, True),
            )
        ]
        for number_of in range(len(tables[0][0].checks) if tables[0] else 0):
            written_m = getattr(drawn.shapes[0], "radius_m", None)
            rows = tuple(
                _row(
                    same[0].radius_m, written_m, [one.checks[number_of] for one in same], catalogue
                )
                for same in zip(*tables, strict=True)
            )
            first = tables[0][0].checks[number_of]
            if any(row.phone for row in rows):
                yield RadiusTable(first.condition, place, rows)


def _row(
    radius_m: float, written_m: float | None, checks: list[ZoneCheck], catalogue: Catalogue
) -> RadiusRow:
    phone, tag, with_beacon = checks
    return RadiusRow(
        report_words.metres(catalogue, radius_m),
        radius_m == written_m,
        _often(phone, catalogue),
        _often(tag, catalogue),
        _often(with_beacon, catalogue)
        if with_beacon.has_beacon and with_beacon.kind != Appointment.kind
        else None,
    )


def _often(check: ZoneCheck, catalogue: Catalogue) -> FalseIncidentRate | None:
    if not check.by_building:
        return None
    low, basement = (
        zone_words.how_often(check.by_building[kind], catalogue)
        for kind in (BuildingKind.HOUSE_OR_FLAT, BuildingKind.BASEMENT)
    )
    return FalseIncidentRate(low, "" if low == basement else basement)
