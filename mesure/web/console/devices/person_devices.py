"""A person's devices: given, swapped, and taken back, at an instant that may be a few days past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.devices import assignments, enrolment_codes, enrolment_record
from mesure.actions.devices.assignments import (
    AssignDevice,
    AssignmentsRequest,
    AssignmentView,
    ReturnDevice,
    SwapDevice,
)
from mesure.actions.devices.enrolment_codes import DevicesRequest
from mesure.actions.devices.enrolment_record import EnrolmentsRequest
from mesure.web.console import people
from mesure.web.console.devices import device_page, device_words
from mesure.web.shared import record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit

GIVE, SWAP, BACK = "give", "swap", "back"
EARLIER_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A device that somebody carries or carried."""

    device: str
    address: str
    order: str
    when: Markup


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show what a person carries and carried."""
    record = record_heading.record(visit, visit.path("person"))
    assigned, now = _assigned(visit), visit.context.now
    carried = [one for one in assigned if _is_open(one, now)]
    earlier = [one for one in assigned if one not in carried]
    earlier.sort(key=lambda one: one.start_at, reverse=True)
    free = visit.perform(enrolment_codes.list_devices, DevicesRequest(only_free=True))
    orders = _orders(visit, record)
    records = visit.perform(enrolment_record.list_enrolments, EnrolmentsRequest(record.person))
    contents = {
        "record": record,
        "address": address(record.person),
        "carried": [_row(visit, one, record) for one in carried],
        "earlier": [_row(visit, one, record) for one in earlier[:EARLIER_MAX]],
        "free": [one.device for one in free],
        "orders": [(order, order) for order in orders],
        "devices_carried": [(one.device, one.device) for one in carried],
        "is_recorded": set(orders) <= {enrolment.kept.order for enrolment in records},
        "was_done": visit.query_value("done") == "1",
    }
    return visit.page("person_devices.html", status, **contents)


def give(visit: PageVisit) -> Response:
    """Give a device to the person, under one of their orders."""
    form, catalogue = visit.form, visit.texts
    record = record_heading.record(visit, visit.path("person"))
    orders = _orders(visit, record)
    device = form.text("give_device", catalogue.text("Enter which device is given."))
    order = orders[0] if len(orders) == 1 else form.value("give_order")
    if order not in orders:
        form.refuse("give_order", catalogue.text("Choose under which order."))
    at = _instant(visit, GIVE, record)
    request = AssignDevice(device, record.person, order, at)
    return _done(
        visit, not form.faults and visit.try_action(assignments.give, request, "give_device")
    )


def swap(visit: PageVisit) -> Response:
    """Put another device in the place of one."""
    form, catalogue = visit.form, visit.texts
    record = record_heading.record(visit, visit.path("person"))
    old = _carried(visit, "swap_old")
    new = form.text("swap_new", catalogue.text("Enter which device is given out."))
    at = _instant(visit, SWAP, record)
    is_sure = device_page.is_sure(visit, "swap_sure")
    request = SwapDevice(old, new, at)
    is_fit = is_sure and not form.faults
    return _done(visit, is_fit and visit.try_action(assignments.swap, request, "swap_new"))


def take_back(visit: PageVisit) -> Response:
    """Enter that a device was given back."""
    record = record_heading.record(visit, visit.path("person"))
    device = _carried(visit, "back_device")
    at = _instant(visit, BACK, record)
    is_fit = device_page.is_sure(visit, "back_sure") and not visit.form.faults
    request = ReturnDevice(device, at)
    return _done(visit, is_fit and visit.try_action(assignments.take_back, request, "back_device"))


def _done(visit: PageVisit, is_done: bool) -> Response:
    if not is_done:
        return show(visit, 422)
    return visit.to(f"{address(visit.path('person'))}?done=1")


def address(person: str) -> str:
    """Return the address of a person's devices."""
    return f"{people.ADDRESS}/{person}/devices"


def _carried(visit: PageVisit, field: str) -> str:
    """Return which of the devices was chosen that the person carries now."""
    carried = [one.device for one in _assigned(visit) if _is_open(one, visit.context.now)]
    if len(carried) == 1:
        return carried[0]
    missing = visit.texts.text("Choose the device that the person has.")
    return visit.form.one_of(field, carried, missing)


def _instant(visit: PageVisit, field: str, record: PersonRecord) -> datetime | None:
    """Return when it happened; None, where nothing was entered: now."""
    if not (visit.form.value(f"{field}_day") or visit.form.value(f"{field}_time")):
        return None
    return visit.form.instant(field, record.zone, visit.texts.catalogue)


def _orders(visit: PageVisit, record: PersonRecord) -> list[str]:
    return sorted({version.order for version in record.now(visit)})


def _assigned(visit: PageVisit) -> Sequence[AssignmentView]:
    return visit.perform(assignments.list_assignments, AssignmentsRequest(visit.path("person")))


def _is_open(assignment: AssignmentView, now: datetime) -> bool:
    return assignment.start_at <= now and (assignment.until_at is None or now < assignment.until_at)


def _row(visit: PageVisit, assignment: AssignmentView, record: PersonRecord) -> AssignmentRow:
    return AssignmentRow(
        assignment.device,
        device_words.address("at", assignment.device),
        assignment.order,
        visit.texts.stretch(
            assignment.start_at, assignment.until_at, visit.context.now, record.zone
        ),
    )
