"""Made-up persons to judge: a home, a district of 500 corners, four exclusions, and their fixes.

Seven of ten hours are spent at home, nineteen of twenty by night; one of ten near the edge of the
district, two anywhere in it, with the ways between them. Errors have the heavy tails of real ones.
Nothing here is random but by seed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from mesure.geo.fixes import F64, NOT_KNOWN, Fixes, Provider
from mesure.instants import US_PER_S, to_us
from mesure.orders.model.conditions import Condition, Curfew, Duty, Exclusion, Residence
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.places import Circle, Place, Polygon
from mesure.orders.values.span import Span
from mesure.orders.values.timetable import Timetable, Window

START: Final = datetime(2026, 1, 5, tzinfo=UTC)
LAT_DEG: Final = 43.2
LON_DEG: Final = 76.9
M_PER_DEG: Final = 111_000.0
HOME_RADIUS_M: Final = 60.0
DISTRICT_CORNERS: Final = 500
DISTRICT_RADIUS_M: Final = 5_000.0
DISTRICT_BENDS: Final = 12
EXCLUSIONS: Final = 4
EXCLUSION_RADIUS_M: Final = 150.0
HOUR_US: Final = 3_600 * US_PER_S
LATE_HOUR: Final = 12
EVERY_S: Final = 60
DELAY_S: Final = 2
STAY_FIXES: Final = 60
EDGE_M: Final = 30.0
NIGHT_H: Final = (17, 1)  # By UTC: the hours of the curfew in Almaty.
P_HOME_BY_NIGHT: Final = 0.95
P_HOME_BY_DAY: Final = 0.575
P_EDGE_IF_AWAY: Final = 1.0 / 3.0
SPEED_MPS: Final = 10.0
ERROR_M: Final = 6.0
RADIUS95_M: Final = 15.0
BEACON_M: Final = 80.0
P_BEACON_MISSED: Final = 0.02
WALKING_MPS: Final = 0.5


@dataclass(frozen=True, slots=True)
class BenchPerson:
    """An order and what the device reported."""

    order: OrderVersion
    fixes: Fixes

    @property
    def until_us(self) -> int:
        """Return the moment of looking: the last receipt."""
        return int(self.fixes.received_us[-1])


def people(count: int, fixes_each: int, seed: int = 1) -> Iterator[BenchPerson]:
    """Yield persons one after the other, each with a home and a district of their own."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        yield someone(number, fixes_each, rng)


def late_people(count: int, fixes_each: int, seed: int = 1) -> Iterator[BenchPerson]:
    """Yield the same persons, with the fixes of one hour a day delivered half an hour after it."""
    for person in people(count, fixes_each, seed):
        of_day_us = person.fixes.observed_us % (24 * HOUR_US)
        is_late = of_day_us // HOUR_US == LATE_HOUR
        delivered_us = (
            person.fixes.observed_us - of_day_us + (LATE_HOUR + 1) * HOUR_US + HOUR_US // 2
        )
        received_us = np.where(is_late, delivered_us, person.fixes.received_us)
        yield replace(person, fixes=replace(person.fixes, received_us=received_us))


def people_at_home(count: int, fixes_each: int, seed: int = 1) -> Iterator[BenchPerson]:
    """Yield the same persons and fixes, under an order that asks for the home by night, no more."""
    for person in people(count, fixes_each, seed):
        order = person.order
        curfew, home = order.conditions[:1], {"home": order.places["home"]}
        yield replace(person, order=replace(order, conditions=curfew, places=home))


def people_with_sensors(count: int, fixes_each: int, seed: int = 1) -> Iterator[BenchPerson]:
    """Yield the same persons with devices that hear a home beacon, feel motion and know speed."""
    rng = np.random.default_rng(seed)
    for person in people(count, fixes_each, seed):
        yield replace(person, fixes=_with_sensors(person, rng))


def someone(number: int, fixes: int, rng: np.random.Generator) -> BenchPerson:
    """Return one person."""
    lat_deg, lon_deg = LAT_DEG + rng.uniform(-0.2, 0.2), LON_DEG + rng.uniform(-0.2, 0.2)
    edge_m = _edge_m(rng)
    district = _polygon(lat_deg, lon_deg, edge_m)
    places = {
        "home": Place("home", (Circle(lat_deg, lon_deg, HOME_RADIUS_M),)),
        "district": Place("district", (district,)),
    }
    for index in range(EXCLUSIONS):
        name, away_deg = f"exclusion {index}", rng.uniform(-0.03, 0.03, 2)
        shape = _exclusion(lat_deg + away_deg[0], lon_deg + away_deg[1], rng)
        places[name] = Place(name, (shape,))
    in_force = Span(START, START + timedelta(seconds=EVERY_S * (fixes + 1)))
    return BenchPerson(
        _order(number, places, in_force), _fixes(lat_deg, lon_deg, _way(fixes, edge_m, rng), rng)
    )


def _edge_m(rng: np.random.Generator) -> F64:
    """Return a boundary round home that bends like a river and is rough like a street plan."""
    turn = _turns(DISTRICT_CORNERS)
    bends = np.arange(2, 2 + DISTRICT_BENDS)[:, None]
    swing = rng.normal(0.0, 0.1, bends.shape) / bends
    bent = (swing * np.cos(bends * turn + rng.uniform(0.0, 2.0 * np.pi, bends.shape))).sum(0)
    rough = rng.normal(0.0, 0.002, DISTRICT_CORNERS)
    edge_m: F64 = DISTRICT_RADIUS_M * (1.0 + bent + rough)
    return edge_m


def _exclusion(lat_deg: float, lon_deg: float, rng: np.random.Generator) -> Polygon:
    corners = int(rng.integers(6, 25))
    radius_m = EXCLUSION_RADIUS_M * rng.uniform(0.85, 1.15, corners)
    return _polygon(lat_deg, lon_deg, radius_m)


def _turns(corners: int) -> F64:
    return np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)


def _polygon(lat_deg: float, lon_deg: float, radius_m: F64) -> Polygon:
    turn = _turns(len(radius_m))
    lats = lat_deg + radius_m * np.sin(turn) / M_PER_DEG
    lons = lon_deg + radius_m * np.cos(turn) / (M_PER_DEG * np.cos(np.radians(lat_deg)))
    return Polygon(tuple(zip(lats.tolist(), lons.tolist(), strict=True)))


def _order(number: int, places: dict[str, Place], in_force: Span) -> OrderVersion:
    zone = ZoneInfo("Asia/Almaty")
    always = Timetable(zone, (), always=True)
    nightly = Timetable(zone, (Window(frozenset(range(7)), 22 * 3600, 6 * 3600),))
    duties: list[Duty] = [Curfew("home", nightly), Residence("district", always)]
    duties += [Exclusion(f"exclusion {index}", always) for index in range(EXCLUSIONS)]
    return OrderVersion(
        order=f"BENCH-{number}",
        person=f"P-{number}",
        court="",
        decision_number="",
        decision_date=None,
        legal_basis="",
        zone=zone,
        in_force=in_force,
        places=places,
        conditions=tuple(Condition(f"C{i}", duty, in_force) for i, duty in enumerate(duties, 1)),
        absences=(),
        file="",
        sha256="",
    )


def _fixes(lat_deg: float, lon_deg: float, way_m: F64, rng: np.random.Generator) -> Fixes:
    count = way_m.shape[1]
    north_m, east_m = way_m + rng.standard_t(3, way_m.shape) * ERROR_M
    observed_us = to_us(START) + np.arange(count, dtype=np.int64) * EVERY_S * US_PER_S
    no_flag = np.full(count, NOT_KNOWN, np.int8)
    return Fixes(
        observed_us=observed_us,
        received_us=observed_us + DELAY_S * US_PER_S,
        lat_deg=lat_deg + north_m / M_PER_DEG,
        lon_deg=lon_deg + east_m / (M_PER_DEG * np.cos(np.radians(lat_deg))),
        radius95_m=np.exp(rng.normal(np.log(RADIUS95_M), 0.5, count)),
        speed_mps=np.full(count, np.nan),
        motion=no_flag,
        beacon=no_flag,
        provider=np.full(count, Provider.GNSS, np.int8),
        row=np.arange(count, dtype=np.int64),
    )


def _with_sensors(person: BenchPerson, rng: np.random.Generator) -> Fixes:
    """Return the fixes with what a device on the same way would feel and hear, now and then not."""
    fixes, [home] = person.fixes, person.order.places["home"].shapes
    assert isinstance(home, Circle)
    lon_m_per_deg = M_PER_DEG * np.cos(np.radians(home.lat_deg))
    north_m = (fixes.lat_deg - home.lat_deg) * M_PER_DEG
    east_m = (fixes.lon_deg - home.lon_deg) * lon_m_per_deg
    is_heard = np.sqrt(north_m * north_m + east_m * east_m) < BEACON_M
    is_heard &= rng.random(len(fixes)) >= P_BEACON_MISSED
    steps_m = np.diff(north_m, prepend=north_m[0]), np.diff(east_m, prepend=east_m[0])
    speed_mps = np.sqrt(steps_m[0] * steps_m[0] + steps_m[1] * steps_m[1]) / EVERY_S
    return replace(
        fixes,
        speed_mps=speed_mps,
        motion=(speed_mps > WALKING_MPS).astype(np.int8),
        beacon=is_heard.astype(np.int8),
    )


def _way(count: int, edge_m: F64, rng: np.random.Generator) -> F64:
    """Return how far north and east of home the person truly is: hours of staying, and ways."""
    stays = -(-count // STAY_FIXES)
    corner = rng.integers(0, len(edge_m), stays)
    turn, out_m = _turns(len(edge_m))[corner], edge_m[corner] - EDGE_M
    out_m *= np.where(rng.random(stays) < P_EDGE_IF_AWAY, 1.0, rng.random(stays))
    hour = np.arange(stays) % 24
    p_home = np.where((hour >= NIGHT_H[0]) | (hour < NIGHT_H[1]), P_HOME_BY_NIGHT, P_HOME_BY_DAY)
    out_m[rng.random(stays) < p_home] = 0.0
    there_m = out_m * np.array([np.sin(turn), np.cos(turn)])
    came_m = np.concatenate([there_m[:, :1], np.diff(there_m)], axis=1)
    walk_s = np.sqrt(came_m[0] * came_m[0] + came_m[1] * came_m[1]) / SPEED_MPS
    stay = np.repeat(np.arange(stays), STAY_FIXES)[:count]
    since_s = np.arange(count) % STAY_FIXES * EVERY_S
    missing_ratio = np.maximum(1.0 - since_s / np.maximum(walk_s, 1.0)[stay], 0.0)
    way_m: F64 = there_m[:, stay] - came_m[:, stay] * missing_ratio
    return way_m
