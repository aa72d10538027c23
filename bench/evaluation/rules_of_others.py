"""The judge beside the rules of other systems, on the same fixes of the same persons.

The slow path, which is what a home circle and bare positions leave of the judge, does the whole job
from the order and the columns of fixes to assessments and possible breaches. Of the others the rule
alone is timed: the distance of every fix to the circle, in order of time and without repeats, is
given to them. They are written to be read, one fix after the other, as their sources have them; in
another language, or on columns, the same rules would be quicker. So no ratio is a target.
"""

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from bench.bench_rows import M, Row, at_least, beside
from bench.evaluation.made_up_people import BenchPerson
from bench.evaluation.per_fix import plane_of, windows
from bench.evaluation.tools import RULES, Competitor
from bench.measuring import Worked, in_turns, work
from mesure.instants import US_PER_S
from mesure.orders.values.places import Circle
from mesure_lab.rules import readings
from mesure_lab.rules.readings import Readings

FIXES_EACH: Final = 10_000
PERSONS: Final = 100
ROUNDS: Final = 3
UNIT: Final = "M fixes/s/core"

SLOW: Final = {Competitor.SLOW_FAST: "with `fast`", Competitor.SLOW_BASE: "base install"}
WHOLE: Final = {Competitor.WHOLE_FAST: "with `fast`", Competitor.WHOLE_BASE: "base install"}
TARGETS: Final = {Competitor.SLOW_FAST: 2.0, Competitor.WHOLE_FAST: 0.5}
LABELS: Final = {
    Competitor.TRACCAR: "Traccar",
    Competitor.HOME_ASSISTANT: "Home Assistant",
    Competitor.DWELL: "20 min outside by more than the accuracy",
    Competitor.ONCE: "d - accuracy > r",
    Competitor.TWICE: "d - 2 accuracy > r twice",
    Competitor.CUSTOMER_IO: "customer.io",
    Competitor.HMM: "two-state filter",
    Competitor.CUSUM: "cumulative sum",
}
SLOW_WHAT: Final = "slow path: a home circle, positions only, "
WHOLE_WHAT: Final = "everything on: six places, beacon, motion flag, speed, "


def rows(quick: bool) -> list[Row]:
    """Return the rows of this part."""
    persons = PERSONS // 10 if quick else PERSONS
    names = [*SLOW, *WHOLE, *RULES]
    spent = in_turns({name: partial(work, name, persons, FIXES_EACH) for name in names}, ROUNDS)
    return table({name: _rate(one, persons * FIXES_EACH) for name, one in spent.items()})


def table(rates: dict[Competitor, float]) -> list[Row]:
    """Return the rows for what everybody managed, in millions of fixes a second."""
    table_rows: list[Row] = []
    for name, how in SLOW.items():
        table_rows.append(at_least(SLOW_WHAT + how, rates[name], UNIT, TARGETS.get(name)))
        table_rows += [_beside(SLOW_WHAT + how, rates, name, rule) for rule in RULES]
    quickest = max(RULES, key=lambda rule: rates[rule])
    for name, how in WHOLE.items():
        table_rows.append(at_least(WHOLE_WHAT + how, rates[name], UNIT, TARGETS.get(name)))
        table_rows.append(_beside(WHOLE_WHAT + how, rates, name, quickest))
    return table_rows


def _beside(what: str, rates: dict[Competitor, float], ours: Competitor, rule: Competitor) -> Row:
    label = f"{LABELS[rule]}: {rates[rule]:.3g}"
    return beside(what, rates[ours], UNIT, label, rates[ours] / rates[rule])


def _rate(spent: Worked, fixes: int) -> float:
    return fixes / spent.cpu_s / M


def readings_of(someone: BenchPerson) -> Readings:
    """Return what a rule is given: the fixes around the home circle, and when the curfew binds."""
    plane, fixes = plane_of(someone), someone.fixes
    [home] = someone.order.places["home"].shapes
    assert isinstance(home, Circle)
    time_s = fixes.observed_us / US_PER_S
    around = readings.around_circle(
        time_s=time_s,
        received_s=fixes.received_us / US_PER_S,
        east_m=(fixes.lon_deg - home.lon_deg) * plane.lon_m_per_deg,
        north_m=(fixes.lat_deg - home.lat_deg) * plane.lat_m_per_deg,
        accuracy_m=fixes.radius95_m,
        radius_m=home.radius_m,
    )
    is_bound = np.zeros(len(time_s), np.bool_)
    for start_us, end_us in windows(someone, someone.order.conditions[0].id):
        is_bound |= (fixes.observed_us >= start_us) & (fixes.observed_us < end_us)
    return replace(around, is_bound=is_bound)
