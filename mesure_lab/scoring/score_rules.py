"""One case through one rule: the judge under the name `mesure`, or a baseline, at one setting.

All are timed on the receipt, and all see the same reports. The judge is asked as a replay asks it,
with an order that binds always: stay in the circle.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.episodes import SILENT
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.policy import DeviceClass, Policy, PolicyFile
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes
from mesure.instants import US_PER_S, to_datetime
from mesure.orders.model.conditions import Condition, Curfew, Duty
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.places import Circle, Place
from mesure.orders.values.span import Span
from mesure.orders.values.timetable import Timetable
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.rules.peers import BASELINES
from mesure_lab.rules.readings import Readings
from mesure_lab.scoring import score_cases
from mesure_lab.scoring.score_cases import CaseKind, ScoreCase
from mesure_lab.simulation import sweeps
from mesure_lab.simulation.sweeps import BaselineSetting

OURS: Final = "mesure"
RAW: Final = ", raw"  # After the name of a baseline that is run without our ingest.
NAMES: Final = (OURS, *BASELINES)
OUR_SWEEP: Final = (
    ("p_not_met", (0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)),
    ("correlation_away_s", (150.0, 300.0, 1200.0)),
)
CONDITION: Final = "C1"
DAY: Final = date(2100, 1, 1)  # The thresholds are the latest there are.
IN_FORCE: Final = Span(datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
AFTER_US: Final = 1  # The moment of looking comes after all that was received.


def settings(names: Sequence[str], policy: Policy, *, raw: bool) -> Iterator[BaselineSetting]:
    """Yield each rule as it comes, and at every other value of what is swept; or once raw."""
    for name in names:
        if name != OURS:
            yield from sweeps.settings([name])
            yield from [BaselineSetting(name + RAW)] if raw else []
            continue
        yield BaselineSetting(OURS)
        for parameter, values in OUR_SWEEP:
            usual = getattr(policy, parameter)
            yield from (
                BaselineSetting(OURS, parameter, value) for value in values if value != usual
            )


@dataclass(frozen=True, slots=True)
class RuleInput:
    """What there is to judge a case by: fixes for the judge, the same as readings for the others.

    `bare` is what a server without an ingest would have; None unless it was asked for.
    """

    case: ScoreCase
    fixes: Fixes
    live: Readings
    bare: Readings | None = None


def make_rule_input(
    case: ScoreCase, every_s: float, policy: PolicyFile, *, raw: bool = False
) -> RuleInput:
    """Return the fixes of a case from a device that reports this often."""
    values = policy.at(DAY, case.device_class)
    record = score_cases.reports(case, every_s)
    fixes = score_cases.ingest_record(record, case.device_class, values)
    bare = score_cases.bare(case, score_cases.reports(case, every_s, raw=True)) if raw else None
    return RuleInput(case, fixes, score_cases.live(case, record, fixes), bare)


def openings(
    setting: BaselineSetting, rule_input: RuleInput, radius_m: float, policy: PolicyFile
) -> list[RuleOpening]:
    """Return what a rule raises on a case, silences aside; a raw one has no ingest before it."""
    if setting.rule == OURS:
        return of_judge(
            judge_case(rule_input.case, rule_input.fixes, radius_m, apply_setting(setting, policy))
        )
    name = setting.rule.removesuffix(RAW)
    rule = BASELINES[name]
    around = rule_input.live if name == setting.rule else rule_input.bare
    assert around is not None
    around = score_cases.within(around, radius_m)
    settled = rule_input.case.kind is CaseKind.DEPARTURE and rule.needs_crossing
    more = {"starts_inside": 1.0} if settled else {}
    if setting.parameter:
        more[setting.parameter] = setting.value
    return rule.openings(around, **more)


# --- The judge -----------------------------------------------------------------------------------

Policies = Callable[[DeviceClass], Policy]


def apply_setting(setting: BaselineSetting, policy: PolicyFile) -> Policies:
    """Return the thresholds of each class of device, with the one changed that is swept."""

    def values(device_class: DeviceClass) -> Policy:
        usual = policy.at(DAY, device_class)
        more = {setting.parameter: setting.value} if setting.parameter else {}
        return replace(usual, **more)  # type: ignore[arg-type]  # The version is never swept.

    return values


def judge_case(case: ScoreCase, fixes: Fixes, radius_m: float, policies: Policies) -> Statement:
    """Return what the judge says of a case once everything has been received."""
    rules, until_us = prepare_case(case, fixes, radius_m, policies)
    return pipeline.replay(rules, fixes, until_us)


def prepare_case(
    case: ScoreCase, fixes: Fixes, radius_m: float, policies: Policies
) -> tuple[Rules, int]:
    """Return the rules of a case, and the moment of looking."""
    last_us = int(fixes.received_us.max(initial=0))
    until_us = max(last_us, round(case.end_s * US_PER_S)) + AFTER_US
    order = stay_within(case.lat_deg, case.lon_deg, radius_m)
    return rules_.prepare([order], policies(case.device_class), to_datetime(until_us)), until_us


def stay_within(lat_deg: float, lon_deg: float, radius_m: float) -> OrderVersion:
    """Return an order to stay within a circle, by day and by night."""
    return always(lambda hours: Curfew("place", hours), lat_deg, lon_deg, radius_m)


def always(
    duty: Callable[[Timetable], Duty], lat_deg: float, lon_deg: float, radius_m: float
) -> OrderVersion:
    """Return an order of one duty about a circle named `place`, by day and by night."""
    zone = ZoneInfo("UTC")
    hours = Timetable(zone, (), always=True)
    return OrderVersion(
        order="scored",
        person="nobody",
        court="",
        decision_number="",
        decision_date=None,
        legal_basis="",
        zone=zone,
        in_force=IN_FORCE,
        places={"place": Place("place", (Circle(lat_deg, lon_deg, radius_m),))},
        conditions=(Condition(CONDITION, duty(hours), IN_FORCE),),
        absences=(),
        file="",
        sha256="",
    )


def of_judge(statement: Statement) -> list[RuleOpening]:
    """Return the possible breaches of place as openings."""
    return [
        RuleOpening(
            episode.start_us / US_PER_S,
            episode.opened_us / US_PER_S,
            float("inf") if episode.end_us is None else episode.end_us / US_PER_S,
        )
        for episode in statement.episodes
        if episode.breach != SILENT
    ]
