"""Grounds: why a trail may be seen although no incident shows it.

A ground names a purpose, the number of a case, a span of at most three days, and says in words why.
Somebody else confirms it before it counts, except where a serious danger is present: then it counts
at once and is looked at afterwards. If that was turned down, the same danger, or another one that
the same account records within a week, waits like any ground. The person reads every ground.
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.framework import four_eyes
from mesure.actions.framework.action import ActionContext, ReadRequest, action, look
from mesure.actions.records import incident_extent
from mesure.actions.records.record_types import RecordType, Stored
from mesure.actions.refusals import refusals
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotAllowedError
from mesure.instants import to_datetime, to_datetime_or_none
from mesure.orders.values.span import Span
from mesure.privacy import purposes, trail_limits
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role
from mesure.privacy.trail_limits import GROUND_LASTS, GROUND_SPAN_MAX
from mesure.store.values.effects import StoredIncident


class GroundRecord(msgspec.Struct, frozen=True):
    """Why a span of a trail may be seen, who says so, and who agreed."""

    purpose: Purpose
    case_number: str
    start_at: datetime
    until_at: datetime
    reason: str
    recorded_at: datetime
    recorded_by: str
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    turned_down: bool = False
    incident: str | None = None  # For the bundle of this incident, and for no look at a trail.
    answered_at: datetime | None = None  # None: nobody did, or it was before this was kept.
    is_doubted: bool = False  # A danger like this was turned down lately; it counts once agreed to.

    def counts(self, at: datetime) -> bool:
        """Tell whether it shows anything now."""
        at_once = self.purpose is Purpose.DANGER and not self.is_doubted
        is_fresh = at < self.recorded_at + GROUND_LASTS
        return is_fresh and not self.turned_down and (at_once or self.confirmed_by is not None)

    @property
    def waits(self) -> bool:
        """Tell whether somebody else still has to answer it."""
        return self.confirmed_by is None and not self.turned_down

    @property
    def span(self) -> Span:
        """Return what it shows."""
        return Span(self.start_at, self.until_at)


WAITS: Final = ("waits", "second")  # The key of those that nobody has answered yet.
GROUND: Final = RecordType("ground", GroundRecord, lambda ground: [WAITS] if ground.waits else [])


class RecordGround(msgspec.Struct, frozen=True):
    """Why a span of a person's trail needs to be seen."""

    person: str
    purpose: Purpose
    case_number: str
    start_at: datetime
    until_at: datetime
    reason: str


class AnswerGround(msgspec.Struct, frozen=True):
    """Whether a second person agrees."""

    ground: str
    agrees: bool


class GroundsRequest(ReadRequest, frozen=True, kw_only=True):
    """Whose grounds."""

    person: str


class GroundView(msgspec.Struct, frozen=True):
    """A ground, as officers and the person read it."""

    ground: str
    kept: GroundRecord
    counts_now: bool


def around(doing: ActionContext, incident: StoredIncident) -> Span:
    """Return what an incident shows of a trail by itself."""
    over_at = to_datetime_or_none(incident.over_us)
    extent = incident_extent.extent(doing.context.keyring, incident)
    return trail_limits.around_incident(
        to_datetime(incident.start_us), over_at, to_datetime(extent.decided_us + 1), doing.now
    )


@action("grounds.record", CASEWORK)
def record(doing: ActionContext, request: RecordGround) -> str:
    """Record why a span of a trail needs to be seen."""
    doing.case(request.person)
    if not purposes.may_name(doing.actor.role, request.purpose):
        raise NotAllowedError(AccessRefusal.PURPOSE, request.person)
    value = GroundRecord(
        request.purpose,
        request.case_number,
        request.start_at,
        request.until_at,
        request.reason,
        doing.now,
        doing.actor.account,
        is_doubted=request.purpose is Purpose.DANGER and _is_doubted(doing, request),
    )
    return keep(doing, request.person, value)


def _is_doubted(doing: ActionContext, request: RecordGround) -> bool:
    """Tell whether somebody found lately that there was no danger, and it is said again.

    Otherwise one could record it again whenever it is turned down, and see the trail each time.
    """
    grounds = (kept.value for kept in doing.rows.about(GROUND, request.person))
    denied = [
        ground
        for ground in grounds
        if ground.purpose is Purpose.DANGER
        and ground.turned_down
        and doing.now < (ground.answered_at or ground.recorded_at) + GROUND_LASTS
    ]
    return any(
        ground.recorded_by == doing.actor.account
        or (ground.start_at < request.until_at and request.start_at < ground.until_at)
        for ground in denied
    )


def keep(doing: ActionContext, person: str, value: GroundRecord) -> str:
    """Keep a ground that says all that it must, and return its id."""
    if not purposes.is_case_number(value.case_number):
        raise NotAllowedError(AccessRefusal.CASE_NUMBER, person)
    is_for_trail = value.incident is None
    if is_for_trail and not value.start_at < value.until_at <= value.start_at + GROUND_SPAN_MAX:
        raise InvalidInputError(ActionRefusal.GROUND_SPAN)
    refusals.check_texts(value.reason)
    if value.incident is not None:
        same = (kept.value for kept in for_bundle(doing, person, value.incident))
        if any(one.waits or one.counts(doing.now) for one in same):
            raise ActionConflictError(ActionRefusal.THERE_ALREADY)
    ground = doing.rows.add(GROUND, doing.new_id("G"), value, person)
    doing.note(ground=ground.id, ground_purpose=value.purpose.value)
    return ground.id


def for_bundle(doing: ActionContext, person: str, incident: str) -> list[Stored[GroundRecord]]:
    """Return the grounds for the bundle of an incident."""
    return [kept for kept in doing.rows.about(GROUND, person) if kept.value.incident == incident]


@action("grounds.answer", {Role.SUPERVISOR})
def answer(doing: ActionContext, request: AnswerGround) -> None:
    """Agree to a ground that somebody else recorded, or turn it down."""
    ground = doing.need(GROUND, request.ground)
    recorded = ground.value.recorded_by, ground.value.recorded_at
    four_eyes.refuse_if_same(doing, ground.person, recorded)
    if not ground.value.waits:
        raise ActionConflictError(ActionRefusal.ANSWERED)
    answered = msgspec.structs.replace(
        ground.value,
        confirmed_at=doing.now if request.agrees else None,
        confirmed_by=doing.actor.account if request.agrees else None,
        turned_down=not request.agrees,
        answered_at=doing.now,
    )
    doing.rows.change(ground, answered)
    doing.note(ground=ground.id, agrees=request.agrees)


@look("grounds.list", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def list_grounds(doing: ActionContext, request: GroundsRequest) -> tuple[GroundView, ...]:
    """List the grounds that were recorded about a person."""
    doing.case(request.person)
    return tuple(
        GroundView(ground.id, ground.value, ground.value.counts(doing.now))
        for ground in doing.rows.about(GROUND, request.person)
    )
