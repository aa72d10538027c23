"""Zones of several sizes on the same nights of a town, to check the closed forms of zones against.

Each person of a town is judged by an order of many curfews at once: circles of several radii round
the home, straight edges at several distances, to stay behind or to keep out of. All bind at night.
An incident is false when the person was in the house when it began and when it was opened; how soon
a true departure is reported is seen on the same nights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import numpy as np

from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.feasibility import zone_check
from mesure.evaluation.feasibility.errors_at_rest import BuildingKind
from mesure.evaluation.feasibility.zone_check import ZoneCheck
from mesure.evaluation.policy import PolicyFile
from mesure.geo.fixes import F64
from mesure.incidents import raising
from mesure.incidents.incident import Incident, IncidentKind
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.places import AREA_LINE_M
from mesure_lab.carrying.carried import Kit
from mesure_lab.carrying.homes import Building
from mesure_lab.ground import journeys, town, town_order
from mesure_lab.ground.days import Number
from mesure_lab.ground.journeys import SpanS
from mesure_lab.ground.journeys import Zone as Side
from mesure_lab.ground.town import Point
from mesure_lab.rules import score
from mesure_lab.rules.score import Breach, ScoredIncident
from mesure_lab.simulation import person_judgement, towns, truth
from mesure_lab.simulation.towns import Town, TownPerson

RADII_M: Final = (30, 45, 60, 80, 100, 150, 200)
EDGES_M: Final = (20, 45, 80, 150)
VENUES_M: Final = (10, 20, 45)  # From home to the boundary of a venue,
VENUE_RADIUS_M: Final = 25  # which reaches this far from its middle.
FIELD_M: Final = 6_000.0  # How far the areas behind an edge reach.
STEP_S: Final = 5.0
HOURS: Final = "from: 22:00, until: 06:00, every: day"


@dataclass(frozen=True, slots=True)
class NightDeparture:
    """A true stay on the wrong side that began within the night."""

    delay_s: float  # Infinite where it was not reported.
    lasted_s: float
    beyond_m: float  # How far beyond the boundary it led at most.


@dataclass(frozen=True, slots=True)
class ZoneTrial:
    """What became of one zone in the nights of one person."""

    zone: str
    building: Building
    has_beacon: bool
    days: float
    false: int
    departures: tuple[NightDeparture, ...]


def zones() -> list[str]:
    """Return the names of all zones.

    C are circles to be in, S straight edges to stay behind, K to keep out of, V circles to keep out
    of.
    """
    return [
        *(f"C{radius_m}" for radius_m in RADII_M),
        *(f"{kind}{edge_m}" for kind in "SK" for edge_m in EDGES_M),
        *(f"V{room_m}" for room_m in VENUES_M),
    ]


def run(plan: Town, policy: PolicyFile, names: Sequence[str] = ()) -> Iterator[list[ZoneTrial]]:
    """Yield the trials of each person of a town, in zones of these names or in all."""
    for person in towns.people(plan):
        yield _trials(plan, person, policy, names or zones())


def predict_checks(plan: Town, policy: PolicyFile, *, has_beacon: bool) -> dict[str, ZoneCheck]:
    """Return what the closed forms say of the same zones, for the one class of a town."""
    person = next(towns.people(replace(plan, persons=1, days=1)))
    version = order(plan, person, zones())
    values = policy.at(version.in_force.start.date(), person.device_class)
    checks = zone_check.check(version, values, person.device_class, has_beacon=has_beacon)
    return {one.condition: one for one in checks}


# --- The order -----------------------------------------------------------------------------------


def order(plan: Town, person: TownPerson, names: Sequence[str]) -> OrderVersion:
    """Return the order of a person with the zones of these names."""
    home = town.degrees(person.ground.home)
    at = f"lat_deg: {home.lat_deg:.7f}, lon_deg: {home.lon_deg:.7f}"
    places, conditions = [f"  home: {{{at}, radius_m: 100}}"], []
    for name in names:
        kind, room_m = name[0], int(name[1:])
        if kind == "C":
            places.append(f"  at {name}: {{{at}, radius_m: {room_m}}}")
            duty = f"{{curfew: {{at: at {name}, {HOURS}}}}}"
        elif kind == "S":
            places.append(f"  west of {room_m}: {_field(person, room_m, -FIELD_M)}")
            duty = f"{{residence: {{stay_in: west of {room_m}, {HOURS}}}}}"
        elif kind == "K":
            places.append(f"  east of {room_m}: {_field(person, room_m, FIELD_M)}")
            duty = f"{{exclusion: {{keep_out_of: east of {room_m}, {HOURS}}}}}"
        else:
            places.append(f"  venue {room_m}: {_venue(person, room_m)}")
            duty = f"{{exclusion: {{keep_out_of: venue {room_m}, {HOURS}}}}}"
        conditions.append(f"  {name}: {duty}")
    last = towns.FIRST_DAY + timedelta(days=plan.days)
    head = f"order: ZONES\nperson: {person.id}\ntime_zone: {town.TIME_ZONE}\n"
    in_force = f"in_force: {{from: {towns.FIRST_DAY}, until: {last}}}\n"
    lists = "places:\n" + "\n".join(places) + "\nconditions:\n" + "\n".join(conditions) + "\n"
    return town_order.version(head + in_force + lists)


def _venue(person: TownPerson, room_m: float) -> str:
    """Return a circle this far east of the home."""
    east_m, north_m = person.ground.home
    at = town.degrees((east_m + room_m + VENUE_RADIUS_M, north_m))
    return f"{{lat_deg: {at.lat_deg:.7f}, lon_deg: {at.lon_deg:.7f}, radius_m: {VENUE_RADIUS_M}}}"


def _field(person: TownPerson, room_m: float, reach_m: float) -> str:
    """Return the area judged from this far east of the home on, to the east or to the west.

    It is drawn nearer by the tolerance of its line: a person who must stay has that much more, and
    so has one who must keep out of so large an area.
    """
    east_m, north_m = person.ground.home
    line_m = east_m + room_m - AREA_LINE_M
    start_m, end_m = sorted((line_m, line_m + reach_m))
    south_m, top_m = north_m - FIELD_M, north_m + FIELD_M
    ring: list[Point] = [(start_m, south_m), (end_m, south_m), (end_m, top_m), (start_m, top_m)]
    corners = [town.degrees(point) for point in ring]
    drawn = ", ".join(f"[{one.lat_deg:.7f}, {one.lon_deg:.7f}]" for one in corners)
    return f"{{polygon: [{drawn}]}}"


# --- What happened -------------------------------------------------------------------------------


def _trials(
    plan: Town, person: TownPerson, policy: PolicyFile, names: Sequence[str]
) -> list[ZoneTrial]:
    version = order(plan, person, names)
    values = policy.at(version.in_force.start.date(), person.device_class)
    until_us = plan.end_s * US_PER_S
    rules = rules_.prepare([version], values, to_datetime(until_us))
    fixes = person_judgement.ingest_person(plan, person, policy)
    statement = pipeline.replay(rules, fixes, until_us)
    raised = raising.incidents(rules, statement, {}, unsigned=True)
    of_place = [one for one in raised if one.kind is not IncidentKind.SILENT]
    nights = truth.spans_in_force(town_order.CURFEW, plan.start_s, plan.end_s)
    return [
        _trial(plan, person, zone, [one for one in of_place if one.condition == zone], nights)
        for zone in names
    ]


def _trial(
    plan: Town,
    person: TownPerson,
    zone: str,
    incidents: Sequence[Incident],
    nights: Sequence[SpanS],
) -> ZoneTrial:
    wrong_side = _wrong_side(person, zone)
    wrong = journeys.overlaps(person.journey.spans_on(wrong_side), nights)
    long = [span for span in wrong if span[1] - span[0] > truth.GRACE_S]
    breaches = [Breach(person.id, zone, float(start), float(end), "") for start, end in long]
    opened = [ScoredIncident(person.id, zone, to_us(one.opened_at) / US_PER_S) for one in incidents]
    matching = score.match(breaches, opened)
    begins_s = {night[0] for night in nights}
    return ZoneTrial(
        zone=zone,
        building=person.building,
        has_beacon=person.kit is Kit.BEACON,
        days=float(plan.days),
        false=sum(_is_at_home(person, one) for one in incidents),
        departures=tuple(
            NightDeparture(delay_s, breach.end_s - breach.start_s, _beyond_m(person, zone, breach))
            for breach, delay_s in zip(matching.breaches, matching.delays_s, strict=True)
            if int(breach.start_s) not in begins_s
        ),
    )


def _is_at_home(person: TownPerson, incident: Incident) -> bool:
    at_s = [to_us(at) / US_PER_S for at in (incident.start, incident.opened_at)]
    return bool((person.journey.at(np.array(at_s)).place == Number.HOME).all())


def _wrong_side(person: TownPerson, zone: str) -> Side:
    home = person.ground.home
    return lambda east_m, north_m: violation_m(home, zone, east_m, north_m) > 0.0


def violation_m(home: Point, zone: str, east_m: F64, north_m: F64) -> F64:
    """Return how far on the wrong side of a zone points lie; negative on the right one.

    >>> at_m = np.array([0.0, 30.0, 100.0])
    >>> [violation_m((0.0, 0.0), zone, at_m, 0.0 * at_m).tolist() for zone in ("C60", "S20", "V10")]
    [[-60.0, -30.0, 40.0], [-20.0, 10.0, 80.0], [-10.0, 20.0, -40.0]]
    """
    kind, room_m = zone[0], float(zone[1:])
    out_m, up_m = east_m - home[0], north_m - home[1]
    if kind in "SK":
        return out_m - room_m
    if kind == "V":
        out_m = out_m - room_m - VENUE_RADIUS_M
    away_m: F64 = np.sqrt(out_m * out_m + up_m * up_m)
    return VENUE_RADIUS_M - away_m if kind == "V" else away_m - room_m


def _beyond_m(person: TownPerson, zone: str, breach: Breach) -> float:
    moments = person.journey.at(np.arange(breach.start_s, breach.end_s, STEP_S))
    return float(violation_m(person.ground.home, zone, moments.east_m, moments.north_m).max())


KINDS: Final = {
    Building.HOUSE: BuildingKind.HOUSE_OR_FLAT,
    Building.FLAT: BuildingKind.HOUSE_OR_FLAT,
    Building.TOWER: BuildingKind.TOWER,
    Building.BASEMENT: BuildingKind.BASEMENT,
}
"""What the closed forms call the buildings of a town."""


def by_zone(trials: Sequence[ZoneTrial]) -> Mapping[str, list[ZoneTrial]]:
    """Return the trials of each zone."""
    trials_by_zone: dict[str, list[ZoneTrial]] = {zone: [] for zone in zones()}
    for trial in trials:
        trials_by_zone[trial.zone].append(trial)
    return trials_by_zone
