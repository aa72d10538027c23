"""Zone check: what positions can show about each zone of an order, before anybody is judged by it.

A circle smaller than the errors of the device, a home at the edge of its district or beside a
place to keep out of: errors there look like breaches again and again, and no rule can tell a visit
next door from them. For each condition and place this says how far the person's place is from the
boundary, how many false incidents a day and which delay to expect, and which visit is too near to
be recognised. What should be thought over before the order is used is a `ZoneCaution`.

The figures are those of `zone_errors`, for each kind of building, since nobody writes into an order
what the home is in. Known limits: they count the slow path only, by which fix upon fix adds up; an
error that passes for a way out, which the judge believes at once, is not in them. How far they lie
from the whole judge, by radius and by building: docs/zone_check.md. The person is taken to be at
home at every hour at which the condition binds; what happens elsewhere, as on a way past a place
to keep out of, is not in them either.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation import rules
from mesure.evaluation.feasibility import errors_at_rest, small_zones, zone_errors, zone_ground
from mesure.evaluation.feasibility.errors_at_rest import BUILDINGS, BuildingKind
from mesure.evaluation.feasibility.zone_ground import GroundPoint, NearbyZone
from mesure.evaluation.filter.allowed_area import Side
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.geo.fixes import F64
from mesure.instants import S_PER_H
from mesure.orders.model.conditions import Appointment, Condition, Residence
from mesure.orders.model.order import OrderVersion
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.values.places import Circle, Place, Polygon
from mesure.orders.venues.place_names import HOME

FALSE_PER_DAY_MAX: Final = 0.02
"""What a zone should cause at most, one false incident in fifty days: the goal of the judge."""

ROOMS_M: Final = np.arange(10.0, 1001.0, 10.0)  # What may be suggested.
ONE_SIDE_RATIO: Final = 0.25
"""The share of errors that lead over a straight boundary: exact for a tail index of 2."""

MAPS_DIFFER_M: Final = 364.0
"""How far two maps of one district differ at most; 5 to 15 m at the median, which the tolerance of
an area covers, and 47 to 82 m at 95 % (docs/error_model.md, Boundaries)."""

WEEK_DAYS: Final = 7
HOURS_PER_DAY_MAX: Final = 24.0

Rate = Callable[[F64], F64]  # False incidents a day, by the room in metres.


class ZoneCaution(StrEnum):
    """What the officer who enters the order should think over."""

    NO_HOME = "where the person lives is not written, so that nothing is known of the distance"
    WRONG_SIDE = "the home itself lies on the wrong side"
    TOO_SMALL = "too small: more than one false incident in fifty days is to be expected"
    NEAR_EDGE = "the home is near the boundary: more than one in fifty days is to be expected"
    WITHIN_ERRORS = "at least one fix in twenty will look as if it lay on the wrong side"
    NO_BEACON = "a beacon at home would keep most false incidents away"
    MAPS_DIFFER = "another map may draw the line of the area on the other side of the home"
    TOO_NARROW = "smaller than any in which visits were measured, so that many may go unseen"


@dataclass(frozen=True, slots=True)
class ZoneCheck:
    """What is to be expected of one place of one condition, with one class of device.

    `room_m` is how far the person's place is from the boundary, for a circle its radius; negative
    on the wrong side, and None where the order does not say where the person lives. There is no
    rate without room. `suggested_m` is the least room with at most one false incident in fifty
    days, over all kinds of buildings: infinite where a kilometre is not enough, 0 where no zone is
    near.
    """

    condition: str
    kind: str
    place: str
    device_class: DeviceClass
    has_beacon: bool  # And the beacon speaks of this place.
    is_kept_out: bool
    is_middle: bool  # The room is that around the middle of the place, not around the home.
    is_home: bool  # It is at home that the person is taken to be.
    is_circle: bool  # The room is the radius of a circle.
    hours_per_day: float
    room_m: float | None
    by_building: Mapping[BuildingKind, float]  # False incidents a day; empty without room.
    delay_s: float
    slow_s: float | None  # After a jump; None where no way out is believed at once anyhow.
    told_m: float
    suggested_m: float
    zones: int  # Of how many shapes the place is made,
    near_zones: int  # and how many of them an ordinary fix at home may lie in.
    narrow_zones: int  # Of those to keep out of: how many are smaller than any that was measured,
    depth_m: float  # and how deep the least deep of them is; infinite where one must stay.
    cautions: tuple[ZoneCaution, ...]

    @property
    def false_per_day(self) -> float | None:
        """Return how many false incidents a day to expect where nobody says what the home is in."""
        return average(self.by_building) if self.by_building else None


def average(by_building: Mapping[BuildingKind, float]) -> float:
    """Return the average over all homes of what is known of each kind of building."""
    total = 0.0
    for kind, walls in BUILDINGS.items():
        total += walls.share_ratio * by_building[kind]
    return total


class _Asked(NamedTuple):
    """A place of a condition, with the hours in which it is asked for."""

    condition: Condition
    side: Side
    place: Place
    hours_per_day: float
    windows_per_day: float

    @property
    def is_kept_out(self) -> bool:
        return bool(self.side.outside)


class _Stay(NamedTuple):
    """Where the person is taken to be."""

    point: GroundPoint | None
    is_middle: bool
    is_home: bool


class _Device(NamedTuple):
    policy: Policy
    device_class: DeviceClass
    has_beacon: bool


def check(
    version: OrderVersion,
    policy: Policy,
    device_class: DeviceClass,
    *,
    has_beacon: bool,
    only: str | None = None,
) -> tuple[ZoneCheck, ...]:
    """Return what positions can show about each place of each condition, as the order has them.

    `only`: of this place, and of no other.
    """
    there = home(version)
    return tuple(
        _check(
            requirement,
            version,
            _stay(requirement, there),
            _Device(policy, device_class, has_beacon),
        )
        for condition in version.conditions
        for requirement in _asked(condition, version)
        if only is None or requirement.place.name == only
    )


def _asked(condition: Condition, version: OrderVersion) -> Iterator[_Asked]:
    """Yield each place that a condition names, with its part of the week."""
    windows = condition.duty.timetable.windows
    week: dict[Side, list[float]] = {}  # Of each: the hours of its windows, one for each weekday.
    for window in windows:
        lasts_h = window.length_s / S_PER_H
        week.setdefault(_side(condition, window.at), []).extend([lasts_h] * len(window.weekdays))
    if not windows:
        week[_side(condition, None)] = [HOURS_PER_DAY_MAX] * WEEK_DAYS
    for side, hours in week.items():
        place = version.places[(side.outside + side.inside)[0].place]
        per_day = min(_added(hours) / WEEK_DAYS, HOURS_PER_DAY_MAX)
        yield _Asked(condition, side, place, per_day, len(hours) / WEEK_DAYS)


def _side(condition: Condition, at: str | None) -> Side:
    return rules.kind_of(condition.duty).side(
        condition.duty, BindingSpan(condition.in_force, at=at)
    )


def _added(hours: list[float]) -> float:
    *_, total_h = accumulate(hours)
    return total_h


def home(version: OrderVersion) -> Place | None:
    """Return where the person lives: the place of that name, or that of the first curfew."""
    if HOME in version.places:
        return version.places[HOME]
    curfews = (
        requirement.place
        for condition in version.conditions
        for requirement in _asked(condition, version)
        if requirement.side.misses_home
    )
    return next(curfews, None)


def _stay(requirement: _Asked, home: Place | None) -> _Stay:
    """Return where the person is taken to be: at home, or in the middle of where they must be."""
    if not requirement.is_kept_out and not isinstance(requirement.condition.duty, Residence):
        return _Stay(zone_ground.middle(requirement.place), True, requirement.place == home)
    if home is None:
        return _Stay(None, False, True)
    return _Stay(zone_ground.middle(home), home.name == requirement.place.name, True)


def _check(requirement: _Asked, version: OrderVersion, stay: _Stay, device: _Device) -> ZoneCheck:
    policy, device_class, place = device.policy, device.device_class, requirement.place
    room_m = None
    zones: tuple[NearbyZone, ...] = ()
    if stay.point is not None:
        room_m = zone_ground.room_m(requirement.side, version.places, stay.point)
        zones = _zones(requirement, room_m, stay.point)
    rates = {
        kind: [_rate(requirement, zone, device, kind, is_middle=stay.is_middle) for zone in zones]
        for kind in BuildingKind
    }
    has_rate = room_m is not None and room_m >= 0.0
    ordinary_m = zone_errors.ordinary_m(device_class)
    told_m = zone_errors.detection_depth_m(policy, device_class)
    depths_m = zone_ground.exclusion_depths_m(place) if requirement.is_kept_out else (np.inf,)
    zone_check = ZoneCheck(
        condition=requirement.condition.id,
        kind=requirement.condition.duty.kind,
        place=place.name,
        device_class=device_class,
        has_beacon=device.has_beacon and requirement.side.misses_home,
        is_kept_out=requirement.is_kept_out,
        is_middle=stay.is_middle,
        is_home=stay.is_home,
        is_circle=stay.is_middle and not requirement.is_kept_out and _is_circle(place),
        hours_per_day=requirement.hours_per_day,
        room_m=room_m,
        by_building={kind: _total(mine, zones) for kind, mine in rates.items() if has_rate},
        delay_s=_delay_s(requirement, device),
        slow_s=zone_errors.slow_s(policy) if requirement.side.misses_home else None,
        told_m=told_m,
        suggested_m=_suggested_m(rates),
        zones=len(place.shapes),
        near_zones=sum(zone.room_m < ordinary_m for zone in zones),
        narrow_zones=sum(depth_m < small_zones.MOSTLY_SEEN_M for depth_m in depths_m),
        depth_m=min(depths_m),
        cautions=(),
    )
    return replace(zone_check, cautions=tuple(_cautions(zone_check, requirement)))


def _is_circle(place: Place) -> bool:
    return len(place.shapes) == 1 and isinstance(place.shapes[0], Circle)


def _zones(requirement: _Asked, room_m: float, point: GroundPoint) -> tuple[NearbyZone, ...]:
    """Return what errors may lead into, the nearest first; whatever lies outside is one zone."""
    if requirement.is_kept_out:
        return zone_ground.zones_near(requirement.side, requirement.place, point)
    return (NearbyZone(room_m, np.inf, np.inf),)


def _rate(
    requirement: _Asked,
    zone: NearbyZone,
    device: _Device,
    building: BuildingKind,
    *,
    is_middle: bool,
) -> Rate:
    """Return the false incidents a day that one zone causes, as a function of the room."""
    duty = requirement.condition.duty
    if isinstance(duty, Appointment):
        spare_s = duty.timetable.shortest_s - duty.present_s_min
        return lambda room_m: (
            zone_errors.p_slot_missed(device.device_class, building, room_m, spare_s)
            * requirement.windows_per_day
        )
    hears = device.has_beacon and requirement.side.misses_home
    heard_ratio = errors_at_rest.P_UNHEARD if hears else 1.0

    def rate(room_m: F64) -> F64:
        direction_ratio = (
            1.0 if is_middle and not requirement.is_kept_out else _direction(zone, room_m)
        )
        per_day = zone_errors.false_per_day(
            device.policy,
            device.device_class,
            building,
            room_m,
            zone.depth_m,
            requirement.hours_per_day,
            is_home=requirement.side.misses_home,
        )
        return per_day * direction_ratio * heard_ratio

    return rate


def _direction(zone: NearbyZone, room_m: F64) -> F64:
    """Return the share of errors that lead towards a zone; a small one takes up less."""
    if np.isinf(zone.extent_m):
        return np.full(len(room_m), ONE_SIDE_RATIO)
    seen_ratio = zone.extent_m / (zone.extent_m + np.maximum(room_m, 0.0))
    return np.minimum(0.5 * seen_ratio, ONE_SIDE_RATIO)


def _total(rates: list[Rate], zones: tuple[NearbyZone, ...]) -> float:
    total_per_day = 0.0
    for rate, zone in zip(rates, zones, strict=True):
        total_per_day += float(rate(np.array([zone.room_m]))[0])
    return total_per_day


def _suggested_m(rates: Mapping[BuildingKind, list[Rate]]) -> float:
    """Return the least room to the nearest zone that keeps false incidents rare; 0 for no zone."""
    per_day = np.zeros(len(ROOMS_M))
    for kind, mine in rates.items():
        if not mine:
            return 0.0
        per_day = per_day + BUILDINGS[kind].share_ratio * mine[0](ROOMS_M)
    enough_m = ROOMS_M[per_day <= FALSE_PER_DAY_MAX]
    return float(enough_m[0]) if len(enough_m) else np.inf


def _delay_s(requirement: _Asked, device: _Device) -> float:
    """Return how soon a breach is reported; a breach of a slot, when the slot is over."""
    if isinstance(requirement.condition.duty, Appointment):
        return zone_errors.SAMPLING_S / 2.0
    depth_m = (
        max(zone_ground.exclusion_depths_m(requirement.place))
        if requirement.is_kept_out
        else np.inf
    )
    return zone_errors.delay_s(device.policy, device.device_class, depth_m)


# --- Cautions ------------------------------------------------------------------------------------


def _cautions(zone_check: ZoneCheck, requirement: _Asked) -> Iterator[ZoneCaution]:
    if zone_check.room_m is None:
        yield ZoneCaution.NO_HOME
    elif zone_check.room_m < 0.0:
        yield ZoneCaution.WRONG_SIDE
    elif zone_check.room_m < zone_errors.ordinary_m(zone_check.device_class):
        yield ZoneCaution.WITHIN_ERRORS
    if zone_check.false_per_day is not None and zone_check.false_per_day > FALSE_PER_DAY_MAX:
        yield ZoneCaution.TOO_SMALL if zone_check.is_middle else ZoneCaution.NEAR_EDGE
        if requirement.side.misses_home and not zone_check.has_beacon:
            yield ZoneCaution.NO_BEACON
    if (
        zone_check.room_m is not None
        and zone_check.room_m < MAPS_DIFFER_M
        and _is_by_map(requirement)
    ):
        yield ZoneCaution.MAPS_DIFFER
    if zone_check.narrow_zones:
        yield ZoneCaution.TOO_NARROW


def _is_by_map(requirement: _Asked) -> bool:
    """Say whether the line of a district or the like decides.

    A home's line is drawn by somebody who knows it; venues are buildings, on which maps agree.
    """
    is_area = any(isinstance(shape, Polygon) for shape in requirement.place.shapes)
    is_one = requirement.is_kept_out and len(requirement.place.shapes) == 1
    return is_area and (is_one or isinstance(requirement.condition.duty, Residence))
