"""A quiet morning: how many lines wait for an officer with 30 people, and how many presses.

Towns are simulated and judged, and each officer's desk is arranged as the pages arrange it, at
eight in the morning of every day: what was brought since the morning before, as far as it was known
then. An ordinary town breaks its orders as often as programmes report; how often that is differs
twofold between them, so that the lowest, the highest and the one rate whose parts are of one
programme stand side by side, with the same targets. Beside them stands the town of the laboratory,
which is dosed with breaches so that they can be timed (`mesure_lab.ground.days`): a line for each
of its breaches is what a desk is for, so that it has no target.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from bench.bench_rows import Row, at_most, beside
from bench.measuring import say
from mesure.actions.cases import work_lines
from mesure.actions.cases.incident_signals import IncidentSignals
from mesure.actions.cases.work_lines import Desk
from mesure.actions.cases.worklist import WorkItem, WorkItemType
from mesure.actions.records import brief_rule, case_deadlines
from mesure.actions.records.procedure import STANDARD
from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.incidents import brief, raising
from mesure.incidents.finding import ReviewStage
from mesure.incidents.incident import Incident, IncidentKind, is_of_place
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure.record.policy_loading import read_policy
from mesure.web.console.desk import digest_page
from mesure_lab.ground.days import OFTEN
from mesure_lab.simulation import person_judgement, towns
from mesure_lab.simulation.towns import Town, TownPerson

PERSONS: Final = 30  # Of one officer.
OFFICERS: Final = 4
DAYS: Final = 14
FIRST_DAY: Final = date(2026, 12, 7)  # A Monday, by the lengths in force now.
# Alerts for each person and day, as programmes told newspapers: California 0.17 (parole, Los
# Angeles Times), Cook County 0.25 (2020, NBC Chicago), 21 agencies 0.32 (April 2013, AP),
# Massachusetts 0.32 (2020, GBH), Colorado 0.35 (2012 to 2013, AP).
ALERTS_A_DAY: Final = {"": 0.35, ", at the rate of Cook County": 0.25, ", at the lowest rate": 0.17}
# "About 80 %" of the signals of Cook County were false (University of Chicago, reported by WBEZ):
# of no other programme is the share known, so that only there are both figures of one place.
TRUE_SHARE: Final = 0.2
SEEDS: Final = (1, 2)  # One town of 52 mornings is a line more or less at the median than the next.
OPENS_H: Final = 8
DAY: Final = timedelta(days=1)
LINES_MEDIAN_MAX: Final = 3.0
LINES_P95_MAX: Final = 10.0
PRESSES_MAX: Final = 5.0
# A line is opened by what leads on from the one before (*Save and next*), so that choosing and
# saving are left; the first is opened by itself. tests/browser/test_morning.py counts the same.
PRESSES_FIRST: Final = 1
PRESSES_LINE: Final = 2
BRIEF: Final = "the digest"
TRUE: Final = "possible breaches that were true"
LEAST: Final = {BRIEF, TRUE}  # What a desk has even if every judgement is right.


@dataclass(frozen=True, slots=True)
class TownIncident:
    """What was brought about somebody of the town, and whether they truly broke the order then."""

    person: str
    incident: Incident
    is_breach: bool


@dataclass(frozen=True, slots=True)
class Morning:
    """One officer's desk at eight: as it is, how many incidents lie on it, and which are true."""

    desk: Desk
    incidents: int
    true: frozenset[str]

    @property
    def presses(self) -> int:
        """Return how many presses answer all of it."""
        return _presses(len(self.desk.lines) + self._digest_pages)

    @property
    def digest_presses(self) -> int:
        """Return how many presses answer what is short and over, a page of it after the other."""
        return _presses(self._digest_pages)

    @property
    def _digest_pages(self) -> int:
        return -(-len(self.desk.digest) // digest_page.LINES_MAX)

    def causes(self) -> Iterator[str]:
        """Yield of what each line is; the digest is one."""
        yield from [BRIEF] * bool(self.desk.digest)
        for line in self.desk.lines:
            if line.first.kind == IncidentKind.SILENT.value:
                yield "silences that are over" if line.end_at else "silences that last"
            else:
                is_true = not self.true.isdisjoint(line.incidents)
                yield TRUE if is_true else "possible breaches that were false"

    @property
    def least(self) -> int:
        """Return how many lines there would be of a judge that is never wrong, and no silence."""
        return sum(cause in LEAST for cause in self.causes())


def rows(quick: bool) -> list[Row]:
    """Return the rows of this part."""
    officers, days, seeds = (1, 5, SEEDS[:1]) if quick else (OFFICERS, DAYS, SEEDS)
    dosed = [Town(seed, PERSONS * officers, days, first_day=FIRST_DAY) for seed in seeds]
    all_rows: list[Row] = []
    for which, alerts in ALERTS_A_DAY.items():
        habits = OFTEN.at_rate(alerts * TRUE_SHARE)
        ordinary = [replace(plan, habits=habits) for plan in dosed]
        all_rows += _rows_of(ordinary, which, is_target=True)
    return [*all_rows, *_rows_of(dosed[:1], ", dosed with breaches", is_target=False)]


def _rows_of(plans: Sequence[Town], which: str, *, is_target: bool) -> Iterator[Row]:
    """Yield the rows of some towns, with and without what their people truly did."""
    judged: list[tuple[Town, list[tuple[TownIncident, ...]]]] = []
    for plan in plans:
        say(f"a town of {plan.persons} people, {plan.days} days{which}")
        judged.append((plan, list(_judged(plan))))
    yield _breaches(which, judged)
    all_mornings = [morning for plan, people in judged for morning in mornings(plan, people)]
    yield from _rows(which, all_mornings, is_target=is_target)
    yield from _causes(which, all_mornings)
    without = [
        morning
        for plan, people in judged
        for morning in mornings(plan, [_without_breaches(person) for person in people])
    ]
    yield from _rows(f"{which}, without true breaches", without, is_target=is_target)


def _breaches(which: str, judged: Sequence[tuple[Town, Sequence[Sequence[TownIncident]]]]) -> Row:
    count = sum(one.is_breach for _, people in judged for person in people for one in person)
    unit = "possible breaches that were true, a person and day"
    person_days = sum(plan.persons * plan.days for plan, _ in judged)
    return at_most(f"brought{which}", count / person_days, unit)


def _causes(which: str, all_mornings: Sequence[Morning]) -> Iterator[Row]:
    """Yield how many lines of a morning are of what, on average; together they are all lines."""
    counts = Counter(cause for morning in all_mornings for cause in morning.causes())
    for cause, count in sorted(counts.items()):
        yield at_most(f"of a morning, {cause}{which}", count / len(all_mornings), "lines, mean")
    least = float(np.median([morning.least for morning in all_mornings]))
    yield at_most(f"of a median morning, {BRIEF} and what was true{which}", least, "lines")


def _rows(which: str, all_mornings: Sequence[Morning], *, is_target: bool) -> Iterator[Row]:
    lines = [morning.desk.count for morning in all_mornings]
    presses = [morning.presses for morning in all_mornings]
    incidents = [morning.incidents for morning in all_mornings]
    before = float(np.median(incidents))
    unit = "lines (one officer, 30 people, one morning)"
    median = float(np.median(lines))
    median_max, p95_max = (LINES_MEDIAN_MAX, LINES_P95_MAX) if is_target else (None, None)
    yield at_most(f"lines on a median morning{which}", median, unit, median_max)
    p95 = float(np.percentile(lines, 95))
    yield at_most(f"lines on a morning, 95th percentile{which}", p95, unit, p95_max)
    label = f"a line for each incident: {before:.3g}"
    yield beside(
        f"lines on a median morning{which}", median, unit, label, before / max(median, 1.0)
    )
    yield at_most(f"presses on a median morning{which}", float(np.median(presses)), "presses")
    most = float(max((morning.digest_presses for morning in all_mornings), default=0))
    yield at_most(f"presses for a digest{which}", most, "presses", PRESSES_MAX)


def _presses(answers: int) -> int:
    return PRESSES_FIRST + PRESSES_LINE * answers if answers else 0


def _judged(plan: Town) -> Iterator[tuple[TownIncident, ...]]:
    """Yield what was brought about each person of a town, in the order of the persons."""
    policy = read_policy(None)[0]
    until_us = plan.end_s * US_PER_S
    for person in towns.people(plan):
        values = policy.at(person.order.in_force.start.date(), person.device_class)
        rules = rules_.prepare([person.order], values, to_datetime(until_us))
        fixes = person_judgement.ingest_person(plan, person, policy)
        statement = pipeline.replay(rules, fixes, until_us)
        incidents = raising.incidents(rules, statement, {}, unsigned=False)
        yield tuple(
            TownIncident(person.id, incident, _is_breach(person, incident, until_us))
            for incident in incidents
        )


def _is_breach(person: TownPerson, incident: Incident, until_us: int) -> bool:
    """Tell whether the person truly broke the condition while an incident of place lasted."""
    start_s = to_us(incident.start) / US_PER_S
    end_s = (until_us if incident.end is None else to_us(incident.end)) / US_PER_S
    return is_of_place(incident.kind) and any(
        breach.condition == incident.condition and breach.start_s < end_s and start_s < breach.end_s
        for breach in person.truth.breaches
    )


def _without_breaches(person: Iterable[TownIncident]) -> tuple[TownIncident, ...]:
    return tuple(brought for brought in person if not brought.is_breach)


def mornings(plan: Town, people: Sequence[Sequence[TownIncident]]) -> Iterator[Morning]:
    """Yield every officer's desk at eight on every day but the first; days are whole by then."""
    opens_at = to_datetime(plan.start_s * US_PER_S) + timedelta(hours=OPENS_H)
    for first in range(0, len(people), PERSONS):
        brought = [one for person in people[first : first + PERSONS] for one in person]
        for day in range(1, plan.days):
            yield desk_at(opens_at + day * DAY, brought)


def desk_at(at: datetime, brought: Iterable[TownIncident]) -> Morning:
    """Return a desk at an instant: what was brought in the day before, as it was known then."""
    waiting = [one for one in brought if _waits(one.incident, at)]
    desk = work_lines.arrange([_item(one, at) for one in waiting], work_lines.lengths_on(at.date()))
    true = frozenset(one.incident.id for one in waiting if one.is_breach)
    return Morning(desk, len(waiting), true)


def _waits(incident: Incident, at: datetime) -> bool:
    is_withdrawn = incident.withdrawn_at is not None and incident.withdrawn_at <= at
    return at - DAY <= incident.opened_at < at and not is_withdrawn


def _item(brought: TownIncident, at: datetime) -> WorkItem:
    incident = brought.incident
    end_at = incident.end if incident.end is not None and incident.end <= at else None
    lasted = None if end_at is None else end_at - incident.start
    lengths = brief_rule.lengths(incident.opened_at.date())
    is_brief = brief.is_brief(incident.kind, lasted, incident.opened_at, end_at, lengths)
    deadlines = case_deadlines.of_incident(STANDARD, incident.kind, incident.opened_at)
    due_at = deadlines.due_at(is_looked_at=False)
    return WorkItem(
        what=WorkItemType.INCIDENT,
        id=incident.id,
        person=brought.person,
        name=brought.person,
        since_at=incident.opened_at,
        due_at=due_at,
        is_overdue=due_at <= at,
        kind=incident.kind,
        condition=incident.condition,
        start_at=incident.start,
        end_at=end_at,
        stage=ReviewStage.OPENED,
        look_by=deadlines.look_by,
        decide_by=deadlines.decide_by,
        signals=IncidentSignals(is_brief=is_brief),
    )
