"""Zone radii: what other radii of a circle would mean for the conditions that name it.

A court writes an address; how far the place extends round it is for the programme to propose. So
an officer who enters a circle sees beside its radius what smaller and larger ones would do: how
many false incidents to expect, and how far a stay outside may go unnoticed. Nothing is chosen here.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from mesure.evaluation.feasibility import zone_check
from mesure.evaluation.feasibility.zone_check import ZoneCheck
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.places import Circle

RADII_M: Final = (30.0, 50.0, 60.0, 80.0, 100.0, 150.0, 200.0, 300.0, 500.0)
AROUND: Final = 2  # How many smaller and larger radii are shown beside the one that is written.


class RadiusChecks(NamedTuple):
    """What is to be expected of each condition that names a circle, if it had this radius."""

    radius_m: float
    checks: tuple[ZoneCheck, ...]


def over(
    version: OrderVersion,
    place: str,
    policy: Policy,
    device_class: DeviceClass,
    *,
    has_beacon: bool,
) -> tuple[RadiusChecks, ...]:
    """Return what is expected over some radii of a place, smallest first; none for no circle."""
    match version.places[place].shapes:
        case [Circle() as circle]:
            radii_m = nearby(circle.radius_m)
        case _:
            return ()
    estimates = (
        RadiusChecks(
            radius_m, tuple(_checks(version, place, radius_m, policy, device_class, has_beacon))
        )
        for radius_m in radii_m
    )
    return tuple(one for one in estimates if one.checks)


def nearby(radius_m: float) -> tuple[float, ...]:
    """Return a radius among those that are usual.

    >>> nearby(60.0)
    (30.0, 50.0, 60.0, 80.0, 100.0)
    >>> nearby(700.0)
    (300.0, 500.0, 700.0)
    """
    smaller = [one_m for one_m in RADII_M if one_m < radius_m][-AROUND:]
    larger = [one_m for one_m in RADII_M if one_m > radius_m][:AROUND]
    return (*smaller, radius_m, *larger)


def _checks(
    version: OrderVersion,
    place: str,
    radius_m: float,
    policy: Policy,
    device_class: DeviceClass,
    has_beacon: bool,
) -> Iterator[ZoneCheck]:
    drawn = version.places[place]
    [circle] = drawn.shapes
    assert isinstance(circle, Circle), "only circles have a radius"
    other = replace(drawn, shapes=(replace(circle, radius_m=radius_m),), calibrations=())
    if_so = replace(version, places={**version.places, place: other})
    yield from zone_check.check(if_so, policy, device_class, has_beacon=has_beacon, only=place)
