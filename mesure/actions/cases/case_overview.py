"""Case overview: each person of a list as they are now: device, what waits, the next hour set.

It is for finding somebody, and for seeing at once where something is amiss with a device. It says
nothing of where anybody is, puts nobody before another for what they are like, and adds nothing up
about them beyond what waits to be done.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec

from mesure.actions.cases import caseload, persons, waiting_things
from mesure.actions.cases.persons import InChargeView
from mesure.actions.cases.waiting_things import WaitingThing
from mesure.actions.framework import case_opening
from mesure.actions.framework.action import ActionContext, ActionType, look, two_step_action
from mesure.actions.framework.case_access import CASE, CaseFile
from mesure.actions.framework.context import Context
from mesure.actions.orders import binding_order
from mesure.actions.refusals import lost_keys
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.devices import device_state
from mesure.devices.health import DeviceHealth
from mesure.instants import to_datetime_or_none
from mesure.orders.model import schedule
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.span import Span
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, Role
from mesure.store.values.effects import StoredIncidentHead

EDGES_MAX: Final = 200  # Persons whose next edge is worked out at once.
DEVICES_MAX: Final = 200  # Devices whose carriers are asked for at once.
AHEAD: Final = timedelta(days=8)
_DAY: Final = timedelta(days=1)  # Within it nearly everybody has an edge.


class OverviewRequest(msgspec.Struct, frozen=True):
    """Whose list; None: one's own. A supervisor may ask for everybody.

    `devices`: only those who carry one of these now; without, everybody on the list.
    """

    officer: str | None = None
    everybody: bool = False
    devices: Annotated[tuple[str, ...], msgspec.Meta(max_length=DEVICES_MAX)] = ()


class EdgesRequest(msgspec.Struct, frozen=True):
    """Of whom."""

    persons: Annotated[tuple[str, ...], msgspec.Meta(max_length=EDGES_MAX)]


class DeviceGlance(msgspec.Struct, frozen=True):
    """A device that somebody carries now, in what a list shows of it; None: it never said."""

    device: str
    heard_at: datetime | None
    battery_percent: int | None
    is_charging: bool | None
    is_strap_closed: bool | None


class CaseOverview(msgspec.Struct, frozen=True):
    """A person as a list shows them now: no place, no trail."""

    person: str
    name: str
    officer: str | None
    in_charge: InChargeView
    orders: tuple[str, ...]
    devices: tuple[DeviceGlance, ...]
    waiting: tuple[WaitingThing, ...] = ()
    is_readable: bool = True  # False: the key is lost, and `name` is the id.


class NextEdge(msgspec.Struct, frozen=True):
    """When a condition next begins or ends to bind somebody."""

    person: str
    at: datetime
    condition: str
    begins: bool


def _read(context: Context, request: OverviewRequest) -> tuple[StoredIncidentHead, ...] | None:
    """Read what waits of everybody, where that is asked, before anything is held up for it."""
    if request.devices or not (request.everybody and context.actor.role is Role.SUPERVISOR):
        return None
    return waiting_things.all_heads(context)


@two_step_action("caseload.overview", CASEWORK, _read, ActionType.LOOK, Purpose.SUPERVISION)
def overview(
    doing: ActionContext, request: OverviewRequest, heads: tuple[StoredIncidentHead, ...] | None
) -> tuple[CaseOverview, ...]:
    """List the persons of a caseload with their devices and what waits; a supervisor, everybody."""
    is_own = request.officer in {None, doing.actor.account} and not request.everybody
    if doing.actor.role is Role.OFFICER and not is_own:
        raise NotAllowedError(AccessRefusal.NOT_YOURS)
    files = _files(doing, request)
    people = [file.person for file in files]
    waiting = waiting_things.heads_of(doing.work, people) if heads is None else heads
    return _shown(doing, files, waiting_things.things_by_person(doing, waiting))


def _files(doing: ActionContext, request: OverviewRequest) -> Sequence[CaseFile]:
    """Return the case files of a list, or of those on it who carry one of some devices."""
    carriers = _carriers(doing, request.devices) if request.devices else None
    if request.everybody:
        rows = doing.rows
        every = rows.all(CASE) if carriers is None else rows.get_many(CASE, carriers).values()
        return case_opening.openable(doing, (kept.value for kept in every))
    files = caseload.files_of(doing, request.officer or doing.actor.account)
    return files if carriers is None else [file for file in files if file.person in carriers]


def _carriers(doing: ActionContext, devices: Sequence[str]) -> frozenset[str]:
    assignments = doing.work.assignments(*devices)
    return frozenset(one.person for one in assignments if one.holds_at(doing.now))


def _shown(
    doing: ActionContext, files: Sequence[CaseFile], waiting: Mapping[str, Sequence[WaitingThing]]
) -> tuple[CaseOverview, ...]:
    people = [file.person for file in files]
    doing.cases(people, {file.person: file for file in files})
    names, charges = persons.names(doing, people), persons.all_in_charge(doing, files)
    devices = devices_of(doing, people)
    orders: dict[str, list[str]] = {}
    for order in doing.work.orders_about(people):
        orders.setdefault(order.person, []).append(order.id)
    return tuple(
        CaseOverview(
            file.person,
            names.by_person[file.person],
            file.officer,
            charge,
            tuple(orders.get(file.person, ())),
            tuple(devices.get(file.person, ())),
            tuple(waiting.get(file.person, ())),
            file.person not in names.unreadable,
        )
        for file, charge in zip(files, charges, strict=True)
        if file.person in names.by_person
    )


def devices_of(doing: ActionContext, people: Sequence[str]) -> dict[str, list[DeviceGlance]]:
    """Return by person the devices that some persons carry now."""
    carried = [
        assignment
        for assignment in doing.work.assignments_about(people)
        if assignment.holds_at(doing.now)
    ]
    packed = doing.work.standings([assignment.device for assignment in carried])
    devices: dict[str, list[DeviceGlance]] = {}
    for assignment in carried:
        state = packed.get(assignment.device)
        health = DeviceHealth() if state is None else device_state.unpack(state).health
        devices.setdefault(assignment.person, []).append(_glance(assignment.device, health))
    return devices


def _glance(device: str, health: DeviceHealth) -> DeviceGlance:
    battery, charging, strap = health.battery, health.charging, health.strap
    return DeviceGlance(
        device,
        to_datetime_or_none(health.heard_us),
        None if battery is None else int(battery.value),
        None if charging is None else bool(charging.value),
        None if strap is None else bool(strap.value),
    )


# --- What comes next -----------------------------------------------------------------------------


@look("caseload.next_edges", CASEWORK, purpose=Purpose.SUPERVISION)
def next_edges(doing: ActionContext, request: EdgesRequest) -> tuple[NextEdge, ...]:
    """See when a condition next begins or stops applying to each of some persons."""
    doing.cases(request.persons)
    parts, _ = lost_keys.read_apart(
        doing.context.keyring, request.persons, lambda part: edges_of(doing, part)
    )
    edges = {edge.person: edge for part in parts for edge in part.values()}
    return tuple(edges[person] for person in request.persons if person in edges)


def edges_of(doing: ActionContext, people: Sequence[str]) -> dict[str, NextEdge]:
    """Return by person when a condition next begins or ends to bind them, where one does soon."""
    orders = {order.id: order.person for order in doing.work.orders_about(people)}
    ahead = Span(doing.now, doing.now + AHEAD)
    bound = binding_order.versions_of(doing.work, doing.rows, doing.context.keyring, orders, ahead)
    versions: dict[str, list[OrderVersion]] = {}
    for order, own in bound.items():
        versions.setdefault(orders[order], []).extend(own)
    edges = (edge_of(person, versions.get(person, ()), doing.now) for person in people)
    return {edge.person: edge for edge in edges if edge is not None}


def edge_of(person: str, versions: Sequence[OrderVersion], at: datetime) -> NextEdge | None:
    """Return the first moment after an instant at which set hours begin or end; None: none soon."""
    in_turn = (_first_edge(person, versions, Span(at, at + ahead)) for ahead in (_DAY, AHEAD))
    return next((edge for edge in in_turn if edge is not None), None)


def _first_edge(person: str, versions: Sequence[OrderVersion], ahead: Span) -> NextEdge | None:
    """Return the first edge within a span; where hours are only cut to it, there is none."""
    edges = [
        NextEdge(person, edge_at, condition.id, begins)
        for version in versions
        for condition in version.conditions
        if not condition.duty.timetable.always
        for bound in schedule.bounds(condition, version, ahead.start, ahead.end)
        for edge_at, begins in ((bound.span.start, True), (bound.span.end, False))
        if ahead.start < edge_at < ahead.end
    ]
    return min(edges, key=lambda edge: (edge.at, edge.condition), default=None)
