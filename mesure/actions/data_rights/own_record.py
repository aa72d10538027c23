"""Own record: what a person and their officer read of a record besides incidents.

How it was judged, how the device is, and what is kept until when. None of it says where anybody
was.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.data_rights import retained_data
from mesure.actions.data_rights.retained_data import RetentionContext
from mesure.actions.framework.action import ActionContext, ReadRequest, look
from mesure.actions.orders import binding_order
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError
from mesure.devices import device_state
from mesure.devices.health import DeviceHealth, HealthReading
from mesure.evaluation.assessment import Status
from mesure.instants import to_datetime, to_datetime_or_none, to_us
from mesure.orders.values.span import Span
from mesure.privacy.purposes import Purpose
from mesure.privacy.retention import retention_schedule
from mesure.privacy.retention.retention_schedule import HoldReason, RetentionKind
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role
from mesure.store.values.effects import StoredAssessment
from mesure.store.values.records import StoredOrderVersion

READERS: Final = CASEWORK | OWN_SIDE


class OwnRecordRequest(msgspec.Struct, frozen=True):
    """Whose."""

    person: str


# --- How it was judged ---------------------------------------------------------------------------


class AssessmentsRequest(ReadRequest, frozen=True, kw_only=True):
    """Whose assessments, and of which span."""

    person: str
    start_at: datetime
    until_at: datetime


class AssessmentPart(msgspec.Struct, frozen=True):
    """By which version of the order a part of an assessment was judged."""

    number: int | None  # None: that version is kept no more.
    sha256: str
    start_at: datetime
    until_at: datetime


class AssessmentView(msgspec.Struct, frozen=True):
    """The current assessment of a condition over a span."""

    order: str
    condition: str
    status: Status
    start_at: datetime
    until_at: datetime
    unsigned: bool = False  # Whether anything that no device signed was used.
    by_versions: tuple[AssessmentPart, ...] = ()  # Several where it was varied.

    @property
    def span(self) -> Span:
        """Return the span."""
        return Span(self.start_at, self.until_at)


@look("assessments.list", READERS | {Role.INSPECTOR})
def list_assessments(
    doing: ActionContext, request: AssessmentsRequest
) -> tuple[AssessmentView, ...]:
    """List what was judged of a person in a span: met, not met or unknown."""
    doing.case(request.person)
    if request.until_at <= request.start_at:
        raise InvalidInputError(ActionRefusal.SPAN)
    span_us = to_us(request.start_at), to_us(request.until_at)
    judged = doing.work.progress_of(request.person)
    until = doing.now if judged is None else to_datetime(judged.until_us)
    versions: dict[str, tuple[StoredOrderVersion, ...]] = {}
    parts = []
    for row in doing.work.assessments(request.person, *span_us):
        if row.order not in versions:
            versions[row.order] = binding_order.in_turn(doing.work.versions(row.order), until)
        start_us, end_us = max(row.start_us, span_us[0]), min(row.end_us, span_us[1])
        shown = Span(to_datetime(start_us), to_datetime(end_us))
        by = tuple(_by_versions(row, versions[row.order], shown))
        status = Status(row.status)
        parts.append(
            AssessmentView(
                row.order, row.condition, status, shown.start, shown.end, row.unsigned, by
            )
        )
    return tuple(parts)


def _by_versions(
    row: StoredAssessment, versions: Sequence[StoredOrderVersion], shown: Span
) -> Iterator[AssessmentPart]:
    """Yield which version judged which part of an assessment, as far as it is shown.

    What is kept names the version in force where the assessment begins; those that bound from a
    later instant on, and before it ends, judged the rest.
    """
    named = row.order_version_sha256
    first = next((v for v in reversed(versions) if v.sha256 == named), None)
    starts = [v for v in versions if row.start_us < to_us(v.in_force.start) < row.end_us]
    start_at, number = to_datetime(row.start_us), None if first is None else first.number
    for version in (*starts, None):
        end_at = to_datetime(row.end_us) if version is None else version.in_force.start
        part = shown.overlap(Span(start_at, end_at))
        if part is not None:
            yield AssessmentPart(number, named.hex(), part.start, part.end)
        if version is not None:
            start_at, number, named = end_at, version.number, version.sha256


# --- How the device is ---------------------------------------------------------------------------


class DeviceHealthView(msgspec.Struct, frozen=True):
    """How a device is that a person carries now; None: it never said."""

    device: str
    since_at: datetime
    heard_at: datetime | None
    fix_at: datetime | None
    battery_percent: int | None
    battery_at: datetime | None
    is_charging: bool | None
    is_strap_closed: bool | None
    may_locate: bool | None
    still_at: datetime | None = None  # When it said that it lies still, unless it said more since.


@look("devices.carried_health", READERS, purpose=Purpose.SUPERVISION)
def health(doing: ActionContext, request: OwnRecordRequest) -> tuple[DeviceHealthView, ...]:
    """See the state of the devices that a person carries now: battery, strap, last report."""
    doing.case(request.person)
    carried = [one for one in doing.work.assignments_of(request.person) if one.holds_at(doing.now)]
    packed_states = doing.work.standings([one.device for one in carried])
    return tuple(
        _shown(
            assignment.device,
            assignment.start,
            device_state.unpack(packed_states[assignment.device]).health,
        )
        if assignment.device in packed_states
        else _shown(assignment.device, assignment.start, DeviceHealth())
        for assignment in carried
    )


def _shown(device: str, since_at: datetime, health: DeviceHealth) -> DeviceHealthView:
    battery = health.battery
    return DeviceHealthView(
        device=device,
        since_at=since_at,
        heard_at=to_datetime_or_none(health.heard_us),
        fix_at=to_datetime_or_none(health.fix_us),
        battery_percent=None if battery is None else int(battery.value),
        battery_at=None if battery is None else to_datetime(battery.observed_us),
        is_charging=_flag(health.charging),
        is_strap_closed=_flag(health.strap),
        may_locate=_flag(health.locating),
        still_at=_still_at(health),
    )


def _still_at(health: DeviceHealth) -> datetime | None:
    """Return when the device said that it lies still; None: it moves, or a fix came since."""
    motion = health.motion
    if motion is None or motion.value or motion.observed_us < (health.fix_us or motion.observed_us):
        return None
    return to_datetime(motion.observed_us)


def _flag(part: HealthReading | None) -> bool | None:
    return None if part is None else bool(part.value)


# --- What is kept --------------------------------------------------------------------------------


class RetentionView(msgspec.Struct, frozen=True):
    """What is kept of one kind for one reason: how much, from when, and until when."""

    sort: RetentionKind
    because: tuple[HoldReason, ...]
    things: int
    first_at: datetime
    last_at: datetime
    until_at: datetime | None  # None: that has no date yet.


@look("kept.list", READERS, purpose=Purpose.SUPERVISION)
def list_retention(doing: ActionContext, request: OwnRecordRequest) -> tuple[RetentionView, ...]:
    """List what is kept about a person, and until when."""
    doing.case(request.person)
    means = RetentionContext(doing.procedure.retention, retained_data.incident_closures, doing.now)
    lines = retention_schedule.report(
        retained_data.account(doing.work, doing.rows, means, request.person)
    )
    return tuple(
        RetentionView(
            line.sort,
            line.because,
            line.things,
            to_datetime(line.first_us),
            to_datetime(line.last_us),
            to_datetime_or_none(line.until_us),
        )
        for line in lines
    )
