"""Contact check: a trial message, and what became of it; the address for notices to staff.

Only a message that arrived shows that an address works. Where nothing is set up that could carry
it, none is sent, and the caller gets the reason.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec

from mesure.actions.accounts import contact_addresses
from mesure.actions.cases.persons import DETAILS
from mesure.actions.framework.action import ActionContext, EmptyRequest, action, look
from mesure.actions.notifications import notification_rules, notification_texts
from mesure.actions.notifications.notification_texts import (
    Notification,
    NotificationType,
    RecipientType,
)
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.procedure import Procedure
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, STAFF, Role
from mesure.store.values.outgoing import SendStatus

# What is noted of a notice that was sent; with any other note it was not.
BY_MAIL: Final = "mail"
BY_GATEWAY: Final = "gateway"
_TRIAL: Final = re.compile(r"[0-9]{8}T[0-9]{4}", re.ASCII)


class TrialState(StrEnum):
    """What became of a trial message."""

    WAITING = "waiting"  # It will be sent in a moment.
    PUT_OFF = "put_off"  # The carrier did not take it yet; it is tried again.
    BY_MAIL = "by_mail"  # The mail server took it. Whether it came, only the reader knows.
    BY_PHONE = "by_phone"  # The gateway to telephones took it.
    NOT_SENT = "not_sent"


class ContactCheck(msgspec.Struct, frozen=True):
    """Which person."""

    person: str


class ContactTrial(msgspec.Struct, frozen=True):
    """A trial message that is to be sent, by the minute in which it was asked for."""

    trial: str


class PersonTrialRef(msgspec.Struct, frozen=True):
    """Which trial message to a person."""

    person: str
    trial: str


class SetOwnContact(msgspec.Struct, frozen=True):
    """The address at which a member of staff gets notices; null: none."""

    email: str | None = None


class OwnContact(msgspec.Struct, frozen=True):
    """The address at which a member of staff gets notices."""

    email: str | None


@action("contacts.try_person", CASEWORK | {Role.PERSON})
def try_person(doing: ActionContext, request: ContactCheck) -> ContactTrial:
    """Send a person a test message, which says nothing about an order."""
    doing.case(request.person)
    details = doing.rows.need(DETAILS, request.person).value
    refusal = no_way(doing.procedure, details.email, details.phone)
    if refusal is not None:
        raise ActionConflictError(refusal)
    notice = Notification(
        RecipientType.PERSON, request.person, NotificationType.YOUR_TEST, request.person
    )
    return _try(doing, notice, request.person)


@look("contacts.person_trial", CASEWORK | {Role.PERSON}, purpose=Purpose.SUPERVISION)
def person_trial(doing: ActionContext, request: PersonTrialRef) -> TrialState:
    """See what became of a test message to a person."""
    doing.case(request.person)
    return _state(doing, request.person, request.trial, NotificationType.YOUR_TEST)


@action("contacts.try_own", STAFF)
def try_own(doing: ActionContext, _: EmptyRequest) -> ContactTrial:
    """Have a test message sent to one's own e-mail address."""
    account = doing.actor.account
    email = doing.rows.need(ACCOUNT, account).value.written_to
    refusal = no_way(doing.procedure, email, None)
    if refusal is not None:
        raise ActionConflictError(refusal)
    notice = Notification(RecipientType.ACCOUNT, account, NotificationType.TEST, account)
    return _try(doing, notice, None)


@look("contacts.own_trial", STAFF)
def own_trial(doing: ActionContext, request: ContactTrial) -> TrialState:
    """See what became of a test message to oneself."""
    return _state(doing, doing.actor.account, request.trial, NotificationType.TEST)


@look("contacts.own", STAFF)
def own(doing: ActionContext, _: EmptyRequest) -> OwnContact:
    """See by which address one is written to."""
    return OwnContact(doing.rows.need(ACCOUNT, doing.actor.account).value.written_to)


@action("contacts.set_own", STAFF)
def set_own(doing: ActionContext, request: SetOwnContact) -> None:
    """Choose by which address one is written to, or none."""
    contact_addresses.check(None, request.email)
    account = doing.rows.need(ACCOUNT, doing.actor.account)
    doing.rows.change(
        account, msgspec.structs.replace(account.value, news_email=request.email or "")
    )


def no_way(procedure: Procedure, email: str | None, phone: str | None) -> ActionRefusal | None:
    """Return why nothing can be sent to somebody with these addresses; None: it can."""
    if email is None and phone is None:
        return ActionRefusal.NO_CONTACT
    if (email is not None and procedure.has_mail) or (phone is not None and procedure.has_gateway):
        return None
    if email is None:
        return ActionRefusal.NO_GATEWAY
    return ActionRefusal.NO_MAIL if phone is None else ActionRefusal.NO_CHANNEL


def _try(doing: ActionContext, notice: Notification, person: str | None) -> ContactTrial:
    """Have it sent now; a caller who asks twice within a minute gets one."""
    trial = f"{doing.now:%Y%m%dT%H%M}"
    notification_rules.enqueue(doing, notice, person, f"{notice.id}:{trial}", doing.now)
    return ContactTrial(trial)


def _state(doing: ActionContext, to: str, trial: str, news: NotificationType) -> TrialState:
    if not _TRIAL.fullmatch(trial):
        return TrialState.NOT_SENT
    name = f"{to}:{trial}:{news.value}"
    sent = doing.work.send_status(notification_texts.OUTGOING, name)
    return TrialState.NOT_SENT if sent is None else _of(sent)


def _of(sent: SendStatus) -> TrialState:
    if not sent.is_done:
        return TrialState.PUT_OFF if sent.times else TrialState.WAITING
    by_outcome = {BY_MAIL: TrialState.BY_MAIL, BY_GATEWAY: TrialState.BY_PHONE}
    return by_outcome.get(sent.said, TrialState.NOT_SENT)
