"""The tools that are compared: each takes a person's fixes, once read, and says what it finds.

What a tool imports, it imports when it is chosen, so that its memory is its own.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from typing import Final

from bench.evaluation import made_up_people
from bench.evaluation.made_up_people import START, BenchPerson
from mesure.record import policy_loading

Job = Callable[[], int]
"""The work that counts: it returns how many spans came of it."""

Tool = Callable[[BenchPerson], Job]
"""Takes one person's fixes, once read, and returns what is to be timed."""

People = Callable[..., Iterator[BenchPerson]]


class Competitor(StrEnum):
    """Who works."""

    FAST = "fast"  # Mesure with the `fast` extra.
    BASE = "base"  # Mesure as it is installed without extras.
    LATE = "fast-late-fixes"  # FAST, on a record in which an hour of each day arrives late.
    EXPLAINED = "explained"  # FAST, and every possible breach with its evidence.
    SIDE = "shapely-per-fix-side"
    CHANCE = "shapely-per-fix-chance"
    COLUMNS = "shapely-columns-side"
    MOVINGPANDAS = "movingpandas-clip"
    SLOW_FAST = "slow-path-fast"  # FAST, with a home circle and bare positions.
    SLOW_BASE = "slow-path-base"
    WHOLE_FAST = "everything-on-fast"  # FAST, with every sensor a device may have.
    WHOLE_BASE = "everything-on-base"
    TRACCAR = "rule-traccar"
    HOME_ASSISTANT = "rule-home-assistant"
    DWELL = "rule-dwell-accuracy"
    ONCE = "rule-accuracy-once"
    TWICE = "rule-two-accuracies-twice"
    CUSTOMER_IO = "rule-customer-io"
    HMM = "rule-hmm"
    CUSUM = "rule-cusum"


RULES: Final = {
    Competitor.TRACCAR: "traccar",
    Competitor.HOME_ASSISTANT: "home_assistant",
    Competitor.DWELL: "dwell_accuracy",
    Competitor.ONCE: "accuracy_once",
    Competitor.TWICE: "two_accuracies_twice",
    Competitor.CUSTOMER_IO: "customerio",
    Competitor.HMM: "hmm",
    Competitor.CUSUM: "cusum",
}
"""The rules of other systems, by their names in `mesure_lab/rules/peers.py`."""


def whose(name: Competitor) -> People:
    """Return the persons for whom a tool works."""
    if name is Competitor.LATE:
        return made_up_people.late_people
    if name in (Competitor.WHOLE_FAST, Competitor.WHOLE_BASE):
        return made_up_people.people_with_sensors
    if name in (Competitor.SLOW_FAST, Competitor.SLOW_BASE, *RULES):
        return made_up_people.people_at_home
    return made_up_people.people


def tool(name: Competitor) -> Tool:
    """Return a tool by name."""
    match name:
        case Competitor.FAST | Competitor.LATE | Competitor.SLOW_FAST | Competitor.WHOLE_FAST:
            return _timed(_judge(compiled=True, explained=False))
        case Competitor.BASE | Competitor.SLOW_BASE | Competitor.WHOLE_BASE:
            return _timed(_judge(compiled=False, explained=False))
        case Competitor.EXPLAINED:
            return _timed(_judge(compiled=True, explained=True))
        case Competitor.SIDE | Competitor.CHANCE:
            return _timed(_per_fix(name))
        case Competitor.COLUMNS:
            return _timed(_columns())
        case Competitor.MOVINGPANDAS:
            return _timed(_movingpandas())
    return _rule(RULES[name])


Work = Callable[[BenchPerson], int]


def _timed(work: Work) -> Tool:
    """Return a tool of whose work everything counts."""
    return lambda someone: partial(work, someone)


def _rule(name: str) -> Tool:
    """Return a rule of another system; how far each fix lies from the circle is not counted."""
    from bench.evaluation import rules_of_others
    from mesure_lab.rules.peers import BASELINES

    openings = BASELINES[name].openings

    def ready(someone: BenchPerson) -> Job:
        readings = rules_of_others.readings_of(someone)
        return lambda: len(openings(readings))

    return ready


def _judge(*, compiled: bool, explained: bool) -> Work:
    from mesure.evaluation import pipeline
    from mesure.evaluation import rules as rules_
    from mesure.evaluation.policy import DeviceClass
    from mesure.geo.numeric import geo_kernels
    from mesure.incidents import raising
    from mesure.instants import to_datetime

    geo_kernels.use_compiler(compiled)
    policy = policy_loading.read_policy(None)[0].at(START.date(), DeviceClass.GNSS_TAG)

    def judge(someone: BenchPerson) -> int:
        until_us = someone.until_us
        rules = rules_.prepare([someone.order], policy, to_datetime(until_us))
        statement = pipeline.replay(rules, someone.fixes, until_us)
        span_count = len(statement.assessments) + len(statement.superseded)
        if explained:
            span_count += len(raising.incidents(rules, statement, {}, unsigned=True))
        return span_count

    return judge


def _per_fix(name: Competitor) -> Work:
    from bench.evaluation import per_fix

    rule = per_fix.side if name is Competitor.SIDE else per_fix.chance
    return lambda someone: len(per_fix.evaluate(someone, rule))


def _columns() -> Work:
    from bench.evaluation import whole_columns

    return lambda someone: len(whole_columns.evaluate(someone))


def _movingpandas() -> Work:
    from bench.evaluation import clipping

    return lambda someone: len(clipping.time_inside_s(someone))
