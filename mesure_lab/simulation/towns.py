"""A simulated town: a number of persons under an order, what they did and what their devices said.

Each person has a home of some kind, places to go, an order of three conditions (a curfew at home, a
residence district, a place to keep out of), a device and a seed of their own, so that one more
person, or another interval between reports, changes nothing for the others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from mesure.evaluation.policy import DeviceClass
from mesure.formats.columns.file_rows import ClaimedProvider
from mesure.geo.fixes import F64, I64
from mesure.orders.model.order import OrderVersion
from mesure_lab.carrying import carried, errors, homes, received, resting, sources
from mesure_lab.carrying.carried import Kit
from mesure_lab.carrying.homes import TAGS, Building, FixSource, HomeWalls
from mesure_lab.carrying.received import ReceivedReports, Reports
from mesure_lab.carrying.resting import NO_SIGNS, RestSettings, SignsOfRest
from mesure_lab.carrying.sources import TickClock, TickPositions
from mesure_lab.columns import Stream
from mesure_lab.dice import Dice
from mesure_lab.ground import days, surroundings, town, town_order
from mesure_lab.ground.days import OFTEN, Habits, LifeWriter, Number
from mesure_lab.ground.journeys import ON_THE_WAY, Journey, Moments
from mesure_lab.ground.street_grid import Streets
from mesure_lab.ground.town import Point
from mesure_lab.ground.town_order import OrderBoundaries
from mesure_lab.rules.readings import Flags
from mesure_lab.simulation import truth
from mesure_lab.simulation.truth import BreachTruth

FIRST_DAY: Final = date(2026, 9, 7)  # A Monday.
TICK_S: Final = 10  # Errors live on this clock; a device reports once in a number of ticks.
PERSONS_MAX: Final = 100_000
DAYS_MAX: Final = 366
# How devices of a class err, each as likely as given here (assumed): two phones in three are
# Androids, half of the tags are like the logger of the tables and half like the collar.
PLATFORMS: Final = {
    DeviceClass.PHONE: ("android", "android", "ios"),
    DeviceClass.GNSS_TAG: ("logger", "collar"),
}
SAID: Final = {
    FixSource.WIFI: ClaimedProvider.WIFI,
    FixSource.CELL: ClaimedProvider.CELL,
}  # All others pass for GNSS.


@dataclass(frozen=True, slots=True)
class Town:
    """What to simulate. Classes of device, and kits, are dealt to the persons in turn."""

    seed: int
    persons: int = 60
    days: int = 14
    interval_s: int = 60  # Between two reports: whole ticks.
    classes: tuple[DeviceClass, ...] = (DeviceClass.PHONE, DeviceClass.GNSS_TAG)
    kits: tuple[Kit, ...] = tuple(Kit)
    buildings: tuple[Building, ...] = ()  # Dealt to the homes in turn; without, drawn by SHARES.
    awake: bool = False  # No device is silent.
    is_doubled: bool = False  # Errors are twice as large as those that were fitted.
    wanders: bool = False  # There is the drift that nothing was fitted to.
    at_rest: RestSettings = RestSettings.REPORTS  # What phones do while they lie still.
    first_day: date = FIRST_DAY
    habits: Habits = OFTEN  # How often everybody breaks their order.

    @property
    def start_s(self) -> int:
        """The first midnight, in seconds since 1970-01-01T00:00:00Z."""
        zone = ZoneInfo(town.TIME_ZONE)
        return int(datetime.combine(self.first_day, time(), zone).timestamp())

    @property
    def end_s(self) -> int:
        """The midnight after the last day; in this zone no clock is changed."""
        return self.start_s + self.days * days.DAY_S


@dataclass(frozen=True, slots=True)
class TownPerson:
    """One person: the order, what truly happened, and what the server received."""

    id: str
    device_class: DeviceClass
    platform: str
    kit: Kit
    building: Building
    ground: OrderBoundaries
    order_text: str
    order: OrderVersion
    journey: Journey
    truth: BreachTruth
    received_reports: ReceivedReports


class Sensed(NamedTuple):
    """What a device senses at every tick of its clock, whether it sends it or not."""

    seed: int
    journey: Journey
    clock: TickClock
    view: TickPositions
    signals: carried.Signals
    silent: Flags  # Of itself it sends nothing.
    signs: SignsOfRest  # That it lies still.

    def report_ticks(self, plan: Town) -> I64:
        """Return the ticks at which it reports of itself."""
        due = np.arange(0, self.clock.ticks, plan.interval_s // TICK_S)
        return due[~self.silent[due]]

    def reports(self, rows: I64) -> Reports:
        """Return what it writes at these ticks."""
        return _reports(self.journey, self.view, self.signals, self.clock, rows, self.seed)


def check(plan: Town) -> None:
    """Raise `ValueError`, with a sentence, if there can be no such town."""
    for name, value, most in (
        ("persons", plan.persons, PERSONS_MAX),
        ("days", plan.days, DAYS_MAX),
    ):
        if not 1 <= value <= most:
            raise ValueError(f"A town has 1 to {most:,} {name}, not {value:,}.")
    if plan.interval_s < TICK_S or plan.interval_s % TICK_S:
        raise ValueError(f"Reports are a multiple of {TICK_S} s apart, not {plan.interval_s}.")


def people(plan: Town) -> Iterator[TownPerson]:
    """Yield the persons of a town, one after the other."""
    streets = Streets(plan.seed)
    for number in range(plan.persons):
        yield person(plan, streets, number)


def person(plan: Town, streets: Streets, number: int) -> TownPerson:
    """Return one person of a town."""
    return sense_person(plan, streets, number)[0]


def sense_person(plan: Town, streets: Streets, number: int) -> tuple[TownPerson, Sensed]:
    """Return one person of a town, and what the device would say at any tick if it were asked."""
    seed = int(Stream(plan.seed, f"person {number}").share() * 2.0**53)
    stream = Stream(seed, "person")
    device_class = plan.classes[number % len(plan.classes)]
    kit = plan.kits[number // len(plan.classes) % len(plan.kits)]
    platforms = PLATFORMS[device_class]
    platform = platforms[int(stream.share() * len(platforms))]
    building = homes.draw_building(stream)
    if plan.buildings:
        dealt = number // (len(plan.classes) * len(plan.kits))
        building = plan.buildings[dealt % len(plan.buildings)]
    around, ground = surroundings.surroundings(streets, seed)
    life = LifeWriter(around, plan.start_s, Dice(seed, "life"), plan.habits)
    journey, outings = life.lead(plan.days)
    name = f"P-{number + 1:04d}"
    last_day = plan.first_day + timedelta(days=plan.days)
    text = town_order.text(name, ground, plan.first_day, last_day)
    walls = _walls(journey, building, platform, seed)
    senses = _sensed(plan, seed, platform, kit, walls, journey, around.parcels[0].door)
    town_person = TownPerson(
        id=name,
        device_class=device_class,
        platform=platform,
        kit=kit,
        building=building,
        ground=ground,
        order_text=text,
        order=town_order.version(text),
        journey=journey,
        truth=truth.truth(name, journey, outings, ground, plan.start_s),
        received_reports=received.deliver(
            senses.reports(senses.report_ticks(plan)), seed, awake=plan.awake, signs=senses.signs
        ),
    )
    return town_person, senses


def _walls(journey: Journey, home: Building, platform: str, seed: int) -> Mapping[int, HomeWalls]:
    """Return the buildings in which the person stays, by number."""
    walls = {}
    for place in np.unique(journey.place).tolist():
        if place not in (ON_THE_WAY, Number.OUTDOORS):
            stream = Stream(seed, f"building {place}")
            kind = homes.draw_building(stream)
            walls[place] = homes.walls(home if place == Number.HOME else kind, platform, stream)
    return walls


# --- What is reported ----------------------------------------------------------------------------


def _sensed(
    plan: Town,
    seed: int,
    platform: str,
    kit: Kit,
    walls: Mapping[int, HomeWalls],
    journey: Journey,
    home: Point,
) -> Sensed:
    clock = TickClock(
        plan.start_s + TICK_S * Stream(seed, "phase").share(),
        TICK_S,
        plan.days * days.DAY_S // TICK_S,
    )
    moments = journey.at(clock.instants_s())
    stays = journey.stays()
    clean = errors.good(moments, *_behind(walls, moments), platform, clock.step_s, seed)
    view = sources.sense_positions(clean, stays, walls, clock, seed)
    if plan.wanders:
        sources.wander(view, clean, stays, clock, seed)
    if plan.is_doubled:
        sources.double_errors(view)
    silent = carried.asleep(stays, clock, view.source, platform, seed, awake=plan.awake)
    signs = NO_SIGNS
    if plan.at_rest is not RestSettings.REPORTS and platform not in TAGS:
        paused, signs = resting.rest(stays, clock, seed)
        silent |= paused
    signals = carried.signals(moments, home, kit, clock, seed)
    sent = signs if plan.at_rest is RestSettings.SIGNS else NO_SIGNS
    return Sensed(seed, journey, clock, view, signals, silent, sent)


def _behind(walls: Mapping[int, HomeWalls], moments: Moments) -> tuple[F64, F64]:
    """Return the ratios of error and memory behind the walls of each tick; 1 outdoors."""
    # The last is the way's, numbered -1. Somebody may never go to the last place that has walls.
    last = max(int(moments.place.max()), *walls)
    ratios = np.ones((2, last + 2))
    for place, home_walls in walls.items():
        ratios[:, place] = home_walls.error_ratio, home_walls.memory_ratio
    return ratios[0][moments.place], ratios[1][moments.place]


def _reports(
    journey: Journey,
    view: TickPositions,
    signals: carried.Signals,
    clock: TickClock,
    rows: I64,
    seed: int,
) -> Reports:
    """Return what the device writes at these ticks, with as many decimals as it writes."""
    jitter_ms = carried.JITTER_MS * Stream(seed, "jitter").shares(clock.ticks)[rows]
    taken_ms = ((clock.start_s + clock.step_s * rows) * 1000.0 + jitter_ms).astype(np.int64)
    moments = journey.at(taken_ms / 1000.0)
    north_deg = (moments.north_m + view.north_m[rows]) / town.METRES_PER_DEG_NORTH
    east_deg = (moments.east_m + view.east_m[rows]) / town.METRES_PER_DEG_EAST
    claims = np.full(len(FixSource), ClaimedProvider.GNSS, np.int8)
    for source, word in SAID.items():
        claims[source.value] = word
    return Reports(
        taken_ms=taken_ms,
        lat_deg=_decimals(town.ORIGIN_LAT_DEG + north_deg, 1e7),
        lon_deg=_decimals(town.ORIGIN_LON_DEG + east_deg, 1e7),
        accuracy_m=_decimals(view.claim_m[rows], 10.0),
        speed_mps=_decimals(view.speed_mps[rows], 100.0),
        said=claims[view.source[rows]],
        motion=signals.motion[rows],
        beacon=signals.beacon[rows],
    )


def _decimals(values: F64, ratio: float) -> F64:
    """Return the nearest numbers with some decimals, as reading them from a text gives them."""
    rounded: F64 = np.rint(values * ratio) / ratio
    return rounded
