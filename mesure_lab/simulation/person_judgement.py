"""One simulated person through the judge, and through the baselines, by the same ingest.

What is kept is what scoring needs: what happened, what was brought to an officer and when, how long
nothing was known, and how honest the chances were.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.assessment import Status
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.formats.stored.assemble_fixes import gather
from mesure.geo.fixes import Fixes, Provider
from mesure.incidents import raising
from mesure.incidents.incident import Incident
from mesure.incidents.incident import IncidentKind as JudgedKind
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure_lab.carrying import received
from mesure_lab.ground import days, journeys, town, town_order
from mesure_lab.ground.journeys import SpanS
from mesure_lab.rules import readings, score
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.rules.readings import Readings
from mesure_lab.rules.score import ScoredIncident
from mesure_lab.simulation import truth
from mesure_lab.simulation.towns import Town, TownPerson
from mesure_lab.simulation.truth import BreachTruth

P_EDGES: Final = (0.0, 0.05, 0.3, 0.5, 0.7, 0.9, 0.95, 1.0)
MINUTE_S: Final = 60
LEAD_S: Final = 2 * days.H_S  # A baseline sees this much before the curfew, to know its state.


class PlaceBreach(NamedTuple):
    """A possible breach of place as it was raised, and the span it speaks of."""

    raised: ScoredIncident
    start_s: float
    end_s: float


class Chances(NamedTuple):
    """What was said of fixes, by bin of P_EDGES, and what was so."""

    fixes: tuple[int, ...]
    outside: tuple[int, ...]
    p_total: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PersonJudgement:
    """What is kept of one person after judging."""

    id: str
    device_class: DeviceClass
    platform: str
    kit: str
    building: str
    radius_m: float
    days: float
    truth: BreachTruth
    fixes: int
    said: tuple[PlaceBreach, ...]  # Possible breaches of place, by opening.
    silences: int  # Possible breaches of silence.
    unknown_s: Mapping[str, float]  # By condition.
    chances: Mapping[str, Chances]  # Of being away from home, by provider.
    met_away: tuple[SpanS, ...] = ()  # The curfew was said to be met while it was truly broken.

    def count_met_again(self) -> int:
        """Return how often that began in mid-absence, and lasted for a minute or longer."""
        lasting_s = {start_s for start_s, end_s in self.met_away if end_s - start_s >= MINUTE_S}
        return len(lasting_s - {round(breach.start_s) for breach in self.truth.breaches})


def ingest_person(plan: Town, person: TownPerson, policy: PolicyFile) -> Fixes:
    """Return what the ingest hands on at the end of the last day: fixes, and signs of rest."""
    values = policy.at(person.order.in_force.start.date(), person.device_class)
    ingest = gather(
        [received.record(person.received_reports, f"{person.id}.csv")],
        trace=None,
        device_class=person.device_class,
        until_us=plan.end_s * US_PER_S,
        policy=values,
    )
    return ingest.to_judge


def judge(plan: Town, person: TownPerson, fixes: Fixes, policy: PolicyFile) -> PersonJudgement:
    """Judge one person at the end of the last day."""
    until_us = plan.end_s * US_PER_S
    values = policy.at(person.order.in_force.start.date(), person.device_class)
    rules = rules_.prepare([person.order], values, to_datetime(until_us))
    statement = pipeline.replay(rules, fixes, until_us)
    incidents = raising.incidents(rules, statement, {}, unsigned=True)
    of_place = [one for one in incidents if one.kind is not JudgedKind.SILENT]
    curfew = next(one for one in rules.conditions if one.id == town_order.CURFEW)
    return PersonJudgement(
        id=person.id,
        device_class=person.device_class,
        platform=person.platform,
        kit=person.kit.value,
        building=person.building.value,
        radius_m=person.ground.radius_m,
        days=float(plan.days),
        truth=person.truth,
        fixes=len(fixes.positions),
        said=tuple(_said(person.id, incident, plan.end_s) for incident in of_place),
        silences=len(incidents) - len(of_place),
        unknown_s=unknown_s(statement),
        chances=_chances(person, statement, curfew.windows[0][0].lane),
        met_away=false_met(statement, person.truth),
    )


def _said(person: str, incident: Incident, until_s: int) -> PlaceBreach:
    end_s = until_s if incident.end is None else to_us(incident.end) / US_PER_S
    raised = ScoredIncident(person, incident.condition, to_us(incident.opened_at) / US_PER_S)
    return PlaceBreach(raised, to_us(incident.start) / US_PER_S, end_s)


def unknown_s(statement: Statement) -> dict[str, float]:
    """Return how long the status of each condition was unknown."""
    total_us: dict[str, int] = {}
    for assessment in statement.assessments:
        lasted_us = to_us(assessment.span.end) - to_us(assessment.span.start)
        unknown_us = lasted_us if assessment.status is Status.UNKNOWN else 0
        total_us[assessment.condition] = total_us.get(assessment.condition, 0) + unknown_us
    return {condition: us / US_PER_S for condition, us in total_us.items()}


def false_met(statement: Statement, true: BreachTruth) -> tuple[SpanS, ...]:
    """Return when the curfew was said to be met while it was truly broken."""
    broken = [
        (round(breach.start_s), round(breach.end_s))
        for breach in true.breaches
        if breach.condition == town_order.CURFEW
    ]
    met_spans = [
        (
            round(to_us(assessment.span.start) / US_PER_S),
            round(to_us(assessment.span.end) / US_PER_S),
        )
        for assessment in statement.assessments
        if assessment.condition == town_order.CURFEW and assessment.status is Status.MET
    ]
    return tuple(journeys.overlaps(met_spans, broken))


def _chances(person: TownPerson, statement: Statement, lane: int) -> dict[str, Chances]:
    fixes, odds = statement.fixes, statement.judgement.said[lane].odds
    p_outside = odds / (1.0 + odds)
    moments = person.journey.at(fixes.observed_us / US_PER_S)
    was_outside = person.ground.beyond_m(moments.east_m, moments.north_m) > 0.0
    which = np.clip(np.searchsorted(P_EDGES, p_outside, "right") - 1, 0, len(P_EDGES) - 2)
    chances = {}
    for provider in Provider:
        mine = fixes.provider == provider
        if mine.any():
            bins = [np.flatnonzero(mine & (which == one)) for one in range(len(P_EDGES) - 1)]
            chances[provider.name.lower()] = Chances(
                tuple(len(rows) for rows in bins),
                tuple(int(np.count_nonzero(was_outside[rows])) for rows in bins),
                tuple(math.fsum(p_outside[rows].tolist()) for rows in bins),
            )
    return chances


# --- Baselines -----------------------------------------------------------------------------------


def curfew_readings(plan: Town, person: TownPerson, fixes: Fixes) -> Readings:
    """Return what a baseline is given: ingested fixes around the home circle, at and before night.

    The rules are those of circles, so they are compared on the curfew alone.
    """
    fixes = fixes.rows(fixes.positions)
    time_s = fixes.observed_us / US_PER_S
    home = town.degrees(person.ground.home)
    whole = readings.around_circle(
        time_s=time_s,
        received_s=fixes.received_us / US_PER_S,
        east_m=(fixes.lon_deg - home.lon_deg) * town.METRES_PER_DEG_EAST,
        north_m=(fixes.lat_deg - home.lat_deg) * town.METRES_PER_DEG_NORTH,
        accuracy_m=person.received_reports.reports.accuracy_m[fixes.row],
        radius_m=person.ground.radius_m,
    )
    is_near, is_bound = np.zeros(len(time_s), np.bool_), np.zeros(len(time_s), np.bool_)
    for start_s, end_s in truth.spans_in_force(town_order.CURFEW, plan.start_s, plan.end_s):
        is_bound |= (time_s >= start_s) & (time_s < end_s)
        is_near |= (time_s >= start_s - LEAD_S) & (time_s < end_s)
    bound = replace(whole, is_bound=is_bound)
    return readings.with_ingest(bound.take(np.flatnonzero(is_near)))


def openings_said(person: str, openings: list[RuleOpening]) -> tuple[PlaceBreach, ...]:
    """Return the openings of a rule as possible breaches of the curfew, each stay as one."""
    return tuple(
        PlaceBreach(
            ScoredIncident(person, town_order.CURFEW, opening.opened_s),
            opening.since_s,
            opening.ended_s,
        )
        for opening in score.merge_openings(openings)
    )
