"""Authorised absences: asked for by the person, answered by an officer with a reason and in time.

Besides asking there are two other ways in. A person *notifies* a departure where the order lets
them go on notice; and *declares* an emergency afterwards. Neither lifts a condition by itself: an
officer answers, and what is granted counts from when it began, so what was judged before is judged
again. Two that disagree about a place are refused, as in an order file.
Decision: docs/decisions/0010-conflicting-exceptions-are-an-error.md
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext, action, look
from mesure.actions.orders import binding_order
from mesure.actions.orders.binding_order import ABSENCE, AbsenceRecord
from mesure.actions.records.record_types import Stored
from mesure.actions.refusals import refusals
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError
from mesure.orders.model.order import Absence, OrderVersion
from mesure.orders.reading import read_absences
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role

LASTS_MAX: Final = timedelta(days=60)
TRAVEL_S_MAX: Final = 24 * 3600
DECLARED_WITHIN: Final = timedelta(days=7)  # After an emergency somebody may be ill for days.
OPEN_MAX: Final = 50  # Unanswered, of one person.


class AbsenceStage(StrEnum):
    """What became of an absence so far."""

    ASKED = "asked"
    NEEDLESS = "needless"  # Asked for, and its order ends before it begins.
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class AbsenceOrigin(StrEnum):
    """How an absence came in."""

    ASKED = "asked"  # Beforehand, by the person or for them.
    NOTIFIED = "notified"  # The person leaves on notice.
    DECLARED = "declared"  # An emergency, afterwards.
    GIVEN = "given"  # By the officer, unasked.
    SUSPENSION = "suspension"  # Of all conditions, by a decision.


class RequestAbsence(msgspec.Struct, frozen=True, kw_only=True):
    """From which conditions, when, and why; `at`: only for being at this place of the order."""

    order: str
    conditions: tuple[str, ...]
    start_at: datetime
    until_at: datetime
    reason: str
    at: str | None = None
    travel_s: int = 0


class AnswerAbsence(msgspec.Struct, frozen=True):
    """What an officer answers, and why."""

    absence: str
    grants: bool
    reason: str


class AbsenceRef(msgspec.Struct, frozen=True):
    """Which absence."""

    absence: str


class RevokeAbsence(msgspec.Struct, frozen=True):
    """When a granted absence ends early, and why."""

    absence: str
    reason: str


class SuspendOrder(msgspec.Struct, frozen=True):
    """When all conditions of an order are suspended, and by which decision."""

    order: str
    start_at: datetime
    until_at: datetime
    reason: str


class AbsencesRequest(msgspec.Struct, frozen=True):
    """Whose absences."""

    person: str


class AbsenceView(msgspec.Struct, frozen=True):
    """An absence, as officers and the person read it."""

    absence: str
    kept: AbsenceRecord
    is_overdue: bool


# --- The person's ways in ----------------------------------------------------------------------


@action("absences.ask", {Role.PERSON} | CASEWORK)
def ask(doing: ActionContext, request: RequestAbsence) -> str:
    """Ask for an absence beforehand."""
    if request.start_at <= doing.now:
        raise InvalidInputError(ActionRefusal.BEGUN)
    return _entered(doing, request, AbsenceOrigin.ASKED)


@action("absences.notify_departure", {Role.PERSON} | CASEWORK)
def notify_departure(doing: ActionContext, request: RequestAbsence) -> str:
    """Give notice of leaving; an officer says whether that is enough under the order."""
    if request.until_at <= doing.now:
        raise InvalidInputError(ActionRefusal.OVER)
    return _entered(doing, request, AbsenceOrigin.NOTIFIED)


@action("absences.declare_emergency", {Role.PERSON} | CASEWORK)
def declare_emergency(doing: ActionContext, request: RequestAbsence) -> str:
    """Report an emergency afterwards, such as a way to hospital."""
    if not doing.now - DECLARED_WITHIN <= request.start_at <= doing.now:
        raise InvalidInputError(ActionRefusal.DECLARED)
    return _entered(doing, request, AbsenceOrigin.DECLARED)


@action("absences.withdraw", {Role.PERSON} | CASEWORK)
def withdraw(doing: ActionContext, request: AbsenceRef) -> None:
    """Take back a request for an absence that is not answered yet."""
    absence = _waiting(doing, request.absence)
    _answered(doing, absence, AbsenceStage.WITHDRAWN, "")


# --- The officer's ----------------------------------------------------------------------------


@action("absences.give", CASEWORK)
def give(doing: ActionContext, request: RequestAbsence) -> str:
    """Authorise an absence without being asked."""
    name = _entered(doing, request, AbsenceOrigin.GIVEN)
    _grant(doing, doing.rows.need(ABSENCE, name), "")
    return name


@action("orders.suspend", CASEWORK)
def suspend(doing: ActionContext, request: SuspendOrder) -> str:
    """Suspend all conditions of an order during a span, as a decision says."""
    version = _version(doing, request.order, request.start_at)
    names = tuple(condition.id for condition in version.conditions)
    whole = RequestAbsence(
        order=request.order,
        conditions=names,
        start_at=request.start_at,
        until_at=request.until_at,
        reason=request.reason,
    )
    name = _entered(doing, whole, AbsenceOrigin.SUSPENSION)
    _grant(doing, doing.rows.need(ABSENCE, name), "")
    return name


@action("absences.answer", CASEWORK)
def answer(doing: ActionContext, request: AnswerAbsence) -> None:
    """Grant an absence, or refuse it, and say why."""
    absence = _waiting(doing, request.absence)
    refusals.check_texts(request.reason)
    if request.grants:
        _grant(doing, absence, request.reason)
    else:
        _answered(doing, absence, AbsenceStage.REFUSED, request.reason)


@action("absences.revoke", CASEWORK)
def revoke(doing: ActionContext, request: RevokeAbsence) -> None:
    """End a granted absence from now on, and say why; what was allowed so far stays allowed."""
    absence = _opened(doing, request.absence)
    refusals.check_texts(request.reason)
    if absence.value.stage != AbsenceStage.GRANTED or doing.now >= absence.value.until_at:
        raise ActionConflictError(ActionRefusal.NOT_GRANTED)
    if absence.value.start_at >= doing.now:
        _answered(doing, absence, AbsenceStage.REVOKED, request.reason)
        return
    ended = msgspec.structs.replace(absence.value, until_at=doing.now)
    _answered(doing, replace(absence, value=ended), AbsenceStage.GRANTED, request.reason)


@look("absences.list", CASEWORK | OWN_SIDE, purpose=Purpose.SUPERVISION)
def list_absences(doing: ActionContext, request: AbsencesRequest) -> tuple[AbsenceView, ...]:
    """List a person's absences: asked for, granted, refused."""
    return absences_of(doing, request.person)


def absences_of(doing: ActionContext, person: str) -> tuple[AbsenceView, ...]:
    """Return a person's absences, with their case open."""
    doing.case(person)
    return tuple(line(kept, doing.now) for kept in doing.rows.about(ABSENCE, person))


def line(absence: Stored[AbsenceRecord], now: datetime) -> AbsenceView:
    """Return an absence as it is read at a moment."""
    return AbsenceView(absence.id, absence.value, _is_overdue(absence.value, now))


def _is_overdue(absence: AbsenceRecord, now: datetime) -> bool:
    return stage_of(absence) is AbsenceStage.ASKED and now >= absence.due_at


def stage_of(absence: AbsenceRecord) -> AbsenceStage:
    """Return what became of an absence; one that an officer ended after it began is revoked."""
    if absence.stage == AbsenceStage.ASKED and absence.is_needless:
        return AbsenceStage.NEEDLESS
    is_ended_early = absence.until_at == absence.answered_at
    return AbsenceStage.REVOKED if is_ended_early else AbsenceStage(absence.stage)


# --- What all of them share --------------------------------------------------------------------


def _entered(doing: ActionContext, request: RequestAbsence, how: AbsenceOrigin) -> str:
    version = _version(doing, request.order, request.start_at)
    _check(request, version)
    about = doing.rows.about(ABSENCE, version.person)
    waiting = [one for one in about if stage_of(one.value) is AbsenceStage.ASKED]
    if len(waiting) >= OPEN_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_ABSENCES)
    value = AbsenceRecord(
        order=request.order,
        conditions=request.conditions,
        start_at=request.start_at,
        until_at=request.until_at,
        at=request.at,
        travel_s=request.travel_s,
        reason=request.reason,
        stage=AbsenceStage.ASKED,
        how=how,
        asked_at=doing.now,
        asked_by=doing.actor.account,
        due_at=_due_at(doing, request.start_at),
    )
    absence = doing.rows.add(ABSENCE, doing.new_id("B"), value, version.person)
    doing.note(absence=absence.id)
    return absence.id


def _due_at(doing: ActionContext, start_at: datetime) -> datetime:
    """Return until when to answer: in time to be of use, where there is any."""
    due_at = doing.now + doing.procedure.answer_absence_within
    return min(due_at, start_at) if start_at > doing.now else due_at


def _version(doing: ActionContext, order: str, at: datetime) -> OrderVersion:
    """Return the version in force when an absence begins, with the person's case open."""
    _, person = doing.open_case_of(doing.work.order(order))
    keyring = doing.context.keyring
    bound = binding_order.versions(doing.work, doing.rows, keyring, order, person)
    version = binding_order.in_force(bound, at)
    if version is None:
        raise ActionConflictError(ActionRefusal.NOT_IN_FORCE)
    return version


def _check(request: RequestAbsence, version: OrderVersion) -> None:
    known = {condition.id for condition in version.conditions}
    if not 0 < len(request.conditions) <= len(known) or not known.issuperset(request.conditions):
        raise InvalidInputError(ActionRefusal.CONDITIONS)
    if request.at is not None and request.at not in version.places:
        raise InvalidInputError(ActionRefusal.PLACE)
    if not 0 <= request.travel_s <= TRAVEL_S_MAX or (request.travel_s and request.at is None):
        raise InvalidInputError(ActionRefusal.TRAVEL)
    if not request.start_at < request.until_at <= request.start_at + LASTS_MAX:
        raise InvalidInputError(ActionRefusal.SPAN)
    refusals.check_texts(request.reason)


def _opened(doing: ActionContext, name: str) -> Stored[AbsenceRecord]:
    absence = doing.need(ABSENCE, name)
    doing.note(absence=absence.id)
    return absence


def _waiting(doing: ActionContext, name: str) -> Stored[AbsenceRecord]:
    absence = _opened(doing, name)
    if absence.value.stage != AbsenceStage.ASKED:
        raise ActionConflictError(ActionRefusal.ANSWERED)
    return absence


def _grant(doing: ActionContext, absence: Stored[AbsenceRecord], reason: str) -> None:
    """Grant an absence unless it disagrees with one that holds."""
    version = _version(doing, absence.value.order, absence.value.start_at)
    known = {condition.id for condition in version.conditions}
    new = binding_order.absence(absence.id, absence.value, known)
    if _disagrees(new, version.absences):
        raise ActionConflictError(ActionRefusal.DISAGREES)
    _answered(doing, absence, AbsenceStage.GRANTED, reason)


def _disagrees(new: Absence, holding: tuple[Absence, ...]) -> bool:
    with_places = [one for one in (new, *holding) if one.at is not None]
    with_places.sort(key=lambda absence: absence.span.start)
    return any(
        new in pair
        for condition in new.allows
        for pair in read_absences.contradictions(
            [one for one in with_places if condition in one.allows]
        )
    )


def _answered(
    doing: ActionContext, absence: Stored[AbsenceRecord], stage: AbsenceStage, reason: str
) -> None:
    answered = msgspec.structs.replace(
        absence.value,
        stage=stage,
        answered_at=doing.now,
        answered_by=doing.actor.account,
        answer=reason,
    )
    doing.rows.change(absence, answered)
    doing.note(stage=stage.value)
