"""Assignments: who carries which device, under which order, from when until when.

A device is given to a person under an order that binds then. When the order ends, so does what is
carried under it, by itself: a device that lies in a drawer says nothing about anybody.
Decision: docs/decisions/0009-compliance-belongs-to-an-assignment.md
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext, EmptyRequest, action, look
from mesure.actions.orders import assignment_end, binding_order, early_ends
from mesure.actions.orders.assignment_end import CARRIED, AssignmentCheckRecord
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals import lost_keys
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotFoundError
from mesure.devices import assignment
from mesure.devices.assignment import Assignment
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role
from mesure.store.interface.store import Store
from mesure.store.keyring.interface import Keyring

BACKDATED_MAX: Final = timedelta(days=7)  # The paper may be older than the entry, but not by much.


class AssignDevice(msgspec.Struct, frozen=True):
    """Which device is given to whom, under which order, from when; None: from now."""

    device: str
    person: str
    order: str
    start_at: datetime | None = None


class ReturnDevice(msgspec.Struct, frozen=True):
    """Which device was given back, and when; None: now."""

    device: str
    at: datetime | None = None


class SwapDevice(msgspec.Struct, frozen=True):
    """Which device takes the place of another, from when; None: from now."""

    old: str
    new: str
    at: datetime | None = None


class AssignmentsRequest(msgspec.Struct, frozen=True):
    """Whose devices."""

    person: str


@action("assignments.give", CASEWORK)
def give(doing: ActionContext, request: AssignDevice) -> None:
    """Give a device to a person, under an order that binds."""
    doing.case(request.person)
    start_at = _instant(doing, request.start_at)
    order = doing.work.order(request.order)
    if order is None or order.person != request.person or doing.work.device(request.device) is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    keyring = doing.context.keyring
    bound = binding_order.versions(doing.work, doing.rows, keyring, request.order, request.person)
    ends_at = early_ends.ends_at(bound)
    if ends_at is None or binding_order.in_force(bound, start_at) is None:
        raise ActionConflictError(ActionRefusal.NOT_IN_FORCE)
    new = Assignment(request.device, request.person, request.order, start_at, None)
    _check(assignment.assign(doing.work.assignments(request.device), new))
    doing.work.keep_assignment(new)
    if doing.rows.get(CARRIED, request.order) is None:
        doing.rows.add(CARRIED, request.order, AssignmentCheckRecord(request.order, ends_at))
    doing.note(device=request.device, order=request.order)


@action("assignments.take_back", CASEWORK)
def take_back(doing: ActionContext, request: ReturnDevice) -> None:
    """Enter that a device was given back."""
    at = _instant(doing, request.at)
    carried = _carried(doing, request.device, at, erased_too=True)
    _check(assignment.end(doing.work.assignments(request.device), request.device, at))
    doing.work.keep_assignment(replace(carried, until=at))


@action("assignments.swap", CASEWORK)
def swap(doing: ActionContext, request: SwapDevice) -> None:
    """Replace a device by another, for the same person and order and without a gap."""
    at = _instant(doing, request.at)
    carried = _carried(doing, request.old, at, erased_too=False)
    if doing.work.device(request.new) is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    both = doing.work.assignments(request.old, request.new)
    _check(assignment.swap(both, request.old, request.new, at))
    doing.work.keep_assignment(replace(carried, until=at))
    doing.work.keep_assignment(replace(carried, device=request.new, start=at))
    doing.note(new_device=request.new)


def _instant(doing: ActionContext, at: datetime | None) -> datetime:
    """Return when something happened: not to come, and not long ago."""
    if at is None:
        return doing.now
    if not doing.now - BACKDATED_MAX <= at <= doing.now:
        raise InvalidInputError(ActionRefusal.BACKDATED)
    return at


def _carried(doing: ActionContext, device: str, at: datetime, *, erased_too: bool) -> Assignment:
    """Return who carries a device, with their case open; an end that was entered stays."""
    current_assignment = assignment.whose(doing.work.assignments(device), device, at)
    if isinstance(current_assignment, DeviceRefusal):
        raise ActionConflictError(ActionRefusal.NOBODYS)
    doing.case(current_assignment.person, erased_too=erased_too)
    if current_assignment.until is not None:
        raise ActionConflictError(ActionRefusal.RETURNED)
    doing.note(device=device)
    return current_assignment


def _check(refusal: object) -> None:
    if isinstance(refusal, DeviceRefusal):
        raise ActionConflictError(ActionRefusal.DEVICE)


# --- By itself ---------------------------------------------------------------------------------


def is_due(store: Store, keyring: Keyring, now: datetime) -> bool:
    """Tell whether any order is to be asked whether it has ended."""
    with store.read() as reading:
        return any(
            now >= kept.value.ask_at for kept in RegisterReader(reading, keyring).all(CARRIED)
        )


@action("assignments.end_due", {Role.PROGRAM})
def end_due(doing: ActionContext, _: EmptyRequest) -> int:
    """End what is carried under orders that have ended; return how many devices."""
    count = 0
    for end_check in tuple(doing.rows.all(CARRIED)):
        if doing.now >= end_check.value.ask_at:
            with lost_keys.skip_unopened():  # It is asked again; the device stays where it is.
                count += _end_due(doing, end_check.value.order)
    doing.note(ended=count)
    return count


def _end_due(doing: ActionContext, name: str) -> int:
    order = doing.work.order(name)
    assert order is not None, "a device is carried under an order that is kept"
    ends_at = _ends_at(doing, name, order.person)
    if doing.now < ends_at:
        assignment_end.ask_again(doing.rows, name, ends_at)
        return 0
    carried = doing.work.assignments_of(order.person)
    open_now = [one for one in carried if one.order == name and one.until is None]
    for open_assignment in open_now:
        doing.work.keep_assignment(assignment_end.end_at(open_assignment, ends_at))
    doing.rows.drop(CARRIED, name)
    return len(open_now)


def _ends_at(doing: ActionContext, order: str, person: str) -> datetime:
    """Return when an order ends; now, where the person was erased or nothing binds."""
    keyring = doing.context.keyring
    if keyring.is_erased(person):
        return doing.now
    bound = binding_order.versions(doing.work, doing.rows, keyring, order, person)
    return early_ends.ends_at(bound) or doing.now


class AssignmentView(msgspec.Struct, frozen=True):
    """What a person carried, and when."""

    device: str
    order: str
    start_at: datetime
    until_at: datetime | None


@look("assignments.list", CASEWORK | OWN_SIDE, purpose=Purpose.SUPERVISION)
def list_assignments(
    doing: ActionContext, request: AssignmentsRequest
) -> tuple[AssignmentView, ...]:
    """List what a person carries and carried."""
    doing.case(request.person)
    assignments = doing.work.assignments_of(request.person)
    return tuple(AssignmentView(one.device, one.order, one.start, one.until) for one in assignments)
