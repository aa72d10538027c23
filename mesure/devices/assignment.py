"""Assignment: who carried a device when: this device, this person, this order, from, until.

Compliance never hangs on a device, since devices are given to somebody else. Half-open spans of one
device never overlap, so each fix belongs to one person or to nobody; by when it was observed, not
when it came.
Decision: docs/decisions/0009-compliance-belongs-to-an-assignment.md
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.packed import I64
from mesure.instants import MAX_US, to_datetime, to_us


@dataclass(frozen=True, slots=True)
class Assignment:
    """A person carries a device under an order from `start` up to, not including, `until`."""

    device: str
    person: str
    order: str
    start: datetime
    until: datetime | None  # None: no end is known yet.

    def holds_at(self, instant: datetime) -> bool:
        """Tell whether the person carries the device then."""
        return self.start <= instant and (self.until is None or instant < self.until)

    def overlaps(self, other: "Assignment") -> bool:
        """Tell whether there is an instant at which both hold."""
        return (other.until is None or self.start < other.until) and (
            self.until is None or other.start < self.until
        )


Assignments = tuple[Assignment, ...]
Spans = Mapping[str, Sequence[tuple[int, int]]]  # When each device was carried, half-open.


class AssignedRows(NamedTuple):
    """The fixes, or events, of one message that are one person's: whose, and which rows."""

    assignment: Assignment
    rows: I64


def assign(assignments: Assignments, new: Assignment) -> Assignments | DeviceRefusal:
    """Return the assignments with one more, or why it can't be: a device has one person."""
    if new.until is not None and new.until <= new.start:
        return DeviceRefusal(DeviceRefusalReason.EMPTY_SPAN, "an assignment ends after it begins")
    for assignment in assignments:
        if assignment.device == new.device and assignment.overlaps(new):
            detail = f"{new.device} is with somebody from {assignment.start.isoformat()} on"
            return DeviceRefusal(DeviceRefusalReason.DEVICE_TAKEN, detail)
    return (*assignments, new)


def end(assignments: Assignments, device: str, at: datetime) -> Assignments | DeviceRefusal:
    """Return the assignments with the one that holds then ended: the device was given back."""
    for place, assignment in enumerate(assignments):
        if assignment.device == device and assignment.holds_at(at):
            if at == assignment.start:
                return DeviceRefusal(
                    DeviceRefusalReason.EMPTY_SPAN, "an assignment ends after it begins"
                )
            return (*assignments[:place], replace(assignment, until=at), *assignments[place + 1 :])
    return DeviceRefusal(
        DeviceRefusalReason.NOT_ASSIGNED, f"nobody carries {device} at {at.isoformat()}"
    )


def swap(assignments: Assignments, old: str, new: str, at: datetime) -> Assignments | DeviceRefusal:
    """Return the assignments with another device in place of one, from an instant on.

    The order and the person stay. An end that was known stays too.
    """
    carried = next((one for one in assignments if one.device == old and one.holds_at(at)), None)
    if carried is None:
        return DeviceRefusal(
            DeviceRefusalReason.NOT_ASSIGNED, f"nobody carries {old} at {at.isoformat()}"
        )
    ended = end(assignments, old, at)
    if isinstance(ended, DeviceRefusal):
        return ended
    return assign(ended, replace(carried, device=new, start=at))


def whose(
    assignments: Iterable[Assignment], device: str, at: datetime
) -> Assignment | DeviceRefusal:
    """Return who carried a device at an instant; None where nobody did."""
    for assignment in assignments:
        if assignment.device == device and assignment.holds_at(at):
            return assignment
    return _nobodys(device, at)


def assign_rows(
    assignments: Iterable[Assignment], device: str, observed_us: I64
) -> tuple[tuple[AssignedRows, ...], DeviceRefusal | None]:
    """Return whose each fix of a message is, and why the others belong to nobody, if any."""
    if not len(observed_us):
        return (), None
    first_us, last_us = ends(observed_us)
    near = [one for one in _spans(assignments, device) if one[1] <= last_us and first_us < one[2]]
    if len(near) == 1 and near[0][1] <= first_us and last_us < near[0][2]:
        return (AssignedRows(near[0][0], _all_rows(len(observed_us))),), None  # As nearly always.
    left = np.ones(len(observed_us), np.bool_)
    carried_rows: list[AssignedRows] = []
    for assignment, start_us, until_us in near:
        rows = np.flatnonzero((observed_us >= start_us) & (observed_us < until_us))
        if len(rows):
            left[rows] = False
            carried_rows.append(AssignedRows(assignment, rows))
    if not left.any():
        return tuple(carried_rows), None
    first = to_datetime(int(observed_us[left].min()))
    return tuple(carried_rows), _nobodys(device, first, int(left.sum()))


def ends(times_us: I64) -> tuple[int, int]:
    """Return the first and the last of some times, in any order; one at least."""
    if len(times_us) == 1:
        only_us = int(times_us[0])
        return only_us, only_us
    return int(times_us.min()), int(times_us.max())


@lru_cache(maxsize=1_024)
def _all_rows(count: int) -> I64:
    rows = np.arange(count)
    rows.flags.writeable = False
    return rows


def _spans(assignments: Iterable[Assignment], device: str) -> Iterator[tuple[Assignment, int, int]]:
    for assignment in assignments:
        if assignment.device == device:
            until_us = MAX_US if assignment.until is None else to_us(assignment.until)
            yield assignment, to_us(assignment.start), until_us


def _nobodys(device: str, at: datetime, count: int = 1) -> DeviceRefusal:
    detail = f"no order in force put {device} with anybody at {at.isoformat()} ({count} in all)"
    return DeviceRefusal(DeviceRefusalReason.NO_ORDER_IN_FORCE, detail)
