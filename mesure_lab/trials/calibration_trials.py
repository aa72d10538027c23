"""Trials of a second circle around the point where a device shows a home: gain and cost.

Two trials. Phones that lay still at a known point, session by session: the point is measured on
other sessions of the same phone and judged on this one, so that nothing is tried on what it was
measured on. And simulated towns, whose addresses are moved off: the point is measured in the first
days and counts from then on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np

from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.assessment import Status
from mesure.evaluation.feasibility import home_calibration
from mesure.evaluation.feasibility.home_calibration import CalibrationProposal, Confirmed
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.formats import fixes_files
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure.orders.values.places import Calibration, Circle, Place
from mesure_lab.carrying import homes
from mesure_lab.carrying.carried import Kit
from mesure_lab.columns import Stream
from mesure_lab.ground import town_order
from mesure_lab.ground.days import DAY_S, Number
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.rules.peers import BASELINES
from mesure_lab.rules.score import Exposure
from mesure_lab.scoring import score_cases, score_rules
from mesure_lab.scoring.score_cases import ScoreCase
from mesure_lab.simulation import person_judgement, results, towns
from mesure_lab.simulation.person_judgement import PersonJudgement
from mesure_lab.simulation.results import PersonOutcome
from mesure_lab.simulation.towns import Town, TownPerson
from mesure_lab.simulation.truth import BreachTruth
from mesure_lab.traces import real_traces, trace_files

EVERY_S: Final = 60.0
VISIT_S: Final = 5_400  # An hour and a half.
PLAIN: Final = BASELINES["point_state"]
AROUND: Final = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
ALONE: Final = "address alone"
VISIT: Final = "a visit of 90 min"
OTHERS: Final = "all other sessions"
MEASURED: Final = (ALONE, VISIT, OTHERS)

FIRST_DAYS: Final = 3  # In which a home of a town is measured.


# --- Phones that lay still -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RestSession:
    """One phone lying still for some hours."""

    phone: str
    case: ScoreCase
    fixes: Fixes


@dataclass(frozen=True, slots=True)
class Rested:
    """What a session came to with an address this far off, measured in one of the ways.

    A plain circle made `exits`, and took the device to be outside for `outside_s`; the judge raised
    `incidents`, and said each status for so long.
    """

    set: str
    unit: str
    radius_m: float
    off_m: float
    measured: str
    has_point: bool
    days: float
    exits: int
    outside_s: float
    incidents: int
    status_s: Mapping[Status, float]


def sessions(folder: Path, policy: PolicyFile) -> list[RestSession]:
    """Return the sessions at rest of phones that have several of them."""
    path = trace_files.among(folder, f"{real_traces.STATIONARY}.parquet")
    record = fixes_files.read(path.name, path.read_bytes())
    values = policy.at(score_rules.DAY, DeviceClass.PHONE)
    all_sessions = []
    for still in real_traces.at_rest(folder):
        case = score_cases.of_rest(still, record, "")
        reported = score_cases.reports(case, EVERY_S)
        fixes = score_cases.ingest_record(reported, case.device_class, values)
        all_sessions.append(RestSession(still.trace.id.rpartition("-")[0], case, fixes))
    phones = [one.phone for one in all_sessions]
    return [one for one in all_sessions if phones.count(one.phone) > 1]


def rest_trials(
    every: Sequence[RestSession], radius_m: float, off_m: float, policy: PolicyFile
) -> Iterator[Rested]:
    """Yield every session with its address moved off in four directions, or not at all."""
    for session in every:
        others = [one for one in every if one.phone == session.phone and one is not session]
        for way in AROUND if off_m else AROUND[:1]:
            address = _moved(session.case, off_m * way[0], off_m * way[1], radius_m)
            for measured in MEASURED:
                point = _point(address, measured, others, policy)
                yield _rest(session, address, off_m, measured, point, policy)


def _moved(case: ScoreCase, north_m: float, east_m: float, radius_m: float) -> Circle:
    lat_m, lon_m = trace_files.metres_per_deg(case.lat_deg)
    return Circle(case.lat_deg + north_m / lat_m, case.lon_deg + east_m / lon_m, radius_m)


def _point(
    address: Circle, measured: str, others: Sequence[RestSession], policy: PolicyFile
) -> tuple[float, float] | None:
    """Return where other sessions of the phone show its place."""
    values = policy.at(score_rules.DAY, DeviceClass.PHONE)
    if measured == ALONE:
        return None
    if measured == OTHERS:
        return _proposal(address, others, None, policy).point
    visits = (_proposal(address, [one], VISIT_S, policy) for one in others)
    assert values.home_calibration_confirmed_s_min < VISIT_S
    return next((visit.point for visit in visits if visit.point), None)


def _proposal(
    address: Circle, others: Sequence[RestSession], lasting_s: int | None, policy: PolicyFile
) -> CalibrationProposal:
    values = policy.at(score_rules.DAY, DeviceClass.PHONE)
    known, spans = others[0].fixes.rows(slice(0, 0)), []
    for other in others:
        first_us, last_us = int(other.fixes.observed_us[0]), int(other.fixes.observed_us[-1])
        end_us = last_us + 1 if lasting_s is None else first_us + lasting_s * US_PER_S
        spans.append((first_us, end_us))
        known = fixes_.merge(known, other.fixes)
    return home_calibration.propose(address, known, spans, values)


def _rest(
    session: RestSession,
    address: Circle,
    off_m: float,
    measured: str,
    point: tuple[float, float] | None,
    policy: PolicyFile,
) -> Rested:
    openings = _openings(session, address, point)
    end_s = session.case.end_s
    outside_s = sum(min(one.ended_s, end_s) - one.since_s for one in openings)
    incidents, status_s = _judged(session, address, point, policy)
    case, has_point = session.case, point is not None
    where = (address.radius_m, off_m, measured, has_point)
    return Rested(
        case.set, case.unit, *where, case.days, len(openings), outside_s, incidents, status_s
    )


def _openings(
    session: RestSession, address: Circle, point: tuple[float, float] | None
) -> list[RuleOpening]:
    """Return what a plain circle raises, or two circles together."""
    reported = score_cases.reports(session.case, EVERY_S)
    beyond_m = []
    for lat_deg, lon_deg in ((address.lat_deg, address.lon_deg), *([point] if point else [])):
        around = replace(session.case, lat_deg=lat_deg, lon_deg=lon_deg)
        case_readings = score_cases.within(
            score_cases.live(around, reported, session.fixes), address.radius_m
        )
        beyond_m.append(case_readings.beyond_m)
    better = replace(case_readings, beyond_m=np.minimum(beyond_m[0], beyond_m[-1]))
    return PLAIN.openings(better)


def _judged(
    session: RestSession, address: Circle, point: tuple[float, float] | None, policy: PolicyFile
) -> tuple[int, dict[Status, float]]:
    """Return how many incidents of place the judge raises, and how long it says what."""
    order = score_rules.stay_within(address.lat_deg, address.lon_deg, address.radius_m)
    if point:
        shown = Calibration(*point, score_rules.IN_FORCE.start, "", "", "", 1, 0.0)
        home = Place("place", (address,), calibrations=(shown,))
        order = replace(order, places={"place": home})
    values = policy.at(score_rules.DAY, session.case.device_class)
    until_us = int(session.fixes.received_us.max()) + 1
    ready = rules_.prepare([order], values, to_datetime(until_us))
    statement = pipeline.replay(ready, session.fixes, until_us)
    status_s = dict.fromkeys(Status, 0.0)
    for assessment in statement.assessments:
        status_s[assessment.status] += (
            to_us(assessment.span.end) - to_us(assessment.span.start)
        ) / US_PER_S
    return len(score_rules.of_judge(statement)), status_s


def by_unit(rests: Sequence[Rested], count: Callable[[Rested], int]) -> list[Exposure]:
    """Return the exposures of each day on which phones lay together: they are drawn as one."""
    units = sorted({one.unit for one in rests})
    mine = [[one for one in rests if one.unit == unit] for unit in units]
    return [
        Exposure(sum(count(one) for one in part), float(sum(one.days for one in part)))
        for part in mine
    ]


# --- Towns ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CalibratedCurfew:
    """What one person's curfew came to after the first days, by address and by both circles."""

    off_m: float
    proposal: CalibrationProposal
    alone: PersonOutcome
    calibrated: PersonOutcome


def home_trials(
    plan: Town, off_m: Sequence[float], policy: PolicyFile
) -> Iterator[CalibratedCurfew]:
    """Yield every person of a town with the address moved this far off, in some direction."""
    for person in towns.people(plan):
        fixes = person_judgement.ingest_person(plan, person, policy)
        stream = Stream(plan.seed, f"address of {person.id}")
        way = homes.away(stream, 1.0)
        for far_m in off_m:
            yield _lived(plan, person, fixes, (far_m, way), policy)


def _lived(
    plan: Town,
    person: TownPerson,
    fixes: Fixes,
    off: tuple[float, tuple[float, float]],
    policy: PolicyFile,
) -> CalibratedCurfew:
    far_m, (east, north) = off
    ground = person.ground
    middle = (ground.home[0] + far_m * east, ground.home[1] + far_m * north)
    text = town_order.text(
        person.id,
        replace(ground, home=middle),
        towns.FIRST_DAY,
        towns.FIRST_DAY + timedelta(days=plan.days),
    )
    order = town_order.version(text)
    [address] = order.places["home"].shapes
    assert isinstance(address, Circle)
    values = policy.at(order.in_force.start.date(), person.device_class)
    confirmed = _confirmed(plan, person, fixes, policy)
    proposal = home_calibration.propose(address, fixes, confirmed, values)
    alone = person_judgement.judge(plan, replace(person, order=order), fixes, policy)
    calibrated = alone
    if proposal.point is not None:
        order = town_order.version(_entered(text, proposal))
        calibrated = person_judgement.judge(plan, replace(person, order=order), fixes, policy)
    return CalibratedCurfew(far_m, proposal, _after(plan, alone), _after(plan, calibrated))


def _confirmed(
    plan: Town, person: TownPerson, fixes: Fixes, policy: PolicyFile
) -> tuple[Confirmed, ...]:
    """Return the nights with a beacon, or a visit during the person's first long stay at home."""
    values = policy.at(person.order.in_force.start.date(), person.device_class)
    until_us = (plan.start_s + FIRST_DAYS * DAY_S) * US_PER_S
    if person.kit is Kit.BEACON:
        early = fixes.rows(np.flatnonzero(fixes.observed_us < until_us))
        return home_calibration.beacon_periods(early, values)
    for start_s, end_s, place in person.journey.stays():
        if place == Number.HOME and end_s - start_s >= VISIT_S:
            return ((start_s * US_PER_S, (start_s + VISIT_S) * US_PER_S),)
    return ()


def _entered(text: str, proposal: CalibrationProposal) -> str:
    """Return an order in which the point was entered, to count from the end of the first days."""
    assert proposal.point is not None
    lat_deg, lon_deg = proposal.point
    since = towns.FIRST_DAY + timedelta(days=FIRST_DAYS)
    shown = proposal.shown
    entry = (
        f", calibrated: {{lat_deg: {lat_deg:.6f}, lon_deg: {lon_deg:.6f}, from: {since}, "
        f"by: nobody, fixes: {shown.fixes}, spread_m: {shown.spread_m:.1f}}}}}"
    )
    start = text.index("  home: {")
    end = text.index("}\n", start)
    return f"{text[:end]}{entry}{text[end + 1 :]}"


def _after(plan: Town, person: PersonJudgement) -> PersonOutcome:
    """Return what became of the curfew after the days in which the home was measured."""
    since_s = float(plan.start_s + FIRST_DAYS * DAY_S)
    breaches, slips = (
        tuple(one for one in group if one.start_s >= since_s)
        for group in (person.truth.breaches, person.truth.slips)
    )
    later = replace(
        person,
        days=person.days - FIRST_DAYS,
        truth=BreachTruth(breaches, slips),
        said=tuple(one for one in person.said if one.start_s >= since_s),
    )
    return results.outcome(later, town_order.CURFEW)
