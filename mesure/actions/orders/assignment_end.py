"""Assignment end: a device is carried under an order for as long as the order binds.

Upkeep enters that the device was given back, within a minute of the end. What the device sends
until then belongs to nobody already: a person is recorded under an order in force alone.
Decision: docs/decisions/0009-compliance-belongs-to-an-assignment.md
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.records.record_types import RecordType, Register, RegisterReader
from mesure.devices.assignment import Assignment

_LEAST: Final = timedelta(seconds=1)  # An assignment ends after it begins.


class AssignmentCheckRecord(msgspec.Struct, frozen=True):
    """That a device is carried under an order, and when to ask whether the order has ended."""

    order: str
    ask_at: datetime


# One row for each order under which a device is carried; ids and instants only.
CARRIED: Final = RecordType("carried_under", AssignmentCheckRecord)


def ask_again(rows: Register, order: str, at: datetime) -> None:
    """Have it asked at an instant whether an order has ended, if anything is carried under it."""
    end_check = rows.get(CARRIED, order)
    if end_check is not None and end_check.value.ask_at != at:
        rows.change(end_check, AssignmentCheckRecord(order, at))


def end_at(assignment: Assignment, ends_at: datetime) -> Assignment:
    """Return an assignment that ends when its order does, or just after it began."""
    return replace(assignment, until=max(ends_at, assignment.start + _LEAST))


def end_with_orders(rows: RegisterReader, assignments: Iterable[Assignment]) -> list[Assignment]:
    """Return assignments; what is carried on ends when the order does under which it is carried."""
    current = list(assignments)
    checks = rows.get_many(CARRIED, {each.order for each in current if each.until is None})
    return [
        end_at(each, checks[each.order].value.ask_at)
        if each.until is None and each.order in checks
        else each
        for each in current
    ]
