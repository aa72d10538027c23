"""The tools that are compared: each takes a person's fixes, once read, and says what it finds.

What a tool imports, it imports when it is chosen, so that its memory is its own.
"""

from collections.abc import Callable
from enum import StrEnum

from bench.people import START, Someone

Tool = Callable[[Someone], int]
"""Does the whole job for one person, and returns how many spans came of it."""


class Name(StrEnum):
    """Who works."""

    FAST = "fast"  # Mesure with the `fast` extra.
    BASE = "base"  # Mesure as it is installed without extras.
    LATE = "fast-late-fixes"  # FAST, on a record in which an hour of each day arrives late.
    EXPLAINED = "explained"  # FAST, and every possible breach with its evidence.
    SIDE = "shapely-per-fix-side"
    CHANCE = "shapely-per-fix-chance"
    COLUMNS = "shapely-columns-side"
    MOVINGPANDAS = "movingpandas-clip"


def tool(name: Name) -> Tool:
    """Return a tool by name."""
    match name:
        case Name.FAST | Name.LATE:
            return _judge(compiled=True, explained=False)
        case Name.BASE:
            return _judge(compiled=False, explained=False)
        case Name.EXPLAINED:
            return _judge(compiled=True, explained=True)
        case Name.SIDE | Name.CHANCE:
            return _per_fix(name)
        case Name.COLUMNS:
            return _columns()
        case Name.MOVINGPANDAS:
            return _movingpandas()


def _judge(*, compiled: bool, explained: bool) -> Tool:
    from mesure.compliance import rules as rules_
    from mesure.compliance.advance import advance, begin
    from mesure.compliance.policy import DeviceClass
    from mesure.compliance.rules import to_datetime
    from mesure.incidents import raising
    from mesure.positions import kernels
    from mesure.runtime import replay

    kernels.use_compiler(compiled)
    policy = replay.read_policy(None)[0].at(START.date(), DeviceClass.GNSS_TAG)

    def judge(someone: Someone) -> int:
        until_us = someone.until_us
        rules = rules_.prepare([someone.order], policy, to_datetime(until_us))
        _, statement = advance(rules, begin(), someone.fixes, until_us)
        found = len(statement.assessments) + len(statement.superseded)
        if explained:
            found += len(raising.incidents(rules, statement, {}, unsigned=True))
        return found

    return judge


def _per_fix(name: Name) -> Tool:
    from bench import per_fix

    rule = per_fix.side if name is Name.SIDE else per_fix.chance
    return lambda someone: len(per_fix.evaluate(someone, rule))


def _columns() -> Tool:
    from bench import columns

    return lambda someone: len(columns.evaluate(someone))


def _movingpandas() -> Tool:
    from bench import clipping

    return lambda someone: len(clipping.time_inside_s(someone))
