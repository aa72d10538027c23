"""Authorised absences: asked for by the person, answered by an officer with a reason and in time.

Besides asking there are two other ways in. A person *notifies* a departure where the order lets
them go on notice; and *declares* an emergency afterwards. Neither lifts a condition by itself: an
officer answers, and what is granted counts from when it began, so what was judged before is judged
again. Two that disagree about a place are refused, as in an order file.
Decision: docs/decisions/0010-conflicting-exceptions-are-an-error.md
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from mesure.actions.framework.action import Doing, action, look
from mesure.actions.orders import binding_order
from mesure.actions.orders.binding_order import ABSENCE, AbsenceKept
from mesure.actions.records.record_types import Kept
from mesure.actions.refusals.refusal_reasons import Why
from mesure.actions.refusals.refusals import FaultyError, NotNowError
from mesure.orders.model.order import Absence, OrderVersion
from mesure.orders.reading import read_absences
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role

REASON_CHARS_MAX: Final = 2_000
LASTS_MAX: Final = timedelta(days=60)
TRAVEL_S_MAX: Final = 24 * 3600
DECLARED_WITHIN: Final = timedelta(days=7)  # After an emergency somebody may be ill for days.
OPEN_MAX: Final = 50  # Unanswered, of one person.


class Stage(StrEnum):
    """What became of an absence so far."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class How(StrEnum):
    """How an absence came in."""

    ASKED = "asked"  # Beforehand, by the person or for them.
    NOTIFIED = "notified"  # The person leaves on notice.
    DECLARED = "declared"  # An emergency, afterwards.
    GIVEN = "given"  # By the officer, unasked.
    SUSPENSION = "suspension"  # Of all conditions, by a decision.


class Ask(msgspec.Struct, frozen=True, kw_only=True):
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


class OfAbsence(msgspec.Struct, frozen=True):
    """Which absence."""

    absence: str


class RevokeAbsence(msgspec.Struct, frozen=True):
    """From when an absence that was granted no longer holds, and why."""

    absence: str
    reason: str


class Suspend(msgspec.Struct, frozen=True):
    """When all conditions of an order are suspended, and by which decision."""

    order: str
    start_at: datetime
    until_at: datetime
    reason: str


class OfPerson(msgspec.Struct, frozen=True):
    """Whose absences."""

    person: str


class AbsenceShown(msgspec.Struct, frozen=True):
    """An absence, as officers and the person read it."""

    absence: str
    kept: AbsenceKept
    is_overdue: bool


# --- The person's ways in ----------------------------------------------------------------------


@action("absences.ask", {Role.PERSON} | CASEWORK)
def ask(doing: Doing, asked: Ask) -> str:
    """Ask for an absence beforehand."""
    if asked.start_at <= doing.now:
        raise FaultyError(Why.BEGUN)
    return _entered(doing, asked, How.ASKED)


@action("absences.notify_departure", {Role.PERSON} | CASEWORK)
def notify_departure(doing: Doing, asked: Ask) -> str:
    """Give notice of leaving; an officer says whether that is enough under the order."""
    if asked.until_at <= doing.now:
        raise FaultyError(Why.SPAN)
    return _entered(doing, asked, How.NOTIFIED)


@action("absences.declare_emergency", {Role.PERSON} | CASEWORK)
def declare_emergency(doing: Doing, asked: Ask) -> str:
    """Report an emergency afterwards, such as a way to hospital."""
    if not doing.now - DECLARED_WITHIN <= asked.start_at <= doing.now:
        raise FaultyError(Why.DECLARED)
    return _entered(doing, asked, How.DECLARED)


@action("absences.withdraw", {Role.PERSON} | CASEWORK)
def withdraw(doing: Doing, asked: OfAbsence) -> None:
    """Take back what was asked for and is not answered yet."""
    kept = _waiting(doing, asked.absence)
    _answered(doing, kept, Stage.WITHDRAWN, "")


# --- The officer's ----------------------------------------------------------------------------


@action("absences.give", CASEWORK)
def give(doing: Doing, asked: Ask) -> str:
    """Authorise an absence without being asked."""
    name = _entered(doing, asked, How.GIVEN)
    _grant(doing, doing.rows.need(ABSENCE, name), "")
    return name


@action("orders.suspend", CASEWORK)
def suspend(doing: Doing, asked: Suspend) -> str:
    """Suspend all conditions of an order during a span, as a decision says."""
    version = _version(doing, asked.order, asked.start_at)
    names = tuple(condition.id for condition in version.conditions)
    whole = Ask(
        order=asked.order,
        conditions=names,
        start_at=asked.start_at,
        until_at=asked.until_at,
        reason=asked.reason,
    )
    name = _entered(doing, whole, How.SUSPENSION)
    _grant(doing, doing.rows.need(ABSENCE, name), "")
    return name


@action("absences.answer", CASEWORK)
def answer(doing: Doing, asked: AnswerAbsence) -> None:
    """Grant an absence, or refuse it, and say why."""
    kept = _waiting(doing, asked.absence)
    _check_reason(asked.reason)
    if asked.grants:
        _grant(doing, kept, asked.reason)
    else:
        _answered(doing, kept, Stage.REFUSED, asked.reason)


@action("absences.revoke", CASEWORK)
def revoke(doing: Doing, asked: RevokeAbsence) -> None:
    """End an absence that was granted, from now on, and say why; what was allowed stays allowed."""
    kept = _opened(doing, asked.absence)
    _check_reason(asked.reason)
    if kept.value.stage != Stage.GRANTED or doing.now >= kept.value.until_at:
        raise NotNowError(Why.NOT_GRANTED)
    if kept.value.start_at >= doing.now:
        _answered(doing, kept, Stage.REVOKED, asked.reason)
        return
    ended = msgspec.structs.replace(kept.value, until_at=doing.now, answer=asked.reason)
    doing.rows.change(kept, ended)


@look("absences.list", CASEWORK | OWN_SIDE, purpose=Purpose.SUPERVISION)
def listed(doing: Doing, asked: OfPerson) -> tuple[AbsenceShown, ...]:
    """List a person's absences: asked for, granted, refused."""
    return shown(doing, asked.person)


def shown(doing: Doing, person: str) -> tuple[AbsenceShown, ...]:
    """Return a person's absences, with their case open."""
    doing.case(person)
    return tuple(line(kept, doing.now) for kept in doing.rows.about(ABSENCE, person))


def line(kept: Kept[AbsenceKept], now: datetime) -> AbsenceShown:
    """Return an absence as it is read at a moment."""
    return AbsenceShown(kept.id, kept.value, _is_overdue(kept.value, now))


def _is_overdue(kept: AbsenceKept, now: datetime) -> bool:
    return kept.stage == Stage.ASKED and now >= kept.due_at


# --- What all of them share --------------------------------------------------------------------


def _entered(doing: Doing, asked: Ask, how: How) -> str:
    version = _version(doing, asked.order, asked.start_at)
    _check(asked, version)
    waiting = [
        kept
        for kept in doing.rows.about(ABSENCE, version.person)
        if kept.value.stage == Stage.ASKED
    ]
    if len(waiting) >= OPEN_MAX:
        raise NotNowError(Why.ENOUGH_ABSENCES)
    value = AbsenceKept(
        order=asked.order,
        conditions=asked.conditions,
        start_at=asked.start_at,
        until_at=asked.until_at,
        at=asked.at,
        travel_s=asked.travel_s,
        reason=asked.reason,
        stage=Stage.ASKED,
        how=how,
        asked_at=doing.now,
        asked_by=doing.actor.account,
        due_at=_due_at(doing, asked.start_at),
    )
    kept = doing.rows.add(ABSENCE, doing.new_id("B"), value, version.person)
    doing.note(absence=kept.id)
    return kept.id


def _due_at(doing: Doing, start_at: datetime) -> datetime:
    """Return until when to answer: in time to be of use, where there is any."""
    due_at = doing.now + doing.procedure.answer_absence_within
    return min(due_at, start_at) if start_at > doing.now else due_at


def _version(doing: Doing, order: str, at: datetime) -> OrderVersion:
    """Return the version in force when an absence begins, with the person's case open."""
    _, person = doing.opened(doing.work.order(order))
    keyring = doing.context.keyring
    bound = binding_order.versions(doing.work, doing.rows, keyring, order, person)
    version = binding_order.in_force(bound, at)
    if version is None:
        raise NotNowError(Why.NOT_IN_FORCE)
    return version


def _check(asked: Ask, version: OrderVersion) -> None:
    known = {condition.id for condition in version.conditions}
    if not asked.conditions or not set(asked.conditions) <= known:
        raise FaultyError(Why.CONDITIONS)
    if asked.at is not None and asked.at not in version.places:
        raise FaultyError(Why.PLACE)
    if not 0 <= asked.travel_s <= TRAVEL_S_MAX or (asked.travel_s and asked.at is None):
        raise FaultyError(Why.TRAVEL)
    if not asked.start_at < asked.until_at <= asked.start_at + LASTS_MAX:
        raise FaultyError(Why.SPAN)
    _check_reason(asked.reason)


def _check_reason(reason: str) -> None:
    if not 0 < len(reason.strip()) <= REASON_CHARS_MAX:
        raise FaultyError(Why.REASON)


def _opened(doing: Doing, name: str) -> Kept[AbsenceKept]:
    kept = doing.need(ABSENCE, name)
    doing.note(absence=kept.id)
    return kept


def _waiting(doing: Doing, name: str) -> Kept[AbsenceKept]:
    kept = _opened(doing, name)
    if kept.value.stage != Stage.ASKED:
        raise NotNowError(Why.ANSWERED)
    return kept


def _grant(doing: Doing, kept: Kept[AbsenceKept], reason: str) -> None:
    """Grant an absence unless it disagrees with one that holds."""
    version = _version(doing, kept.value.order, kept.value.start_at)
    known = {condition.id for condition in version.conditions}
    new = binding_order.absence(kept.id, kept.value, known)
    if _disagrees(new, version.absences):
        raise NotNowError(Why.DISAGREES)
    _answered(doing, kept, Stage.GRANTED, reason)


def _disagrees(new: Absence, holding: tuple[Absence, ...]) -> bool:
    with_places = [one for one in (new, *holding) if one.at is not None]
    with_places.sort(key=lambda one: one.span.start)
    return any(
        new in pair
        for condition in new.allows
        for pair in read_absences.disagreeing(
            [one for one in with_places if condition in one.allows]
        )
    )


def _answered(doing: Doing, kept: Kept[AbsenceKept], stage: Stage, reason: str) -> None:
    answered = msgspec.structs.replace(
        kept.value,
        stage=stage,
        answered_at=doing.now,
        answered_by=doing.actor.account,
        answer=reason,
    )
    doing.rows.change(kept, answered)
    doing.note(stage=stage.value)
